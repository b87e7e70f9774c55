"""Recording, correcting, voiding and confirming contributions. Each change has its policy worked out anew."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Uuid, select

from core import (
    TOO_LONG,
    Context,
    Prepared,
    Problems,
    UserError,
    bound,
    clock,
    every,
    find,
    given,
    insert,
    new_id,
    tidy,
)
from modules.contribution import errors, rules
from modules.contribution.inputs import (
    ConfirmPaymentInput,
    DeleteContributionInput,
    RecordContributionInput,
    UpdateContributionInput,
)
from modules.contribution.models import Contribution
from modules.contribution.services.checks import check_money, receipt_of
from modules.contribution.services.money import activation, contributions_of, payments_of, plain, standing
from modules.policy import services as policies
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.product.models import Terms

LONGEST_REASON = 200


async def record(ctx: Context, input: RecordContributionInput) -> Contribution:
    """Record money paid for a policy and activate the policy if that completes what is due, or if it is enforced.

    Raises:
        UserErrors: NOT_FOUND, NEGATIVE, REQUIRED, TOO_LONG, UNKNOWN_CODE, DATE_IN_FUTURE, PAYMENT_BACKDATED,
            RECEIPT_TAKEN, OVERPAID unless the overpayment is accepted, NO_INSTALMENT_LEFT unless it enforces.
    """
    policy = await find(ctx, Policy, input.policy_id, "policyId", lock=True)
    values = tidy(given(input, "policy_id", "enforce", "accept_overpayment"))
    values["paid_on"] = values["paid_on"] or clock.today()
    problems = Problems()
    await check_money(ctx, Contribution, values, problems)
    problems.stop()
    contribution = Contribution(
        id=input.id or new_id(),
        policy_id=policy.id,
        product_id=policy.product_id,
        officer_id=policy.officer_id,
        recorded_at=clock.now(),
        enforced=False,
        district_id=policy.district_id,
        village_id=policy.village_id,
        **values,
    )
    others = (await payments_of(ctx, [policy.id]))[policy.id]
    payments = [*others, *plain([contribution])]
    if not input.accept_overpayment:
        _check_overpayment(policy, others, contribution)
    if not input.enforce and not contribution.is_photo_fee:
        await _check_instalments(ctx, policy, others)
    if input.enforce and activation(ctx, policy, payments).status is not PolicyStatus.ACTIVE:
        contribution.enforced, policy.enforced_on = True, contribution.paid_on
    with receipt_of(contribution):
        await insert(ctx, [contribution])
    await policies.reevaluate(ctx, policy, standing(ctx, policy, payments))
    return contribution


async def update(ctx: Context, input: UpdateContributionInput) -> Contribution:
    """Correct a contribution and work its policy out anew. Another amount has to be confirmed again.

    Raises:
        UserErrors: STALE, CONTRIBUTION_VOIDED, CONTRIBUTION_RECONCILED, CONTRIBUTION_USED, and what `record` raises.
    """
    contribution, policy, all_of_policy = await _opened(ctx, input.id, input.expected_version, "id")
    before = plain(all_of_policy)
    changes = tidy(given(input, "accept_overpayment"))
    problems = Problems()
    await check_money(ctx, Contribution, changes, problems)
    problems.stop()
    if changes.get("amount", contribution.amount) != contribution.amount:
        # What was confirmed is another amount.
        contribution.confirmed_at = None
    for name, value in changes.items():
        setattr(contribution, name, value)
    if {"amount", "is_photo_fee"} & changes.keys() and not input.accept_overpayment:
        _check_overpayment(policy, plain(_others(all_of_policy, contribution)), contribution)
    if contribution.enforced:
        policy.enforced_on = contribution.paid_on
    after = plain(all_of_policy)
    with receipt_of(contribution):
        await ctx.session.flush()
    await _check_revision(ctx, contribution, policy, before, after, "corrected")
    await policies.reevaluate(ctx, policy, standing(ctx, policy, after))
    return contribution


async def void(ctx: Context, input: DeleteContributionInput) -> Contribution:
    """Void a contribution: it stays visible with the reason, and its policy is worked out without it (decision 20).

    Raises:
        UserError: NOT_FOUND, STALE, CONTRIBUTION_VOIDED, VOID_REASON_MISSING, TOO_LONG, CONTRIBUTION_RECONCILED,
            CONTRIBUTION_USED.
    """
    contribution, policy, all_of_policy = await _opened(ctx, input.id, input.expected_version, "id")
    reason = input.reason.strip()
    if len(reason) > LONGEST_REASON:
        raise UserError(TOO_LONG, "reason", most=LONGEST_REASON)
    before, after = plain(all_of_policy), plain(_others(all_of_policy, contribution))
    await _check_revision(ctx, contribution, policy, before, after, reason)
    contribution.voided_at, contribution.void_reason = clock.now(), reason
    await ctx.session.flush()
    await policies.reevaluate(ctx, policy, standing(ctx, policy, after))
    return contribution


async def confirm_payment(ctx: Context, input: ConfirmPaymentInput) -> Contribution:
    """Confirm that a contribution's money has arrived; where the scheme waits for it, this activates the policy.

    Raises:
        UserError: NOT_FOUND, STALE, CONTRIBUTION_VOIDED.
    """
    opened = await _opened(ctx, input.contribution_id, input.expected_version, "contributionId")
    contribution, policy, all_of_policy = opened
    if contribution.confirmed_at is None:
        contribution.confirmed_at = clock.now()
        await ctx.session.flush()
        await policies.reevaluate(ctx, policy, standing(ctx, policy, plain(all_of_policy)))
    return contribution


async def _opened(
    ctx: Context, id: UUID, version: int, path: str
) -> tuple[Contribution, Policy, Sequence[Contribution]]:
    """A contribution to change, its policy, locked, and all of the policy's contributions that count."""
    contribution = await find(ctx, Contribution, id, path, version=version)
    if contribution.voided_at is not None:
        raise UserError(errors.CONTRIBUTION_VOIDED, path)
    policy = await find(ctx, Policy, contribution.policy_id, path, lock=True)
    return contribution, policy, (await contributions_of(ctx, [policy.id]))[policy.id]


def _others(contributions: Sequence[Contribution], contribution: Contribution) -> list[Contribution]:
    return [other for other in contributions if other is not contribution]


def _check_overpayment(policy: Policy, others: Sequence[rules.Payment], contribution: Contribution) -> None:
    excess = rules.overpayment(policy.value, others, plain([contribution])[0])
    if excess:
        raise UserError(errors.OVERPAID, "amount", excess=excess)


async def _check_instalments(ctx: Context, policy: Policy, others: Sequence[rules.Payment]) -> None:
    """Refuse one payment more than the terms allow. What is paid for members who joined later is not counted."""
    if policy.effective_on is not None:
        return
    [(most,)] = await _instalments().rows(ctx, terms=policy.terms_id)
    if most is not None and sum(not other.is_photo_fee for other in others) >= most:
        raise UserError(errors.NO_INSTALMENT_LEFT, "policyId", most=most)


@lru_cache(maxsize=1)
def _instalments() -> Prepared:
    return Prepared("contribution.instalments", select(Terms.max_installments).where(Terms.id == bound("terms", Uuid)))


async def _check_revision(
    ctx: Context,
    contribution: Contribution,
    policy: Policy,
    before: Sequence[rules.Payment],
    after: Sequence[rules.Payment],
    reason: str,
) -> None:
    """Refuse to take back money that was reconciled, or whose cover claims used (decision 20)."""
    lost = rules.bought_cover(activation(ctx, policy, before), activation(ctx, policy, after), policy.expires_on)
    used = lost is not None and await policies.cover_used(ctx, policy, *lost)
    credits = [standing(ctx, policy, payments).credit for payments in (before, after)]
    used = used or await policies.newcomers_cover_used(ctx, policy, *credits)
    reconciled = any(await every(ctx.host, "contribution_reconciled", ctx=ctx, contribution_id=contribution.id))
    problem = rules.void_problem(reason, reconciled=reconciled, cover_used=used)
    if problem is not None:
        path = "reason" if problem == rules.VOID_REASON_MISSING else "id"
        raise UserError(errors.PROBLEMS[problem], path)
