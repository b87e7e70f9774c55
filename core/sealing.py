"""The history is sealed in blocks, each holding the hash of the one before: what changes afterwards is found.

Writers do not wait: a job seals what is settled. An id of the history is taken before its transaction commits, so a
lower one may appear after a higher one. A mark is therefore made first: the last id taken, then the transactions that
hold the history's lock for writing. Once these are over nothing can appear below the mark any more (decision 0025).
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy import BigInteger, LargeBinary, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.context import Context
from core.db import Base, Row

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.audit")

BLOCK_ROWS = 10_000
"""Rows of the history in one block, at most."""
BEGINNING = bytes(32)
"""What the first block follows."""


class BlockRow(Base):
    """A sealed block: the rows of the history with `after_id` < id <= `last_id`.

    `rows_digest`: the hash of the rows' digests in the order of their ids. `hash`: that of the block with all its
    columns and the hash of the block before. `row_marks` only say which row to look at, and are no part of it.
    """

    __tablename__ = "core_history_block"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    after_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int]
    rows_digest: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    row_marks: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class HeadRow(Base):
    """Where the chain ends, and the mark up to which it may grow next; the only row of its table."""

    __tablename__ = "core_history_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blocks: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    marked_id: Mapped[int] = mapped_column(BigInteger)
    waits_for: Mapped[list[str]] = mapped_column(JSONB)


class RedactionRow(Row):
    """A row of the history from which somebody's data were taken by law. It keeps the digest it was sealed with.

    `digest` is what the row was, `digest_left` what it is now. The table has a history itself, so that nobody takes
    anything out unseen.
    """

    __tablename__ = "core_history_redaction"

    history_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    digest_left: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(200))


_DIGEST = """sha256(convert_to(jsonb_build_array(
    h.id, extract(epoch FROM h.at), h.table_name, h.row_id, h.action, h.actor_id, h.request_id, h.changes
)::text, 'UTF8'))"""

DIGESTS = f"""
    SELECT h.id, CASE WHEN r.id IS NULL THEN {_DIGEST}
        WHEN r.digest_left = {_DIGEST} THEN r.digest ELSE {_DIGEST} END AS digest
    FROM core_history h LEFT JOIN core_history_redaction r ON r.history_id = h.id
    WHERE h.id > :after AND h.id <= :until ORDER BY h.id LIMIT :most
"""
SUMMARY = text(f"""
    SELECT count(*) AS rows, max(id) AS last_id,
        sha256(coalesce(string_agg(digest, ''::bytea ORDER BY id), '')) AS digest,
        string_agg(int4send((id - :after)::int) || substring(digest FOR 8), ''::bytea ORDER BY id) AS marks
    FROM ({DIGESTS}) AS digests
""")
MARK_BYTES = 12
"""Of each row: how far its id lies from the block's first one, and the beginning of its digest (`core.naming`)."""

_LAST_TAKEN = text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_history_id_seq")
_WRITERS = text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = 'core_history'::regclass AND mode = 'RowExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")

_LAG = """
    WITH sealed AS (
        SELECT coalesce((SELECT last_id FROM core_history_block ORDER BY number DESC LIMIT 1), 0) AS last_id
    )
    SELECT greatest(coalesce((SELECT max(id) FROM core_history), 0) - last_id, 0),
        coalesce((
            SELECT greatest(extract(epoch FROM clock_timestamp() - at), 0)
            FROM core_history WHERE id > last_id ORDER BY id LIMIT 1
        ), 0)
    FROM sealed
"""

_REDACT = text("SELECT core_redact(:table, :row, :columns, :reason)")


@dataclass(frozen=True)
class Head:
    """The end of the chain: note it elsewhere, and nobody can cut the chain off before it unseen."""

    blocks: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.blocks}:{self.hash.hex()}"

    @classmethod
    def read(cls, written: str) -> "Head":
        """The head that `str` wrote.

        Raises:
            ValueError: it is not one.
        """
        blocks, _, hash = written.partition(":")
        return cls(int(blocks), bytes.fromhex(hash))


async def seal(host: "Host") -> tuple[Head, int]:
    """Seal what is settled; one block a transaction, so that a crash loses none.

    Returns:
        The head of the chain, and how many rows were sealed.
    """
    sealed = 0
    for _ in range(2):  # what an earlier run marked; then, when nobody else writes, what is there now
        while rows := await _seal_block(host):
            sealed += rows
        await _mark(host)
    while rows := await _seal_block(host):
        sealed += rows
    async with host.db.beside() as session:
        row = await _head(session)
    return Head(row.blocks, row.hash), sealed


async def seal_job(ctx: Context) -> None:
    """Seal, and write the head to the log, which lies elsewhere than the database."""
    head, rows = await seal(ctx.host)
    if rows:
        log.info("sealed %s rows of the history; the chain ends with %s", rows, head)


async def _mark(host: "Host") -> None:
    async with host.db.beside() as session:
        row = await _head(session)
        [last] = (await session.scalars(_LAST_TAKEN)).all()
        # The order matters: whoever took an id up to `last` holds the lock by now, or is over.
        row.marked_id, row.waits_for = last, list(await session.scalars(_WRITERS))


async def _seal_block(host: "Host") -> int:
    """Seal the next rows below the mark; answers how many, none when nothing is settled."""
    async with host.db.beside() as session:
        head = await _head(session)
        if head.waits_for and set(head.waits_for).intersection(await session.scalars(_WRITERS)):
            return 0
        last = await session.get(BlockRow, head.blocks)
        after = last.last_id if last else 0
        found = (await session.execute(SUMMARY, {"after": after, "until": head.marked_id, "most": BLOCK_ROWS})).one()
        if not found.rows:
            return 0
        block = BlockRow(
            number=head.blocks + 1,
            after_id=after,
            last_id=found.last_id,
            rows=found.rows,
            rows_digest=bytes(found.digest),
            row_marks=bytes(found.marks),
            sealed_at=clock.now(),
        )
        block.hash = hash_of(block, head.hash)
        session.add(block)
        head.blocks, head.hash = block.number, block.hash
        return int(found.rows)


def hash_of(block: BlockRow, before: bytes) -> bytes:
    """The hash of a block that follows one with the hash `before`."""
    sealed_at = block.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    told = f"{block.number} {block.after_id} {block.last_id} {block.rows} {block.rows_digest.hex()} {sealed_at}"
    return hashlib.sha256(before + told.encode()).digest()


async def _head(session: AsyncSession) -> HeadRow:
    """The head, locked: one seals at a time."""
    return (await session.scalars(select(HeadRow).with_for_update())).one()


@dataclass(frozen=True)
class Lag:
    """How far the seal is behind the history: so many rows at most, the oldest of them so many seconds old."""

    rows: int
    seconds: float


async def lag(connection: AsyncConnection[Any]) -> Lag:
    """How far the seal is behind; looks at two indexes, so it may be asked often."""
    found = await (await connection.execute(_LAG)).fetchone()
    assert found is not None
    return Lag(int(found[0]), float(found[1]))


async def redact(ctx: "Context", table: str, row_id: UUID, columns: list[str], reason: str) -> None:
    """Take what these columns held out of a row's history. The chain stays whole: see `RedactionRow`.

    Only the digest of what was there stays; that something was taken out, when and by whom, is recorded.
    """
    given = {"table": table, "row": row_id, "columns": columns, "reason": reason}
    await ctx.session.execute(_REDACT, given)
