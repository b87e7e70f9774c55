"""A forgotten password: a token that sets another one, once, within minutes.

Nothing of a token is stored. It is the row's id and what our key makes of it, so that the job that hands it on can
make it again, and whoever reads tables, history, orders or logs cannot.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, DateTime, Uuid, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, Problems, UserError, clock, defer, every, find, new_id
from modules.people import errors
from modules.people.models import Account, PasswordReset
from modules.people.services import passwords, tokens, tries
from modules.people.services.sign_in import end_sessions
from modules.people.settings import Settings

DELIVER = "people.deliver_reset_token"


@dataclass(frozen=True)
class Reset:
    """A token and when its time ends."""

    token: str
    expires_at: datetime


async def request(ctx: Context, username: str) -> None:
    """Order a token for the account with this name, if it is active and has a password.

    The same statements are sent whatever the name is, so that neither the answer nor its time tells.

    Raises:
        UserError: RESET_NOT_OFFERED; TOO_MANY_TRIES, for the name or the address.
    """
    if not ctx.settings(Settings).self_service_reset:
        raise UserError(errors.RESET_NOT_OFFERED)
    keys = tokens.keys_of(ctx)
    await tries.check_address(ctx, keys)
    await tries.count(ctx, tokens.reset_hash(keys, username))
    named = func.lower(Account.username) == func.lower(username)
    id, known = await _begin(ctx, named, Account.active, Account.password_hash.is_not(None))
    await tries.count_address(ctx, keys, known_name=known)
    await defer(ctx, DELIVER, reset_id=id)


async def deliver(ctx: Context, reset_id: UUID) -> None:
    """Hand a token that still counts to the modules that can send it; run twice, the same one."""
    row = await ctx.session.scalar(
        select(PasswordReset).where(PasswordReset.id == reset_id, PasswordReset.expires_at > clock.now())
    )
    if row is None:
        return
    account = await ctx.session.get_one(Account, row.account_id)
    if account.active:
        token = tokens.reset_token(tokens.keys_of(ctx), row.id)
        await every(ctx.host, "deliver_reset_token", ctx=ctx, account=account, token=token)


async def create(ctx: Context, user_id: UUID) -> Reset:
    """Give an administrator a token to hand to somebody whom no message reaches.

    Raises:
        UserError: NOT_FOUND; MACHINE_ACCOUNT; ACCOUNT_INACTIVE.
    """
    account = await find(ctx, Account, user_id, "userId", lock=True)
    if account.machine:
        raise UserError(errors.MACHINE_ACCOUNT, "userId")
    if not account.active:
        raise UserError(errors.ACCOUNT_INACTIVE, "userId")
    id, _ = await _begin(ctx, Account.id == account.id)
    return Reset(tokens.reset_token(tokens.keys_of(ctx), id), _ends(ctx))


async def reset(ctx: Context, token: str, password: str) -> None:
    """Set another password and sign the account out everywhere; a second factor stays.

    Raises:
        UserError: RESET_TOKEN_INVALID, whatever is wrong with the token; TOO_MANY_TRIES, for the address.
        UserErrors: what is wrong with the password; the token still counts then.
    """
    keys = tokens.keys_of(ctx)
    await tries.check_address(ctx, keys)
    account = await _spend(ctx.session, tokens.reset_of(keys, token))
    if account is None:
        await tries.count_address(ctx, keys, known_name=False)
        raise UserError(errors.RESET_TOKEN_INVALID, "token")
    problems = Problems()
    passwords.check(password, account.username, problems, "newPassword")
    problems.stop()
    account.password_hash = await passwords.hashed(password)
    account.must_change_password = False
    account.credentials_version += 1
    await tries.forget_name(ctx, account.username)
    await end_sessions(ctx.session, account.id)
    await ctx.session.flush()


async def _begin(ctx: Context, *conditions: ColumnExpressionArgument[bool]) -> tuple[UUID, bool]:
    """Write the row of a new token, which replaces the last one; whether an account meets the conditions."""
    now, id = clock.now(), new_id()
    moment: Any = DateTime(timezone=True)
    wanted = select(
        literal(id, Uuid),
        Account.id,
        literal(_ends(ctx), moment),
        literal(now, moment),
        literal(now, moment),
    ).where(*conditions)
    new = insert(PasswordReset).from_select(
        ["id", "account_id", "expires_at", "created_at", "updated_at"], wanted, include_defaults=False
    )
    fresh = {name: new.excluded[name] for name in ("id", "expires_at", "created_at", "updated_at")}
    written = new.on_conflict_do_update(index_elements=[PasswordReset.account_id], set_=fresh)
    return id, await ctx.session.scalar(written.returning(PasswordReset.id)) is not None


async def _spend(session: AsyncSession, id: UUID | None) -> Account | None:
    """The active account whose token this is, taken once: of two that come at once the second finds no row."""
    taken = delete(PasswordReset).where(PasswordReset.id == id, PasswordReset.expires_at > clock.now())
    account_id = await session.scalar(taken.returning(PasswordReset.account_id))
    if account_id is None:
        return None
    return await session.scalar(select(Account).where(Account.id == account_id, Account.active).with_for_update())


def _ends(ctx: Context) -> datetime:
    return clock.now() + timedelta(minutes=ctx.settings(Settings).reset_minutes)
