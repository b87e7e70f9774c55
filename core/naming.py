"""Which rows of a block are not what was sealed: a block keeps a mark of each of its rows.

A mark is four bytes of where the row's id lies in the block and eight of its digest. Marks prove nothing, that the
block's `rows_digest` does; they say where to look. Blocks sealed before `core_0006` have none.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from core.sealing import DIGESTS, MARK_BYTES, BlockRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_NAMED = 20
"""Rows of one block that are named; of more than these the rest is counted."""

_ROWS = text(f"""
    SELECT h.id, substring(d.digest FOR 8) AS digest, h.at, h.table_name, h.row_id, h.action, h.actor_id
    FROM ({DIGESTS}) AS d JOIN core_history h ON h.id = d.id ORDER BY h.id
""")
_NEIGHBOURS = text("""
    SELECT (SELECT at FROM core_history WHERE id < :id ORDER BY id DESC LIMIT 1),
        (SELECT at FROM core_history WHERE id > :id ORDER BY id LIMIT 1)
""")


async def named(session: "AsyncSession", block: BlockRow, most: int) -> list[str]:
    """What is told of the rows of a block that is not what was sealed: a line for each, up to `MOST_NAMED`."""
    packed = await session.scalar(select(BlockRow.row_marks).where(BlockRow.number == block.number))
    if packed is None:
        return ["  sealed before marks of its rows were kept, so they cannot be named"]
    marks = dict(_unpacked(packed, block.after_id))
    given = {"after": block.after_id, "until": block.last_id, "most": most}
    there: dict[int, Any] = {}
    told = []
    for row in await session.execute(_ROWS, given):
        there[row.id] = row
        mark = marks.get(row.id)
        if mark is None:
            told.append(f"  put in: {_row(row)}")
        elif mark != bytes(row.digest):
            told.append(f"  changed: {_row(row)}")
    for id in marks:
        if id not in there:
            before, after = (await session.execute(_NEIGHBOURS, {"id": id})).one()
            told.append(f"  missing: row {id} of the history, written between {_at(before)} and {_at(after)}")
    if len(told) > MOST_NAMED:
        told[MOST_NAMED:] = [f"  and {len(told) - MOST_NAMED} more"]
    return told or ["  its marks fit the rows that are there: the block or its marks were changed"]


def _unpacked(packed: bytes, after_id: int) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(packed), MARK_BYTES):
        yield after_id + int.from_bytes(packed[at : at + 4], "big"), packed[at + 4 : at + MARK_BYTES]


def _row(row: Any) -> str:
    by = f"account {row.actor_id}" if row.actor_id else "no account"
    return f"row {row.id} of the history, {row.action} of {row.table_name} {row.row_id} at {_at(row.at)} by {by}"


def _at(at: Any) -> str:
    return "an unknown time" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
