"""What other modules may do when places change."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core import Context, hookspec
from modules.location.models import Location


@dataclass(frozen=True)
class Use:
    """A place, and what belongs to it, in the plural: "families"."""

    location_id: UUID
    things: str


@hookspec
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    """Places are about to be deleted or to get another level: what of yours points at them, which refuses that.

    `services.uses` finds it in one statement. A module whose tables point at places implements this.
    """


@hookspec
async def locations_moved(ctx: Context, location: Location) -> None:
    """Places within `location` now lie in other districts or regions: correct the columns you copied from them.

    Called in the move's transaction, after the places themselves are up to date. One update per table, from a join
    with `location_location` where `models.inside(Location, location.id)`.
    """
