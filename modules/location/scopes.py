"""Who sees and changes what by place: the scopes that tables of other modules carry, and what grants mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, column, exists, false, func, literal, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Scope, Viewer, state
from modules.location.rules import LocationLevel

if TYPE_CHECKING:
    from modules.location.models import Location

# The table without its model, which has scopes itself.
PLACES = table(
    "location_location",
    column("id", Uuid),
    column("level", state(LocationLevel)),
    column("region_id", Uuid),
    column("district_id", Uuid),
    column("ward_id", Uuid),
    column("village_id", Uuid),
)


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
            viewer.among(name, getattr(row, column))
            for name, column in columns.items()
            if column is not None and viewer.has(name)
        ]
        yield or_(*seen) if seen else false()

    return scope


def in_whole_place(location_id: Any, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    """Whether the viewer works in all districts of a region, or in the district. National is for unbounded ones."""
    if viewer.unbounded:
        return
    if not viewer.has("district"):
        yield false()
        return
    district = PLACES.alias().c
    inside = (
        district.level == LocationLevel.DISTRICT,
        or_(district.id == location_id, district.region_id == location_id),
    )
    works = select(func.bool_and(district.id == any_(viewer.ids("district")))).where(*inside)
    yield func.coalesce(works.scalar_subquery(), false())


def by_place(location: str = "location_id") -> Scope:
    """The `__writers__` of what belongs to a place of any level: who works in the whole of it may change it.

    What has no place is the nation's. Facilities' own accounts change none of it.
    """

    def writers(row: Any, viewer: Viewer) -> Iterator[ColumnElement[bool]]:
        if viewer.unbounded:
            return
        pointer = getattr(row, location)
        place = PLACES.alias().c
        small = in_places()(place, viewer)
        yield or_(*in_whole_place(pointer, viewer), exists().where(place.id == pointer, *small))

    return writers


def reaches(actor: Actor, place: "Location") -> bool:
    """The rule of `in_places` for one place at hand: whether the actor works there."""
    return (
        actor.unbounded
        or place.district_id in actor.scopes.get("district", ())
        or place.village_id in actor.scopes.get("village", ())
    )


async def reaches_whole(session: AsyncSession, actor: Actor, place: "Location") -> bool:
    """The rule of `in_whole_place`, and of `reaches` below it, for one place at hand."""
    if reaches(actor, place):
        return True
    if place.level is not LocationLevel.REGION:
        return False
    inside = (PLACES.c.level == LocationLevel.DISTRICT) & (PLACES.c.region_id == place.id)
    found = set(await session.scalars(select(PLACES.c.id).where(inside)))
    return bool(found) and found <= set(actor.scopes.get("district", ()))


async def scopes_of(session: AsyncSession, grants: Mapping[str, Sequence[UUID]]) -> dict[str, tuple[UUID, ...]]:
    """The scopes of an account's grants: a region means its districts, a ward its villages.

    Returns `district`, `village` and `facility`, each only when it holds something.
    """
    granted = any_(literal(list(grants.get("location", ())), ARRAY(Uuid)))
    place = PLACES.c
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
