"""Who read what: single people, policies and claims that are looked up by somebody whose work does not say so.

The statement that reads says which rows are to be noted, and its answer leaves when the note is committed: nobody hears
of anything unnoted (decisions 8, 0026 and 0042). Lists, and what is read below another row, leave no trace.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core.context import Context
from core.together import Together, shared_rows
from schema import Viewer, Where


def noted_outside(care: Callable[[Any, Viewer], Where]) -> Any:
    """A model's `__noted__`: reading one row is noted unless one of the conditions of `care` holds."""

    def noted(table: str, row: Any, viewer: Viewer, field: str, by: Sequence[str]) -> tuple[Any, list[Any]]:
        in_care = list(care(row, viewer))
        outside = [sa.not_(sa.func.coalesce(sa.or_(*in_care), sa.false()))] if in_care else []
        return {"read": table, "way": {"field": field, "by": by}}, outside

    return staticmethod(noted)


async def read_and_note(
    ctx: Context, sql: bytes, parameters: Sequence[bytes | None], notes: Sequence[dict[str, Any]]
) -> bytes | None:
    """The value of a statement that reads. For each note the ids follow of the rows that the actor so looks up."""
    result = await ctx.host.db.readers.result(sql, parameters)
    for column, note in enumerate(notes, 1):
        ids = result.get_value(0, column)
        if ids is not None:
            await _notes().write(ctx, **note, ids=ids.decode(), actor=ctx.actor.id, request=ctx.request_id)
    return result.get_value(0, 0)


@lru_cache(maxsize=1)
def _notes() -> Together:
    note = shared_rows(read=sa.Text, ids=sa.ARRAY(sa.Uuid), actor=sa.Uuid, request=sa.Text, way=JSONB)
    return Together("core.reading", sa.select(sa.func.count(sa.func.core_note_reading(*note.c))).select_from(note))


async def note_reading(ctx: Context, table: str, ids: Sequence[UUID], **way: Any) -> None:
    """Note in the transaction under way that the actor read these rows; for services that look somebody up."""
    found = sa.cast(list(ids), sa.ARRAY(sa.Uuid))
    note = note_of_reading(table, found, sa.cast(ctx.actor.id, sa.Uuid), ctx.request_id, **way)
    await ctx.session.execute(sa.select(note))


def note_of_reading(table: str, ids: Any, account: Any, request: Any, **way: Any) -> Any:
    """What notes that an account read these rows, for a statement that writes something else too; SQL or values."""
    told = sa.cast(sa.literal(orjson.dumps(way).decode(), sa.Text), JSONB)
    return sa.func.core_note_reading(table, ids, account, request, told)
