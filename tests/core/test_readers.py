"""Connections for compiled statements: refused, given up, lost, too many at once."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import text

from core import readers
from core.db import Database, most_connections
from core.errors import Busy

ME = b"SELECT pg_backend_pid()"
SLEEPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s AND state = 'active'"
)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url, pool_size=2, seconds=5)
    await db.open()
    yield db
    await db.close()


async def test_a_statement_gives_its_value_as_postgresql_writes_it(db: Database) -> None:
    assert await db.readers.value(b"SELECT $1::int + 1", [b"41"]) == b"42"
    assert await db.readers.value(b"SELECT $1::int", [None]) is None


async def test_what_postgresql_refuses_is_told_and_the_connection_stays(db: Database) -> None:
    me = await db.readers.value(ME, [])
    with pytest.raises(psycopg.errors.DivisionByZero):
        await db.readers.value(b"SELECT 1 / $1::int", [b"0"])
    with pytest.raises(psycopg.errors.UndefinedTable):
        await db.readers.value(b"SELECT * FROM nothing_of_this_name", [])
    assert await db.readers.value(ME, []) == me


async def test_a_statement_that_takes_too_long_is_stopped(database_url: str) -> None:
    db = Database(database_url, pool_size=1, seconds=0.05)
    await db.open()
    with pytest.raises(psycopg.errors.QueryCanceled):
        await db.readers.value(b"SELECT pg_sleep(10)::text", [])
    await db.close()


async def test_a_statement_nobody_waits_for_is_cancelled_and_its_connection_replaced(db: Database) -> None:
    me = await db.readers.value(ME, [])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await db.readers.value(b"SELECT pg_sleep(4)::text AS given_up", [])
    assert await db.readers.value(ME, []) != me
    async with asyncio.timeout(2):
        async with db.readers.connection() as connection:
            while (await (await connection.execute(SLEEPING, ["%given_up%"])).fetchone()) != (0,):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


async def test_a_connection_that_was_lost_while_nobody_used_it_fails_nobody(db: Database) -> None:
    me = await db.readers.value(ME, [])
    assert me is not None
    async with await psycopg.AsyncConnection.connect(db.url, autocommit=True) as other:
        await other.execute("SELECT pg_terminate_backend(%s, 2000)", [int(me)])
    await asyncio.sleep(0.05)
    assert await db.readers.value(ME, []) not in (None, me)


async def test_a_connection_that_is_lost_under_a_statement_fails_that_one(db: Database) -> None:
    with pytest.raises(psycopg.OperationalError):
        await db.readers.value(b"SELECT pg_terminate_backend(pg_backend_pid())", [])
    assert await db.readers.value(b"SELECT 1", []) == b"1"


async def test_more_readers_than_connections_wait_for_each_other(db: Database) -> None:
    asked = [db.readers.value(b"SELECT ($1 || pg_sleep(0.01))::text", [b"%d" % each]) for each in range(20)]
    assert await asyncio.gather(*asked) == [b"%d" % each for each in range(20)]
    assert (db.readers.used, db.readers.idle, db.readers.waiting) == (0, 2, 0)


async def test_who_gives_up_waiting_takes_no_connection_along(db: Database) -> None:
    slow = [asyncio.create_task(db.readers.value(b"SELECT pg_sleep(0.1)::text", [])) for _ in range(2)]
    await asyncio.sleep(0.02)
    waiting = [asyncio.create_task(db.readers.value(b"SELECT 1", [])) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(*slow)
    waiting[1].cancel()  # it has been given a connection by now
    assert (await asyncio.gather(*waiting, return_exceptions=True))[2] == b"1"
    assert await asyncio.gather(*(db.readers.value(b"SELECT 2", []) for _ in range(4))) == [b"2"] * 4


async def test_who_waits_too_long_for_a_connection_is_told_to_come_again(database_url: str) -> None:
    db = Database(database_url, pool_size=1, patience=0.1)
    await db.open()
    slow = asyncio.create_task(db.readers.value(b"SELECT pg_sleep(0.4)::text", []))
    await asyncio.sleep(0.02)
    asked = await asyncio.gather(*(db.readers.value(b"SELECT 1", []) for _ in range(3)), return_exceptions=True)
    assert [each.seconds for each in asked if isinstance(each, Busy)] == [5, 5, 5]
    await slow
    assert await db.readers.value(b"SELECT 1", []) == b"1"
    await db.close()


async def test_large_parameters_and_answers_come_through(db: Database) -> None:
    large = b"x" * 20_000_000
    assert await db.readers.value(b"SELECT $1::text", [large]) == large


async def test_a_connection_keeps_a_bounded_number_of_statements(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_PREPARED", 3)
    for number in [*range(6), 0, *range(6)]:
        assert await db.readers.value(b"SELECT %d" % number, []) == b"%d" % number
    async with db.readers.connection() as connection:
        known = await (
            await connection.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'bima%'")
        ).fetchone()
    assert known == (3,)


async def test_a_connection_goes_back_to_its_pool_and_what_it_knows_stays(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "KEPT_SECONDS", 0)
    for _ in range(5):
        assert await db.readers.value(b"SELECT 7", []) == b"7"
        await asyncio.sleep(0.01)
    async with db.readers.connection() as connection:
        known = await (
            await connection.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'bima%'")
        ).fetchone()
    assert known == (1,)


async def test_a_lent_connection_is_watched_again_afterwards(db: Database) -> None:
    async with db.readers.connection() as connection:
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)
    assert await db.readers.value(b"SELECT 1", []) == b"1"
    async with db.readers.connection() as connection:
        await connection.execute("BEGIN")  # and forgets it
    assert await db.readers.value(b"SELECT txid_current_if_assigned()::text", []) is None


async def test_without_prepared_statements_a_pooler_may_stand_between(database_url: str) -> None:
    db = Database(database_url, pool_size=1, prepare=False)
    await db.open()
    assert await db.readers.value(b"SELECT $1::int", [b"3"]) == b"3"
    assert await db.readers.value(b"SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'bima%'", []) == b"0"
    await db.close()


async def test_nothing_stays_open_when_the_database_is_closed(db: Database) -> None:
    await asyncio.gather(*(db.readers.value(ME, []) for _ in range(4)))
    await db.close()
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with asyncio.timeout(2), await psycopg.AsyncConnection.connect(db.url, autocommit=True) as other:
        while await (await other.execute(others)).fetchone() != (0,):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_process_has_no_more_connections_than_it_says(db: Database) -> None:
    mine = (
        b"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    together = asyncio.Event()
    inside = 0

    async def write(*, beside: bool) -> None:
        nonlocal inside
        async with db.beside() if beside else db.session() as session:
            await session.execute(text("SELECT 1"))
            inside += 1
            await together.wait()

    async def read() -> None:
        await db.readers.value(b"SELECT pg_sleep(0.1)::text", [])

    writing = [asyncio.create_task(write(beside=bool(number % 2))) for number in range(10)]
    await asyncio.gather(*(read() for _ in range(6)))
    assert inside == 4  # two, one more at a peak, and one beside these; the others wait
    found = await db.readers.value(mine, [])
    together.set()
    await asyncio.gather(*writing)
    assert found is not None
    assert int(found) == most_connections(2)
