"""Reading and writing thousands of rows: one statement and one parameter, however many rows there are."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Table, any_, cast, column, func, insert, literal, select, update
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import JSON, TypeEngine, Uuid

from core import Row, clock, new_id

Values = Mapping[str, Any]


def among(what: Any, ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a column holds one of the ids. As one parameter: thousands of `in_` cost more than the query."""
    return what == any_(cast(literal(f"{{{','.join(map(str, ids))}}}"), ARRAY(Uuid())))  # type: ignore[no-any-return]


async def insert_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Insert rows, each a mapping with the same columns. Ids and times come by themselves, other defaults do not."""
    if not rows:
        return
    now = clock.now()
    whole = [{"id": new_id(), "created_at": now, "updated_at": now, **row} for row in rows]
    table: Table = model.__table__  # type: ignore[assignment]
    new = _sent(table, whole)
    await session.execute(insert(table).from_select(list(whole[0]), select(*new.c)))


async def update_rows(session: AsyncSession, model: type[Row], rows: Sequence[Values]) -> None:
    """Set columns of rows that are there, in one statement; each mapping has the row's `id` and the same columns.

    `version` and `updated_at` follow. Objects of the session keep their old values: read anew what is needed after.
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[assignment]
    new = _sent(table, rows)
    values: dict[str, ColumnElement[Any]] = {name: new.c[name] for name in rows[0] if name != "id"}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    await session.execute(update(table).where(table.c.id == new.c.id).values(**values, updated_at=clock.now()))


def _sent(table: Table, rows: Sequence[Values]) -> Any:
    """Rows as PostgreSQL reads them out of JSON: that is a parameter which costs little to make, unlike arrays."""
    states = [name for name in rows[0] if isinstance(table.c[name].type, SqlEnum)]
    plain = [{**row, **{name: row[name] and row[name].name for name in states}} for row in rows] if states else rows
    named = [column(name, table.c[name].type) for name in rows[0]]
    sent = literal(orjson.dumps(plain, default=_exact).decode(), _Text())
    return func.json_to_recordset(cast(sent, JSON_TEXT)).table_valued(*named, name="new").render_derived(with_types=True)
