"""Why somebody is not covered."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, Uuid, select, union

from core import Context, Prepared, bound
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import EligibilityReason, PolicyStatus
from modules.policy.services.asked import Person, PlainPolicy

_BY_STATUS = {
    PolicyStatus.IDLE: EligibilityReason.NOT_PAID,
    PolicyStatus.READY: EligibilityReason.AWAITING_CONFIRMATION,
    PolicyStatus.SUSPENDED: EligibilityReason.SUSPENDED,
    PolicyStatus.EXPIRED: EligibilityReason.EXPIRED,
}


class _Place(NamedTuple):
    """A place of the person on the policy and, if there was any, cover; None where there is none."""

    place_id: UUID | None
    left_on: date | None
    starts_on: date | None


async def why_not(ctx: Context, person: Person, on: date) -> tuple[EligibilityReason, PlainPolicy | None]:
    """Why nothing covers the person on the day, and the policy that is nearest to covering it."""
    rows = await _statement().rows(ctx, insuree=person.id, family=person.family_id, on=on)
    if not rows:
        return EligibilityReason.NOT_INSURED, None
    size = len(PlainPolicy._fields)
    policy = PlainPolicy(*rows[0][:size])
    return _reason(policy, [_Place(*row[size:]) for row in rows], on), policy


def _reason(policy: PlainPolicy, places: Sequence[_Place], on: date) -> EligibilityReason:
    if policy.expires_on < on:
        return EligibilityReason.EXPIRED
    covers = [place.starts_on for place in places if place.starts_on is not None]
    if any(starts_on > on for starts_on in covers):
        return EligibilityReason.NOT_YET_EFFECTIVE
    if policy.status in _BY_STATUS:
        return _BY_STATUS[policy.status]
    own = [place for place in places if place.place_id is not None]
    if not own:
        return EligibilityReason.NO_PLACE
    if covers or all(place.left_on is not None for place in own):
        return EligibilityReason.COVER_ENDED
    return EligibilityReason.MEMBER_NOT_PAID


@lru_cache(maxsize=1)
def _statement() -> Prepared:
    """The policy nearest to the day among the family's and those that priced the person, with place and cover on it."""
    insuree, family = bound("insuree", Uuid), bound("family", Uuid)
    on = bound("on", Date)
    # Put together before the policies are read, so that indexes serve; an `or` would read all policies there are.
    theirs = union(
        select(Policy.id).where(Policy.family_id == family),
        select(PricedMember.policy_id).where(PricedMember.insuree_id == insuree),
    )
    nearest = (
        select(Policy.__table__)
        .where(Policy.id.in_(theirs), Policy.ended_at.is_(None))
        .order_by(
            ((Policy.starts_on <= on) & (Policy.expires_on >= on)).desc(), Policy.expires_on.desc(), Policy.id
        )
        .limit(1)
        .subquery("nearest")
    )  # fmt: skip
    return Prepared(
        "policy.not_covered",
        select(
            *(nearest.c[name] for name in PlainPolicy._fields),
            PricedMember.id, PricedMember.left_on, Cover.starts_on,
        )
        .select_from(nearest)
        .outerjoin(PricedMember, (PricedMember.policy_id == nearest.c.id) & (PricedMember.insuree_id == insuree))
        .outerjoin(Cover, (Cover.policy_id == nearest.c.id) & (Cover.insuree_id == insuree)),
    )  # fmt: skip
