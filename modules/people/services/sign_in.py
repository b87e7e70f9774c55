"""Signing in, staying signed in and signing out. Tries and refreshes are kept even when the request is refused."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import TOO_LONG, Context, Problems, UserError, clock, new_id
from modules.people import errors
from modules.people.models import DEVICE_NAME_LENGTH, Account, Session
from modules.people.services import passwords, second_factor, tokens, tries
from modules.people.services.access import KeyHolder, SignedIn
from modules.people.settings import Settings


@dataclass(frozen=True)
class Tokens:
    """What a device gets: an access token for its requests, and a refresh token for when that one's time ends."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    account_id: UUID
    device_token: str | None = None


async def sign_in(
    ctx: Context, username: str, password: str, device_name: str, device_token: str = "", code: str | None = None
) -> Tokens:
    """Sign a device in. Wrong tries on unknown devices are counted by name; those on a known one by themselves.

    Raises:
        UserError: SIGN_IN_FAILED, the same after the same work whatever is wrong; TOO_MANY_TRIES; TOO_LONG. Once the
        password is right: SECOND_FACTOR_NEEDED, SECOND_FACTOR_WRONG.
    """
    if len(device_name) > DEVICE_NAME_LENGTH:
        raise UserError(TOO_LONG, "deviceName", most=DEVICE_NAME_LENGTH)
    keys = tokens.keys_of(ctx)
    device = tokens.device_of(keys, device_token, username)
    if device is None:
        await tries.check_address(ctx, keys)
    await tries.count(ctx, tokens.name_hash(keys, username, device))
    async with ctx.host.db.beside() as session:
        account = await session.scalar(select(Account).where(func.lower(Account.username) == func.lower(username)))
    good = await passwords.matches(password, account.password_hash if account else None)
    if account is None or not good or not account.active:
        if device is None:
            await tries.count_address(ctx, keys, known_name=account is not None)
        raise UserError(errors.SIGN_IN_FAILED)
    await _hold(ctx.session, account)
    await second_factor.check(ctx, keys, account.id, code)
    await tries.forget(ctx.session, tokens.name_hash(keys, username, device))
    session_id = new_id()
    refresh_token = tokens.first_refresh(session_id)
    now = clock.now()
    ctx.session.add(
        Session(
            id=session_id,
            account_id=account.id,
            device_name=device_name,
            token_hash=tokens.fingerprint(refresh_token),
            last_used_at=now,
            expires_at=now + timedelta(days=ctx.settings(Settings).session_days),
        )
    )
    await ctx.session.flush()
    given = _tokens(ctx, keys, account, session_id, refresh_token)
    return replace(given, device_token=tokens.device_token(keys, device or session_id, username))


async def refresh(ctx: Context, token: str, device_name: str) -> Tokens:
    """Give a device new tokens for its refresh token, which is spent with it.

    The last refresh may be repeated for `repeat_seconds` from the device of the same name and gets the same refresh
    token again: on weak networks answers get lost. A spent token that comes back otherwise was copied, so its
    session ends.

    Raises:
        UserError: SESSION_ENDED.
    """
    keys = tokens.keys_of(ctx)
    async with ctx.host.db.beside() as session:
        answer = await _rotate(ctx, session, keys, token, device_name)
    if answer is None:
        raise UserError(errors.SESSION_ENDED, "refreshToken")
    return answer


async def sign_out(ctx: Context, *, everywhere: bool = False, device_id: UUID | None = None) -> int:
    """Sign the actor out: on the present device, on the one named, or on all. Returns how many devices that ended."""
    device = device_id or (ctx.actor.session_id if isinstance(ctx.actor, SignedIn) else None)
    return await end_sessions(ctx.session, ctx.actor.id, *(() if everywhere else (Session.id == device,)))


async def change_password(ctx: Context, current: str, new: str) -> Account:
    """Give the actor another password; the other devices are signed out, this one refreshes its session.

    Raises:
        UserError: MACHINE_ACCOUNT, PASSWORD_WRONG, TOO_MANY_TRIES. UserErrors: what is wrong with the new password.
    """
    if isinstance(ctx.actor, KeyHolder):
        raise UserError(errors.MACHINE_ACCOUNT)
    keys = tokens.keys_of(ctx)
    problems = Problems()
    passwords.check(new, ctx.actor.name, problems, "newPassword")
    if new == current:
        problems.add(errors.PASSWORD_UNCHANGED, "newPassword")
    problems.stop()
    present = tokens.name_hash(keys, ctx.actor.name, ctx.actor.device)
    await tries.count(ctx, present)
    account = await ctx.session.get_one(Account, ctx.actor.id, with_for_update=True)
    if not await passwords.matches(current, account.password_hash):
        raise UserError(errors.PASSWORD_WRONG, "currentPassword")
    await tries.forget(ctx.session, present)
    account.password_hash = await passwords.hashed(new)
    account.must_change_password = False
    account.credentials_version += 1
    await end_sessions(ctx.session, account.id, Session.id.is_distinct_from(ctx.actor.device))
    await ctx.session.flush()
    return account


async def end_sessions(session: AsyncSession, account_id: UUID | None, *conditions: Any) -> int:
    """Sign an account's devices out, all or those that meet the conditions. Returns how many."""
    ended = await session.execute(
        update(Session)
        .where(Session.account_id == account_id, Session.ended_at.is_(None), *conditions)
        .values(ended_at=clock.now())
        .returning(Session.id)
    )
    return len(ended.all())


async def _hold(session: AsyncSession, account: Account) -> None:
    """Keep the account as it was when its password matched: what is changed meanwhile shuts the new device out too."""
    version = await session.scalar(
        select(Account.credentials_version).where(Account.id == account.id).with_for_update(read=True)
    )
    if version != account.credentials_version:
        raise UserError(errors.SIGN_IN_FAILED)


async def _rotate(
    ctx: Context, session: AsyncSession, keys: tokens.Keys, token: str, device_name: str
) -> Tokens | None:
    row = await session.get(Session, tokens.session_of(token) or UUID(int=0), with_for_update=True)
    now, settings = clock.now(), ctx.settings(Settings)
    if row is None or row.ended_at is not None or row.expires_at <= now:
        return None
    account = await session.get_one(Account, row.account_id)
    if not account.active:
        return None
    sent, following = tokens.fingerprint(token), tokens.next_refresh(keys, row.id, token)
    if sent == row.token_hash:
        row.previous_token_hash, row.token_hash = sent, tokens.fingerprint(following)
        row.rotated_at = row.last_used_at = now
        row.expires_at = now + timedelta(days=settings.session_days)
    elif not _is_repeat(row, sent, device_name, now - timedelta(seconds=settings.repeat_seconds)):
        row.ended_at = now
        return None
    given = _tokens(ctx, keys, account, row.id, following)
    return replace(given, device_token=tokens.device_token(keys, row.id, account.username))


def _is_repeat(row: Session, sent: bytes, device_name: str, since: datetime) -> bool:
    return (
        sent == row.previous_token_hash
        and row.rotated_at is not None
        and row.rotated_at >= since
        and row.device_name == device_name
    )


def _tokens(ctx: Context, keys: tokens.Keys, account: Account, session_id: UUID, refresh_token: str) -> Tokens:
    lifetime = timedelta(minutes=ctx.settings(Settings).access_minutes)
    expires_at = (clock.now() + lifetime).replace(microsecond=0)
    access = tokens.Access(account.id, session_id, account.credentials_version, expires_at)
    return Tokens(tokens.write_access(keys, access), refresh_token, expires_at, account.id)
