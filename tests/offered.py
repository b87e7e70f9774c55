"""Every filter and order that the lists of large tables offer, and what PostgreSQL does for each."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from graphql import GraphQLEnumType, get_named_type

from core import Context
from core.host import Host
from schema.connection import PageField
from schema.filters import TEXT, filterable
from schema.kinds import ColumnField
from schema.names import camel_case
from schema.node import MAPPED
from schema.reach import attribute
from schema.rows import Mapping

OPERATORS = {"within", *TEXT}
"""All that a filter can ask of a field."""
DEFINITION = "strawberry-definition"
ALIVE = re.compile(r"[( AND)]*((\w+\.)?ended_at IS NULL[) AND(]*)+")
"""A filter that leaves out next to nothing."""
CHEAP = 1_000
"""In PostgreSQL's units: some milliseconds."""
SOME: dict[str, Any] = {
    "ID": "01990000-0000-7000-8000-000000000000",
    "UUID": "01990000-0000-7000-8000-000000000000",
    "String": "something",
    "Int": 1,
    "Boolean": True,
    "Decimal": "1.00",
    "Money": "1.00",
    "Date": "2026-01-01",
    "DateTime": "2026-01-01T00:00:00Z",
}
"""Values for columns that are null."""


@dataclass(frozen=True)
class Listed:
    """A list at the root of a large table."""

    name: str
    target: type
    mapping: Mapping
    arguments: Any

    @property
    def document(self) -> str:
        """The document that asks for a page of it."""
        types = {name: self.arguments[name].type for name in ("filter", "orderBy")}
        return (
            f"query($filter: {types['filter']}, $orderBy: {types['orderBy']}) "
            f"{{ {self.name}(first: 100, filter: $filter, orderBy: $orderBy) {{ nodes {{ __typename }} }} }}"
        )

    def offers(self, row: dict[str, Any], operators: Container[str]) -> Iterator[dict[str, Any]]:
        """The variables of each order, and of each of these conditions on a single field, with a row's values."""
        yield {}
        fields = self.arguments["filter"].type.fields
        for field, _, _ in filterable(self.target):
            name = camel_case(field.python_name)
            value = row.get(self.mapping.attributes[attribute(field)].name)
            for operator, asked in fields[name].type.fields.items():
                if operator not in operators:
                    continue
                type_ = get_named_type(asked.type)
                one = _some(type_) if value is None or operator == "isNull" else value
                yield {"filter": {name: {operator: [one] if operator == "in" else one}}}
            if isinstance(field, ColumnField) and field.right is None:
                for direction in ("ASC", "DESC"):
                    yield {"orderBy": [{"field": field.python_name.upper(), "direction": direction}]}


def _some(type_: Any) -> Any:
    return next(iter(type_.values)) if isinstance(type_, GraphQLEnumType) else SOME[type_.name]


def large_lists(host: Host) -> list[Listed]:
    """The lists at the root of tables whose models say how few of their rows are found."""
    query_type = host.schema.engine.schema.query_type
    assert query_type is not None
    found = []
    for name, field in query_type.fields.items():
        declared = field.extensions.get(DEFINITION)
        if isinstance(declared, PageField) and MAPPED[declared.target].found_by:
            found.append(Listed(name, declared.target, MAPPED[declared.target], field.args))
    return found


@dataclass(frozen=True)
class Asker:
    """Explains what PostgreSQL does for somebody."""

    host: Host
    ctx: Context
    database: psycopg.Connection[Any]

    def explain(self, listed: Listed, variables: dict[str, Any]) -> "Plan | None":
        """The plan of a page of a list; None when it is weighed first."""
        engine = self.host.schema.engine
        operation = engine.asked(listed.document).document.operation(None)
        assert operation is not None
        given = engine._coerced(operation, orjson.loads(orjson.dumps(variables, default=str)))
        assert isinstance(given, dict), given
        [step] = engine._planning(operation, given, self.ctx)[0]
        assert step.statement is not None, step.failure
        if step.statement.weighed:
            return None
        cursor = psycopg.RawCursor(self.database)
        cursor.execute(b"EXPLAIN (FORMAT JSON) " + step.statement.sql, step.statement.parameters(given, self.ctx))
        [[[explained]]] = cursor.fetchall()
        return Plan(explained["Plan"])


@dataclass(frozen=True)
class Plan:
    """A node of what PostgreSQL does, with those below it."""

    node: dict[str, Any]

    @property
    def nodes(self) -> Iterator[dict[str, Any]]:
        """All nodes, from the top."""
        yield self.node
        for child in self.node.get("Plans", ()):
            yield from Plan(child).nodes

    def read_whole(self, tables: set[str], *, walks: bool) -> Iterator[str]:
        """The tables among these that may be read from one end to the other, and how.

        `walks`: also along an index, past rows that are not wanted, unless these are few enough to be passed soon.
        """
        dear = self.node["Total Cost"] > CHEAP
        for node in self.nodes:
            table, how = node.get("Relation Name"), node["Node Type"]
            if table in tables and (how == "Seq Scan" or (walks and dear and _passes_over(node))):
                yield f"{how} of {table} {node.get('Filter', '')}"
            if how == "Sort" and walks:
                [below, *_] = node["Plans"]
                if below.get("Relation Name") in tables and "Index Cond" not in below and "Plans" not in below:
                    yield f"Sort of {below['Relation Name']}"


def _passes_over(node: dict[str, Any]) -> bool:
    """Whether an index is read from its beginning, past rows that are not wanted."""
    if node["Node Type"] == "Bitmap Heap Scan" or "Index Cond" in node:
        return False
    return "Filter" in node and not ALIVE.fullmatch(node["Filter"])
