"""Who sees what a batch run pays: who works in the whole of the place that pays, and the facilities themselves."""

from typing import Any
from uuid import UUID

from sqlalchemy import any_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import Actor, Viewer, Where
from modules.location.models import Location
from modules.location.rules import LocationLevel

PAYING = (LocationLevel.REGION, LocationLevel.DISTRICT)
"""The levels of the places that products, and so batch runs, belong to; national ones have no place."""


def in_whole_place(location_id: Any, viewer: Viewer) -> Where:
    """Whether the viewer works in all districts of a region, or in the district. National is for unbounded ones."""
    if viewer.unbounded:
        return
    if not viewer.has("district"):
        yield false()
        return
    district = aliased(Location)
    yield (
        select(func.bool_and(district.id == any_(viewer.ids("district"))))
        .where(
            district.level == LocationLevel.DISTRICT,
            or_(district.id == location_id, district.region_id == location_id),
        )
        .scalar_subquery()
    )


async def works_in_whole(session: AsyncSession, actor: Actor, location_id: UUID | None) -> bool:
    """The rule of `in_whole_place` for one place at hand; None is the nation. Nobody runs batches of other levels."""
    if location_id is None:
        return actor.unbounded
    place = await session.get(Location, location_id)
    if place is None or place.level not in PAYING:
        return False
    if actor.unbounded:
        return True
    inside = or_(Location.id == location_id, Location.region_id == location_id)
    districts = select(Location.id).where(Location.level == LocationLevel.DISTRICT, inside)
    found = set(await session.scalars(districts))
    return bool(found) and found <= set(actor.scopes.get("district", ()))
