"""Writing many rows with one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, column, func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from core import Row, clock


async def update_rows(session: AsyncSession, model: type[Row], rows: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of rows that are there, in one statement; each mapping has the row's `id` and the same columns.

    `version` and `updated_at` follow. Objects of the session keep their old values: read anew what is needed after.
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[assignment]
    columns = [table.c[name] for name in rows[0]]
    arrays = [literal([row[each.name] for row in rows], ARRAY(each.type)) for each in columns]
    named = [column(each.name, each.type) for each in columns]
    new = func.unnest(*arrays).table_valued(*named, name="new").render_derived()
    values: dict[str, ColumnElement[Any]] = {each.name: new.c[each.name] for each in columns if each.name != "id"}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    await session.execute(update(table).where(table.c.id == new.c.id).values(**values, updated_at=clock.now()))
