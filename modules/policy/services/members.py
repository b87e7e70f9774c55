"""What families' changes mean for their policies: members who join or leave, families that move or end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from core import Context, clock
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.location.models import Location, inside
from modules.policy import rules
from modules.policy.models import Policy, PricedMember, Renewal, SuspendedBy
from modules.policy.rules import CoverEnd, PolicyStatus
from modules.policy.services import cover, prompts
from modules.policy.services.pricing import members_of, offer_of, reprice
from modules.policy.services.states import reevaluate


async def member_added(ctx: Context, insuree: Insuree) -> None:
    """Price the family's policies with the new member, who is covered once the new value is paid (decision 19)."""
    if insuree.family_id is None or insuree.status is not InsureeStatus.ACTIVE:
        return
    for policy in await _current(ctx, insuree.family_id):
        await _change_members(ctx, policy)


async def member_left(
    ctx: Context, insuree: Insuree, family_id: UUID, last: date | None = None, ended_by: CoverEnd = CoverEnd.REMOVAL
) -> None:
    """End a member's cover with the day, today if none is given. The place on the policies is free for others."""
    last = last or clock.today()
    policies = await _current(ctx, family_id)
    await cover.end(ctx, policies, insuree.id, last, ended_by)
    for policy in policies:
        for place in await _places(ctx, policy):
            if place.insuree_id == insuree.id:
                place.left_on = last
        await _change_members(ctx, policy)


async def member_status_changed(ctx: Context, insuree: Insuree) -> None:
    """End the cover of who died or became inactive; who is active again joins anew (enrolment spec 2.3 rule 3)."""
    if insuree.family_id is None:
        return
    if insuree.status is InsureeStatus.ACTIVE:
        await member_added(ctx, insuree)
    else:
        await member_left(ctx, insuree, insuree.family_id, insuree.status_on, CoverEnd.STATUS)


async def family_corrected(ctx: Context, family_id: UUID) -> None:
    """Price what covered nobody yet with the family as it is now.

    A policy that covered somebody keeps the price it was bought for until it is renewed (decisions 19 and 22); its
    `warnings` say so.
    """
    for policy in await _current(ctx, family_id):
        if policy.effective_on is None:
            policy.category_code = await ctx.session.scalar(
                select(Family.membership_category_code).where(Family.id == family_id)
            )
            await _change_members(ctx, policy)


async def family_ended(ctx: Context, family: Family) -> None:
    """Stop the policies of a deleted family, and prompt it no more. They and what was paid for them stay on record."""
    for policy in await _current(ctx, family.id):
        await cover.stop(ctx, policy, CoverEnd.DELETION)
        policy.status, policy.suspended_by = PolicyStatus.SUSPENDED, SuspendedBy.USER
    await ctx.session.flush()
    await prompts.withdraw(ctx, family)


async def family_moved(ctx: Context, family: Family) -> None:
    """Let the policies of a family and their prompts follow it to another village."""
    of_family = select(Policy.id).where(Policy.family_id == family.id)
    for moved in (
        update(Policy).where(Policy.family_id == family.id),
        update(Renewal).where(Renewal.policy_id.in_(of_family)),
    ):
        await ctx.session.execute(
            moved.values(village_id=family.village_id, district_id=family.district_id),
            execution_options={"synchronize_session": False},
        )


async def readdress(ctx: Context, location: Location) -> None:
    """Correct the districts of policies and prompts after a place has moved below another parent."""
    for table in (Policy, Renewal):
        await ctx.session.execute(
            update(table)
            .where(table.village_id == Location.id, inside(Location, location.id))
            .values(district_id=Location.district_id),
            execution_options={"synchronize_session": False},
        )


async def _current(ctx: Context, family_id: UUID) -> Sequence[Policy]:
    """The family's policies that have not expired, locked in one order."""
    found = await ctx.session.scalars(
        select(Policy)
        .where(
            Policy.family_id == family_id,
            Policy.ended_at.is_(None),
            Policy.status != PolicyStatus.EXPIRED,
            Policy.expires_on >= clock.today(),
        )
        .order_by(Policy.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _places(ctx: Context, policy: Policy) -> Sequence[PricedMember]:
    found = await ctx.session.scalars(
        select(PricedMember).where(PricedMember.policy_id == policy.id, PricedMember.left_on.is_(None))
    )
    return found.all()


async def _change_members(ctx: Context, policy: Policy) -> None:
    """Price a policy with its family as it is now, give free places away, and work its state and cover out anew.

    A policy that covered somebody already never costs less than that cover was bought for, and those who have a place
    on it are priced as they were: a newcomer does not pay for what was corrected of somebody else.
    """
    offer = await offer_of(ctx, policy)
    seated = {place.insuree_id: place for place in await _places(ctx, policy)}
    activated = policy.effective_on is not None
    members = await members_of(ctx, policy.family_id)
    if activated:
        members = [_as_priced(member, seated.get(member.id)) for member in members]
    price = await reprice(ctx, offer, policy, members, seated)
    value = max(price.value, policy.bought_value) if activated else price.value
    subsidy = rules.subsidy_for(offer.terms.subsidies, policy.category_code)
    shares = price.shares if value == price.value else rules.split(value, subsidy)
    owed = shares.due if activated and value != policy.value else None
    policy.value, policy.family_share, policy.payer_share, policy.due = value, shares.family, shares.payer, shares.due
    if not activated:
        policy.bought_value, policy.bought_due = value, shares.due
    for member in price.covered:
        if member.id in seated:
            seated[member.id].birth_date, seated[member.id].relation = member.birth_date, member.relation
    for place in seated.values():
        # Somebody else left before paying: no one has to pay for that place any more.
        place.owed = None if place.owed is None else min(place.owed, shares.due)
    ctx.session.add_all(
        PricedMember(
            policy_id=policy.id,
            insuree_id=member.id,
            relation=member.relation,
            birth_date=member.birth_date,
            added_on=clock.today(),
            owed=owed,
        )
        for member in price.covered
        if member.id not in seated
    )
    await ctx.session.flush()
    await reevaluate(ctx, policy)


def _as_priced(member: rules.Member, place: PricedMember | None) -> rules.Member:
    """A member as the policy's price knows him or her."""
    return member if place is None else replace(member, birth_date=place.birth_date, relation=place.relation)
