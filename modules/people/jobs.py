"""Sweeping away what signing in leaves behind."""

from datetime import timedelta

from sqlalchemy import delete, or_

from core import Context, Job, clock
from modules.people.models import Session, SignInTry
from modules.people.tries import FORGOTTEN_AFTER

KEPT = timedelta(days=90)
"""Sessions that ended longer ago are deleted."""


async def sweep(ctx: Context) -> None:
    """Delete sessions that ended long ago and tries that no longer count."""
    now = clock.now()
    over = or_(Session.expires_at < now - KEPT, Session.ended_at < now - KEPT)
    await ctx.session.execute(delete(Session).where(over))
    await ctx.session.execute(delete(SignInTry).where(SignInTry.last_at < now - FORGOTTEN_AFTER))


SWEEP = Job("people.sweep", run=sweep, cron="20 3 * * *")
ALL = (SWEEP,)
