"""Why somebody is not covered."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core import Context
from modules.insuree.models import Insuree
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import EligibilityReason, PolicyStatus

_BY_STATUS = {
    PolicyStatus.IDLE: EligibilityReason.NOT_PAID,
    PolicyStatus.READY: EligibilityReason.AWAITING_CONFIRMATION,
    PolicyStatus.SUSPENDED: EligibilityReason.SUSPENDED,
    PolicyStatus.EXPIRED: EligibilityReason.EXPIRED,
}


async def why_not(ctx: Context, insuree: Insuree, on: date) -> tuple[EligibilityReason, Policy | None]:
    """Why nothing covers the person on the day, and the policy that is nearest to covering it."""
    of_the_day = (Policy.starts_on <= on) & (Policy.expires_on >= on)
    rows = await ctx.session.execute(
        select(Policy, PricedMember, Cover)
        .outerjoin(PricedMember, (PricedMember.policy_id == Policy.id) & (PricedMember.insuree_id == insuree.id))
        .outerjoin(Cover, (Cover.policy_id == Policy.id) & (Cover.insuree_id == insuree.id))
        .where(
            (Policy.family_id == insuree.family_id) | PricedMember.id.is_not(None),
            Policy.ended_at.is_(None),
        )
        .order_by(of_the_day.desc(), Policy.expires_on.desc(), Policy.id)
    )
    found = rows.all()
    if not found:
        return EligibilityReason.NOT_INSURED, None
    policy = found[0][0]
    places = [place for other, place, _ in found if other is policy and place is not None]
    covers = [cover for other, _, cover in found if other is policy and cover is not None]
    return _reason(policy, places, covers, on), policy


def _reason(policy: Policy, places: Sequence[PricedMember], covers: Sequence[Cover], on: date) -> EligibilityReason:
    if policy.expires_on < on:
        return EligibilityReason.EXPIRED
    if any(cover.starts_on > on for cover in covers):
        return EligibilityReason.NOT_YET_EFFECTIVE
    if policy.status in _BY_STATUS:
        return _BY_STATUS[policy.status]
    if not places:
        return EligibilityReason.NO_PLACE
    if covers or all(place.left_on is not None for place in places):
        return EligibilityReason.COVER_ENDED
    return EligibilityReason.MEMBER_NOT_PAID
