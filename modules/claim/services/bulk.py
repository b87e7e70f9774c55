"""Reading and writing thousands of rows: one statement and one parameter, however many rows there are."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    TableValuedAlias,
    Text,
    Update,
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

from core import Row, clock, new_id

Values = Mapping[str, Any]
Record = TypeVar("Record", bound=tuple[Any, ...])


def among(what: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a column holds one of the ids. As one parameter: thousands of `in_` cost more than the query.

    The planner is not shown how many ids there are: it would reckon, by statistics older than this month's claims, that
    they are half the table and read all of it, again for each chunk. Not knowing, it takes the column's index.
    """
    return what == any_(func.array(select(unnested(ids).c.id).scalar_subquery()))  # type: ignore[no-any-return]


def unnested(ids: Iterable[UUID]) -> TableValuedAlias:
    """Ids as a table with the column `id`, sent as one parameter."""
    sent = literal(f"{{{','.join(id.hex for id in ids)}}}", _Ids())
    return func.unnest(sent).table_valued(column("id", Uuid())).render_derived()


def columns_of(model: type[Row], kind: type[tuple[Any, ...]], *but: str) -> list[Any]:
    """The columns of a model that a named tuple takes, in its order; `but` those that come from elsewhere."""
    return [getattr(model, name) for name in kind._fields if name not in but]  # type: ignore[attr-defined]


async def read(session: AsyncSession, query: Select[Any], kind: type[Record]) -> list[Record]:
    """The rows of a query as named tuples."""
    rows = await session.execute(query)
    return [kind(*row) for row in rows]


class _Ids(UserDefinedType[str]):
    """Ids as PostgreSQL writes an array of them."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **kw: Any) -> str:
        return "UUID[]"


async def insert_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Insert rows with one statement; all have the same columns, and what these leave out takes its default."""
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[assignment]
    whole = [{"id": new_id(), **row} for row in rows]
    new = _sent(table, whole)
    await session.execute(insert(table).from_select(list(whole[0]), select(*new.c)))


async def update_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Set columns of rows that are there, in one statement; each mapping has the row's `id` and the same columns.

    `version` and `updated_at` follow. Objects of the session keep their old values: read anew what is needed after.
    """
    if rows:
        await session.execute(_update(model, rows, "id"))


async def update_by(
    session: AsyncSession, model: type[Row], key: str, rows: Sequence[Values], returning: Any
) -> list[Any]:
    """As `update_rows`, by another unique column than `id`; a value of every row that was found."""
    if not rows:
        return []
    return list(await session.scalars(_update(model, rows, key).returning(returning)))


def _update(model: type[Row], rows: Sequence[Values], key: str) -> Update:
    table: Table = model.__table__  # type: ignore[assignment]
    new = _sent(table, rows)
    values: dict[str, ColumnElement[Any]] = {name: new.c[name] for name in rows[0] if name != key}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    return update(table).where(table.c[key] == new.c[key]).values(**values, updated_at=clock.now())


def _sent(table: Table, rows: Sequence[Values]) -> Any:
    """Rows as PostgreSQL reads them out of JSON: that is a parameter which costs little to make, unlike arrays."""
    states = [name for name in rows[0] if isinstance(table.c[name].type, SqlEnum)]
    plain = [{**row, **{name: _name(row[name]) for name in states}} for row in rows] if states else rows
    named = [column(name, table.c[name].type) for name in rows[0]]
    sent = cast(literal(orjson.dumps(plain, default=str).decode(), Text()), JSON)
    return func.json_to_recordset(sent).table_valued(*named, name="new").render_derived(with_types=True)


def _name(state: Enum | None) -> str | None:
    return None if state is None else state.name
