"""`bima audit verify`: whether the sealed history is what was sealed, block by block, and which rows are not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from core.history import HistoryRow
from core.naming import named
from core.sealing import BEGINNING, SUMMARY, BlockRow, Head, HeadRow, hash_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.host import Host

_UNTRACED = text("""
    SELECT count(*) FROM core_history_redaction r WHERE NOT EXISTS (
        SELECT FROM core_history h
        WHERE h.row_id = r.id AND h.table_name = 'core_history_redaction' AND h.action = 'I'
    )
""")


@dataclass
class Verdict:
    """What a look at the whole chain found. `wrong` is empty when everything is as it was sealed."""

    head: Head
    rows: int = 0
    wrong: tuple[str, ...] = ()


async def verify(host: "Host", expected: Head | None = None) -> Verdict:
    """Look at every block and every sealed row; in memory there is one block at a time.

    `expected`: a head noted earlier, which the chain must still go through.
    """
    async with host.db.beside() as session:
        head = (await session.scalars(select(HeadRow))).one()
        verdict = Verdict(Head(0, BEGINNING))
        wrong: list[str] = []
        async for block in _blocks(session, head.blocks):
            wrong += await _wrong_with(session, block, verdict.head, expected)
            verdict.head, verdict.rows = Head(block.number, block.hash), verdict.rows + block.rows
            session.expunge(block)
        if (head.blocks, head.hash) != (verdict.head.blocks, verdict.head.hash):
            wrong.append(f"the chain ends with block {verdict.head.blocks}, but {head.blocks} blocks were sealed")
        if expected is not None and expected.blocks > verdict.head.blocks:
            wrong.append(f"the chain ends with block {verdict.head.blocks}, before the expected {expected.blocks}")
        first = select(func.count()).select_from(HistoryRow).where(HistoryRow.id <= 0)
        if await session.scalar(first):
            wrong.append("rows lie before the first block")
        if untraced := await session.scalar(_UNTRACED):
            wrong.append(f"{untraced} rows were redacted without a trace in the history")
    verdict.wrong = tuple(wrong)
    return verdict


async def _blocks(session: "AsyncSession", until: int) -> AsyncIterator[BlockRow]:
    """The blocks in their order, a hundred at a time, up to those that were there when the look began."""
    number = -1
    query = select(BlockRow).order_by(BlockRow.number).limit(100)
    while blocks := (await session.scalars(query.where(BlockRow.number > number, BlockRow.number <= until))).all():
        for block in blocks:
            number = block.number
            yield block


async def _wrong_with(session: "AsyncSession", block: BlockRow, before: Head, expected: Head | None) -> list[str]:
    wrong = []
    if block.number != before.blocks + 1:
        wrong.append(f"blocks {before.blocks + 1} to {block.number - 1} are missing")
    if block.hash != hash_of(block, before.hash):
        wrong.append(f"block {block.number} was changed, or does not follow the one before")
    if expected is not None and expected.blocks == block.number and expected.hash != block.hash:
        wrong.append(f"block {block.number} is not the expected one: the chain was written anew")
    most = block.rows + 1_000_000  # what was put in between counts, too
    found = (await session.execute(SUMMARY, {"after": block.after_id, "until": block.last_id, "most": most})).one()
    ids = f"ids {block.after_id + 1} to {block.last_id}"
    told = f"block {block.number} ({ids}, sealed {block.sealed_at:%Y-%m-%d %H:%M} UTC)"
    if found.rows != block.rows:
        wrong.append(f"{told}: {block.rows} rows were sealed, {found.rows} are there")
    elif bytes(found.digest) != block.rows_digest:
        wrong.append(f"{told}: a row is not what was sealed")
    if bytes(found.digest) != block.rows_digest:
        wrong += await named(session, block, most)
    return wrong
