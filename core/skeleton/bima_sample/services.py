"""What can be done: the context comes first; flush, and never commit."""

from datetime import timedelta

from sqlalchemy import delete, select

from bima_sample.errors import ENTRY_KNOWN
from bima_sample.models import Entry
from bima_sample.settings import Settings
from core import Context, Problems, check_columns, clock
from core import tidy as tidied


async def record(ctx: Context, code: str, name: str) -> Entry:
    """Record an entry.

    Raises:
        UserErrors: REQUIRED, TOO_LONG, SAMPLE_ENTRY_KNOWN.
    """
    values = tidied({"code": code, "name": name})
    problems = Problems()
    check_columns(Entry, values, problems)
    if await ctx.session.scalar(select(Entry.id).where(Entry.code == values["code"])) is not None:
        problems.add(ENTRY_KNOWN, "code", entry=values["code"])
    problems.stop()
    entry = Entry(**values)
    ctx.session.add(entry)
    await ctx.session.flush()
    return entry


async def tidy(ctx: Context) -> None:
    """Delete entries that were kept long enough."""
    oldest = clock.now() - timedelta(days=ctx.settings(Settings).kept_days)
    await ctx.session.execute(delete(Entry).where(Entry.created_at < oldest))
