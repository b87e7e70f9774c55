"""Keyset pages: the connection types, cursors, and the conditions that continue after one."""

import base64
import binascii
import datetime
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Optional
from uuid import UUID

import orjson
import sqlalchemy as sa
import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from schema.errors import BadRequest
from schema.filters import filter_input, order_input
from schema.kinds import MappedField, RelationField
from schema.node import MAPPED
from schema.rows import Row

DEFAULT_PAGE = 20
MOST_PER_PAGE = 100
MOST_COUNTED = 100_000
"""Counting further tells a reader nothing and takes a country's millions half a second."""
COUNTED = f"How many rows the whole list has; {MOST_COUNTED:,} means so many or more. Counted only when asked for."


class PartField(MappedField):
    """A field of a connection, an edge or a page info; compiled as part of its page."""

    def __init__(self, name: str, annotation: Any, description: str) -> None:
        super().__init__(name, description)
        self.annotation = annotation

    def own_type(self) -> Any:
        return StrawberryAnnotation(self.annotation).resolve()


def _parts(name: str, description: str, fields: dict[str, tuple[Any, str]]) -> type:
    body: dict[str, Any] = {key: PartField(key, annotation, text) for key, (annotation, text) in fields.items()}
    body["__annotations__"] = dict.fromkeys(fields, Any)
    body["__module__"] = __name__
    return strawberry.type(type(name, (), body), description=description)


PageInfo = _parts(
    "PageInfo",
    "Where a page lies in its list.",
    {
        "has_next_page": (bool, "Whether rows follow this page."),
        "has_previous_page": (bool, "Whether rows come before this page."),
        "start_cursor": (Optional[str], "The first row's cursor; send it as `before`."),  # noqa: UP045
        "end_cursor": (Optional[str], "The last row's cursor; send it as `after`."),  # noqa: UP045
    },
)

_connections: dict[type, type] = {}


def connection_of(target: type) -> type:
    """The `<Type>Connection` of a mapped type."""
    if target not in _connections:
        name = target.__name__
        edge = _parts(
            f"{name}Edge",
            f"A {name} in a list.",
            {"cursor": (str, "Where it stands in the list."), "node": (target, f"The {name}.")},
        )
        _connections[target] = _parts(
            f"{name}Connection",
            f"A page of a list of {name}.",
            {
                "edges": (list[edge], "The page's rows with their cursors."),  # type: ignore[valid-type]
                "nodes": (list[target], "The page's rows."),  # type: ignore[valid-type]
                "page_info": (PageInfo, "Where the page lies in its list."),
                "total_count": (int, COUNTED),
            },
        )
    return _connections[target]


class PageField(RelationField):
    """A keyset page of rows of another type."""

    def __init__(
        self, function: Callable[..., Any], target: Any, order: tuple[str, ...], right: Any, seen: bool
    ) -> None:
        super().__init__(function, target, right, seen)
        self.order = order

    def own_type(self) -> Any:
        return connection_of(self.target)

    @property
    def own_arguments(self) -> list[StrawberryArgument]:
        arguments = super().own_arguments
        target = self.target
        paging: list[tuple[str, Any, str]] = [
            ("first", int, f"How many rows, from the start; at most {MOST_PER_PAGE}, {DEFAULT_PAGE} when not given."),
            ("after", str, "Continue after this cursor."),
            ("last", int, f"How many rows, from the end; at most {MOST_PER_PAGE}."),
            ("before", str, "Stop before this cursor."),
            ("filter", filter_input(target), "Which rows."),
            ("order_by", list[order_input(target)], "The order; always completed by the id."),  # type: ignore[misc]
        ]
        if MAPPED[target].search:
            paging.append(("search", str, "Words that must all stand in the row: names, numbers, in any order."))
        for name, kind, text in paging:
            annotation = Annotated[Optional[kind], strawberry.argument(description=text)]  # type: ignore[valid-type] # noqa: UP045
            arguments.append(StrawberryArgument(name, None, StrawberryAnnotation(annotation), default=strawberry.UNSET))
        return arguments


def page(
    target: Any, *, order: str | tuple[str, ...] = "id", right: Any = None, seen_with_parent: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """A keyset page: at the root, or of a parent when the function takes two rows.

    `order`: attributes of the target, `-` before one that runs downwards; the id completes it.
    """
    orders = (order,) if isinstance(order, str) else order

    def declare(function: Callable[..., Any]) -> PageField:
        inspect.signature(function)
        return PageField(function, target, orders, right, seen_with_parent)

    return declare


@dataclass(frozen=True)
class Key:
    """One part of a list's order."""

    name: str
    column: sa.Column[Any]
    descending: bool

    def reversed(self) -> "Key":
        """The same part, the other way round."""
        return Key(self.name, self.column, not self.descending)

    def on(self, row: Row) -> Any:
        """The column on a row of the statement."""
        return getattr(row, self.name)

    def ordered(self, row: Row) -> Any:
        """The term of ORDER BY."""
        return self.on(row).desc() if self.descending else self.on(row).asc()


def keys_of(order: Sequence[str], attributes: dict[str, sa.Column[Any]]) -> list[Key]:
    """The parts of an order, completed by the id."""
    keys = [Key(name.removeprefix("-"), attributes[name.removeprefix("-")], name.startswith("-")) for name in order]
    if not any(key.name == "id" for key in keys):
        keys.append(Key("id", attributes["id"], keys[-1].descending if keys else False))
    return keys


def beyond(keys: list[Key], row: Row, values: list[Any]) -> sa.ColumnElement[bool]:
    """The condition that a row comes after the cursor's values in the order of the keys."""
    directions = {key.descending for key in keys}
    nullable = any(key.column.nullable for key in keys)
    if len(directions) == 1 and not nullable:
        # A row comparison runs along the index; a chain of ORs does not.
        ours, theirs = sa.tuple_(*(key.on(row) for key in keys)), sa.tuple_(*values)
        return ours < theirs if directions.pop() else ours > theirs
    branches = []
    for index, (key, value) in enumerate(zip(keys, values, strict=True)):
        same = [
            earlier.on(row).is_not_distinct_from(before) if earlier.column.nullable else earlier.on(row) == before
            for earlier, before in zip(keys[:index], values[:index], strict=True)
        ]
        branches.append(sa.and_(*same, _after(key, row, value)))
    chain = sa.or_(*branches)
    first, value = keys[0], values[0]
    if first.column.nullable:
        return chain
    return sa.and_(first.on(row) <= value if first.descending else first.on(row) >= value, chain)


def _after(key: Key, row: Row, value: Any) -> sa.ColumnElement[bool]:
    column = key.on(row)
    if not key.column.nullable:
        return column < value if key.descending else column > value  # type: ignore[no-any-return]
    if key.descending:  # nulls first
        return sa.or_(column < value, sa.and_(value.is_(None), column.is_not(None)))
    return sa.or_(column > value, sa.and_(column.is_(None), value.is_not(None)))


def cursor_sql(keys: list[Key], row: Row) -> Any:
    """The SQL that makes a row's cursor: its keys as a JSON array, in base64."""
    parts = [sa.cast(key.on(row), sa.Text) if isinstance(key.column.type, sa.Numeric) else key.on(row) for key in keys]
    text = sa.cast(sa.func.json_build_array(*parts), sa.Text)
    encoded = sa.func.encode(sa.func.convert_to(text, sa.literal_column("'UTF8'")), sa.literal_column("'base64'"))
    return sa.func.translate(encoded, sa.literal_column("E'\\n'"), sa.literal_column("''"))


READERS: dict[type, Callable[[Any], Any]] = {
    UUID: UUID,
    datetime.date: datetime.date.fromisoformat,
    datetime.datetime: datetime.datetime.fromisoformat,
    Decimal: Decimal,
    int: int,
    bool: bool,
}


def read_cursor(cursor: str, keys: list[Key]) -> list[Any]:
    """The values of a cursor.

    Raises:
        BadRequest: it is none of ours, or of a list with another order.
    """
    try:
        values = orjson.loads(base64.b64decode(cursor.encode(), validate=True))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError
        return [
            None if value is None else READERS.get(key.column.type.python_type, str)(value)
            for key, value in zip(keys, values, strict=True)
        ]
    except (ValueError, TypeError, AttributeError, binascii.Error, InvalidOperation):
        raise BadRequest(
            "This cursor is not of this list. Take cursors from the same list in the same order."
        ) from None


def page_size(value: Any, name: str) -> int:
    """The size of a page.

    Raises:
        BadRequest: it is negative or too large.
    """
    if not isinstance(value, int) or value < 0 or value > MOST_PER_PAGE:
        raise BadRequest(f"`{name}` is between 0 and {MOST_PER_PAGE}.")
    return value
