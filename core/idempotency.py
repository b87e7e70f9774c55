"""A mutation that is sent again has one effect and one answer.

The first sender's row is written in the mutation's own transaction; who comes second waits for it to end.
"""

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from graphql import print_ast
from sqlalchemy import DateTime, LargeBinary, String, Text, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.context import Context
from core.db import Base
from core.errors import IDEMPOTENCY_MISMATCH, TOO_LONG, UserError

log = logging.getLogger("bima.idempotency")

LONGEST_ID = 100
KEPT = timedelta(days=30)
"""How long a mutation may be sent again: a phone that was without network for longer starts anew."""
_AT_A_TIME = 10_000


class IdempotencyRow(Base):
    """A mutation that an account sent with a `clientMutationId`, and its answer."""

    __tablename__ = "core_idempotency"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_mutation_id: Mapped[str] = mapped_column(String(LONGEST_ID), primary_key=True)
    mutation: Mapped[str] = mapped_column(String(100))
    input_hash: Mapped[bytes] = mapped_column(LargeBinary)
    object_id: Mapped[UUID | None]
    answer: Mapped[str | None] = mapped_column(Text)
    selection_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


@dataclass(frozen=True)
class Earlier:
    """The answer to the same mutation, sent before."""

    object_id: UUID | None
    answer: bytes | None


async def claim(ctx: Context, mutation: str, client_id: str | None, info: Any) -> Earlier | None:
    """Take the id for this mutation, or find the earlier answer to it.

    Raises:
        UserError: IDEMPOTENCY_MISMATCH when the id was used with another mutation or input.
    """
    if client_id is None or ctx.actor.id is None:
        return None
    if len(client_id) > LONGEST_ID:
        raise UserError(TOO_LONG, "clientMutationId", most=LONGEST_ID)
    input_hash, selection_hash = _hashes(ctx, mutation, info)
    key = {"account_id": ctx.actor.id, "client_mutation_id": client_id}
    fresh = insert(IdempotencyRow).values(
        **key, mutation=mutation, input_hash=input_hash, selection_hash=selection_hash, created_at=clock.now()
    )
    taken = await ctx.session.execute(fresh.on_conflict_do_nothing().returning(IdempotencyRow.account_id))
    if taken.first() is not None:
        ctx.claimed = client_id
        return None
    row = (await ctx.session.scalars(select(IdempotencyRow).filter_by(**key))).one()
    if row.mutation != mutation or row.input_hash != input_hash:
        raise UserError(IDEMPOTENCY_MISMATCH, "clientMutationId")
    same = row.selection_hash == selection_hash and row.answer is not None
    return Earlier(row.object_id, row.answer.encode() if same and row.answer is not None else None)


async def remember(ctx: Context, answer: bytes | None) -> None:
    """Keep the answer of the mutation that claimed an id, in its own transaction."""
    if ctx.claimed is None:
        return
    await ctx.session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.account_id == ctx.actor.id, IdempotencyRow.client_mutation_id == ctx.claimed)
        .values(object_id=ctx.result_id, answer=(answer or b"null").decode() if ctx.answer_kept else None)
    )
    ctx.claimed = None


async def forget_answers(ctx: Context) -> None:
    """Delete answers older than `KEPT`, so many at a time; those who wait for one under way are not kept waiting."""
    key = (IdempotencyRow.account_id, IdempotencyRow.client_mutation_id)
    old = select(*key).where(IdempotencyRow.created_at < clock.now() - KEPT).limit(_AT_A_TIME)
    forgotten = 0
    while gone := (
        await ctx.session.execute(
            delete(IdempotencyRow)
            .where(tuple_(*key).in_(old.with_for_update(skip_locked=True)))
            .returning(IdempotencyRow.account_id)
            .execution_options(synchronize_session=False)
        )
    ).all():
        forgotten += len(gone)
        await ctx.session.commit()
    log.info("forgot %s answers of mutations", forgotten)


def _hashes(ctx: Context, mutation: str, info: Any) -> tuple[bytes, bytes]:
    raw = info._raw_info
    selection = "".join(print_ast(node) for node in raw.field_nodes) + "".join(map(print_ast, raw.fragments.values()))
    # The values of the variables belong to the selection: literals in it are variables too.
    selection += orjson.dumps(raw.variable_values, default=str, option=orjson.OPT_SORT_KEYS).decode()
    given = orjson.dumps([mutation, ctx.arguments], default=str, option=orjson.OPT_SORT_KEYS)
    # Inputs may hold passwords: their hash must tell nothing to whoever reads the table.
    key = ctx.host.settings.secret.get_secret_value().encode()
    return hmac.digest(key, given, "sha256"), hmac.digest(key, selection.encode(), "sha256")
