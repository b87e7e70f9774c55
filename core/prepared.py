"""Statements that are compiled once, for what is asked all day: nothing is built for a request, and rows are plain."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from psycopg.adapt import Transformer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter

from core.context import Context
from schema.rows import RowColumn
from schema.spans import span
from schema.sql import DIALECT
from schema.texts import text


class Bound(BindParameter[Any]):
    """A value of a prepared statement that comes when it is run."""

    inherit_cache = False


@compiles(Bound)
def _bound_sql(element: Bound, compiler: Any, **keywords: Any) -> str:
    return str(compiler.visit_bindparam(element, **{**keywords, "literal_binds": False}))


def bound(name: str, type_: Any) -> Any:
    """What stands in a prepared statement for the value of this name."""
    return Bound(name, None, type_=type_, required=False, unique=False)


class Prepared:
    """A query in SQLAlchemy's language, compiled. What stands in it as `bound` must be given whenever it is run."""

    def __init__(self, name: str, query: sa.Select[Any]) -> None:
        self.name = name
        """What traces call it."""
        # Other values are the query's own and stand in its text, so that the planner knows them.
        compiled = query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        self.sql = str(compiled).encode()
        self._names = list(compiled.positiontup or ())
        readers = ((index, _reader(column.type)) for index, column in enumerate(query.selected_columns))
        self._transformer = Transformer()
        self._readers = [(index, reader) for index, reader in readers if reader is not None]

    async def rows(self, ctx: Context, **values: Any) -> list[tuple[Any, ...]]:
        """Run it, in the transaction under way if there is one. Enums come as themselves, the rest as psycopg has it.

        What it writes outside of a transaction is committed with it.
        """
        parameters = [text(values[name]) for name in self._names]
        with span(self.name):
            result = await ctx.result(self.sql, parameters)
        self._transformer.set_pgresult(result)
        found = self._transformer.load_rows(0, result.ntuples, tuple)
        return [self._read(row) for row in found] if self._readers else found

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        read = list(row)
        for index, reader in self._readers:
            if read[index] is not None:
                read[index] = reader(read[index])
        return tuple(read)


def outer(column: Any) -> Any:
    """A column of what stands in FROM further out, for subqueries: naming it does not bring its table along."""
    return RowColumn(column)


def _reader(type_: Any) -> Callable[[Any], Any] | None:
    """How a value is read that psycopg gives as text; None where it gives what is wanted."""
    if isinstance(type_, sa.Enum) and type_.enum_class is not None:
        return type_.enum_class.__members__.__getitem__
    if isinstance(type_, ARRAY) and (inner := _reader(type_.item_type)) is not None:
        return lambda values: [None if value is None else inner(value) for value in values]
    return None
