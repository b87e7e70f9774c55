"""Values of a request as a statement sees them: placeholders whose presence may shape the SQL and whose value may not.

A plan is made once for a document and a *shape* of its variables, then run with other values. So the functions of
fields see a `Placeholder` where an argument is given and None where it is not; testing its value in Python is refused.
"""

import datetime
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    print_ast,
)
from graphql.utilities import value_from_ast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import BindParameter

from schema.errors import DeclarationError
from schema.scalars import Money

Variables = dict[str, Any]
Getter = Callable[[Variables, Any], Any]
"""Gives a parameter's value from the coerced variables and the viewer."""


@dataclass(frozen=True)
class Constant:
    """Gives the same value for every request."""

    value: Any

    def __call__(self, variables: Variables, viewer: Any) -> Any:
        """The value."""
        return self.value


SQL_TYPES: dict[Any, Any] = {
    UUID: sa.Uuid(),
    str: sa.Text(),
    bool: sa.Boolean(),
    int: sa.BigInteger(),
    datetime.date: sa.Date(),
    datetime.datetime: sa.DateTime(timezone=True),
    Decimal: sa.Numeric(),
    Money: sa.Numeric(),
}


class Placeholder(BindParameter[Any]):
    """A bound value in a statement that is being planned."""

    inherit_cache = False

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        constants = [value for value in other if not isinstance(value, sa.ClauseElement) and value is not None]
        if any(not hasattr(value, "__clause_element__") for value in constants):
            raise DeclarationError(
                f"{self.key} is a bound value: its presence may shape a statement, its value is not known yet"
            )
        return super().operate(op, *other, **kwargs)

    def __bool__(self) -> bool:
        raise DeclarationError(f"{self.key} is a bound value: test `is not None` for its presence, never its value")

    @property
    def expanding(self) -> bool:
        """Whether it becomes a list of literals; never, as no value is known yet."""
        return False

    @expanding.setter
    def expanding(self, value: bool) -> None:
        if value:
            raise DeclarationError(f"{self.key} is a bound value: write `column == any_(values)` instead of `in_`")


@dataclass(frozen=True)
class Given:
    """An input value in the document: a literal, a variable, or an object or list of both.

    `read` gives its coerced value from the variables.
    """

    type: Any
    read: Callable[[Variables], Any]
    now: Any
    """The value in the request that is being planned; only its shape may be used."""
    constant: bool
    source: str = ""
    """How the document writes it, when it depends on variables."""

    @property
    def present(self) -> bool:
        """Whether it is there at all, null included."""
        return self.now is not Undefined

    @property
    def null(self) -> bool:
        """Whether it is absent or null."""
        return self.now is Undefined or self.now is None


def given(node: ValueNode | None, type_: Any, default: Any, variables: Variables) -> Given:
    """The input value that a document gives to an argument."""
    if node is None:
        return Given(type_, lambda _: default, default, True)
    if isinstance(node, VariableNode):
        name = node.name.value
        return Given(type_, lambda values: values.get(name, default), variables.get(name, default), False, f"${name}")
    if _has_variable(node):
        read = _reader(node, type_)
        return Given(type_, read, read(variables), False, print_ast(node))
    value = value_from_ast(node, type_)
    return Given(type_, lambda _: value, value, True)


def member(of: Given, name: str) -> Given:
    """A field of an input object."""
    type_ = _bare(of.type).fields[name].type

    def read(values: Variables) -> Any:
        whole = of.read(values)
        return Undefined if whole is None or whole is Undefined else whole.get(name, Undefined)

    now = Undefined if of.null else of.now.get(name, Undefined)
    return Given(type_, read, now, of.constant)


def element(of: Given, index: int) -> Given:
    """An element of a list of input objects."""
    type_ = _nullable(of.type).of_type
    return Given(type_, lambda values: of.read(values)[index], of.now[index], of.constant)


def shape(value: Any) -> Hashable:
    """What of a variable's value may shape a plan: absence, nulls, the keys of objects, how many there are."""
    if value is None or value is Undefined:
        return value
    if isinstance(value, dict):
        return tuple([(key, True if type(inner) is str else shape(inner)) for key, inner in value.items()])
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(shape(inner) for inner in value)
    return True


def sql_type(kind: Any) -> Any:
    """The SQL type of a bound value for a Python type: a scalar's, an enum's, or a list of them."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return sa.Text()
    return SQL_TYPES.get(kind, sa.Text())


def array_of(type_: Any) -> Any:
    """The SQL type of a list of bound values."""
    return ARRAY(type_)


def plain(value: Any) -> Any:
    """A coerced value as the database takes it: enums by name; long id lists as one literal."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        if value and isinstance(value[0], UUID):
            return "{" + ",".join(map(str, value)) + "}"
        return [plain(inner) for inner in value]
    return value


def _bare(type_: Any) -> GraphQLInputObjectType:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_  # type: ignore[no-any-return]


def _nullable(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def _has_variable(node: ValueNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    if isinstance(node, ObjectValueNode):
        return any(_has_variable(inner.value) for inner in node.fields)
    return isinstance(node, ListValueNode) and any(_has_variable(inner) for inner in node.values)


def _absent(_: Variables) -> Any:
    return Undefined


def _reader(node: ValueNode, type_: Any) -> Callable[[Variables], Any]:
    """How to read a literal that holds variables: built once, so that reading does not walk the document again."""
    if isinstance(node, VariableNode):
        name = node.name.value
        return lambda values: values.get(name, Undefined)
    if isinstance(node, NullValueNode):
        return lambda _: None
    if isinstance(_nullable(type_), GraphQLList) and not isinstance(node, ListValueNode):
        only = _reader(node, _nullable(type_).of_type)  # one value may stand for a list of one
        return lambda values: [only(values)]
    if isinstance(node, ObjectValueNode):
        written = {inner.name.value: inner.value for inner in node.fields}
        readers = [
            (name, _reader(written[name], field.type) if name in written else _absent, field.default_value)
            for name, field in _bare(type_).fields.items()
            if name in written or field.default_value is not Undefined
        ]

        def read_object(values: Variables) -> Any:
            pairs = (
                (name, default if (value := read(values)) is Undefined else value) for name, read, default in readers
            )
            return {name: value for name, value in pairs if value is not Undefined}

        return read_object
    if isinstance(node, ListValueNode):
        inner_type = _nullable(type_).of_type
        items = [_reader(inner, inner_type) for inner in node.values]
        return lambda values: [None if (value := read(values)) is Undefined else value for read in items]
    value = value_from_ast(node, type_)
    return lambda _: value
