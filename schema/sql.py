"""Small pieces of SQL that the compiler shares."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg

from schema.rows import Mapping, Row


class _Boolean(sa.Boolean):
    render_bind_cast = True


class _Numeric(sa.Numeric[Any]):
    render_bind_cast = True


class _Compiler(PGCompiler_psycopg):
    def render_bind_cast(self, type_: Any, dbapi_type: Any, sqltext: str) -> str:
        """A number is not rounded to the places of the column it is compared with."""
        if isinstance(dbapi_type, _Numeric):
            return f"{sqltext}::NUMERIC"
        return str(super().render_bind_cast(type_, dbapi_type, sqltext))  # type: ignore[no-untyped-call]


class _Dialect(PGDialect_psycopg):
    """Statements say the types of their parameters, which are sent as text: PostgreSQL need not guess."""

    statement_compiler = _Compiler
    colspecs = {**PGDialect_psycopg.colspecs, sa.Boolean: _Boolean, sa.Numeric: _Numeric}  # noqa: RUF012


DIALECT = _Dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
EMPTY: Any = sa.literal_column("'[]'::json")
NULL: Any = sa.literal_column("NULL")
NOTHING: Any = sa.literal_column("'{}'::json").label("{}")
"""The only column of a row of which nothing is selected, as when everything is skipped."""


def json_value(expression: Any, type_: Any = None) -> Any:
    """An expression as it goes into JSON: decimals as text, everything else as PostgreSQL writes it.

    `type_`: the GraphQL type of an expression whose SQL type need not tell, such as a sum that is null or the number 0.
    """
    kind = str(type_).removesuffix("!")
    if kind == "Money":
        return sa.cast(sa.cast(expression, sa.Numeric(18, 2)), sa.Text)
    return sa.cast(expression, sa.Text) if kind == "Decimal" or isinstance(expression.type, sa.Numeric) else expression


def row_json(row: Any) -> Any:
    """A row of a subquery as a JSON object."""
    return row.c[NOTHING.name] if NOTHING.name in row.c else sa.func.row_to_json(row.table_valued())


def fresh(mapping: Mapping) -> tuple[Row, Any]:
    """A new alias of a mapped type's table: its row, and what stands in FROM."""
    source = mapping.table.alias()
    return Row(source, mapping.attributes), source


def whole(number: int) -> Any:
    """A number that shapes the statement, such as a limit: written into it, so that the planner knows it."""
    return sa.literal_column(str(int(number)), sa.Integer)


def quoted(text: str) -> str:
    """A text as an SQL literal; for names from the schema and the document only, never for values."""
    return "'" + text.replace("'", "''") + "'"
