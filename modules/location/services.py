"""What can be done with places, and how other modules find the place that something belongs to."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from core import (
    NOT_FOUND,
    REQUIRED,
    Context,
    Prepared,
    Problems,
    UserError,
    bound,
    check_changeable,
    check_columns,
    columns_of,
    find,
    given,
    new_id,
    noting,
    of_session,
    tidy,
)  # fmt: skip
from modules.location import errors, inputs, rights
from modules.location.hooks import Use
from modules.location.imports import FACILITIES, LOCATIONS
from modules.location.models import Location, address, path_of
from modules.location.rules import LocationLevel, level_above
from modules.location.scopes import reaches_whole

__all__ = ["FACILITIES", "LOCATIONS", "create_location", "place", "update_location", "uses"]


async def place(ctx: Context, location_id: UUID, path: str, level: LocationLevel | None = None) -> Location:
    """The place that something is to belong to; its `region_id` to `village_id` name the places it lies in.

    It cannot move before the transaction ends.

    Raises:
        UserError: NOT_FOUND at the path when there is no such place where the actor works; WRONG_LEVEL.
    """
    rows = await _staying().within(ctx.session, id=location_id)
    found = of_session(ctx.session, Location, rows[0], anew=True) if rows else None
    if found is None or not await reaches_whole(ctx.session, ctx.actor, found):
        raise UserError(NOT_FOUND, path)
    if level is not None and found.level is not level:
        raise UserError(errors.WRONG_LEVEL, path, name=found.name, level=found.level, wanted=level)
    return found


@lru_cache(maxsize=1)
def _staying() -> Prepared:
    place = select(*columns_of(Location)).where(Location.id == bound("id", Uuid))
    return Prepared("location.place", place.with_for_update(read=True, key_share=True))


async def uses(ctx: Context, location_ids: Sequence[UUID], *columns: tuple[str, Any]) -> list[Use]:
    """Which of the places the columns point at, each named for what its rows are: `("families", Family.location_id)`.

    One statement, however many places and columns.
    """
    places = any_(literal(list(location_ids), ARRAY(Uuid)))
    pointing = [select(column, literal(things)).where(column == places).distinct() for things, column in columns]
    return [Use(id, things) for id, things in await ctx.session.execute(union_all(*pointing))]


async def create_location(ctx: Context, input: inputs.CreateLocationInput) -> Location:
    """Add a place below its parent.

    Raises:
        UserError: TAKEN, NOT_FOUND, WRONG_LEVEL, REGION_HAS_NO_PARENT, and what the fields lack.
    """
    check_level(ctx, input.level)
    values = given(input)
    parent_id = values.pop("parent_id")
    problems = Problems()
    location = Location(id=input.id or new_id(), **_checked(values, problems))
    with noting(problems):
        parent = await _parent(ctx, input.level, parent_id)
        for name, value in address((*(path_of(parent) if parent else ()), location.id)).items():
            setattr(location, name, value)
    problems.stop()
    ctx.session.add(location)
    await check_changeable(ctx, location, "level")
    return location


async def update_location(ctx: Context, input: inputs.UpdateLocationInput) -> Location:
    """Change a place's code, name or counts.

    Raises:
        UserError: NOT_FOUND, STALE, TAKEN, and what the fields lack.
    """
    location = await own(ctx, input.id, input.expected_version)
    problems = Problems()
    values = _checked(given(input), problems)
    problems.stop()
    for name, value in values.items():
        setattr(location, name, value)
    await ctx.session.flush()
    return location


async def own(ctx: Context, id: UUID, version: int) -> Location:
    """A place that the actor may change.

    Raises:
        UserError: NOT_FOUND, STALE. Forbidden: a region or district, and the actor lacks the right for them.
    """
    location = await find(ctx, Location, id, "id", version=version, lock=True)
    check_level(ctx, location.level)
    return location


def check_level(ctx: Context, level: LocationLevel) -> None:
    """Regions and districts need a right of their own (enrolment spec 1.2 rule 1).

    Raises:
        Forbidden: the actor lacks it.
    """
    if level in (LocationLevel.REGION, LocationLevel.DISTRICT):
        ctx.actor.require(rights.UPPER)


async def _parent(ctx: Context, level: LocationLevel, parent_id: UUID | None) -> Location | None:
    above = level_above(level)
    if above is None and parent_id is not None:
        raise UserError(errors.REGION_HAS_NO_PARENT, "parentId")
    if above is None:
        return None
    if parent_id is None:
        raise UserError(REQUIRED, "parentId")
    return await place(ctx, parent_id, "parentId", level=above)


def _checked(values: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    tidied = tidy(values)
    check_columns(Location, tidied, problems)
    return tidied
