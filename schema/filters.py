"""The `filter`, `orderBy` and `search` arguments of pages, made from the columns of the mapped type."""

import datetime
import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Optional
from uuid import UUID

import sqlalchemy as sa
import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField

from schema.errors import BadRequest, Forbidden
from schema.kinds import ColumnField, MappedField, ReferenceField, describe_values, register_enums
from schema.names import camel_case
from schema.node import MAPPED
from schema.rows import Mapping, Row
from schema.scalars import Money
from schema.values import Given, element, member

EQUALITY = {"eq": None, "ne": None, "in": list, "isNull": bool}
ORDERED = {**EQUALITY, "gt": None, "gte": None, "lt": None, "lte": None}
TEXT = {**ORDERED, "contains": None, "startsWith": None}
DESCRIPTIONS = {
    "eq": "Equal to.",
    "ne": "Not equal to; null counts as different.",
    "in": "One of these.",
    "isNull": "Whether there is no value.",
    "gt": "Greater than.",
    "gte": "Greater than or equal to.",
    "lt": "Less than.",
    "lte": "Less than or equal to.",
    "contains": "Holds this text, in either case.",
    "startsWith": "Starts with this text, in either case.",
    "within": "In the subtree of this location, itself included.",
}
SCALAR_FILTERS: dict[Any, tuple[str, dict[str, Any]]] = {
    UUID: ("ID", EQUALITY),
    str: ("String", TEXT),
    int: ("Int", ORDERED),
    bool: ("Boolean", {"eq": None, "isNull": bool}),
    Decimal: ("Decimal", ORDERED),
    Money: ("Money", ORDERED),
    datetime.date: ("Date", ORDERED),
    datetime.datetime: ("DateTime", ORDERED),
}
MOST_IN = 1000
MOST_BRANCHES = 200
MOST_NESTED = 5
MOST_WORDS = 5
TRIGRAM = 3
NO_INDEX: Any = sa.literal_column("''", sa.Text)
"""Added to a text so that no index is read for what is asked of it."""


class OrderDirection(Enum):
    """Which way a list runs.

    ASC: from small to large. DESC: from large to small.
    """

    ASC = "ASC"
    DESC = "DESC"


register_enums(OrderDirection)


_inputs: dict[Any, type] = {}


def _input(key: Any, name: str, description: str, fields: Callable[[type], dict[str, tuple[Any, str]]]) -> type:
    """A GraphQL input made from data, once per key."""
    if key in _inputs:
        return _inputs[key]
    made = strawberry.input(type(name, (), {"__annotations__": {}}), description=description)
    _inputs[key] = made
    for field_name, (annotation, text) in fields(made).items():
        field = StrawberryField(
            python_name=field_name,
            graphql_name=field_name,
            type_annotation=StrawberryAnnotation(Optional[annotation]),  # noqa: UP045 - made at run time
            description=text,
            default=strawberry.UNSET,
        )
        made.__strawberry_definition__.fields.append(field)  # type: ignore[attr-defined]
    return made


def _operators(kind: Any, within: bool = False) -> type:
    enum = isinstance(kind, type) and issubclass(kind, Enum)
    name, operators = (kind.__name__, EQUALITY) if enum else SCALAR_FILTERS[kind]
    prefix = "Place" if within else ""

    def fields(_: type) -> dict[str, tuple[Any, str]]:
        kinds = {"in": list[kind], "isNull": bool}
        listed = {op: (kinds.get(op, kind), DESCRIPTIONS[op]) for op in operators}
        return {**listed, "within": (UUID, DESCRIPTIONS["within"])} if within else listed

    return _input(
        (kind, within), f"{prefix}{name}Filter", "What a value must be like; all that is given must hold.", fields
    )


def filterable(mapped: type) -> Iterator[tuple[MappedField, Any, bool]]:
    """The fields of a mapped type that its filter offers: field, kind of value, whether `within` applies."""
    for field in mapped.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        if isinstance(field, ColumnField):
            kind = _kind(field)
            if kind in SCALAR_FILTERS or (isinstance(kind, type) and issubclass(kind, Enum)):
                yield field, kind, False
        elif isinstance(field, ReferenceField):
            target = MAPPED.get(_kind(field))
            yield field, str if field.kind else UUID, target is not None and target.within is not None


def _kind(field: Any) -> Any:
    resolved = field.resolve_type()
    resolved = getattr(resolved, "of_type", resolved)
    return getattr(resolved, "wrapped_cls", resolved)


def filter_input(mapped: type) -> type:
    """The `<Type>Filter` input of a mapped type."""

    def fields(made: type) -> dict[str, tuple[Any, str]]:
        listed: dict[str, tuple[Any, str]] = {
            camel_case(field.python_name): (_operators(kind, within), field.description or "")
            for field, kind, within in filterable(mapped)
        }
        listed["or"] = (list[made], "At least one of these must hold.")  # type: ignore[valid-type]
        listed["not"] = (made, "This must not hold.")
        return listed

    return _input(
        (mapped, "filter"), f"{mapped.__name__}Filter", "Conditions on the rows; all that are given must hold.", fields
    )


def order_input(mapped: type) -> type:
    """The `<Type>Order` input of a mapped type: one column and a direction."""
    offered = [
        field
        for field, _, _ in filterable(mapped)
        if isinstance(field, ColumnField) and field.right is None  # an order would tell what a guarded field holds
    ]
    names = {field.python_name.upper(): field.python_name for field in offered}
    key = (mapped, "order")
    if key not in _inputs:
        fields: Any = Enum(f"{mapped.__name__}OrderField", names)  # type: ignore[misc] # its members are data
        enum = strawberry.enum(fields, description="A field that the list can be ordered by.")
        describe_values(enum, {field.python_name.upper(): f"By: {field.description}" for field in offered})
        made = _input(
            key,
            f"{mapped.__name__}Order",
            "One field to order by, and which way.",
            lambda _: {"direction": (OrderDirection, "Which way; ascending when not given.")},
        )
        field = StrawberryField(
            python_name="field",
            graphql_name="field",
            type_annotation=StrawberryAnnotation(enum),
            description="The field to order by.",
        )
        made.__strawberry_definition__.fields.insert(0, field)  # type: ignore[attr-defined]
    return _inputs[key]


@cache
def filter_fields(mapped: type) -> dict[str, tuple[MappedField, Any]]:
    """The fields of a mapped type's filter, by their GraphQL names."""
    return {camel_case(field.python_name): (field, kind) for field, kind, _ in filterable(mapped)}


def conditions(mapped: type, row: Row, value: Given, planner: Any, depth: int = 0) -> Iterator[Any]:
    """The SQL of a `filter` argument.

    Raises:
        BadRequest: it nests too deeply. Forbidden: it looks into a field that the viewer may not read.
    """
    if value.null:
        return
    if depth > MOST_NESTED:
        raise BadRequest(f"A filter nests at most {MOST_NESTED} levels of `or` and `not`.")
    fields = filter_fields(mapped)
    for name in value.now:
        inner = member(value, name)
        if inner.null:
            continue
        if name == "or":
            if len(inner.now) > MOST_BRANCHES:
                raise BadRequest(f"`or` takes at most {MOST_BRANCHES} conditions.")
            branches = [
                sa.and_(sa.true(), *conditions(mapped, row, element(inner, index), planner, depth + 1))
                for index in range(len(inner.now))
            ]
            yield sa.or_(sa.false(), *branches)
        elif name == "not":
            holds = sa.and_(sa.true(), *conditions(mapped, row, inner, planner, depth + 1))
            yield sa.not_(sa.func.coalesce(holds, False))
        else:
            field, kind = fields[name]
            if not planner.may(field.right):
                raise Forbidden(f"Your account lacks the right {field.right.name}, which filtering by {name} needs.")
            yield from _comparisons(field, kind, row, inner, planner)


def identifying(mapped: type, value: Any) -> Iterator[str]:
    """The fields that single out a row on which a filter, as it was sent, has conditions: at any depth, of any kind."""
    fields = filter_fields(mapped)
    for name, inner in (value or {}).items():
        if name in ("or", "not"):
            for branch in inner if isinstance(inner, list) else [inner]:
                yield from identifying(mapped, branch)
        elif fields[name][0].python_name in MAPPED[mapped].identifying and inner is not None:
            yield name


def _comparisons(field: MappedField, kind: Any, row: Row, value: Given, planner: Any) -> Iterator[Any]:
    column = getattr(row, field.key if isinstance(field, ReferenceField) else field.python_name)
    for name in value.now:
        inner = member(value, name)
        if not inner.null:
            yield _comparison(name, field, kind, column, inner, planner.bind)
        elif name in ("eq", "ne"):
            yield column.is_(None) if name == "eq" else column.is_not(None)


def _comparison(name: str, field: MappedField, kind: Any, column: Any, value: Given, bind: Callable[..., Any]) -> Any:
    if name == "isNull":
        return column.is_(None) == bind(value, bool)
    if name == "in":
        return column == sa.any_(bind(value, kind, many=True, check=_bounded))
    if name == "within":
        within = MAPPED[_kind(field)].within
        assert within is not None
        return within(column, bind(value, UUID))
    if name in ("contains", "startsWith"):
        return column.ilike(bind(value, kind, transform=_containing if name == "contains" else _starting))
    if name == "ne":
        return column.is_distinct_from(bind(value, kind))
    return OPERATORS[name](column, bind(value, kind))


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def search_conditions(mapping: Mapping, row: Row, value: Given, planner: Any, words: tuple[bool, ...]) -> Iterator[Any]:
    """Every word of a search must stand in one of the mapped type's search columns that the viewer may read.

    `words`: which of them an index of trigrams finds. For the others PostgreSQL must not read such an index whole.
    """
    names = [name for name in mapping.search if planner.may(mapping.guards.get(name))]
    for index, indexed in enumerate(words):

        def word(text: str, index: int = index) -> str:
            return _containing(split_words(text)[index])

        pattern = planner.bind(value, str, transform=word)
        columns = (getattr(row, name) for name in names)
        yield sa.or_(sa.false(), *((column if indexed else column + NO_INDEX).ilike(pattern) for column in columns))


def searched_words(text: Any) -> tuple[bool, ...]:
    """Whether an index of trigrams finds it, for each word of a search."""
    return tuple(len(word) >= TRIGRAM for word in split_words(text if isinstance(text, str) else ""))


def split_words(text: str) -> list[str]:
    """The words of a search, the first few."""
    return text.split()[:MOST_WORDS]


def _bounded(values: list[Any]) -> None:
    if len(values) > MOST_IN:
        raise BadRequest(f"`in` takes at most {MOST_IN} values.")


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _containing(text: str) -> str:
    return f"%{_escaped(text)}%"


def _starting(text: str) -> str:
    return f"{_escaped(text)}%"
