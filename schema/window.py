"""The rows of a keyset page: one more than asked for, numbered, and what the connection's fields make of them."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import get_named_type
from sqlalchemy.dialects.postgresql import aggregate_order_by

from schema.connection import Key, cursor_sql
from schema.rows import Row
from schema.sql import EMPTY, quoted
from schema.values import array_of


@dataclass(frozen=True)
class Window:
    """The rows of a page, one more than asked for, with what the connection's fields make of them."""

    row: Row
    source: Any
    keys: list[Key]
    order: list[Key]
    size: int
    backward: bool
    continued: bool
    """Whether it continues from a cursor, so that rows lie behind it."""
    columns: dict[str, Any] = field(default_factory=dict)
    number: Any = field(default_factory=lambda: sa.literal_column('"n"'))

    def _named(self, expression: Any) -> Any:
        """A column of the window, by a name of its own."""
        name = f"c{len(self.columns)}"
        self.columns[name] = expression
        return sa.literal_column(f'"{name}"')

    def _ordered(self, expression: Any) -> Any:
        number = self.number.desc() if self.backward else self.number.asc()
        listed = sa.func.json_agg(aggregate_order_by(expression, number)).filter(self._inside)
        return sa.func.coalesce(listed, EMPTY)

    @property
    def _inside(self) -> Any:
        return self.number <= sa.literal_column(str(self.size))

    def _cursor(self) -> Any:
        return self._named(cursor_sql(self.keys, self.row))

    def listed(self, planner: Any, connection: Any, type_: Any, name: str, sets: Any, path: tuple[str, ...]) -> Any:
        """The `nodes` or the `edges` of the page."""
        if name == "nodes":
            return self._ordered(self._named(planner._object_json(type_, self.row, sets, path)))
        edge = get_named_type(connection.fields["edges"].type)
        pairs: list[Any] = []
        for key, nodes in planner.collect(sets, edge).items():
            pairs.append(sa.literal_column(quoted(key)))
            inner = nodes[0].name.value
            if inner == "__typename":
                pairs.append(sa.literal_column(quoted(edge.name)))
            elif inner == "cursor":
                pairs.append(self._cursor())
            else:
                node = planner._object_json(type_, self.row, [n.selection_set for n in nodes], (*path, key))
                pairs.append(self._named(node))
        return self._ordered(sa.func.json_build_object(*pairs))

    def info(self, planner: Any, type_: Any, sets: Any) -> Any:
        """The `pageInfo` of the page."""
        more = sa.func.count() > sa.literal_column(str(self.size))
        # No parameter: JSON functions do not tell its type.
        continued = sa.literal_column("true" if self.continued else "false", sa.Boolean)
        pairs: list[Any] = []
        for key, nodes in planner.collect(sets, type_).items():
            pairs.append(sa.literal_column(quoted(key)))
            name = nodes[0].name.value
            if name == "__typename":
                pairs.append(sa.literal_column(quoted(type_.name)))
            elif name == "hasNextPage":
                pairs.append(continued if self.backward else more)
            elif name == "hasPreviousPage":
                pairs.append(more if self.backward else continued)
            else:
                at_start = (name == "startCursor") is not self.backward
                number = self.number.asc() if at_start else self.number.desc()
                cursors = sa.func.array_agg(aggregate_order_by(self._cursor(), number)).filter(self._inside)
                pairs.append(sa.type_coerce(cursors, array_of(sa.Text()))[1])
        return sa.func.json_build_object(*pairs)

    def finish(self, built: Any) -> Any:
        """The page as a scalar, its window in FROM."""
        number = sa.func.row_number().over(order_by=[key.ordered(self.row) for key in self.order]).label("n")
        window = sa.select(number, *(column.label(name) for name, column in self.columns.items())).select_from(
            self.source
        )
        # One row, whether or not what is asked for aggregates: `pageInfo { hasPreviousPage }` does not.
        return built.select_from(window.subquery()).having(sa.literal_column("true")).scalar_subquery()
