"""Pages, the slow way: rows that are all there are filtered, ordered and sliced in Python."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cmp_to_key
from typing import Any
from uuid import UUID

from schema.rows import Mapping

Table = dict[str, Any]
"""A row by the model's attribute names."""
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda ours, theirs: ours in theirs,
    "gt": lambda ours, theirs: bool(ours > theirs),
    "gte": lambda ours, theirs: bool(ours >= theirs),
    "lt": lambda ours, theirs: bool(ours < theirs),
    "lte": lambda ours, theirs: bool(ours <= theirs),
    "contains": lambda ours, theirs: theirs.lower() in ours.lower(),
    "startsWith": lambda ours, theirs: ours.lower().startswith(theirs.lower()),
}


@dataclass(frozen=True)
class Page:
    """A slice of a list."""

    keys: list[str]
    rows: list[Table]
    total: int
    has_next: bool
    has_previous: bool

    @classmethod
    def cut(
        cls, searched: list[str], mapping: Mapping, order: Sequence[str], rows: list[Table], values: dict[str, Any]
    ) -> "Page":
        """The page of rows that the arguments ask for, their filter apart."""
        for word in (values.get("search") or "").split()[:5]:
            rows = [row for row in rows if any(word.lower() in (row[name] or "").lower() for name in searched)]
        chosen = [("-" if is_descending(entry) else "") + entry["field"].value for entry in values.get("orderBy") or ()]
        keys = completed(chosen or order)
        total, rows = len(rows), in_order(rows, keys)
        after, before = values.get("after"), values.get("before")
        if after is not None:
            rows = [row for row in rows if compare(key_of(row, keys), read_cursor(after, keys, mapping), keys) > 0]
        if before is not None:
            rows = [row for row in rows if compare(key_of(row, keys), read_cursor(before, keys, mapping), keys) < 0]
        last = values.get("last")
        if last is not None:
            return cls(keys, rows[max(len(rows) - last, 0) :], total, before is not None, len(rows) > last)
        first = 20 if values.get("first") is None else values["first"]
        return cls(keys, rows[:first], total, len(rows) > first, after is not None)

    def cursor(self, row: Table) -> str:
        """The cursor of a row."""
        return write_cursor(row, self.keys)


def to_json(value: Any) -> Any:
    """A Python value as the API writes it."""
    if isinstance(value, list):
        return [to_json(inner) for inner in value]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def is_descending(entry: dict[str, Any]) -> bool:
    """Whether an entry of `orderBy` runs downwards."""
    return entry.get("direction") is not None and entry["direction"].name == "DESC"


def completed(order: Sequence[str]) -> list[str]:
    """An order with the id at its end, which runs as what stands before it."""
    if any(key.removeprefix("-") == "id" for key in order):
        return list(order)
    return [*order, "-id" if order and order[-1].startswith("-") else "id"]


def key_of(row: Table, keys: Sequence[str]) -> list[Any]:
    """The values that a row is ordered by."""
    values = (row[key.removeprefix("-")] for key in keys)
    return [value.name if isinstance(value, Enum) else value for value in values]


def compare(ours: list[Any], theirs: list[Any], keys: Sequence[str]) -> int:
    """Which of two rows comes first; a null is larger than everything."""
    for one, other, key in zip(ours, theirs, keys, strict=True):
        if one != other:
            larger = other is not None and (one is None or one > other)
            return 1 if larger is not key.startswith("-") else -1
    return 0


def in_order(rows: list[Table], keys: Sequence[str]) -> list[Table]:
    """Rows in order."""

    def order(one: Table, other: Table) -> int:
        return compare(key_of(one, keys), key_of(other, keys), keys)

    return sorted(rows, key=cmp_to_key(order))


def write_cursor(row: Table, keys: Sequence[str]) -> str:
    """The cursor of a row in an order."""
    text = json.dumps([to_json(value) for value in key_of(row, keys)], ensure_ascii=False)
    return base64.b64encode(text.encode()).decode()


def read_cursor(cursor: str, keys: Sequence[str], mapping: Mapping) -> list[Any]:
    """The values of a cursor."""
    readers: dict[type, Callable[[Any], Any]] = {
        UUID: UUID, Decimal: Decimal, date: date.fromisoformat, datetime: datetime.fromisoformat
    }  # fmt: skip
    kinds = [mapping.attributes[key.removeprefix("-")].type.python_type for key in keys]
    values = json.loads(base64.b64decode(cursor))
    return [
        value if value is None or kind not in readers else readers[kind](value)
        for kind, value in zip(kinds, values, strict=True)
    ]
