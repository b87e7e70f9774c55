"""Python fields: computed over a whole batch of rows once the statement has answered."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from schema.kinds import ComputedField


@dataclass(frozen=True)
class Patch:
    """A Python field to fill in: where its rows are, what it is called there, and what it needs of them."""

    path: tuple[str, ...]
    key: str
    field: ComputedField
    needs: tuple[tuple[str, str, type], ...]


def fill(data: Any, patches: Sequence[Patch], asker: Any) -> None:
    """Compute the Python fields of a result, each over its whole batch, and take the hidden columns away."""
    for patch in patches:
        rows = _rows_of(patch, data)
        batch = [
            SimpleNamespace(**{name: _typed(row[label], kind) for name, label, kind in patch.needs}) for row in rows
        ]
        for row, value in zip(rows, patch.field.values(batch, asker), strict=True):
            row[patch.key] = _json(value)
        for row in rows:
            for _, label, _ in patch.needs:
                del row[label]


def _rows_of(patch: Patch, data: Any) -> list[dict[str, Any]]:
    # Where objects of several types meet, others than the patch's own lie at its path too.
    labels = [label for _, label, _ in patch.needs]
    return [row for row in _rows_at(data, patch.path) if all(label in row for label in labels)]


def _rows_at(data: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if data is None:
        return
    if isinstance(data, list):
        for inner in data:
            yield from _rows_at(inner, path)
    elif not path:
        yield data
    else:
        yield from _rows_at(data.get(path[0]), path[1:])


TYPED: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    Decimal: Decimal,
    datetime.date: datetime.date.fromisoformat,
    datetime.datetime: datetime.datetime.fromisoformat,
}


def _typed(value: Any, kind: type) -> Any:
    if value is not None and issubclass(kind, Enum):
        return kind[value]
    return value if value is None or kind not in TYPED else TYPED[kind](value)


def _json(value: Any) -> Any:
    """A computed value as it goes out: decimals as text, enums by name."""
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, Enum):
        return value.name
    return str(value) if isinstance(value, Decimal) else value
