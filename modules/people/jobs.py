"""Sweeping away what signing in leaves behind."""

from datetime import timedelta

from sqlalchemy import delete, or_

from core import Context, Job, clock
from modules.people.models import PasswordReset, Session, SignInTry
from modules.people.services import reset
from modules.people.services.tries import FORGOTTEN_AFTER

KEPT = timedelta(days=90)
"""Sessions that ended longer ago are deleted."""


async def sweep(ctx: Context) -> None:
    """Delete sessions that ended long ago resets whose time is over and tries that no longer count."""
    now = clock.now()
    over = or_(Session.expires_at < now - KEPT, Session.ended_at < now - KEPT)
    await ctx.session.execute(delete(Session).where(over))
    await ctx.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < now))
    await ctx.session.execute(delete(SignInTry).where(SignInTry.last_at < now - FORGOTTEN_AFTER))


SWEEP = Job("people.sweep", run=sweep, cron="20 3 * * *")
DELIVER = Job(reset.DELIVER, run=reset.deliver)
ALL = (SWEEP, DELIVER)
