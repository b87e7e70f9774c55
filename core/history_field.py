"""`history` on every type that users change, and `auditLog` of everything: who changed and looked up what, and when."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table, Uuid, case, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, array

from core.db import Base, VersionedRow
from core.history import HistoryRow
from core.rights import AUDIT_READ, HISTORY_READ
from schema import JSON, SQL, Part, Viewer, Where, column, expression, extend, mapped, page
from schema.node import MAPPED

if TYPE_CHECKING:
    from core.host import Host


@mapped(HistoryRow)
class HistoryEntry:
    """One change of one object."""

    at: datetime = column("When.")
    action: str = column("I when it was made, U when it was changed, D when it was deleted.")
    actor_id: UUID | None = column("The account that did it; none when it was Bima itself.")
    request_id: str | None = column("The request in which it happened.")

    @expression
    def changes(entry: type[HistoryRow], viewer: Viewer) -> SQL[JSON]:
        """By column: `before` and `after`. Columns that you may not read are left out."""
        return _readable(entry, viewer)


def _own_unless_national(entry: Any, viewer: Viewer) -> Where:
    """A row of the history knows no place: who does not see the whole country sees what he or she did."""
    if not viewer.unbounded:
        yield entry.actor_id == viewer.value("account", Uuid)


class AuditRow(Base):
    """The history as auditors see it: by who acted instead of through the object."""

    __table__ = HistoryRow.__table__
    __scope__ = staticmethod(_own_unless_national)
    __found_by__ = ("row_id", "actor_id")


@mapped(AuditRow)
class AuditEntry:
    """One act: a change of one object, or that somebody looked it up."""

    at: datetime = column("When.")
    action: str = column("I when it was made, U when it was changed, D when it was deleted, R when it was looked up.")
    table_name: str = column("The table of the object.")
    row_id: UUID = column("The object's id.")
    actor_id: UUID | None = column("The account that did it; none when it was Bima itself.")
    request_id: str | None = column("The request in which it happened.")

    @expression
    def changes(entry: type[HistoryRow], viewer: Viewer) -> SQL[JSON]:
        """By column: `before` and `after`, without those that you may not read. Of a look-up, by what it was."""
        return _readable(entry, viewer)


@page(AuditEntry, order="-id", right=AUDIT_READ)
def audit_log(entry: type[HistoryRow]) -> Where:
    """Everything that was done and who looked whom up, the latest first; the filter narrows it to an account or object.

    Accounts that do not see the whole country see what they did themselves.
    """
    yield from ()


def _readable(entry: Any, viewer: Viewer) -> SQL[JSON]:
    hidden = unreadable(viewer)
    shown = [(entry.table_name == table, entry.changes.op("-")(array(names))) for table, names in hidden.items()]
    return case(*shown, else_=entry.changes) if shown else type_coerce(entry.changes, JSONB)


def unreadable(viewer: Viewer) -> dict[str, list[str]]:
    """The columns that need a right which the viewer lacks, by table: for whatever tells columns by their names.

    Those of mapped types say so with their fields; a model that no type shows has `__guarded__`, rights by column.
    """
    found: dict[str, set[str]] = {}
    for mapping in MAPPED.values():
        for name, right in mapping.guards.items():
            if not viewer.may(right):
                found.setdefault(mapping.table.name, set()).add(mapping.attributes[name].name)
    for mapper in Base.registry.mappers:
        for name, right in vars(mapper.class_).get("__guarded__", {}).items():
            if not viewer.may(right):
                found.setdefault(mapper.class_.__tablename__, set()).add(name)
    return {table: sorted(names) for table, names in sorted(found.items())}


def history_parts(host: "Host") -> Iterator[Part]:
    """The field `history` for every type that users change: core's and those of the host's modules.

    Its rows are those of the table the type is mapped to. A model that shows several tables as one says by
    `__history__`, given its row and the entry, which rows are its own.
    """
    packages = ("core.", *(f"{module.package.__name__}." for module in host.modules))
    for cls, mapping in MAPPED.items():
        if cls.__module__.startswith(packages):
            if own := getattr(mapping.model, "__history__", None):
                yield extend(cls, _history_of(own))
            elif issubclass(mapping.model, VersionedRow) and isinstance(mapping.table, Table):
                yield extend(cls, _history_of(_of_table(mapping.table.name)))


def _of_table(name: str) -> Callable[[Any, Any], Where]:
    def own(row: Any, entry: Any) -> Where:
        yield entry.row_id == row.id
        yield entry.table_name == name

    return own


def _history_of(own: Callable[[Any, Any], Where]) -> Any:
    @page(HistoryEntry, order="-id", right=HISTORY_READ, seen_with_parent=True)
    def history(row: type[Any], entry: type[HistoryRow]) -> Where:
        """Who changed what and when, the latest first."""
        yield from own(row, entry)
        yield entry.action != "R"

    return history
