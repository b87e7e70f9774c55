"""Whether the history is kept as it was promised: its triggers there and switched on, their functions up to date.

Nothing else tells: a table that is not recorded works as before. Restores that leave triggers out, and whoever switched
them off for a large change and forgot, are what this is for; `bima migrate` mends it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from core.db import Base, VersionedRow
from core.recording import TRIGGERS, body, columns_of, columns_recorded, record, trigger_arguments

if TYPE_CHECKING:
    from core.host import Host

GONE = "its function is gone"

_FOUND = text("""
    SELECT c.relname, p.prosrc, t.tgname, t.tgenabled IN ('O', 'A') AS works, t.tgargs
    FROM pg_class AS c
    LEFT JOIN pg_proc AS p
        ON p.proname = 'core_history_of_' || c.relname AND p.pronamespace = c.relnamespace
    LEFT JOIN pg_trigger AS t
        ON t.tgrelid = c.oid AND t.tgfoid = p.oid AND t.tgname LIKE 'core\\_history\\_%'
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
        AND (c.relname = ANY(:promised) OR p.oid IS NOT NULL)
    ORDER BY c.relname
""")


def lapses(connection: Connection, host: "Host") -> dict[str, str]:
    """Why changes of a table are not recorded as they should be, by table.

    Looked at are the tables whose rows users change, and all that were recorded once.
    """
    return {table: found.wrong for table, found in _tables(connection, host) if found.wrong}


def mend(connection: Connection, host: "Host") -> None:
    """Record again what is not. Left alone is a table whose function is gone too: nothing tells its secret columns."""
    for table, found in _tables(connection, host):
        if not found.wrong or found.source is None:
            continue
        record(connection, table, found.unrecorded)
        for event in TRIGGERS:
            connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER core_history_{event.lower()}')


class _Found:
    """What there is of a table's recording."""

    def __init__(self, table: str, columns: list[tuple[str, bool]], source: str | None) -> None:
        self.table = table
        self.columns = columns
        self.source = source
        self.works: dict[str, bool] = {}
        self.arguments: list[str] | None = None

    @property
    def unrecorded(self) -> list[str]:
        """The columns that are left out: as a trigger says or, when all are gone, as the function does."""
        if self.arguments is not None:
            return self.arguments
        recorded = columns_recorded(self.source or "", [name for name, _ in self.columns])
        return [name for name, _ in self.columns if name not in recorded]

    @property
    def wrong(self) -> str:
        """What is wrong, in a few words; nothing when all is well."""
        if self.source is None:
            return GONE
        events = [event.lower() for event in TRIGGERS]
        if missing := [event for event in events if f"core_history_{event}" not in self.works]:
            return f"no trigger for {', '.join(missing)}"
        if off := [event for event in events if not self.works[f"core_history_{event}"]]:
            return f"switched off for {', '.join(off)}"
        if self.source != body(self.table, self.columns, self.unrecorded):
            return "its function is out of date"
        return ""


def _tables(connection: Connection, host: "Host") -> Iterator[tuple[str, _Found]]:
    found: dict[str, _Found] = {}
    for table, source, trigger, works, arguments in connection.execute(_FOUND, {"promised": _promised(host)}).all():
        if table not in found:
            found[table] = _Found(table, columns_of(connection, table), source)
        if trigger is not None:
            found[table].works[trigger] = works
            found[table].arguments = trigger_arguments(arguments)
    yield from found.items()


def _promised(host: "Host") -> list[str]:
    """The tables of the host's modules whose rows users change: their types have `history`."""
    ours = {table.name for module in host.modules for table in host.tables_of(module.name)}
    versioned = {
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, VersionedRow)
    }
    return sorted(ours & versioned)
