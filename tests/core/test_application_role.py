"""A server's role that does not own the tables: it does its work, and cannot touch the history or the tables."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, LookupRow, defer, new_id
from core.actors import Actors
from core.application_role import grant
from core.context import SYSTEM
from core.doctor import examine
from core.history import HistoryRow
from core.host import Host
from core.migrate import upgrade
from core.pending import connected
from core.sealing import redact, seal
from core.settings import StartError
from core.testing import api_of
from core.verifying import verify
from core.worker import worker
from tests.serving_role import ROLE, served_by_role

pytestmark = pytest.mark.profile("tests/core/bare.toml")

CREATE = """mutation($code: String!) { createLookup(input: {
    kind: "shade", code: $code, names: [{language: "en", name: "Green"}]}) { lookup { id code } errors { code } } }"""

FORBIDDEN = (
    "INSERT INTO core_history (at, table_name, row_id, action, changes) VALUES (now(), 'x', gen_random_uuid(), 'I', '{}')",
    "UPDATE core_history SET actor_id = NULL",
    "DELETE FROM core_history",
    "TRUNCATE core_history",
    "UPDATE core_history_block SET rows = 0",
    "DELETE FROM core_history_block",
    "DELETE FROM core_history_head",
    "INSERT INTO core_history_redaction (id) VALUES (gen_random_uuid())",
    "DELETE FROM core_history_redaction",
    "SELECT nextval('core_history_id_seq')",
    "UPDATE bima_version_core SET version_num = 'core_0001'",
    "DELETE FROM core_module",
    "DROP TABLE core_lookup",
    "TRUNCATE core_lookup",
    "ALTER TABLE core_lookup DISABLE TRIGGER ALL",
    "DROP TRIGGER core_history_update ON core_lookup",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id uuid)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    """CREATE TRIGGER forge AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION core_history_of_core_lookup()""",
)  # fmt: skip


@pytest.fixture
async def served(host: Host) -> AsyncIterator[Host]:
    """The host as servers and workers run it."""
    async with served_by_role(host) as served:
        yield served


def shade() -> LookupRow:
    return LookupRow(id=new_id(), kind="shade", code=str(new_id())[-12:], names={"en": "Red"}, data={}, sort_order=1)


async def test_it_writes_and_the_history_is_written_and_sealed(served: Host, host: Host) -> None:
    async with host.db.session() as session:
        session.add(shade())
    clerk = Actor(id=new_id(), rights=frozenset(right.name for right in host.rights), unbounded=True)
    reply = await api_of(served)(CREATE, {"code": "GREEN"}, actor=clerk)
    assert (reply.errors, reply.data["createLookup"]["errors"]) == ([], [])
    async with served.db.session() as session:
        rows = await session.scalars(select(HistoryRow).where(HistoryRow.actor_id == clerk.id))
        assert [(row.table_name, row.action) for row in rows] == [("core_lookup", "I")]
    head, sealed = await seal(served)
    assert sealed >= 2
    assert (await verify(served, head)).wrong == ()


async def test_it_redacts_with_a_trace(served: Host) -> None:
    row = shade()
    async with served.db.session() as session:
        session.add(row)
    await seal(served)
    async with served.db.session() as session:
        await redact(Context(served, SYSTEM, _session=session), "core_lookup", row.id, ["names"], "letter 7")
    async with served.db.session() as session:
        [changes] = await session.scalars(select(HistoryRow.changes).where(HistoryRow.row_id == row.id))
        assert changes["names"] == {"redacted": True}
        assert await session.scalar(text("SELECT count(*) FROM core_history_redaction")) == 1
        await redact(Context(served, SYSTEM, _session=session), "core_history_redaction", row.id, ["id"], "hide it")
    await seal(served)
    assert (await verify(served)).wrong == ()


async def test_it_touches_neither_the_history_nor_the_tables(served: Host) -> None:
    async with served.db.pool.connection() as connection:
        await connection.execute("CREATE TEMP TABLE mine AS SELECT * FROM core_lookup LIMIT 0")
        for forbidden in FORBIDDEN:
            with pytest.raises(errors.InsufficientPrivilege):
                await connection.execute(forbidden)


async def test_it_runs_jobs_and_hears_what_changes(served: Host) -> None:
    async with served.db.session() as session:
        await defer(Context(served, SYSTEM, _session=session), "core.idempotency.sweep")
    await worker(served, wait=False, signals=False)
    async with served.db.session() as session:
        done = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'core.idempotency.sweep'"
        assert await session.scalar(text(done)) == "succeeded"
    actors = Actors()
    listening = asyncio.create_task(actors.listen(served))
    for _ in range(500):
        if actors.listening:
            break
        await asyncio.sleep(0.02)
    assert actors.listening
    listening.cancel()


async def rights(host: Host, **settings: Any) -> tuple[str, str]:
    other = host.on(host.database_url)
    other.settings = other.settings.model_copy(update=settings)
    [finding] = [finding for finding in await examine(other) if finding.what == "rights"]
    return finding.level, finding.found


async def test_the_doctor_says_who_could_change_the_history(host: Host, served: Host, session: AsyncSession) -> None:
    assert (await rights(served, mode="production"))[0] == "fine"
    level, found = await rights(host, mode="production")
    assert (level, "owns the tables" in found, "may change the history" in found) == ("odd", True, True)
    assert (await rights(host))[0] == "fine"
    await session.execute(text(f"GRANT UPDATE ON core_history TO {ROLE}"))
    await session.commit()
    assert await rights(served, mode="production") == ("odd", f"{ROLE} may change the history")
    await session.execute(text("CREATE TABLE core_new (id uuid)"))
    await session.execute(text(f"REVOKE UPDATE ON core_history FROM {ROLE}"))
    await session.commit()
    assert await rights(served, mode="production") == ("wrong", f"{ROLE} may not read or change 1 tables")


async def granted(host: Host, role: str) -> None:
    async with connected(host) as connection:
        await connection.run_sync(grant, role)


async def test_only_a_role_that_is_there_and_owns_nothing_will_do(host: Host, served: Host) -> None:
    with pytest.raises(StartError, match="There is no role nobody_here"):
        await granted(host, "nobody_here")
    async with host.db.session() as session:
        owner = str(await session.scalar(text("SELECT current_user")))
    with pytest.raises(StartError, match="owns the tables"):
        await granted(host, owner)
    await granted(served, ROLE)  # it cannot grant, and need not


async def test_migrating_lets_the_role_do_its_work(host: Host, served: Host) -> None:
    async with connected(host) as connection:
        await connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}"))
    with pytest.raises(ProgrammingError):
        await seal(served)
    owner = host.on(host.database_url)
    owner.settings = owner.settings.model_copy(update={"application_role": ROLE})
    await upgrade(owner)
    await seal(served)
