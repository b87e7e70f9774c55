"""What other modules may do when places change."""

from uuid import UUID

from core import Context, hookspec
from modules.location.models import Location


@hookspec
async def location_in_use(ctx: Context, location_id: UUID) -> bool | None:
    """A place is about to be deleted: True while something of yours belongs to it, which refuses the deletion."""


@hookspec
async def locations_moved(ctx: Context, location: Location) -> None:
    """The places within `location` now lie in other districts or regions: correct the columns you copied from them.

    Called in the move's transaction, after the places themselves are up to date. One update per table, from a join
    with `location_location` where `models.within(Location, location.id)`.
    """
