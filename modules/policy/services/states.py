"""What moves a policy from one state to another: money, users, the calendar."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core import ILLEGAL_TRANSITION, Context, UserError, clock, every, find
from core.money import ZERO
from modules.insuree.models import Family
from modules.policy import errors, rules
from modules.policy.hooks import Standing
from modules.policy.inputs import DeletePolicyInput, ResumePolicyInput, SuspendPolicyInput
from modules.policy.models import Cover, Policy, PricedMember, SuspendedBy
from modules.policy.rules import CoverEnd, PolicyEvent, PolicyStatus, TransitionError
from modules.policy.services import cover, prompts


async def reevaluate(ctx: Context, policy: Policy, standing: Standing | None = None) -> None:
    """Work out a policy's state, effective date and cover anew, after the money paid for it or its members changed.

    The caller has locked the policy, and may know its `standing` already. Money lifts a suspension for being overdue; a
    user's stays, and so does an expiry (decisions 20 and 21).
    """
    standing = standing or await standing_of(ctx, policy)
    overdue = policy.suspended_by is SuspendedBy.OVERDUE
    status = rules.after_money(policy.status, standing.status, overdue=overdue)
    await _enter(ctx, policy, rules.implied_status(status, policy.expires_on, clock.today()), standing)


async def suspend(ctx: Context, input: SuspendPolicyInput) -> Policy:
    """Stop a policy: nobody is covered from today.

    Raises:
        UserError: NOT_FOUND, STALE, ILLEGAL_TRANSITION when it is suspended or expired already.
    """
    policy = await find(ctx, Policy, input.id, "id", version=input.expected_version, lock=True)
    standing = await standing_of(ctx, policy)
    status = _moved(policy, PolicyEvent.SUSPEND, PolicyStatus.SUSPENDED)
    policy.suspended_by = SuspendedBy.USER
    await _enter(ctx, policy, status, standing)
    return policy


async def resume(ctx: Context, input: ResumePolicyInput) -> Policy:
    """Lift a suspension: the policy returns to the state that money, enforcement and dates imply (decision 21).

    Cover goes on from today; the days of the suspension stay uncovered.

    Raises:
        UserError: NOT_FOUND, of the family too when it was deleted; STALE, ILLEGAL_TRANSITION when it is not suspended.
    """
    policy = await find(ctx, Policy, input.id, "id", version=input.expected_version, lock=True)
    await find(ctx, Family, policy.family_id, "id")
    standing = await standing_of(ctx, policy)
    implied = rules.implied_status(standing.status, policy.expires_on, clock.today())
    status = _moved(policy, PolicyEvent.RESUME, implied)
    policy.resumed_on = clock.today()
    await _enter(ctx, policy, status, standing)
    return policy


async def delete(ctx: Context, input: DeletePolicyInput) -> None:
    """Delete a policy whose cover nobody used.

    Raises:
        UserError: NOT_FOUND, STALE, POLICY_USED, and what other modules refuse.
    """
    policy = await find(ctx, Policy, input.id, "id", version=input.expected_version, lock=True)
    if await cover_used(ctx, policy, policy.starts_on, policy.expires_on):
        raise UserError(errors.POLICY_USED, "id")
    await cover.stop(ctx, policy, CoverEnd.DELETION)
    policy.ended_at = clock.now()
    await prompts.forget(ctx, policy)
    await every(ctx.host, "policy_deleted", ctx=ctx, policy=policy)
    await ctx.session.flush()


async def cover_used(ctx: Context, policy: Policy, first: date, last: date, insuree_id: UUID | None = None) -> bool:
    """Whether claims, of one person if given, used the policy's cover between two days, both included."""
    asked = {"policy_id": policy.id, "first": first, "last": last, "insuree_id": insuree_id}
    return any(await every(ctx.host, "cover_used", ctx=ctx, **asked))


async def newcomers_cover_used(ctx: Context, policy: Policy, before: Decimal, after: Decimal) -> bool:
    """Whether claims used cover of later members that was bought with the credit `before`, and is not with `after`."""
    bought = await ctx.session.scalars(
        select(Cover)
        .join(PricedMember, (PricedMember.policy_id == policy.id) & (PricedMember.insuree_id == Cover.insuree_id))
        .where(Cover.policy_id == policy.id, PricedMember.owed <= before, PricedMember.owed > after)
    )
    for lost in bought.all():
        if await cover_used(ctx, policy, lost.starts_on, lost.ends_on, lost.insuree_id):
            return True
    return False


async def standing_of(ctx: Context, policy: Policy) -> Standing:
    """What the money paid for a policy says; without a module that knows, only what costs nothing is paid."""
    for answer in await every(ctx.host, "payments", ctx=ctx, policies=[policy]):
        if policy.id in answer:
            standing: Standing = answer[policy.id]
            return standing
    if policy.bought_due <= 0:
        return Standing(PolicyStatus.ACTIVE, max(policy.starts_on, policy.enrolled_on), ZERO)
    return Standing(PolicyStatus.IDLE, None, ZERO)


async def _enter(ctx: Context, policy: Policy, status: PolicyStatus, standing: Standing) -> None:
    activated = status is PolicyStatus.ACTIVE and policy.status is not PolicyStatus.ACTIVE
    settled = status is policy.status and status is not PolicyStatus.ACTIVE
    policy.status = status
    if status is not PolicyStatus.SUSPENDED:
        policy.suspended_by = None
    if status in (PolicyStatus.IDLE, PolicyStatus.READY, PolicyStatus.ACTIVE):
        policy.effective_on = standing.effective_on
    if not settled:
        await cover.settle(ctx, policy, standing.credit)
    await ctx.session.flush()
    if activated:
        await every(ctx.host, "policy_activated", ctx=ctx, policy=policy)


def _moved(policy: Policy, event: PolicyEvent, to: PolicyStatus) -> PolicyStatus:
    try:
        return rules.transition(policy.status, event, to)
    except TransitionError as error:
        raise UserError(ILLEGAL_TRANSITION, "id", state=policy.status, target=to) from error
