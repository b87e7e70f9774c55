"""A row of a statement, who looks at it, and what is known of the table it comes from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from schema.errors import DeclarationError

T = TypeVar("T")
Where: TypeAlias = Iterator[sa.SQLColumnExpression[bool]]
"""The conditions of a relation, a root field or a scope, one at a time; all must hold."""

if TYPE_CHECKING:
    SQL: TypeAlias = sa.ColumnElement[Any] | T
else:

    class SQL(Generic[T]):
        """The return type of an `@expression`: SQL that yields a `T`."""


class Viewer(Protocol):
    """Who looks, as far as a statement's shape depends on it. What it returns are bound values, never constants."""

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""

    def has(self, scope: str) -> bool:
        """Whether the viewer has the named set of ids."""

    def ids(self, scope: str) -> Any:
        """The named set of ids, as a bound array; a scope says `viewer.among("district", row.district_id)`."""

    def among(self, scope: str, column: Any, *, unless: Any = None) -> "sa.ColumnElement[bool]":
        """That a column holds one of the named ids; said so that lists run along an index that begins with it.

        `unless`: a condition, on no row, under which there are none.
        """

    def may(self, right: Any) -> bool:
        """Whether the viewer holds the right. What depends on it has another plan for those who do not."""

    def value(self, name: str, type_: "sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]") -> Any:
        """A bound value of the request: `account`, `today`, `language`."""


Scope: TypeAlias = Callable[[Any, Viewer], Where]


def EVERYBODY(row: Any, viewer: Viewer) -> Where:  # noqa: N802 - reads as a constant where it is used
    """The scope of registers: every row may be seen by whoever may ask at all."""
    yield from ()


@dataclass(frozen=True)
class Mapping:
    """What is known of a mapped type."""

    model: Any
    table: sa.Table
    attributes: dict[str, sa.Column[Any]]
    scope: Scope
    search: tuple[str, ...]
    guards: dict[str, Any]
    """The rights that attributes need, for those that need one."""
    identifying: set[str] = field(default_factory=set)
    """The attributes that single out a row: who filters by one looks somebody up."""

    @property
    def within(self) -> Callable[[Any, Any], sa.ColumnElement[bool]] | None:
        """How rows that point here are filtered by a subtree, for models that say so."""
        return getattr(self.model, "__within__", None)

    @property
    def found_by(self) -> tuple[str, ...]:
        """The attributes by which few of a table's millions of rows are found, for models of such tables."""
        return tuple(getattr(self.model, "__found_by__", ()))

    @property
    def noted(self) -> Callable[..., tuple[Any, list[Any]]] | None:
        """How it is noted that a single row of this table was read at the root, for models that say so.

        Called with the table's name, the row, the viewer, the root field's name and the names of its arguments; answers
        what the asker is given to note, and the conditions under which it is.
        """
        return getattr(self.model, "__noted__", None)


class RowColumn(sa.ColumnElement[Any]):
    """A column of a row that stands in FROM already, here or further out: naming it never brings its table along.

    SQLAlchemy correlates a subquery with the statement right around it only, and would silently join every row else.
    """

    inherit_cache = False

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(RowColumn)
def _column_sql(element: RowColumn, compiler: Any, **keywords: Any) -> str:
    return str(compiler.process(element.column, **keywords))


@dataclass(frozen=True)
class Partly:
    """What is shown of a row that another brought along: all of it where `inside` holds, elsewhere the fields named."""

    names: frozenset[str]
    inside: Any


class Row:
    """A row of a statement, by the model's attribute names: `row.birth_date`."""

    def __init__(self, source: Any, attributes: dict[str, sa.Column[Any]]) -> None:
        self._source = source
        self._attributes = attributes
        self._partly: Partly | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return RowColumn(self._source.c[self._attributes[name].name])
        except KeyError:
            raise DeclarationError(f"{self._source.name} has no column {name}") from None
