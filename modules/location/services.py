"""What can be done with places, and how other modules find the place that something belongs to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core import (
    NOT_FOUND,
    REQUIRED,
    Context,
    Problems,
    UserError,
    check_columns,
    delete_unused,
    every,
    find,
    given,
    new_id,
    noting,
    tidy,
)  # fmt: skip
from modules.location import errors, inputs, models, rights
from modules.location.imports import FACILITIES, LOCATIONS
from modules.location.models import Location
from modules.location.rules import LocationLevel, level_above, levels_down_to
from modules.location.scopes import reaches

__all__ = ["FACILITIES", "LOCATIONS", "create_location", "delete_location", "move_location", "place", "update_location"]


async def place(ctx: Context, location_id: UUID, path: str, level: LocationLevel | None = None) -> Location:
    """The place that something is to belong to; its `region_id` to `village_id` name the places it lies in.

    Raises:
        UserError: NOT_FOUND at the path when there is no such place where the actor works; WRONG_LEVEL.
    """
    found = await ctx.session.get(Location, location_id)
    if found is None or not reaches(ctx.actor, found):
        raise UserError(NOT_FOUND, path, thing="location")
    if level is not None and found.level is not level:
        raise UserError(errors.WRONG_LEVEL, path, name=found.name, level=found.level, wanted=level)
    return found


async def create_location(ctx: Context, input: inputs.CreateLocationInput) -> Location:
    """Add a place below its parent.

    Raises:
        UserError: TAKEN, NOT_FOUND, WRONG_LEVEL, REGION_HAS_NO_PARENT, and what the fields lack.
    """
    _check_level(ctx, input.level)
    values = given(input)
    parent_id = values.pop("parent_id")
    problems = Problems()
    location = Location(id=input.id or new_id(), **_checked(values, problems))
    with noting(problems):
        _put(location, await _parent(ctx, input.level, parent_id))
    problems.stop()
    ctx.session.add(location)
    await ctx.session.flush()
    return location


async def update_location(ctx: Context, input: inputs.UpdateLocationInput) -> Location:
    """Change a place's code, name or counts.

    Raises:
        UserError: NOT_FOUND, STALE, TAKEN, and what the fields lack.
    """
    location = await _own(ctx, input.id, input.expected_version)
    problems = Problems()
    values = _checked(given(input), problems)
    problems.stop()
    for name, value in values.items():
        setattr(location, name, value)
    await ctx.session.flush()
    return location


async def move_location(ctx: Context, input: inputs.MoveLocationInput) -> Location:
    """Put a place below another parent; whatever lies in it goes along.

    Levels stay as they are: a district goes to a region, a ward to a district, a village to a ward.

    Raises:
        UserError: NOT_FOUND, STALE, WRONG_LEVEL, REGION_HAS_NO_PARENT.
    """
    location = await _own(ctx, input.id, input.expected_version)
    parent = await _parent(ctx, location.level, input.parent_id)
    _put(location, parent)
    await ctx.session.flush()
    await _readdress(ctx, location.id, location)
    await every(ctx.host, "locations_moved", ctx=ctx, location=location)
    return location


async def delete_location(ctx: Context, input: inputs.DeleteLocationInput) -> None:
    """Delete a place that nothing belongs to; its children go to another place of its level when one is named.

    Raises:
        UserError: NOT_FOUND, STALE, LOCATION_HAS_CHILDREN, LOCATION_IN_USE, WRONG_LEVEL.
    """
    location = await _own(ctx, input.id, input.expected_version)
    if input.new_parent_id is not None:
        await _hand_over(ctx, location, input.new_parent_id)
    elif await ctx.session.scalar(select(Location.id).where(Location.parent_id == location.id).limit(1)):
        raise UserError(errors.LOCATION_HAS_CHILDREN, "newParentId", name=location.name)
    in_use = UserError(errors.LOCATION_IN_USE, "id", name=location.name)
    if any(await every(ctx.host, "location_in_use", ctx=ctx, location_id=location.id)):
        raise in_use
    await delete_unused(ctx, location, in_use)


async def _hand_over(ctx: Context, location: Location, new_parent_id: UUID) -> None:
    heir = await place(ctx, new_parent_id, "newParentId", level=location.level)
    if heir is location:
        raise UserError(errors.LOCATION_HAS_CHILDREN, "newParentId", name=location.name)
    children = update(Location).where(Location.parent_id == location.id)
    await ctx.session.execute(children.values(parent_id=heir.id))
    await _readdress(ctx, location.id, heir)
    await every(ctx.host, "locations_moved", ctx=ctx, location=heir)


async def _readdress(ctx: Context, place_id: UUID, like: Location) -> None:
    """Tell everything inside a place that it now lies where `like` does, down to `like`'s own level."""
    addresses = {column: getattr(like, column) for column in map(_column, levels_down_to(like.level))}
    inside = update(Location).where(models.inside(Location, place_id), Location.id != place_id)
    await ctx.session.execute(
        inside.values(**addresses, version=Location.version + 1),
        execution_options={"synchronize_session": False},
    )


async def _own(ctx: Context, id: UUID, version: int) -> Location:
    location = await find(ctx, Location, id, "id", version=version, lock=True)
    if not reaches(ctx.actor, location):
        raise UserError(NOT_FOUND, "id", thing="location")
    _check_level(ctx, location.level)
    return location


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


def _check_level(ctx: Context, level: LocationLevel) -> None:
    if level in (LocationLevel.REGION, LocationLevel.DISTRICT):
        ctx.actor.require(rights.UPPER)


def _put(location: Location, parent: Location | None) -> None:
    location.parent_id = parent.id if parent else None
    for level in LocationLevel:
        setattr(location, _column(level), getattr(parent, _column(level)) if parent else None)
    setattr(location, _column(location.level), location.id)


def _column(level: LocationLevel) -> str:
    return f"{level.lower()}_id"
