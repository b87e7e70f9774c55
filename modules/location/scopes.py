"""Who sees what by place: the row filter that tables of other modules carry, and what an account's grants mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, any_, false, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Scope, Viewer
from modules.location import models
from modules.location.rules import LocationLevel


def in_places(district: str = "district_id", village: str | None = "village_id", facility: str | None = None) -> Scope:
    """Rows in the actor's districts or villages, or of the actor's facilities, by the columns named.

    An unbounded actor sees every row; one without any of these scopes sees none. A row whose place is null is seen
    by unbounded actors only (decision 2).
    """
    columns = {"district": district, "village": village, "facility": facility}

    def scope(row: Any, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        if viewer.unbounded:
            return
        seen = [
            getattr(row, column) == any_(viewer.ids(name))
            for name, column in columns.items()
            if column is not None and viewer.has(name)
        ]
        yield or_(*seen) if seen else false()

    return scope


def reaches(actor: Actor, place: models.Location) -> bool:
    """The rule of `in_places` for one place at hand: whether the actor works there."""
    return (
        actor.unbounded
        or place.district_id in actor.scopes.get("district", ())
        or place.village_id in actor.scopes.get("village", ())
    )


async def scopes_of(session: AsyncSession, grants: Mapping[str, Sequence[UUID]]) -> dict[str, tuple[UUID, ...]]:
    """The scopes of an account's grants: a region means its districts, a ward its villages.

    Returns `district`, `village` and `facility`, each only when it holds something.
    """
    granted = any_(literal(list(grants.get("location", ())), ARRAY(models.Location.id.type)))
    place = models.Location
    rows = await session.execute(
        select(place.level, place.id).where(
            or_(
                (place.level == LocationLevel.DISTRICT) & ((place.region_id == granted) | (place.id == granted)),
                (place.level == LocationLevel.VILLAGE) & ((place.ward_id == granted) | (place.id == granted)),
            )
        )
    )
    found = rows.all()
    scopes = {
        "district": tuple(id for level, id in found if level is LocationLevel.DISTRICT),
        "village": tuple(id for level, id in found if level is LocationLevel.VILLAGE),
        "facility": tuple(grants.get("health_facility", ())),
    }
    return {name: ids for name, ids in scopes.items() if ids}
