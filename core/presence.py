"""Which modules the database knows, and since when one is off: what a module missed meanwhile, it mends when it is on.

The migrations keep the record, so that it holds however the settings came to change: by `bima module`, by hand or by
the environment. Until they have run, a change of the list of modules is as pending as a revision.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, delete, inspect, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.context import Context
from core.db import Base
from core.hooks import implementations
from schema import EVERYBODY

if TYPE_CHECKING:
    from core.host import Host


class ModuleRow(Base):
    """A module that was on when the migrations ran. `off_since`: when they first ran without it; its tables stay."""

    __tablename__ = "core_module"
    __scope__ = EVERYBODY

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    off_since: Mapped[datetime | None]


@dataclass(frozen=True)
class Switches:
    """How the enabled modules differ from those that the database was last migrated with.

    `on`: modules that are new or on again, and since when they were off, in manifest order. `off`: those that are gone.
    """

    on: dict[str, datetime | None]
    off: tuple[str, ...]


def switches(connection: Connection, host: "Host") -> Switches:
    """What was switched since the migrations last ran."""
    known = known_modules(connection)
    enabled = [module.name for module in host.modules]
    on = {name: known.get(name) for name in enabled if known.get(name, clock.now()) is not None}
    return Switches(on, tuple(name for name, since in known.items() if since is None and name not in enabled))


def known_modules(connection: Connection) -> dict[str, datetime | None]:
    """The modules that the database was ever migrated with, and since when those that are off are off."""
    if not inspect(connection).has_table(ModuleRow.__tablename__):
        return {}
    rows = connection.execute(select(ModuleRow.name, ModuleRow.off_since).order_by(ModuleRow.name))
    return dict(rows.all())


async def switch(ctx: Context) -> None:
    """Let the modules that are on now mend what they missed, and record which are on and off; dependencies first."""
    connection = await ctx.session.connection()
    found = await connection.run_sync(switches, ctx.host)
    for implementation in implementations(ctx.host, "switched_on"):
        if implementation.module in found.on:
            await implementation.call(ctx=ctx, since=found.on[implementation.module])
    rows: list[dict[str, object]] = [{"name": name, "off_since": None} for name in found.on]
    rows += [{"name": name, "off_since": clock.now()} for name in found.off]
    if rows:
        fresh = insert(ModuleRow).values(rows)
        latest = {"off_since": fresh.excluded.off_since}
        await ctx.session.execute(fresh.on_conflict_do_update(index_elements=["name"], set_=latest))


def forget_module(connection: Connection, name: str) -> None:
    """Forget that the database ever had a module."""
    connection.execute(delete(ModuleRow).where(ModuleRow.name == name))
