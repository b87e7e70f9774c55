"""Reading and writing thousands of rows: one statement and one parameter, however many rows there are."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    TableValuedAlias,
    Text,
    Uuid,
    any_,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import UserDefinedType

from core import Prepared, Row, bound, clock, new_id

Values = Mapping[str, Any]
Record = TypeVar("Record", bound=tuple[Any, ...])


class _Ids(UserDefinedType[str]):
    """Ids as PostgreSQL writes an array of them."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **kw: Any) -> str:
        return "UUID[]"


IDS: Any = bound("ids", _Ids())
"""What stands in a prepared statement for `listed` ids."""


def among(what: Any, ids: Iterable[UUID] | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of the ids. As one parameter: thousands of `in_` cost more than the query.

    The planner is not shown how many there are, and so takes the column's index and keeps its plan, for one as for
    thousands; otherwise a plan would be made each time, which costs a single claim more than what is planned.
    """
    return what == any_(func.array(select(unnested(ids).c.id).scalar_subquery()))  # type: ignore[no-any-return]


def unnested(ids: Iterable[UUID] | ColumnElement[Any]) -> TableValuedAlias:
    """Ids as a table with the column `id`, sent as one parameter."""
    sent = ids if isinstance(ids, ColumnElement) else literal(listed(ids), _Ids())
    return func.unnest(sent).table_valued(column("id", Uuid())).render_derived()


def listed(ids: Iterable[UUID]) -> str:
    """Ids as PostgreSQL writes an array of them."""
    return f"{{{','.join([id.hex for id in ids])}}}"


def columns_of(model: type[Row], kind: type[tuple[Any, ...]], *but: str) -> list[Any]:
    """The columns of a model that a named tuple takes, in its order; `but` those that come from elsewhere."""
    return [getattr(model, name) for name in kind._fields if name not in but]  # type: ignore[attr-defined]


async def read(session: AsyncSession, query: Select[Any], kind: type[Record]) -> list[Record]:
    """The rows of a query as named tuples."""
    rows = await session.execute(query)
    return [kind(*row) for row in rows]


async def read_prepared(
    session: AsyncSession, statement: Prepared, kind: type[Record], ids: Iterable[UUID], **values: Any
) -> list[Record]:
    """The same of a prepared statement, which takes `IDS`."""
    return [kind(*row) for row in await statement.within(session, ids=listed(ids), **values)]


async def insert_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Insert rows with one statement; all have the same columns, and what these leave out takes its default."""
    if not rows:
        return
    whole = [{"id": new_id(), **row} for row in rows]
    columns = tuple(whole[0])
    made = {f"new {each.name}": each.default.arg(None) for each in _made(model, columns)}
    await _inserting(model, columns).within(session, rows=_sent(model, whole), **made)


async def update_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Set columns of rows that are there, in one statement; each mapping has the row's `id` and the same columns.

    `version` and `updated_at` follow. Objects of the session keep their old values: read anew what is needed after.
    """
    if rows:
        await _updating(model, tuple(rows[0]), "id").within(session, rows=_sent(model, rows), now=clock.now())


async def update_by(
    session: AsyncSession, model: type[Row], key: str, rows: Sequence[Values], returning: str
) -> list[Any]:
    """As `update_rows`, by another unique column than `id`; the value of a column of every row that was found."""
    if not rows:
        return []
    updating = _updating(model, tuple(rows[0]), key, returning)
    return [value for (value,) in await updating.within(session, rows=_sent(model, rows), now=clock.now())]


@cache
def _inserting(model: type[Row], columns: tuple[str, ...]) -> Prepared:
    table: Any = model.__table__
    new = _new(table, columns)
    made = {each.name: bound(f"new {each.name}", each.type) for each in _made(model, columns)}
    fixed = {
        each.name: literal(each.default.arg, each.type)
        for each in table.c
        if each.name not in columns and each.default is not None and each.default.is_scalar
    }
    names, values = [*columns, *made, *fixed], [*new.c, *made.values(), *fixed.values()]
    return Prepared(f"insert {table.name}", insert(table).from_select(names, select(*values), include_defaults=False))


@cache
def _updating(model: type[Row], columns: tuple[str, ...], key: str, returning: str | None = None) -> Prepared:
    table: Any = model.__table__
    new = _new(table, columns)
    values: dict[str, Any] = {name: new.c[name] for name in columns if name != key}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    now = bound("now", DateTime(timezone=True))
    changing = update(table).where(table.c[key] == new.c[key]).values(**values, updated_at=now)
    found = changing if returning is None else changing.returning(table.c[returning])
    return Prepared(f"update {table.name}", found)


@cache
def _made(model: type[Row], columns: tuple[str, ...]) -> list[Any]:
    """The columns left out whose defaults are made for each statement, such as `created_at`."""
    table: Any = model.__table__
    left = (each for each in table.c if each.name not in columns and each.default is not None)
    return [each for each in left if each.default.is_callable]


def _new(table: Any, columns: Iterable[str]) -> Any:
    """Rows as PostgreSQL reads them out of JSON: that is a parameter which costs little to make, unlike arrays."""
    named = [column(name, table.c[name].type) for name in columns]
    sent = cast(bound("rows", Text()), JSON)
    return func.json_to_recordset(sent).table_valued(*named, name="new").render_derived(with_types=True)


def _sent(model: type[Row], rows: Sequence[Values]) -> str:
    states = [name for name in rows[0] if isinstance(model.__table__.c[name].type, SqlEnum)]
    plain = [{**row, **{name: _name(row[name]) for name in states}} for row in rows] if states else rows
    return orjson.dumps(plain, default=str).decode()


def _name(state: Enum | None) -> str | None:
    return None if state is None else state.name
