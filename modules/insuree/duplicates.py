"""People who may be registered twice."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import extract, literal, select

from core import Context, Where, visible
from modules.insuree import rules
from modules.insuree.models import Insuree
from modules.location.models import Location

MOST = 20
"""How many people are told of at most."""


def alike(other: Any, sounds_like: Any, birth_date: Any, district_id: Any) -> Where:
    """The conditions that a registered person may be somebody else too, of whom these are known.

    Names that sound alike, in either order, without those in between; the year of birth, since many know only that; the
    district, since that is as far as one person is likely to register twice.
    """
    yield other.district_id == district_id
    yield other.sounds_like == sounds_like
    yield extract("year", other.birth_date) == extract("year", birth_date)
    yield other.ended_at.is_(None)


async def find_alike(
    ctx: Context, last_name: str, other_names: str, birth_date: date, village_id: UUID
) -> Sequence[UUID]:
    """The ids of visible people who may be somebody about to be registered in a village, the likeliest first."""
    sounds_like = rules.person_sounds_like(last_name, other_names)
    district = select(Location.district_id).where(Location.id == village_id).scalar_subquery()
    found = (
        select(Insuree.id)
        .where(*alike(Insuree, sounds_like, literal(birth_date), district), *visible(ctx, Insuree))
        .order_by(Insuree.village_id != village_id, Insuree.birth_date != birth_date, Insuree.last_name, Insuree.id)
        .limit(MOST)
    )
    return (await ctx.session.scalars(found)).all()
