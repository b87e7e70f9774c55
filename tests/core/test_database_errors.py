"""What PostgreSQL stops is told with a code and what to do; nothing stays half-written, and the next request works."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow, new_id
from core.host import Host
from core.testing import Api, Reply, actor, api_of

pytestmark = pytest.mark.profile("tests/core/bare.toml")

CREATE = """mutation($code: String!) { createLookup(input: { clientMutationId: "once"
    kind: "shade", code: $code, names: [{language: "en", name: "Green"}]}) { lookup { code } errors { code } } }"""
RENAME = """mutation($id: ID!) { updateLookup(input: {id: $id, expectedVersion: 1, sortOrder: 7}) {
    lookup { sortOrder } errors { code } } }"""
READ = '{ lookups(kind: "shade") { code } }'
TROUBLE = "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NULL; END $$"
DEADLOCK = "RAISE EXCEPTION 'two wait for each other' USING ERRCODE = '40P01';"
LOST = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5);"


@pytest.fixture
async def shade(session: AsyncSession) -> LookupRow:
    row = LookupRow(id=new_id(), kind="shade", code="RED", names={"en": "Red"}, data={}, sort_order=1)
    session.add(row)
    await session.commit()
    return row


@pytest.fixture
async def hasty(host: Host, shade: LookupRow) -> AsyncIterator[Host]:
    """A host with one connection for writing and one for reading, and little patience."""
    del shade
    other = host.on(host.database_url)
    limits = {"statement_seconds": 0.4, "lock_seconds": 0.2, "pool_size": 1}
    other.settings = other.settings.model_copy(update=limits)
    await other.start()
    yield other
    await other.stop()


@pytest.fixture
def ask(hasty: Host) -> Callable[..., Coroutine[Any, Any, Reply]]:
    api: Api = api_of(hasty)
    somebody = actor("SCHEME_ADMINISTRATOR")
    return lambda query, **variables: api(query, variables, actor=somebody)


async def run(session: AsyncSession, *statements: str) -> None:
    connection = await session.connection()
    for statement in statements:
        await connection.exec_driver_sql(statement)
    await session.commit()


@asynccontextmanager
async def trouble(session: AsyncSession, what: str) -> AsyncIterator[None]:
    """Every insert of a code gets into trouble."""
    await run(
        session,
        "CREATE SEQUENCE tries",
        TROUBLE.format(what),
        "CREATE TRIGGER trouble AFTER INSERT ON core_lookup EXECUTE FUNCTION trouble()",
    )
    yield
    await run(session, "DROP TRIGGER trouble ON core_lookup")


@asynccontextmanager
async def holding(host: Host, statement: str) -> AsyncIterator[None]:
    """Somebody else's transaction that did something and is not over."""
    async with host.db.engine.connect() as connection:
        await connection.execute(text(statement))
        yield


def told(reply: Reply) -> tuple[str, Any, str]:
    [error] = reply.errors
    extensions = error["extensions"]
    assert extensions["requestId"]
    return extensions["code"], extensions.get("retryAfter"), error["message"]


async def codes(session: AsyncSession) -> list[str]:
    found = await session.scalars(text("SELECT code FROM core_lookup WHERE kind = 'shade' ORDER BY code"))
    await session.commit()
    return list(found)


async def test_a_statement_that_takes_too_long_is_ended_and_nothing_is_written(
    ask: Callable[..., Coroutine[Any, Any, Reply]], session: AsyncSession
) -> None:
    async with trouble(session, "PERFORM pg_sleep(30);"):
        code, again, message = told(await ask(CREATE, code="GREEN"))
        assert (code, again, "Ask for less" in message) == ("LIMIT_EXCEEDED", None, True)
        assert await codes(session) == ["RED"]
        assert (await ask(READ)).errors == []
    assert (await ask(CREATE, code="GREEN")).data["createLookup"]["lookup"] == {"code": "GREEN"}
    assert await codes(session) == ["GREEN", "RED"]


async def test_a_read_that_takes_too_long_is_ended(ask: Callable[..., Coroutine[Any, Any, Reply]], host: Host) -> None:
    async with holding(host, "LOCK TABLE core_lookup IN ACCESS EXCLUSIVE MODE"):
        assert told(await ask(READ))[0] == "LIMIT_EXCEEDED"
    assert (await ask(READ)).data == {"lookups": [{"code": "RED"}]}


async def test_who_waits_too_long_for_another_is_told_to_send_it_again(
    ask: Callable[..., Coroutine[Any, Any, Reply]], host: Host, shade: LookupRow
) -> None:
    async with holding(host, "UPDATE core_lookup SET sort_order = 2 WHERE code = 'RED'"):
        code, again, message = told(await ask(RENAME, id=shade.id))
    assert (code, again, "Send it again" in message) == ("CONFLICT", 1, True)
    reply = await ask(RENAME, id=shade.id)
    assert reply.data["updateLookup"] == {"lookup": {"sortOrder": 7}, "errors": []}


@pytest.mark.parametrize("once", [DEADLOCK, DEADLOCK.replace("40P01", "40001"), LOST])
async def test_what_was_in_the_way_once_is_done_again_and_has_one_effect(
    ask: Callable[..., Coroutine[Any, Any, Reply]], session: AsyncSession, once: str
) -> None:
    async with trouble(session, f"IF nextval('tries') = 1 THEN {once} END IF;"):
        reply = await ask(CREATE, code="GREEN")
    assert reply.data["createLookup"] == {"lookup": {"code": "GREEN"}, "errors": []}
    assert await codes(session) == ["GREEN", "RED"]
    history = (
        "SELECT count(*) FROM core_history WHERE action = 'I' AND table_name = 'core_lookup' AND actor_id IS NOT NULL"
    )
    assert await session.scalar(text(history)) == 1


@pytest.mark.parametrize(
    ("always", "code", "hint"), [(DEADLOCK, "CONFLICT", "Send it again"), (LOST, "INTERNAL", "Try again in a moment")]
)
async def test_what_stays_in_the_way_is_told_after_two_tries(
    ask: Callable[..., Coroutine[Any, Any, Reply]], session: AsyncSession, always: str, code: str, hint: str
) -> None:
    async with trouble(session, f"PERFORM nextval('tries'); {always}"):
        found, _, message = told(await ask(CREATE, code="GREEN"))
    assert (found, hint in message) == (code, True)
    assert await session.scalar(text("SELECT last_value FROM tries")) == 2
    assert await codes(session) == ["RED"]
    assert (await ask(CREATE, code="GREEN")).errors == []


async def test_two_who_wait_for_each_other_both_get_done(host: Host, shade: LookupRow, session: AsyncSession) -> None:
    """A deadlock that PostgreSQL finds: the mutation takes the second row and then waits for the first."""
    session.add(LookupRow(id=new_id(), kind="shade", code="BLUE", names={"en": "B"}, data={}, sort_order=1))
    await session.commit()
    await run(
        session,
        """CREATE FUNCTION take_both() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE core_lookup SET data = '{}' WHERE code = 'BLUE'; RETURN NEW; END $$""",
        """CREATE TRIGGER take_both AFTER UPDATE OF sort_order ON core_lookup
        FOR EACH ROW WHEN (NEW.sort_order = 7) EXECUTE FUNCTION take_both()""",
    )
    async with host.db.engine.connect() as other:
        await other.execute(text("SET deadlock_timeout = '60s'"))  # the mutation is the one that finds it
        await other.execute(text("UPDATE core_lookup SET data = '{}' WHERE code = 'BLUE'"))
        asked = asyncio.create_task(api_of(host)(RENAME, {"id": shade.id}, actor=actor("SCHEME_ADMINISTRATOR")))
        await asyncio.sleep(0.3)
        await other.execute(text("UPDATE core_lookup SET data = '{}' WHERE code = 'RED'"))
        await other.commit()
    reply = await asked
    assert reply.data["updateLookup"] == {"lookup": {"sortOrder": 7}, "errors": []}


async def test_more_than_the_connections_are_enough_for_are_told_when_to_come_again(
    hasty: Host, host: Host, shade: LookupRow
) -> None:
    hasty.settings = hasty.settings.model_copy(
        update={"request_seconds": 0.6, "statement_seconds": 5, "lock_seconds": 5}
    )
    await hasty.stop()
    await hasty.start()
    somebody = actor("SCHEME_ADMINISTRATOR")
    async with holding(host, "LOCK TABLE core_lookup IN ACCESS EXCLUSIVE MODE"):
        asked = [asyncio.create_task(api_of(hasty)(READ, actor=somebody)) for _ in range(3)]
        asked += [asyncio.create_task(api_of(hasty)(RENAME, {"id": shade.id}, actor=somebody)) for _ in range(3)]
        await asyncio.wait(asked, timeout=1)
        done = [await each for each in asked if each.done()]
    assert [told(reply)[:2] for reply in done] == [("RATE_LIMITED", 5)] * 4
    replies = await asyncio.gather(*asked)
    assert [reply.errors for reply in replies].count([]) == 2


async def test_a_read_whose_connection_is_lost_is_told_and_the_next_one_works(
    ask: Callable[..., Coroutine[Any, Any, Reply]], host: Host
) -> None:
    end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    async with holding(host, "LOCK TABLE core_lookup IN ACCESS EXCLUSIVE MODE"):
        asked = asyncio.create_task(ask(READ))
        async with host.db.engine.connect() as other:
            for _ in range(500):
                if await other.scalar(text(end)):
                    break
                await asyncio.sleep(0.02)
        code, _, message = told(await asked)
    assert (code, "does not answer" in message) == ("INTERNAL", True)
    assert (await ask(READ)).data == {"lookups": [{"code": "RED"}]}
