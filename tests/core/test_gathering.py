"""Rows of many requests written together: how many statements, and what one of them cannot do to the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Integer, Text, column, func, insert, select, table

from core import gathering
from core.context import ANONYMOUS, Context
from core.db import Database
from core.gathering import Gathering
from core.host import Host
from core.together import Together, shared_rows

pytestmark = pytest.mark.profile("tests/core/bare.toml")

KEEP = b"INSERT INTO kept SELECT n, pg_current_xact_id()::text FROM json_to_recordset($1::json) AS given(n int)"
TABLE = "CREATE TABLE kept (n int PRIMARY KEY CHECK (n <> 13), written text)"
KEPT = table("kept", column("n"), column("written"))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url, pool_size=3, seconds=5)
    await db.open()
    await db.readers.result(TABLE.encode(), [])
    yield db
    await db.close()


@pytest.fixture
def kept(db: Database) -> Gathering:
    return db.gathering(KEEP)


@asynccontextmanager
async def elsewhere(db: Database) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A transaction of somebody else."""
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        yield connection
        await connection.rollback()


async def numbers(db: Database) -> set[int]:
    found = await db.readers.value(b"SELECT coalesce(string_agg(n::text, ' '), '') FROM kept", [])
    assert found is not None
    return set(map(int, found.split()))


async def transactions(db: Database) -> int:
    return int(await db.readers.value(b"SELECT count(DISTINCT written) FROM kept", []) or 0)


async def give(kept: Gathering, *rows: int) -> list[BaseException | None]:
    return await asyncio.gather(*(kept.add(b'{"n":%d}' % n) for n in rows), return_exceptions=True)


async def test_rows_that_come_at_once_are_written_by_few_statements(db: Database, kept: Gathering) -> None:
    assert await give(kept, *range(20, 120)) == [None] * 100
    assert await numbers(db) == set(range(20, 120))
    assert await transactions(db) == 1


async def test_rows_gather_while_a_statement_is_under_way_and_go_next(db: Database, kept: Gathering) -> None:
    async with elsewhere(db) as other:
        await other.execute("LOCK TABLE kept IN EXCLUSIVE MODE")
        first = asyncio.create_task(kept.add(b'{"n":1}'))
        await asyncio.sleep(0.05)
        rest = asyncio.create_task(give(kept, *range(2, 10)))
        await asyncio.sleep(0.05)
        assert not first.done()
        await other.rollback()
        await first
        assert await rest == [None] * 8
    assert await transactions(db) == 2


async def test_it_is_committed_when_it_is_told(db: Database, kept: Gathering) -> None:
    await kept.add(b'{"n":1}')
    async with elsewhere(db) as other:
        assert await (await other.execute("SELECT n FROM kept")).fetchall() == [(1,)]


async def test_a_row_that_is_refused_takes_none_of_the_others_with_it(db: Database, kept: Gathering) -> None:
    told = await give(kept, 12, 13, 14, 12)
    assert [type(each) for each in told[:3]] == [type(None), psycopg.errors.CheckViolation, type(None)]
    assert isinstance(told[3], psycopg.errors.UniqueViolation)
    assert await numbers(db) == {12, 14}
    assert await give(kept, 15) == [None]


async def test_who_gives_up_keeps_nobody_else_from_being_written(db: Database, kept: Gathering) -> None:
    async with elsewhere(db) as other:
        await other.execute("LOCK TABLE kept IN EXCLUSIVE MODE")
        tasks = [asyncio.create_task(kept.add(b'{"n":%d}' % n)) for n in range(3)]
        await asyncio.sleep(0.05)
        tasks[0].cancel()
        tasks += [asyncio.create_task(kept.add(b'{"n":%d}' % n)) for n in range(3, 6)]
        await asyncio.sleep(0)
        tasks[4].cancel()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in told] == [asyncio.CancelledError if n in (0, 4) else type(None) for n in range(6)]
    assert await numbers(db) >= {1, 2, 3, 5}


async def test_a_row_that_waits_for_a_lock_does_not_keep_who_comes_later(
    db: Database, kept: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 0.05)
    async with elsewhere(db) as other:
        await other.execute("INSERT INTO kept VALUES (1)")
        waiting = asyncio.create_task(kept.add(b'{"n":1}'))
        await asyncio.sleep(0.01)
        async with asyncio.timeout(2):
            assert await give(kept, 2, 3) == [None, None]
        assert not waiting.done()
    await waiting
    assert await numbers(db) == {1, 2, 3}


async def test_a_connection_lost_under_many_loses_none_of_them(db: Database, kept: Gathering) -> None:
    async with elsewhere(db) as other:
        await other.execute("LOCK TABLE kept IN EXCLUSIVE MODE")
        told = asyncio.create_task(give(kept, 1, 2, 3))
        stop = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'kept'::regclass"
        async with asyncio.timeout(3):
            while await (await other.execute(stop)).fetchone() != (True,):  # noqa: ASYNC110
                await asyncio.sleep(0)
    assert await told == [None] * 3
    assert await numbers(db) == {1, 2, 3}


async def test_what_was_given_is_written_before_the_connections_are_closed(database_url: str) -> None:
    db = Database(database_url, pool_size=1)
    await db.open()
    await db.readers.result(TABLE.encode(), [])
    given = asyncio.create_task(give(db.gathering(KEEP), 1, 2, 3))
    await asyncio.sleep(0)
    await db.close()
    assert await given == [None] * 3


async def test_in_a_transaction_under_way_a_row_belongs_to_that(host: Host) -> None:
    await host.db.readers.result(TABLE.encode(), [])
    rows = shared_rows(n=Integer, written=Text)
    keep = insert(KEPT).from_select(["n", "written"], select(rows.c.n, rows.c.written)).returning(KEPT.c.n).cte("keep")
    together = Together("test.kept", select(func.count(keep.c.n)))
    ctx = Context(host, ANONYMOUS)
    async with ctx.transaction({}):
        await ctx.connection()
        await together.write(ctx, n=1, written="undone")
    async with ctx.transaction({}) as commit:
        await ctx.connection()
        await together.write(ctx, n=2, written="done")
        await commit(None)
    await together.write(ctx, n=3, written=None)
    assert await numbers(host.db) == {2, 3}
