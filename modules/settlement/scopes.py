"""For which places a batch run pays, and who may run one."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from modules.location.models import Location
from modules.location.rules import LocationLevel
from modules.location.scopes import reaches_whole

PAYING = (LocationLevel.REGION, LocationLevel.DISTRICT)
"""The levels of the places that products, and so batch runs, belong to; national ones have no place."""


async def works_in_whole(session: AsyncSession, actor: Actor, location_id: UUID | None) -> bool:
    """The rule of `in_whole_place` for one place at hand; None is the nation. Nobody runs batches of other levels."""
    if location_id is None:
        return actor.unbounded
    place = await session.get(Location, location_id)
    return place is not None and place.level in PAYING and await reaches_whole(session, actor, place)
