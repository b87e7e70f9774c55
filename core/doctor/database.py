"""What the doctor sees in the database: version, clock, migrations, modules that are off, jobs, the history."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, sealing
from core.application_role import may
from core.db import most_connections
from core.finding import FINE, ODD, WRONG, Finding
from core.hooks import every
from core.pending import connected, pending
from core.presence import known_modules
from core.recorded import GONE, lapses

if TYPE_CHECKING:
    from core.host import Host

OLDEST_POSTGRESQL = 150_000
EXTENSIONS = ("pg_trgm", "btree_gist")
SKEW, MOST_SKEW = timedelta(seconds=2), timedelta(seconds=30)
"""How far the clocks may be apart: more is odd; more than the second, and tokens are taken for expired."""
SEAL_LATE = 15 * 60
"""Seconds after which the oldest row of the history should long be sealed: the job runs every minute."""


async def examine_database(host: "Host") -> AsyncIterator[Finding]:
    """What there is to say of the database; nothing of its content while migrations are pending."""
    try:
        connection = await AsyncConnection.connect(host.database_url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding("database", WRONG, reason, "Check BIMA_DATABASE_URL, and that PostgreSQL runs and lets you in.")
        return
    async with connection:
        number = connection.info.server_version
        told = f"PostgreSQL {number // 10_000}.{number % 10_000}"
        if number < OLDEST_POSTGRESQL:
            yield Finding("database", WRONG, f"{told} is too old", "Use PostgreSQL 15 or newer.")
        else:
            yield Finding("database", FINE, told)
        yield await _clocks(connection)
        yield await _extensions(connection)
        async for finding in _reached(host, connection):
            yield finding
        waiting = await pending(host)
        if waiting:
            yield Finding("migrations", WRONG, f"pending: {', '.join(waiting)}", "bima migrate")
            return
        yield Finding("migrations", FINE, "none pending")
        yield await _rights(host, connection)
        for finding in await _off(host, connection):
            yield finding
        yield await _worker(host, connection)
        yield await _given_up(connection)
        for finding in await _hanging(host, connection):
            yield finding
        yield await _seal(connection)
    async with connected(host) as other, AsyncSession(other) as session:
        yield _recorded(await other.run_sync(lapses, host))
        for answer in await every(host, "findings", host=host, session=session):
            for finding in answer:
                yield finding


async def _rows(connection: AsyncConnection[Any], sql: Any, *values: Any) -> list[TupleRow]:
    return await (await connection.execute(sql, values)).fetchall()


async def _clocks(connection: AsyncConnection[Any]) -> Finding:
    before = clock.now()
    [(theirs,)] = await _rows(connection, "SELECT clock_timestamp()")
    after = clock.now()
    apart = max(before - theirs, theirs - after, timedelta())  # what the question itself took is nobody's fault
    if apart <= SKEW:
        return Finding("clocks", FINE, "this machine and the database agree")
    found = f"this machine and the database are {apart.total_seconds():.0f} s apart"
    return Finding("clocks", WRONG if apart > MOST_SKEW else ODD, found, "timedatectl set-ntp true, on both machines")


async def _extensions(connection: AsyncConnection[Any]) -> Finding:
    offered = await _rows(
        connection,
        "SELECT name, installed_version IS NOT NULL, has_database_privilege(current_database(), 'CREATE')"
        " FROM pg_available_extensions WHERE name = ANY(%s)",
        list(EXTENSIONS),
    )
    there = {name for name, _, _ in offered}
    if missing := [name for name in EXTENSIONS if name not in there]:
        return Finding("extensions", WRONG, f"not offered: {', '.join(missing)}", "Install postgresql-contrib there.")
    if locked := [name for name, installed, may_create in offered if not installed and not may_create]:
        typed = " ".join(f"CREATE EXTENSION {name};" for name in locked)
        return Finding("extensions", WRONG, f"not made: {', '.join(locked)}", f"As the database's owner: {typed}")
    return Finding("extensions", FINE, ", ".join(EXTENSIONS))


async def _connections(host: "Host", connection: AsyncConnection[Any]) -> Finding:
    """Whether a server process for each core and a worker may have all the connections they can take."""
    [(most,)] = await _rows(
        connection,
        "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int",
    )
    from core.worker import MOST_CONNECTIONS as OF_JOBS

    servers = os.cpu_count() or 1

    def needed(pool_size: int) -> int:
        each = most_connections(pool_size)
        return servers * (each + 1) + each + OF_JOBS  # each server listens by one

    size = host.settings.pool_size
    told = f"{most} at most, {most_connections(size) + 1} for each server process"
    if needed(size) <= most:
        return Finding("connections", FINE, told)
    fitting = max((fewer for fewer in range(1, size) if needed(fewer) <= most), default=1)
    advice = f"Set pool_size to {fitting}, raise max_connections to {needed(size) + 3}, or put pgbouncer in between."
    return Finding("connections", ODD, f"{told}: not enough for {servers} servers and a worker", advice)


async def _reached(host: "Host", connection: AsyncConnection[Any]) -> AsyncIterator[Finding]:
    """What matters where PostgreSQL is reached directly, or what matters behind a pooler."""
    if host.settings.prepare_statements:
        yield await _connections(host, connection)
        return
    async for finding in _role(host, connection):
        yield finding


async def _role(host: "Host", connection: AsyncConnection[Any]) -> AsyncIterator[Finding]:
    """What the role must bring itself where a pooler takes no options."""
    [(role, zone, limit)] = await _rows(
        connection,
        "SELECT quote_ident(current_user), current_setting('timezone'), current_setting('statement_timeout')",
    )
    if zone != "UTC":
        yield Finding("role", WRONG, f"its time zone is {zone}", f"ALTER ROLE {role} SET timezone = 'UTC';")
    if limit == "0":
        seconds = round(host.settings.statement_seconds)
        advice = f"ALTER ROLE {role} SET statement_timeout = '{seconds}s';"
        yield Finding("role", ODD, "its statements may run without end", advice)
    if zone == "UTC" and limit != "0":
        yield Finding("role", FINE, f"{zone}, statements of {limit} at most")


async def _rights(host: "Host", connection: AsyncConnection[Any]) -> Finding:
    """Whether servers that connect so could do more than change rows, or less."""
    role, more, missing = await may(connection)
    if more:
        level = ODD if host.settings.mode == "production" else FINE
        advice = "Serve as a role that does not own the tables: application_role in docs/deploy.md"
        return Finding("rights", level, f"{role} {', '.join(more)}", advice)
    if missing:
        found = f"{role} may not read or change {missing} tables"
        return Finding("rights", WRONG, found, f"As the tables' owner: BIMA_APPLICATION_ROLE={role} bima migrate")
    return Finding("rights", FINE, f"{role} may change rows, and the history only by that")


async def _off(host: "Host", connection: AsyncConnection[Any]) -> list[Finding]:
    """Modules that are off while the database keeps their tables, or orders for their jobs."""
    async with connected(host) as session:
        known = await session.run_sync(known_modules)
    off = {name: since for name, since in known.items() if since is not None}
    waiting: dict[str, int] = dict(
        await _rows(
            connection,
            "SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' AND NOT queue_name = ANY(%s)"
            " GROUP BY 1 ORDER BY 1",
            [module.name for module in host.modules],
        )
    )
    found = []
    for name in sorted({*off, *waiting}):
        since = off.get(name)
        parts = [f"off since {since:%Y-%m-%d}, its data are kept"] if since else ["off"]
        if orders := waiting.get(name):
            parts.append(f"{orders} orders for its jobs wait")
        advice = f"bima module enable {name}, or bima module remove {name}"
        found.append(Finding(f"module {name}", ODD if orders else FINE, ", ".join(parts), advice))
    return found


async def _worker(host: "Host", connection: AsyncConnection[Any]) -> Finding:
    [(count,)] = await _rows(
        connection, "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
    )
    if count:
        return Finding("worker", FINE, f"{count} at work")
    if host.settings.mode == "development":
        return Finding("worker", ODD, "none at work: jobs wait", "bima serve")
    return Finding("worker", WRONG, "none at work: jobs wait, and the history is not sealed", "bima worker")


async def _given_up(connection: AsyncConnection[Any]) -> Finding:
    failed = await _rows(
        connection,
        "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 2 DESC",
    )
    if failed:
        told = ", ".join(f"{name} ({count})" for name, count in failed)
        return Finding("jobs", ODD, f"given up: {told}", "Read the worker's log; mend the cause; order them again.")
    return Finding("jobs", FINE, "none given up")


async def _hanging(host: "Host", connection: AsyncConnection[Any]) -> list[Finding]:
    """Jobs of dead workers, and jobs that should have begun an hour ago."""
    stalled = await _rows(
        connection,
        "SELECT task_name, count(*) FROM procrastinate_jobs AS j LEFT JOIN procrastinate_workers AS w"
        " ON w.id = j.worker_id WHERE j.status = 'doing'"
        " AND (w.id IS NULL OR w.last_heartbeat < now() - interval '3 minutes') GROUP BY 1 ORDER BY 2 DESC",
    )
    late = await _rows(
        connection,
        "SELECT task_name, count(*) FROM procrastinate_jobs AS j WHERE status = 'todo' AND queue_name = ANY(%s)"
        " AND coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = j.id))"
        " < now() - interval '1 hour' GROUP BY 1 ORDER BY 2 DESC",
        [module.name for module in host.modules],
    )
    found = []
    for what, jobs, advice in (
        ("stalled jobs", stalled, "bima worker, which runs again what dead workers left"),
        ("late jobs", late, "bima worker, once more when one is at work already"),
    ):
        if jobs:
            told = ", ".join(f"{name} ({count})" for name, count in jobs)
            found.append(Finding(what, ODD, told, advice))
    return found


def _recorded(lapses: dict[str, str]) -> Finding:
    if not lapses:
        return Finding("history", FINE, "every change is recorded")
    told = ", ".join(f"{table} ({why})" for table, why in lapses.items())
    advice = "bima migrate"
    if gone := [table for table, why in lapses.items() if why == GONE]:
        advice += f"; in a revision, with the columns that are secret: keep_history({', '.join(map(repr, gone))})"
    return Finding("history", WRONG, f"not recorded as promised: {told}", advice)


async def _seal(connection: AsyncConnection[Any]) -> Finding:
    lag = await sealing.lag(connection)
    told = f"{lag.rows} rows of the history wait, the oldest for {lag.seconds / 60:.0f} minutes"
    if lag.seconds > SEAL_LATE:
        return Finding("seal", ODD, told, "bima audit seal")
    return Finding("seal", FINE, told if lag.rows else "all of the history is sealed")
