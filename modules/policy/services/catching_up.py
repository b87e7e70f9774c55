"""What policies missed while the module was off, found by comparing them with their families as they are."""

from datetime import datetime

from sqlalchemy import exists, or_, select, update

from core import Context
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.policy.models import Policy, PricedMember, Renewal
from modules.policy.rules import PolicyStatus
from modules.policy.services.members import (
    family_corrected,
    family_ended,
    member_added,
    member_left,
    member_status_changed,
)


async def catch_up(ctx: Context, since: datetime | None) -> None:
    """Follow families that moved, stop the policies of deleted ones, settle who left, joined or was corrected since.

    Whoever left without a day of its own, such as that of a death, is covered until today.
    """
    await _follow(ctx)
    if since is None:
        return
    live = (Policy.ended_at.is_(None), Policy.status != PolicyStatus.EXPIRED)
    gone = select(Family).where(
        Family.ended_at >= since,
        exists().where(Policy.family_id == Family.id, Policy.status != PolicyStatus.SUSPENDED, *live),
    )
    for family in await ctx.session.scalars(gone):
        await family_ended(ctx, family)
    await _members_who_left(ctx)
    await _members_who_joined(ctx, since)
    await _corrected(ctx)


async def _follow(ctx: Context) -> None:
    elsewhere = or_(Policy.village_id != Family.village_id, Policy.district_id != Family.district_id)
    home = {"village_id": Family.village_id, "district_id": Family.district_id}
    apart = {"synchronize_session": False}
    moved = update(Policy).where(Policy.family_id == Family.id, elsewhere)
    await ctx.session.execute(moved.values(home), execution_options=apart)
    elsewhere = or_(Renewal.village_id != Policy.village_id, Renewal.district_id != Policy.district_id)
    home = {"village_id": Policy.village_id, "district_id": Policy.district_id}
    moved = update(Renewal).where(Renewal.policy_id == Policy.id, elsewhere)
    await ctx.session.execute(moved.values(home), execution_options=apart)


async def _members_who_left(ctx: Context) -> None:
    seats = (
        select(Insuree, Policy.family_id)
        .join(PricedMember, PricedMember.insuree_id == Insuree.id)
        .join(Policy, Policy.id == PricedMember.policy_id)
        .join(Family, Family.id == Policy.family_id)
        .where(
            PricedMember.left_on.is_(None),
            Policy.ended_at.is_(None),
            Policy.status != PolicyStatus.EXPIRED,
            Family.ended_at.is_(None),
        )
        .distinct()
        .order_by(Insuree.id)
    )
    left = or_(Insuree.ended_at.is_not(None), Insuree.family_id.is_distinct_from(Policy.family_id))
    for person, family_id in (await ctx.session.execute(seats.where(left))).all():
        await member_left(ctx, person, family_id)
    inactive = seats.where(Insuree.status != InsureeStatus.ACTIVE, ~left)
    for person, _ in (await ctx.session.execute(inactive)).all():
        await member_status_changed(ctx, person)


async def _members_who_joined(ctx: Context, since: datetime) -> None:
    seated = exists().where(
        PricedMember.policy_id == Policy.id, PricedMember.insuree_id == Insuree.id, PricedMember.left_on.is_(None)
    )
    joined = (
        select(Insuree)
        .join(Policy, Policy.family_id == Insuree.family_id)
        .where(
            Insuree.updated_at >= since,
            Insuree.ended_at.is_(None),
            Insuree.status == InsureeStatus.ACTIVE,
            Policy.ended_at.is_(None),
            Policy.status != PolicyStatus.EXPIRED,
            ~seated,
        )
        .distinct()
        .order_by(Insuree.id)
    )
    # One newcomer of a family prices all of them.
    by_family = {person.family_id: person for person in await ctx.session.scalars(joined)}
    for person in by_family.values():
        await member_added(ctx, person)


async def _corrected(ctx: Context) -> None:
    other_birth = exists().where(
        PricedMember.policy_id == Policy.id,
        PricedMember.left_on.is_(None),
        Insuree.id == PricedMember.insuree_id,
        Insuree.birth_date != PricedMember.birth_date,
    )
    families = (
        select(Policy.family_id)
        .join(Family, Family.id == Policy.family_id)
        .where(
            Policy.ended_at.is_(None),
            Policy.effective_on.is_(None),
            Policy.status != PolicyStatus.EXPIRED,
            Family.ended_at.is_(None),
            or_(Policy.category_code.is_distinct_from(Family.membership_category_code), other_birth),
        )
        .distinct()
        .order_by(Policy.family_id)
    )
    for family_id in (await ctx.session.scalars(families)).all():
        await family_corrected(ctx, family_id)
