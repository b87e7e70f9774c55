"""All that is held about a person, as the modules say, with its history."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select

from core import Context, link_to, note_reading
from core.history import HistoryRow
from core.hooks import implementations
from core.jobs import to_json
from modules.insuree.hooks import Held
from modules.insuree.models import Insuree
from modules.privacy.inputs import ExportPersonalDataInput
from modules.privacy.services.finding import checked_reason, find_person


async def export(ctx: Context, input: ExportPersonalDataInput) -> Any:
    """By module and table the rows about a person, and under `history` who changed and who read them.

    That it was exported, by whom and why, is noted first, so that the export tells of itself.

    Raises:
        UserError: NOT_FOUND, REQUIRED, TOO_LONG.
    """
    reason = checked_reason(input.reason)
    person = await find_person(ctx, input.insuree_id, "insureeId")
    way = {"field": "exportPersonalData", "by": ["insureeId"], "reason": reason}
    await note_reading(ctx, Insuree.__tablename__, [person.id], **way)
    data: dict[str, Any] = {}
    ids: dict[str, list[UUID]] = {}
    for implementation in implementations(ctx.host, "personal_data"):
        tables = data.setdefault(implementation.module, {})
        for held in implementation.call(insuree_ids=[person.id]):
            rows = await _rows(ctx, held)
            table = held.model.__tablename__
            tables.setdefault(table, []).extend(rows)
            ids.setdefault(table, []).extend(row["id"] for row in rows)
    data["history"] = [change async for change in _history(ctx, ids)]
    return orjson.loads(to_json(data))


async def _rows(ctx: Context, held: Held) -> list[dict[str, Any]]:
    """The rows by column; beside an id that points at something with a code, the code; beside a file's, a link."""
    table = held.model.__table__
    query = select(*table.c, *_codes(held)).where(held.where).order_by(table.c.id)
    rows = [dict(row._mapping) for row in await ctx.session.execute(query)]
    for row in rows:
        if held.file and row[held.file] is not None:
            row["link_for_ten_minutes"] = link_to(ctx, row[held.file])
    return rows


def _codes(held: Held) -> Iterator[ColumnElement[Any]]:
    for column in held.model.__table__.c:
        for key in column.foreign_keys:
            other = key.column.table.alias()
            if "code" in other.c:
                code = select(other.c.code).where(other.c[key.column.name] == column)
                yield code.scalar_subquery().label(f"{column.name.removesuffix('_id')}_code")


async def _history(ctx: Context, ids: dict[str, list[UUID]]) -> Any:
    every = [id for table in ids.values() for id in table]
    query = select(HistoryRow).where(HistoryRow.row_id.in_(every)).order_by(HistoryRow.id)
    for change in await ctx.session.scalars(query):
        if change.row_id in ids.get(change.table_name, ()):
            yield {
                "at": change.at,
                "table": change.table_name,
                "row_id": change.row_id,
                "action": change.action,
                "account_id": change.actor_id,
                "changes": change.changes,
            }
