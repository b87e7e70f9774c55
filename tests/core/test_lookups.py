"""Lookups: lists that a country may change, filled by migrations and checked when a code is stored."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import UNKNOWN_CODE, Context, LookupRow, UserError, check_lookup
from core.lookups import add_lookups, remove_lookups

pytestmark = pytest.mark.profile("tests/core/bare.toml")

Migrate = Callable[[Callable[[], None]], Awaitable[None]]


def add_colours() -> None:
    add_lookups(
        "colour",
        [("RED", {"en": "Red", "sw": "Nyekundu", "fr": "Rouge"}), ("BLUE", {"en": "Blue"}, {"isCold": True})],
    )


async def test_codes_keep_their_order_their_names_and_what_rules_need(
    session: AsyncSession, in_migration: Migrate
) -> None:
    await in_migration(add_colours)
    rows = list(
        await session.scalars(select(LookupRow).where(LookupRow.kind == "colour").order_by(LookupRow.sort_order))
    )
    assert [row.code for row in rows] == ["RED", "BLUE"]
    assert rows[0].names == {"en": "Red", "sw": "Nyekundu", "fr": "Rouge"}
    assert (rows[0].data, rows[1].data) == ({}, {"isCold": True})
    assert all(row.active and row.version == 1 for row in rows)


async def test_adding_again_leaves_what_the_country_changed(session: AsyncSession, in_migration: Migrate) -> None:
    await in_migration(add_colours)
    await session.execute(update(LookupRow).where(LookupRow.code == "RED").values(names={"en": "Crimson"}))
    await in_migration(add_colours)
    names = list(await session.scalars(select(LookupRow.names).where(LookupRow.code == "RED")))
    assert names == [{"en": "Crimson"}]


async def test_the_way_back_removes_the_kind_and_no_other(session: AsyncSession, in_migration: Migrate) -> None:
    await in_migration(add_colours)
    await in_migration(lambda: add_lookups("size", [("S", {"en": "Small"})]))
    await in_migration(lambda: remove_lookups("colour"))
    assert list(await session.scalars(select(LookupRow.kind).where(LookupRow.kind.in_(["colour", "size"])))) == ["size"]


async def test_a_known_code_passes_and_so_does_none(ctx: Context, in_migration: Migrate) -> None:
    await in_migration(add_colours)
    await check_lookup(ctx, "colour", "RED", "colourCode")
    await check_lookup(ctx, "colour", None, "colourCode")


async def test_an_unknown_code_is_told_at_its_path(ctx: Context, in_migration: Migrate) -> None:
    await in_migration(add_colours)
    with pytest.raises(UserError) as refused:
        await check_lookup(ctx, "colour", "GREEN", "head.colourCode")
    assert refused.value.code is UNKNOWN_CODE
    assert refused.value.path == ("head", "colourCode")
    assert refused.value.parameters == {"value": "GREEN"}


async def test_a_code_of_another_kind_is_unknown(ctx: Context, in_migration: Migrate) -> None:
    await in_migration(add_colours)
    with pytest.raises(UserError):
        await check_lookup(ctx, "size", "RED", "sizeCode")


async def test_a_code_no_longer_offered_is_refused_at_once(
    ctx: Context, session: AsyncSession, in_migration: Migrate
) -> None:
    await in_migration(add_colours)
    await check_lookup(ctx, "colour", "RED", "colourCode")
    await session.execute(update(LookupRow).where(LookupRow.code == "RED").values(active=False))
    with pytest.raises(UserError):
        await check_lookup(replace(ctx), "colour", "RED", "colourCode")
