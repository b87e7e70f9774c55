"""Places that go elsewhere, with everything in them, and places that are deleted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, update

from core import Context, UserError, delete_unused, every
from modules.location import errors, inputs
from modules.location.hooks import Use
from modules.location.models import PATH, Location, address, inside, path_of
from modules.location.rules import LEVELS, LocationLevel, level_below, level_of, moved_path
from modules.location.services import check_level, own, place


async def move_location(ctx: Context, input: inputs.MoveLocationInput) -> Location:
    """Put a place below another parent; whatever lies in it goes along.

    It gets the level right below its parent, and the levels in it shift as much; what would come to lie below a village
    becomes a village beside it (enrolment spec 1.2 rule 5).

    Raises:
        UserError: NOT_FOUND, STALE, LOCATION_IN_ITSELF, WRONG_LEVEL of a village as the parent, LEVEL_HAS_CODE,
            LEVEL_IN_USE when something belongs to a place that would get another level.
    """
    await _lock(ctx, input.id, input.parent_id)
    location = await own(ctx, input.id, input.expected_version)
    parent = await place(ctx, input.parent_id, "parentId")
    if location.id in path_of(parent):
        raise UserError(errors.LOCATION_IN_ITSELF, "parentId", name=parent.name)
    top, level = location.level, level_below(parent.level)
    if level is None:
        raise UserError(errors.WRONG_LEVEL, "parentId", name=parent.name, level=parent.level, wanted=LocationLevel.WARD)
    if level is not top:
        check_level(ctx, level)
        await _check_shift(ctx, location, path_of(parent))
    await _move(ctx, inside(Location, location.id), top, path_of(parent))
    await ctx.session.refresh(location)
    # What would have come to lie below a village lies beside the place now, not in it.
    sunk = LEVELS.index(level) > LEVELS.index(top)
    await every(ctx.host, "locations_moved", ctx=ctx, location=parent if sunk else location)
    return location


async def delete_location(ctx: Context, input: inputs.DeleteLocationInput) -> None:
    """Delete a place that nothing belongs to; its children go to another place of its level when one is named.

    Raises:
        UserError: NOT_FOUND, STALE, LOCATION_HAS_CHILDREN, LOCATION_IN_USE, WRONG_LEVEL.
    """
    await _lock(ctx, input.id, input.new_parent_id)
    location = await own(ctx, input.id, input.expected_version)
    if input.new_parent_id is not None:
        await _hand_over(ctx, location, input.new_parent_id)
    elif await ctx.session.scalar(select(Location.id).where(Location.parent_id == location.id).limit(1)):
        raise UserError(errors.LOCATION_HAS_CHILDREN, "newParentId", name=location.name)
    if found := await _uses(ctx, [location.id]):
        things = ", ".join(use.things for use in found)
        raise UserError(errors.LOCATION_IN_USE, "id", name=location.name, things=things)
    await delete_unused(ctx, location, UserError(errors.LOCATION_IN_USE, "id", name=location.name, things="records"))


async def _hand_over(ctx: Context, location: Location, new_parent_id: UUID) -> None:
    heir = await place(ctx, new_parent_id, "newParentId", level=location.level)
    if heir is location:
        raise UserError(errors.LOCATION_HAS_CHILDREN, "newParentId", name=location.name)
    top = level_below(location.level)
    if top is not None:
        children = and_(inside(Location, location.id), Location.id != location.id)
        await _move(ctx, children, top, path_of(heir))
        await every(ctx.host, "locations_moved", ctx=ctx, location=heir)


async def _lock(ctx: Context, id: UUID, other_id: UUID | None) -> None:
    """Let nothing be put into the places meanwhile. Locked in one order, so that two moves do not wait in a circle."""
    both = select(Location.id).where(or_(inside(Location, id), Location.id == other_id))
    await ctx.session.execute(both.order_by(Location.id).with_for_update())


async def _move(ctx: Context, places: ColumnElement[bool], top: LocationLevel, above: Sequence[UUID]) -> None:
    """Write where places lie from now on that lay in those of level `top`: one statement for each level."""
    levels = LEVELS[LEVELS.index(top) :]
    # Codes are unique within a level: places leave a level before others come to it.
    for level in reversed(levels) if len(above) > LEVELS.index(top) else levels:
        path: Sequence[Any] = PATH[: LEVELS.index(level) + 1]
        await ctx.session.execute(
            update(Location)
            .where(places, Location.level == level)
            .values(version=Location.version + 1, **address(moved_path(path, top, above))),
            execution_options={"synchronize_session": False},
        )


async def _check_shift(ctx: Context, location: Location, above: Sequence[UUID]) -> None:
    """Refuse to give places other levels when something belongs to them there, or their codes are taken there."""
    moving = (await ctx.session.scalars(select(Location).where(inside(Location, location.id)))).all()
    levels = {place: level_of(moved_path(path_of(place), location.level, above)) for place in moving}
    await _check_codes(ctx, levels)
    shifted = {place.id: place for place, level in levels.items() if level is not place.level}
    found = await _uses(ctx, list(shifted))
    if found:
        used = shifted[found[0].location_id]
        things = ", ".join(use.things for use in found if use.location_id == used.id)
        raise UserError(
            errors.LEVEL_IN_USE, "parentId", name=used.name, level=levels[used], now=used.level, things=things
        )


async def _check_codes(ctx: Context, levels: dict[Location, LocationLevel]) -> None:
    wanted: dict[tuple[LocationLevel, str], Location] = {}
    others = select(Location.level, Location.code).where(Location.id.not_in([place.id for place in levels]))
    taken = others.where(tuple_(Location.level, Location.code).in_([(level, p.code) for p, level in levels.items()]))
    there = {(level, code) for level, code in await ctx.session.execute(taken)}
    for moving, level in levels.items():
        if (level, moving.code) in there or wanted.setdefault((level, moving.code), moving) is not moving:
            raise UserError(errors.LEVEL_HAS_CODE, "parentId", name=moving.name, level=level, taken=moving.code)


async def _uses(ctx: Context, ids: Sequence[UUID]) -> list[Use]:
    answers = await every(ctx.host, "location_in_use", ctx=ctx, location_ids=ids)
    return [use for answer in answers for use in answer]
