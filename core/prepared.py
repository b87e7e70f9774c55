"""Statements that are compiled once, for what is asked all day: nothing is built for a request, and rows are plain."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import sqlalchemy as sa
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter

from core.context import Context
from core.module import Right
from core.transactions import asked
from schema.rows import RowColumn, Viewer
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
    """A statement in SQLAlchemy's language, compiled. What stands in it as `bound` must be given whenever it is run."""

    def __init__(self, name: str, query: Any) -> None:
        self.name = name
        """What traces call it."""
        # Other values are the query's own and stand in its text, so that the planner knows them.
        compiled = query.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
        self.sql = str(compiled).encode()
        self._names = list(compiled.positiontup or ())
        readers = ((index, _reader(column.type)) for index, column in enumerate(query.exported_columns))
        self._transformer = Transformer()
        self._readers = [(index, reader) for index, reader in readers if reader is not None]

    async def rows(self, ctx: Context, **values: Any) -> list[tuple[Any, ...]]:
        """Run it, in the transaction under way if there is one. Enums come as themselves, the rest as psycopg has it.

        What it writes outside of a transaction is committed with it.
        """
        with span(self.name):
            return self._rows(await ctx.result(self.sql, self._texts(values)))

    async def within(self, session: AsyncSession, **values: Any) -> list[tuple[Any, ...]]:
        """The same in the transaction of a session.

        Raises:
            DBAPIError: as the session raises it, such as `IntegrityError`.
        """
        with span(self.name):
            return self._rows(await asked(session, self.sql, self._texts(values)))

    def _texts(self, values: Mapping[str, Any]) -> list[bytes | None]:
        return [text(values[name]) for name in self._names]

    def _rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        self._transformer.set_pgresult(result)
        found = self._transformer.load_rows(0, result.ntuples, tuple)
        return [self._read(row) for row in found] if self._readers else found

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        read = list(row)
        for index, reader in self._readers:
            if read[index] is not None:
                read[index] = reader(read[index])
        return tuple(read)


class PreparedFor:
    """A query that depends on who asks: prepared once for each kind of actor.

    `build` makes it for a viewer, as scopes and `__writers__` take one; what else it leaves open is `bound`.
    """

    def __init__(self, name: str, build: Callable[[Viewer], sa.Select[Any]]) -> None:
        self.name = name
        self._build = build
        self._rights: dict[str, Right] = {}
        """Those that shape the query; found out as it is built."""
        self._made: dict[Hashable, tuple[Prepared, _Viewer]] = {}

    async def rows(self, ctx: Context, **values: Any) -> list[tuple[Any, ...]]:
        """Run it for the actor; see `Prepared.rows`."""
        found = self._made.get(self._key(ctx))
        if found is None:
            viewer = _Viewer(ctx, self._rights)
            found = Prepared(self.name, self._build(viewer)), viewer
            self._made[self._key(ctx)] = found
        prepared, viewer = found
        return await prepared.rows(ctx, **values, **{name: value(ctx) for name, value in viewer.asked.items()})

    def _key(self, ctx: Context) -> Hashable:
        return ctx.shape, tuple([name for name, right in self._rights.items() if ctx.may(right)])


class _Viewer:
    """An actor for whom a query is built: whether it may and has something shapes the query, its values are bound."""

    def __init__(self, ctx: Context, rights: dict[str, Right]) -> None:
        self._ctx = ctx
        self._rights = rights
        self.unbounded = ctx.unbounded
        self.asked: dict[str, Callable[[Context], Any]] = {}

    def has(self, scope: str) -> bool:
        return self._ctx.has(scope)

    def may(self, right: Right) -> bool:
        self._rights[right.name] = right
        return self._ctx.may(right)

    def ids(self, scope: str) -> Any:
        return self._bound(f"ids of {scope}", lambda ctx: ctx.listed(scope), ARRAY(sa.Uuid()))

    def among(self, scope: str, column: Any, *, unless: Any = None) -> Any:
        found = column == sa.any_(self.ids(scope))
        return found if unless is None else sa.and_(sa.not_(unless), found)

    def value(self, name: str, type_: Any) -> Any:
        return self._bound(f"actor's {name}", lambda ctx: ctx.value(name), sa.types.to_instance(type_))

    def _bound(self, name: str, value: Callable[[Context], Any], type_: Any) -> Any:
        self.asked[name] = value
        return bound(name, type_)


def among(column: Any, name: str) -> Any:
    """That a column holds one of the values bound by a name, an array of its type.

    The planner is not shown how many there are: one plan serves one and hundreds; otherwise it would be made each time.
    """
    values = sa.func.unnest(bound(name, ARRAY(column.type))).table_valued(sa.column("value", column.type))
    return column == sa.any_(sa.func.array(sa.select(values.render_derived().c.value).scalar_subquery()))


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
