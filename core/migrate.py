"""Migrations: each module has its own revisions and its own version table, so that modules come and go alone.

`upgrade` brings every enabled module up to date in one transaction, in manifest order. A module that is not enabled is
not looked at: its tables, its rows and its version stay as they are until it is enabled again or removed.
"""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import autogenerate, command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from core import clock
from core.application_role import grant
from core.context import SYSTEM, Context
from core.db import Base
from core.history import sign
from core.hooks import every
from core.loading import LoadedModule
from core.pending import VERSIONS, behind, connected
from core.presence import switch
from core.recorded import mend
from core.settings import StartError

if TYPE_CHECKING:
    from core.host import Host

SCRIPTS = Path(__file__).parent.parent / "migrations"
LOCK = 0x62696D61
"""The advisory lock that only one migration at a time holds: "bima" in ASCII."""


@dataclass(frozen=True)
class Target:
    """What one run of Alembic is about: a module, and the connection it works on."""

    connection: Connection
    module: LoadedModule
    tables: tuple[Table, ...]
    owners: tuple[str, ...]

    @property
    def version_table(self) -> str:
        """Where the module's revision is kept."""
        return f"{VERSIONS}{self.module.name}"

    def includes(self, thing: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
        """Whether a table, or what belongs to one, is this module's to compare.

        A table in the database that no module declares is the business of the module it is named after.
        """
        if kind == "table":
            declared = any(table.name == name for table in self.tables)
            return declared or (reflected and self._owner(str(name)) == self.module.name)
        if kind == "index" and reflected:
            # PostgreSQL keeps an exclusion constraint as an index, which Alembic would drop.
            return not any(_excludes(table, name) for table in self.tables if table.name == thing.table.name)
        return True

    def _owner(self, table: str) -> str:
        return max((owner for owner in self.owners if table.startswith(f"{owner}_")), key=len, default="")

    @property
    def config(self) -> Config:
        """Alembic's view of the module's revisions."""
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(self.module.migrations).replace("%", "%%"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["target"] = self
        return config

    @property
    def scripts(self) -> ScriptDirectory:
        """The module's revisions."""
        return ScriptDirectory.from_config(self.config)

    @property
    def context(self) -> MigrationContext:
        """The state of the module's tables."""
        options = {
            "version_table": self.version_table,
            "include_object": self.includes,
            "target_metadata": Base.metadata,
            "compare_server_default": True,
        }
        return MigrationContext.configure(self.connection, opts=options)


async def upgrade(host: "Host") -> list[str]:
    """Bring all enabled modules up to date, and let them write what must exist; the names of those that had to be.

    A module that was off mends what it missed, and one that is off now is noted as that (`core.presence`).

    All or nothing, and safe to run twice at once: the second waits for the first and finds nothing to do.
    """
    async with locked(host) as connection:
        late = await connection.run_sync(behind, host)
        await connection.run_sync(_upgrade, host)
        await connection.run_sync(mend, host)
        async with AsyncSession(connection, expire_on_commit=False) as session:
            clock.use_zone(host.settings.timezone)
            ctx = Context(host, SYSTEM, request_id="migrate", _session=session)
            await sign(session, ctx)
            await every(host, "migrated", host=host, session=session)
            await switch(ctx)
            if host.settings.application_role is not None:
                await connection.run_sync(grant, host.settings.application_role)
            await session.commit()
    return late


async def drift(host: "Host") -> dict[str, str]:
    """Where the database differs from what the models declare: by module, what a revision of it would have to do."""
    async with connected(host) as connection:
        return await connection.run_sync(_drift, host)


async def new_revision(host: "Host", name: str, message: str) -> Path:
    """Write a module's next revision, with what its models declare and the database lacks; the path of the file.

    Raises:
        StartError: the database is not up to date.
    """
    async with connected(host) as connection:
        return await connection.run_sync(_new_revision, host, name, message)


@asynccontextmanager
async def locked(host: "Host") -> AsyncIterator[AsyncConnection]:
    """A connection of its own that no other migration has meanwhile."""
    async with connected(host) as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        yield connection


def _targets(connection: Connection, host: "Host") -> list[Target]:
    return [_target(connection, host, module) for module in host.modules if module.migrations.is_dir()]


def _target(connection: Connection, host: "Host", module: LoadedModule) -> Target:
    versions = [table for table in inspect(connection).get_table_names() if table.startswith(VERSIONS)]
    owners = {table.removeprefix(VERSIONS) for table in versions} | {enabled.name for enabled in host.modules}
    return Target(connection, module, host.tables_of(module.name), tuple(sorted(owners)))


def _upgrade(connection: Connection, host: "Host") -> None:
    for target in _targets(connection, host):
        command.upgrade(target.config, "head")


def _drift(connection: Connection, host: "Host") -> dict[str, str]:
    found = {}
    for target in _targets(connection, host):
        operations = autogenerate.produce_migrations(target.context, Base.metadata).upgrade_ops
        if operations is not None and not operations.is_empty():
            found[target.module.name] = autogenerate.render_python_code(operations)
    return found


def downgrade(connection: Connection, host: "Host", module: LoadedModule) -> None:
    """Take all revisions of a module back, and forget its version.

    Raises:
        StartError: it has none in this database.
    """
    target = _target(connection, host, module)
    if not target.context.get_current_heads():
        raise StartError(f'The module "{module.name}" has no tables in this database.')
    command.downgrade(target.config, "base")
    connection.execute(text(f'DROP TABLE "{target.version_table}"'))


def _new_revision(connection: Connection, host: "Host", name: str, message: str) -> Path:
    module = host.module(name)
    module.migrations.mkdir(exist_ok=True)
    target = _target(connection, host, module)
    numbers = [int(re.sub(r"\D", "", head.removeprefix(name))) for head in target.scripts.get_heads()]
    revision = f"{name}_{max(numbers, default=0) + 1:04d}"
    try:
        command.revision(target.config, message=message, autogenerate=True, rev_id=revision)
    except CommandError as error:
        raise StartError(f"The revision cannot be made: {error} Run `bima migrate` first.") from error
    return next(module.migrations.glob(f"{revision}_*.py"))


def _excludes(table: Table, name: str | None) -> bool:
    return any(isinstance(rule, ExcludeConstraint) and rule.name == name for rule in table.constraints)


logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
