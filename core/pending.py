"""Which modules' migrations have not run yet: asked as each server starts, and so without loading Alembic."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from core.presence import switches

if TYPE_CHECKING:
    from core.host import Host

VERSIONS = "bima_version_"
"""How the table begins in which a module's revision is kept."""

_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*(.+)$", re.MULTILINE)
_NAME = re.compile(r"""["']([^"']+)["']""")


async def pending(host: "Host") -> list[str]:
    """The modules whose revisions have not all run, and those that were switched on or off since they ran."""
    async with connected(host) as connection:
        return await connection.run_sync(behind, host)


def behind(connection: Connection, host: "Host") -> list[str]:
    """The same, on a connection."""
    switched = switches(connection, host)
    tables = set(inspect(connection).get_table_names())
    late = {
        module.name
        for module in host.modules
        if module.migrations.is_dir() and heads(module.migrations) != _reached(connection, module.name, tables)
    }
    names = [module.name for module in host.modules if module.name in late or module.name in switched.on]
    return [*names, *switched.off]


def heads(folder: Path) -> set[str]:
    """The revisions in a folder that no other one follows, as they are named at the top of their files."""
    names: set[str] = set()
    followed: set[str] = set()
    for file in folder.glob("*.py"):
        for down, value in _REVISION.findall(file.read_text(encoding="utf-8")):
            (followed if down else names).update(_NAME.findall(value))
    return names - followed


def _reached(connection: Connection, module: str, tables: set[str]) -> set[str]:
    table = f"{VERSIONS}{module}"
    if table not in tables:
        return set()
    return set(connection.scalars(text(f'SELECT version_num FROM "{table}"')))


@asynccontextmanager
async def connected(host: "Host") -> AsyncIterator[AsyncConnection]:
    """A connection of its own to the host's database, in one transaction."""
    engine = create_async_engine(
        host.database_url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=NullPool,
        connect_args={"prepare_threshold": None},
    )
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()
