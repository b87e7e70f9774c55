"""History: every change of a row is kept, whoever makes it and however many at once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, LookupRow, new_id
from core.history import HistoryRow, drop_history, keep_history, sign

pytestmark = pytest.mark.profile("tests/core/bare.toml")


Migrate = Callable[[Callable[[], None]], Awaitable[None]]


def a_lookup(code: str, **fields: Any) -> LookupRow:
    return LookupRow(kind="colour", code=code, names={"en": code}, **fields)


async def history_of(session: AsyncSession, row: LookupRow) -> list[HistoryRow]:
    found = await session.scalars(select(HistoryRow).where(HistoryRow.row_id == row.id).order_by(HistoryRow.id))
    return list(found)


async def test_a_new_row_is_kept_with_its_values_and_without_its_nulls(session: AsyncSession) -> None:
    row = a_lookup("RED", sort_order=7)
    session.add(row)
    await session.flush()
    [change] = await history_of(session, row)
    assert (change.table_name, change.action) == ("core_lookup", "I")
    assert change.changes["sort_order"] == {"after": 7}
    assert change.changes["names"] == {"after": {"en": "RED"}}


async def test_a_change_keeps_only_what_changed_before_and_after(session: AsyncSession) -> None:
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    row.sort_order = 3
    await session.flush()
    change = (await history_of(session, row))[-1]
    assert change.action == "U"
    assert change.changes == {"sort_order": {"before": 0, "after": 3}, "version": {"before": 1, "after": 2}}


async def test_a_deleted_row_leaves_what_it_was(session: AsyncSession) -> None:
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    await session.delete(row)
    await session.flush()
    change = (await history_of(session, row))[-1]
    assert change.action == "D"
    assert change.changes["code"] == {"before": "RED"}


async def test_an_update_that_changes_nothing_leaves_no_trace(session: AsyncSession) -> None:
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    await session.execute(update(LookupRow).where(LookupRow.id == row.id).values(code="RED"))
    assert len(await history_of(session, row)) == 1


async def test_bulk_writes_are_kept_row_by_row_decision_8(session: AsyncSession) -> None:
    values = [{"id": new_id(), "kind": "shade", "code": str(number), "names": {}, "data": {}} for number in range(3)]
    await session.execute(insert(LookupRow), values)
    await session.execute(update(LookupRow).where(LookupRow.kind == "shade").values(active=False))
    await session.execute(delete(LookupRow).where(LookupRow.kind == "shade"))
    kept = await session.scalars(
        select(HistoryRow.action)
        .where(HistoryRow.row_id.in_([value["id"] for value in values]))
        .order_by(HistoryRow.id)
    )
    assert "".join(kept) == "IIIUUUDDD"


async def test_the_actor_and_the_request_reach_the_triggers_decision_8(session: AsyncSession, ctx: Context) -> None:
    clerk = new_id()
    await sign(session, replace(ctx, actor=Actor(id=clerk), request_id="request 12"))
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    [change] = await history_of(session, row)
    assert (change.actor_id, change.request_id) == (clerk, "request 12")


async def test_a_signature_ends_with_its_transaction(session: AsyncSession, ctx: Context) -> None:
    await sign(session, replace(ctx, actor=Actor(id=new_id())))
    await session.commit()
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    [change] = await history_of(session, row)
    assert (change.actor_id, change.request_id) == (None, None)


async def test_signing_is_one_statement(session: AsyncSession, ctx: Context) -> None:
    await sign(session, ctx)
    settings = await session.execute(text("SELECT current_setting('bima.actor'), current_setting('bima.request')"))
    assert settings.one() == ("", "test")


async def test_secret_columns_are_never_recorded(session: AsyncSession, in_migration: Migrate) -> None:
    await session.execute(text("CREATE TABLE core_key (id uuid PRIMARY KEY, name text, hash text)"))
    await in_migration(lambda: keep_history("core_key", secret=("hash",)))
    await session.execute(text("INSERT INTO core_key VALUES (gen_random_uuid(), 'door', 'secret')"))
    await session.execute(text("UPDATE core_key SET hash = 'other'"))
    kept = list(await session.scalars(select(HistoryRow).where(HistoryRow.table_name == "core_key")))
    assert [change.action for change in kept] == ["I"]
    assert set(kept[0].changes) == {"id", "name"}


async def test_a_table_taken_out_of_history_is_not_recorded_any_more(
    session: AsyncSession, in_migration: Migrate
) -> None:
    await in_migration(lambda: drop_history("core_lookup"))
    row = a_lookup("RED")
    session.add(row)
    await session.flush()
    assert await history_of(session, row) == []


async def test_a_role_that_may_write_a_table_writes_history_only_through_it(session: AsyncSession) -> None:
    await session.execute(text("CREATE ROLE clerk_of_this_test"))
    await session.execute(text("GRANT INSERT ON core_lookup TO clerk_of_this_test"))
    await session.execute(text("SET LOCAL ROLE clerk_of_this_test"))
    session.add(a_lookup("RED"))
    await session.flush()
    with pytest.raises(ProgrammingError, match="permission denied for table core_history"):
        await session.execute(text("INSERT INTO core_history (table_name) VALUES ('x')"))


async def test_whoever_changes_an_id_leaves_a_trace_under_both(session: AsyncSession) -> None:
    row, other = a_lookup("RED"), new_id()
    session.add(row)
    await session.flush()
    await session.execute(text("UPDATE core_lookup SET id = :other WHERE id = :id"), {"id": row.id, "other": other})
    traces = select(HistoryRow).where(HistoryRow.row_id.in_([row.id, other]), HistoryRow.action == "U")
    found = {trace.row_id: trace.changes for trace in await session.scalars(traces)}
    assert found[row.id]["code"] == {"before": "RED", "after": None}
    assert found[other]["code"] == {"before": None, "after": "RED"}


async def test_a_row_that_is_written_or_else_changed_leaves_the_trace_of_what_happened(session: AsyncSession) -> None:
    upsert = text(
        "INSERT INTO core_lookup (id, kind, code, names, data, sort_order, active, created_at, updated_at, version) "
        "VALUES (gen_random_uuid(), 'shade', :code, '{}', '{}', 0, true, now(), now(), 1) "
        "ON CONFLICT (kind, code) DO UPDATE SET sort_order = 9"
    )
    for code in ("A", "B", "A"):
        await session.execute(upsert, {"code": code})
    kept = list(await session.scalars(select(HistoryRow).order_by(HistoryRow.id)))
    assert [change.action for change in kept] == ["I", "I", "U"]
    assert kept[-1].changes == {"sort_order": {"before": 0, "after": 9}}


async def test_values_of_every_kind_are_kept_as_json_has_them(session: AsyncSession, in_migration: Migrate) -> None:
    await session.execute(
        text(
            'CREATE TABLE core_kinds (id uuid PRIMARY KEY, "it\'s ""odd""" text, amount numeric(18, 2), on_day date, '
            "tags text[], kept jsonb, plain json, yes boolean)"
        )
    )
    await in_migration(lambda: keep_history("core_kinds"))
    values = """('01990000-0000-7000-8000-000000000001', 'a "b" \\ c', 1.50, '2026-02-03', '{x,y}', '{"a": [1]}', '[2]', true)"""
    await session.execute(text(f"INSERT INTO core_kinds VALUES {values}"))
    await session.execute(text("UPDATE core_kinds SET plain = '[3]', amount = 1.5, tags = NULL"))
    created, changed = await session.scalars(select(HistoryRow).order_by(HistoryRow.id))
    assert {name: side["after"] for name, side in created.changes.items() if name != "id"} == {
        'it\'s "odd"': 'a "b" \\ c',
        "amount": 1.5,
        "on_day": "2026-02-03",
        "tags": ["x", "y"],
        "kept": {"a": [1]},
        "plain": [2],
        "yes": True,
    }
    assert changed.changes == {
        "plain": {"before": [2], "after": [3]},
        "tags": {"before": ["x", "y"], "after": None},
    }


async def test_a_table_of_more_columns_than_a_function_takes_is_recorded_whole(
    session: AsyncSession, in_migration: Migrate
) -> None:
    numbers = range(230)
    columns = ", ".join(f"c{number} int" for number in numbers)
    await session.execute(text(f"CREATE TABLE core_wide (id uuid PRIMARY KEY, {columns})"))
    await in_migration(lambda: keep_history("core_wide"))
    await session.execute(text("INSERT INTO core_wide (id, c1, c229) VALUES (gen_random_uuid(), 1, 2)"))
    await session.execute(text("UPDATE core_wide SET c150 = 3"))
    created, changed = await session.scalars(select(HistoryRow).order_by(HistoryRow.id))
    assert set(created.changes) == {"id", "c1", "c229"}
    assert changed.changes == {"c150": {"before": None, "after": 3}}
