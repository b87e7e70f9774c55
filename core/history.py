"""The history of every mutable row, written by triggers: who changed what and when, bulk writes included.

Migrations put a table under history with `keep_history`; `sign` tells the triggers who is writing.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.recording import record, stop_recording
from schema import EVERYBODY

if TYPE_CHECKING:
    from core.context import Context

SIGNATURE = text("SELECT set_config('bima.actor', :actor, true), set_config('bima.request', :request, true)")
UNRECORDED = ("updated_at",)
"""Columns that say nothing the history's own `at` does not say."""


class HistoryRow(Base):
    """One change of one row, or that somebody read it whose work does not say so (decision 8).

    `action`: I, U or D; R when it was read, and `changes` say by what. Otherwise `changes` hold for each column that
    changed `before` and `after`; an insert has only what came (nulls left out), a delete only what went. `actor_id` is
    null for what Bima or an administrator of the database did.
    """

    __tablename__ = "core_history"
    __scope__ = EVERYBODY  # it is reached through the row that changed, which has a scope of its own
    __table_args__ = (
        Index(None, "row_id", "id"),
        Index(None, "actor_id", "id"),
        Index(None, "at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    table_name: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[UUID]
    action: Mapped[str] = mapped_column(String(1))
    actor_id: Mapped[UUID | None]
    request_id: Mapped[str | None] = mapped_column(String(100))
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)


def create_history() -> None:
    """Shut the table to everybody but the triggers; core's first migration calls it."""
    from alembic import op

    op.execute("REVOKE ALL ON core_history FROM PUBLIC")


def keep_history(*tables: str, secret: tuple[str, ...] = ()) -> None:
    """Record every change of these tables from now on; for migrations. Each table has an `id` that is a UUID.

    `secret`: columns never recorded, such as a password's hash. A change of nothing else leaves no trace. After a
    revision that changes columns the history follows by itself; one that writes rows too calls this again in between.
    """
    from alembic import op

    for table in tables:
        record(op.get_bind(), table, (*UNRECORDED, *secret))


def drop_history(*tables: str) -> None:
    """Stop recording these tables; what was recorded stays. Not needed before a table is dropped."""
    from alembic import op

    for table in tables:
        stop_recording(op.get_bind(), table)


async def sign(session: AsyncSession, ctx: "Context") -> None:
    """Tell the triggers who writes and for which request, until the transaction ends."""
    await session.execute(SIGNATURE, {"actor": str(ctx.actor.id or ""), "request": ctx.request_id})
