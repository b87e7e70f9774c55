"""The second factor: codes of an authenticator app (TOTP, RFC 6238: six digits, 30 seconds, SHA-1), and recovery codes.

SHA-1 because the apps know nothing else for certain; as a keyed hash it is sound. The secret is enciphered with a key
of the installation, so that a copy of the database alone signs nobody in.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import LargeBinary, any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, UserError, clock, new_id
from modules.people import errors
from modules.people.models import Account, SecondFactor
from modules.people.services import passwords, tries
from modules.people.services.tokens import Keys, keys_of, name_hash

if TYPE_CHECKING:  # loaded at the first use: a start need not wait for it
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
"""Seconds for which a code is shown."""
DRIFT = 1
"""How many periods the clock of a telephone may be early or late."""
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 bits, sixteen letters and digits: nobody guesses one."""


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app takes: the secret to type, or the address that a QR code shows."""

    secret: str
    uri: str


async def enrol(ctx: Context, current_password: str) -> Enrolment:
    """Begin a second factor for the actor, in place of one that was not confirmed.

    Raises:
        UserError: MACHINE_ACCOUNT; PASSWORD_WRONG, TOO_MANY_TRIES; SECOND_FACTOR_PRESENT, which is removed first.
    """
    account = await ctx.session.get_one(Account, ctx.actor.id)
    if account.machine:
        raise UserError(errors.MACHINE_ACCOUNT)
    keys = keys_of(ctx)
    present = name_hash(keys, ctx.actor.name, ctx.actor.device)
    await tries.count(ctx, present)
    if not await passwords.matches(current_password, account.password_hash):
        raise UserError(errors.PASSWORD_WRONG, "currentPassword")
    await tries.forget(ctx.session, present)
    secret = secrets.token_bytes(SECRET_BYTES)
    fresh = {"secret": _cipher(keys).encrypt(secret), "last_step": 0, "recovery_hashes": [], "updated_at": clock.now()}
    begun = await ctx.session.scalar(
        insert(SecondFactor)
        .values(id=new_id(), account_id=account.id, created_at=clock.now(), **fresh)
        .on_conflict_do_update(
            index_elements=[SecondFactor.account_id], set_=fresh, where=SecondFactor.confirmed_at.is_(None)
        )
        .returning(SecondFactor.id)
    )
    if begun is None:
        raise UserError(errors.SECOND_FACTOR_PRESENT)
    uri = _totp(secret).get_provisioning_uri(account.username, ctx.host.settings.title)
    return Enrolment(base64.b32encode(secret).decode(), uri)


async def confirm(ctx: Context, code: str) -> list[str]:
    """Make the actor's second factor count, and give the recovery codes, which are shown this once.

    Raises:
        UserError: SECOND_FACTOR_WRONG; SECOND_FACTOR_PRESENT when it counts already.
    """
    keys = keys_of(ctx)
    factor = await ctx.session.scalar(
        select(SecondFactor).where(SecondFactor.account_id == ctx.actor.id).with_for_update()
    )
    if factor is not None and factor.confirmed_at is not None:
        raise UserError(errors.SECOND_FACTOR_PRESENT)
    step = _step_of(_cipher(keys).decrypt(factor.secret), code) if factor is not None else None
    if factor is None or step is None:
        raise UserError(errors.SECOND_FACTOR_WRONG, "code")
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    factor.confirmed_at, factor.last_step = clock.now(), step
    factor.recovery_hashes = [_hash(keys, recovery) for recovery in codes]
    await ctx.session.flush()
    return codes


async def check(ctx: Context, keys: Keys, account_id: UUID, code: str | None) -> None:
    """Let nobody pass an account's second factor without a code, and no code twice.

    Raises:
        UserError: SECOND_FACTOR_NEEDED, SECOND_FACTOR_WRONG.
    """
    factor = await ctx.session.scalar(
        select(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    )
    if factor is None:
        return
    if not code:
        raise UserError(errors.SECOND_FACTOR_NEEDED, "code")
    if not await _spend(ctx.session, keys, factor, code):
        raise UserError(errors.SECOND_FACTOR_WRONG, "code")


async def remove(ctx: Context, account_id: UUID) -> bool:
    """Take an account's second factor away; whether it had one."""
    gone = delete(SecondFactor).where(SecondFactor.account_id == account_id).returning(SecondFactor.id)
    return await ctx.session.scalar(gone) is not None


async def remove_own(ctx: Context, code: str | None) -> bool:
    """Take the actor's second factor away, with one of its codes; whether it had one.

    Raises:
        UserError: SECOND_FACTOR_NEEDED, SECOND_FACTOR_WRONG, TOO_MANY_TRIES.
    """
    assert ctx.actor.id is not None
    keys = keys_of(ctx)
    present = name_hash(keys, ctx.actor.name, ctx.actor.device)
    await tries.count(ctx, present)
    await check(ctx, keys, ctx.actor.id, code)
    await tries.forget(ctx.session, present)
    return await remove(ctx, ctx.actor.id)


async def _spend(session: AsyncSession, keys: Keys, factor: SecondFactor, code: str) -> bool:
    """Take a code once, whoever sends it at the same time: the row says whose update came first."""
    step = _step_of(_cipher(keys).decrypt(factor.secret), code)
    own = update(SecondFactor).where(SecondFactor.id == factor.id).returning(SecondFactor.id)
    if step is not None:
        taken = own.where(SecondFactor.last_step < step).values(last_step=step)
    else:
        hashed = literal(_hash(keys, code), LargeBinary)
        kept = SecondFactor.recovery_hashes
        taken = own.where(hashed == any_(kept)).values(recovery_hashes=func.array_remove(kept, hashed))
    return await session.scalar(taken.execution_options(synchronize_session=False)) is not None


def _step_of(secret: bytes, code: str) -> int | None:
    """The period whose code this is, of those that a clock may be off by; None when it is none's."""
    typed, now = code.replace(" ", "").encode(), int(clock.now().timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(_totp(secret).generate(step * STEP), typed):
            return step
    return None


def _totp(secret: bytes) -> "TOTP":
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return TOTP(secret, 6, SHA1(), STEP)


def _hash(keys: Keys, code: str) -> bytes:
    typed = code.replace(" ", "").replace("-", "").upper()
    return hmac.digest(keys.factors, b"recovery " + typed.encode(), "sha256")


def _cipher(keys: Keys) -> "Fernet":
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(keys.factors))
