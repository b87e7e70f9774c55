"""Who read what: single people, policies and claims that are looked up by somebody whose work does not say so.

The statement that reads the row notes it, so nothing is read unnoted and nothing more is sent to the database
(decisions 8 and 0026). Lists, and what is read below another row, leave no trace.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, array

from core.context import Context
from schema import Viewer, Where
from schema.sql import quoted


def noted_outside(care: Callable[[Any, Viewer], Where]) -> Any:
    """A model's `__noted__`: reading one row is noted unless one of the conditions of `care` holds."""

    def noted(table: str, row: Any, viewer: Viewer, field: str, by: Sequence[str]) -> tuple[Any, list[Any]]:
        # Names of the schema and its tables, which never change, stand in the statement as they are.
        way = sa.func.jsonb_build_object(_name("field"), _name(field), _name("by"), _names(by))
        note = sa.func.core_note_reading(
            _name(table),
            array([row.id]),
            viewer.value("account", sa.Uuid),
            viewer.value("request", sa.Text),
            way,
        )
        in_care = list(care(row, viewer))
        return note, [sa.not_(sa.func.coalesce(sa.or_(*in_care), sa.false()))] if in_care else []

    return staticmethod(noted)


async def note_reading(ctx: Context, table: str, ids: Sequence[UUID], **way: Any) -> None:
    """Note in the transaction under way that the actor read these rows; for services that look somebody up."""
    found = sa.cast(list(ids), sa.ARRAY(sa.Uuid))
    note = note_of_reading(table, found, sa.cast(ctx.actor.id, sa.Uuid), ctx.request_id, **way)
    await ctx.session.execute(sa.select(note))


def note_of_reading(table: str, ids: Any, account: Any, request: Any, **way: Any) -> Any:
    """What notes that an account read these rows, for a statement that writes something else too; SQL or values."""
    told = sa.cast(sa.literal(orjson.dumps(way).decode(), sa.Text), JSONB)
    return sa.func.core_note_reading(table, ids, account, request, told)


def _name(name: str) -> Any:
    return sa.literal_column(f"{quoted(name)}::text")


def _names(names: Sequence[str]) -> Any:
    return sa.literal_column(f"ARRAY[{', '.join(map(quoted, names))}]::text[]")
