"""What becomes of a file: it is kept, claimed by what it belongs to, or swept away."""

import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, update

from core import clock
from core.context import Context
from core.errors import FILE_KIND, FILE_UNKNOWN, LimitExceeded, UserError
from core.files.models import FileKind, FileRow
from core.jobs import defer

if TYPE_CHECKING:
    from core.files.content import Content

log = logging.getLogger("bima.files")

SWEEP = "core.files.sweep"
WAIT = timedelta(days=1)
"""How long a file waits to be claimed."""


async def keep_file(ctx: Context, content: "Content") -> FileRow:
    """Keep a file that the actor sent, in a transaction of its own.

    Raises:
        LimitExceeded: too much that the actor sent waits to be claimed.
    """
    file = FileRow(
        account_id=ctx.actor.id,
        kind=content.kind,
        media_type=content.media_type,
        size=len(content.body),
        sha256=hashlib.sha256(content.body).digest(),
    )
    async with ctx.host.db.session() as session:
        own = (FileRow.account_id == ctx.actor.id, FileRow.claimed_at.is_(None))
        waiting = select(func.sum(FileRow.size)).where(*own)
        if (await session.scalar(waiting) or 0) + file.size > ctx.host.settings.files_waiting_bytes:
            raise LimitExceeded("Too many of your files are not used yet. Use them, or wait a day.")
        session.add(file)
    # The row comes first: whatever happens now, it is there to be swept away, and its content with it.
    await ctx.host.files.put(file.name, content.body)
    return file


async def claim_file(ctx: Context, file_id: UUID, path: str, *, kinds: Sequence[FileKind] = tuple(FileKind)) -> FileRow:
    """Take a file for what a mutation makes of it: the actor's own, claimed by nobody yet, not older than a day.

    Of two that claim one file, the second waits for the first and gets it only if that one was undone.

    Raises:
        UserError: FILE_UNKNOWN, or FILE_KIND when it is none of `kinds`, at the path.
    """
    file = await ctx.session.scalar(
        select(FileRow)
        .where(
            FileRow.id == file_id,
            FileRow.account_id == ctx.actor.id,
            FileRow.claimed_at.is_(None),
            FileRow.created_at > clock.now() - WAIT,
        )
        .with_for_update()
    )
    if file is None:
        raise UserError(FILE_UNKNOWN, path)
    if file.kind not in kinds:
        raise UserError(FILE_KIND, path, kind=file.kind, kinds=", ".join(kinds))
    file.claimed_at = clock.now()
    await ctx.session.flush()
    return file


async def release_files(ctx: Context, file_ids: Sequence[UUID]) -> None:
    """Give up claimed files, after the rows that point at them are gone: a sweep is ordered, which deletes them.

    Nothing is lost when the transaction is undone. A file that is not a day old waits for the sweep of the night.
    """
    if file_ids:
        released = update(FileRow).where(FileRow.id.in_(file_ids)).values(claimed_at=None)
        await ctx.session.execute(released.execution_options(synchronize_session=False))
        await defer(ctx, SWEEP)


async def sweep(ctx: Context) -> None:
    """Delete the files that nobody claimed within a day."""
    left = select(FileRow).where(FileRow.claimed_at.is_(None), FileRow.created_at <= clock.now() - WAIT)
    files = (await ctx.session.scalars(left.with_for_update(skip_locked=True))).all()
    for file in files:
        # The row goes last: if this fails half-way, the next run finds it and finishes.
        await ctx.host.files.delete(file.name)
        await ctx.session.delete(file)
    log.info("deleted %s files that belong to nothing", len(files))
