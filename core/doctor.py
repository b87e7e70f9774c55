"""`bima doctor`: what is on, in which version, what is wrong, and what to type."""

import platform
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import AsyncConnection

from core.migrate import pending
from core.settings import StartError

if TYPE_CHECKING:
    from core.host import Host

FINE, ODD, WRONG = "fine", "odd", "wrong"
OLDEST_POSTGRESQL = 150_000
EXTENSIONS = ("pg_trgm", "btree_gist")
BEFORE_PUBLIC = "Set BIMA_MODE=production and a BIMA_SECRET before going public."
LIBRARIES = ("strawberry-graphql", "SQLAlchemy", "psycopg", "procrastinate")


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `level` is FINE, ODD (it runs, but look at it) or WRONG (it cannot run)."""

    what: str
    level: str
    found: str
    advice: str = ""


async def examine(host: "Host") -> list[Finding]:
    """What there is to know of an installation; what depends on something that is wrong is left out."""
    return [*_set_up(host), *_schema(host), *[finding async for finding in _database(host)]]


def _set_up(host: "Host") -> list[Finding]:
    settings = host.settings
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    findings = [
        Finding("bima", FINE, f"{host.modules[0].manifest.version} on Python {platform.python_version()}"),
        Finding("libraries", FINE, libraries),
        Finding("modules", FINE, ", ".join(module.name for module in host.modules)),
        Finding("settings", FINE, f"profile {settings.profile}, {settings.timezone}, {settings.currency}"),
        Finding("mode", FINE, settings.mode, BEFORE_PUBLIC if settings.mode == "development" else ""),
    ]
    if settings.database_url is None and settings.mode == "production":
        findings.append(
            Finding("database", ODD, "the embedded PostgreSQL", "Set BIMA_DATABASE_URL to a server that is backed up.")
        )
    return findings


def _schema(host: "Host") -> list[Finding]:
    try:
        types = len(host.schema.sdl().split("\ntype ")) - 1
    except StartError as error:
        return [Finding("schema", WRONG, str(error))]
    return [Finding("schema", FINE, f"{types} types")]


async def _database(host: "Host") -> AsyncIterator[Finding]:
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
        yield await _extensions(connection)
        waiting = await pending(host)
        if waiting:
            yield Finding("migrations", WRONG, f"pending: {', '.join(waiting)}", "bima migrate")
            return
        yield Finding("migrations", FINE, "none pending")
        yield await _worker(host, connection)
        yield await _failed(connection)


async def _extensions(connection: AsyncConnection[Any]) -> Finding:
    offered = "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)"
    cursor = await connection.execute(offered, [list(EXTENSIONS)])
    there = {name for (name,) in await cursor.fetchall()}
    missing = [name for name in EXTENSIONS if name not in there]
    if missing:
        return Finding("extensions", WRONG, f"not offered: {', '.join(missing)}", "Install postgresql-contrib there.")
    return Finding("extensions", FINE, ", ".join(EXTENSIONS))


async def _worker(host: "Host", connection: AsyncConnection[Any]) -> Finding:
    cursor = await connection.execute(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
    )
    [count] = await cursor.fetchone() or [0]
    if count:
        return Finding("worker", FINE, f"{count} at work")
    advice = "bima serve" if host.settings.mode == "development" else "bima worker"
    return Finding("worker", ODD, "none at work: jobs wait", advice)


async def _failed(connection: AsyncConnection[Any]) -> Finding:
    cursor = await connection.execute(
        "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 2 DESC"
    )
    failed = await cursor.fetchall()
    if failed:
        told = ", ".join(f"{name} ({count})" for name, count in failed)
        return Finding("jobs", ODD, f"given up: {told}", "Read the worker's log; mend the cause; order them again.")
    return Finding("jobs", FINE, "none given up")
