"""Wrong tries: after a few the name, the known device or the address has to wait, longer each time.

They are counted in transactions of their own, so that a refused request leaves them counted.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, UserError, clock
from modules.people import errors
from modules.people.models import SignInTry
from modules.people.services import tokens
from modules.people.settings import Settings

FORGOTTEN_AFTER = timedelta(days=1)
"""Wrong tries older than this no longer count."""


async def check_address(ctx: Context, keys: tokens.Keys) -> None:
    """Unknown devices wait where very many unknown names were tried, under any name: who waits learns nothing."""
    async with ctx.host.db.beside() as session:
        until = await session.scalar(
            select(SignInTry.waits_until).where(SignInTry.name_hash == tokens.address_hash(keys, ctx.address))
        )
    if until is not None and until > clock.now():
        raise _wait(until)


async def count_address(ctx: Context, keys: tokens.Keys, *, known_name: bool) -> None:
    """Count a wrong try of an unknown device at an address; without an address, as in commands, there is none to count.

    Names that accounts have are counted in a row that nobody waits for: the work tells nothing about the name.
    """
    if ctx.address:
        try:
            name = tokens.address_hash(keys, ctx.address, known_name=known_name)
            await count(ctx, name, ctx.settings(Settings).address_free_tries)
        except UserError:  # it came while others made the address wait: this answer stays as for any wrong password
            return


async def count(ctx: Context, name: bytes, free: int | None = None) -> None:
    """Count a try before its password is looked at, so that many at once are no way around the wait.

    `name`: what `tokens.name_hash` or `address_hash` makes of it; `free`: tries without a wait, if not the usual ones.

    Raises:
        UserError: TOO_MANY_TRIES.
    """
    settings, now = ctx.settings(Settings), clock.now()
    free = free or settings.free_tries
    counted = case((SignInTry.last_at < now - FORGOTTEN_AFTER, 1), else_=SignInTry.tries + 1)
    minutes = func.least(func.power(2, counted - free), settings.longest_wait_minutes)
    async with ctx.host.db.beside() as session:
        let_through = await session.scalar(
            insert(SignInTry)
            .values(name_hash=name, tries=1, last_at=now)
            .on_conflict_do_update(
                index_elements=[SignInTry.name_hash],
                set_={
                    "tries": counted,
                    "last_at": now,
                    "waits_until": case((counted >= free, now + minutes * timedelta(minutes=1))),
                },
                where=or_(SignInTry.waits_until.is_(None), SignInTry.waits_until <= now),
            )
            .returning(SignInTry.tries)
        )
        if let_through is not None:
            return
        until = await session.scalar(select(SignInTry.waits_until).where(SignInTry.name_hash == name))
    raise _wait(until or now)


async def forget(session: AsyncSession, name: bytes) -> None:
    """Let tries begin anew, after a good one."""
    await session.execute(delete(SignInTry).where(SignInTry.name_hash == name))


async def forget_name(ctx: Context, username: str) -> None:
    """Let a name sign in at once again, after an administrator gave it another password."""
    await forget(ctx.session, tokens.name_hash(tokens.keys_of(ctx), username))


def _wait(until: datetime) -> UserError:
    seconds = (until - clock.now()).total_seconds()
    return UserError(errors.TOO_MANY_TRIES, minutes=max(1, ceil(seconds / 60)))
