"""Sweeping away what signing in leaves behind."""

import logging
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, or_

from core import Base, Context, Job, clock
from modules.people.models import PasswordReset, Session, SignInTry
from modules.people.services import reset
from modules.people.services.tries import FORGOTTEN_AFTER

log = logging.getLogger("bima.people")

KEPT = timedelta(days=90)
"""Sessions that ended longer ago are deleted."""


async def sweep(ctx: Context) -> None:
    """Delete sessions that ended long ago, resets whose time is over and tries that no longer count."""
    now = clock.now()
    over = or_(Session.expires_at < now - KEPT, Session.ended_at < now - KEPT)
    sessions = await _deleted(ctx, Session, over)
    resets = await _deleted(ctx, PasswordReset, PasswordReset.expires_at < now)
    tries = await _deleted(ctx, SignInTry, SignInTry.last_at < now - FORGOTTEN_AFTER)
    log.info("deleted %s sessions, %s password resets and %s tries to sign in", sessions, resets, tries)


async def _deleted(ctx: Context, table: type[Base], condition: ColumnElement[bool]) -> int:
    gone = await ctx.session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", gone).rowcount


SWEEP = Job("people.sweep", run=sweep, cron="20 3 * * *")
DELIVER = Job(reset.DELIVER, run=reset.deliver)
ALL = (SWEEP, DELIVER)
