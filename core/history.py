"""The history of every mutable row, written by triggers: who changed what and when, bulk writes included.

Migrations put a table under history with `keep_history`; `sign` tells the triggers who is writing.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from alembic import op
from sqlalchemy import BigInteger, Identity, Index, String, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from schema import EVERYBODY

if TYPE_CHECKING:
    from core.context import Context

SIGNATURE = text("SELECT set_config('bima.actor', :actor, true), set_config('bima.request', :request, true)")
UNRECORDED = ("updated_at",)
"""Columns that say nothing the history's own `at` does not say."""


class HistoryRow(Base):
    """One change of one row.

    `action`: I, U or D. `changes`: for each column that changed, `before` and `after`; an insert has only what came
    (nulls left out), a delete only what went. `actor_id` is null for what Bima or an administrator of the database did.
    """

    __tablename__ = "core_history"
    __scope__ = EVERYBODY  # it is reached through the row that changed, which has a scope of its own
    __table_args__ = (Index(None, "row_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    table_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(1))
    actor_id: Mapped[UUID | None]
    request_id: Mapped[str | None] = mapped_column(String(100))
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)


# It runs with its owner's rights: a role that may write tables adds to the history only by changing rows.
FUNCTION = """
CREATE FUNCTION core_keep_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    unrecorded text[] := TG_ARGV;
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) - unrecorded END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) - unrecorded END;
    found jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(key, jsonb_build_object('before', old_row -> key, 'after', value)) INTO found
        FROM jsonb_each(new_row) WHERE value IS DISTINCT FROM old_row -> key;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT jsonb_object_agg(key, jsonb_build_object('after', value)) INTO found
        FROM jsonb_each(jsonb_strip_nulls(new_row));
    ELSE
        SELECT jsonb_object_agg(key, jsonb_build_object('before', value)) INTO found
        FROM jsonb_each(jsonb_strip_nulls(old_row));
    END IF;
    IF found IS NOT NULL THEN
        INSERT INTO core_history (at, table_name, row_id, action, actor_id, request_id, changes)
        VALUES (
            now(), TG_TABLE_NAME, CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END, left(TG_OP, 1),
            nullif(current_setting('bima.actor', true), '')::uuid,
            nullif(current_setting('bima.request', true), ''),
            found
        );
    END IF;
    RETURN NULL;
END $$
"""


def create_history() -> None:
    """Make the trigger function and shut the table to everybody else; core's first migration calls it."""
    op.execute(FUNCTION)
    op.execute("REVOKE ALL ON core_history FROM PUBLIC")


def keep_history(*tables: str, secret: tuple[str, ...] = ()) -> None:
    """Record every change of these tables from now on; for migrations. Each table has an `id` that is a UUID.

    `secret`: columns never recorded, such as a password's hash. A change of nothing else leaves no trace.
    """
    arguments = ", ".join(f"'{column}'" for column in (*UNRECORDED, *secret))
    for table in tables:
        op.execute(
            f'CREATE TRIGGER core_history AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION core_keep_history({arguments})"
        )


def drop_history(*tables: str) -> None:
    """Stop recording these tables; what was recorded stays. Not needed before a table is dropped."""
    for table in tables:
        op.execute(f'DROP TRIGGER core_history ON "{table}"')


async def sign(session: AsyncSession, ctx: "Context") -> None:
    """Tell the triggers who writes and for which request, until the transaction ends."""
    await session.execute(SIGNATURE, _signature(ctx))


def _signature(ctx: "Context") -> dict[str, str]:
    return {"actor": str(ctx.actor.id or ""), "request": ctx.request_id}


def sign_each(session: AsyncSession, ctx: "Context") -> None:
    """Sign every transaction of a session as it begins, so that a session that needs none takes no connection."""

    @event.listens_for(session.sync_session, "after_begin")
    def sign_it(session: Any, transaction: Any, connection: Any) -> None:
        connection.execute(SIGNATURE, _signature(ctx))
