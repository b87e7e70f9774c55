"""`history` on every type that users change: who changed what and when, for those with the right to see it."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table

from core.db import VersionedRow
from core.history import HistoryRow
from core.rights import HISTORY_READ
from schema import JSON, Part, Where, column, extend, mapped, page
from schema.node import MAPPED
from schema.rows import Mapping

if TYPE_CHECKING:
    from core.host import Host


@mapped(HistoryRow)
class HistoryEntry:
    """One change of one object."""

    at: datetime = column("When.")
    action: str = column("I when it was made, U when it was changed, D when it was deleted.")
    actor_id: UUID | None = column("The account that did it; none when it was Bima itself.")
    request_id: str | None = column("The request in which it happened.")
    changes: JSON = column("By column: `before` and `after`.")


def history_parts(host: "Host") -> Iterator[Part]:
    """The field `history` for every type of the host's modules that is mapped to a table under history."""
    packages = tuple(f"{module.package.__name__}." for module in host.modules)
    for cls, mapping in MAPPED.items():
        if cls.__module__.startswith(packages) and _is_kept(mapping):
            yield extend(cls, _history_of(mapping))


def _is_kept(mapping: Mapping) -> bool:
    return issubclass(mapping.model, VersionedRow) and isinstance(mapping.table, Table)


def _history_of(mapping: Mapping) -> Any:
    table = mapping.table.name

    @page(HistoryEntry, order="-id", right=HISTORY_READ, seen_with_parent=True)
    def history(row: type[Any], entry: type[HistoryRow]) -> Where:
        """Who changed what and when, the latest first."""
        yield entry.row_id == row.id
        yield entry.table_name == table

    return history
