"""Who holds an access token or an access key, asked of the database; the host remembers the answer until it hears of a
change.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Unauthenticated, clock
from modules.people.expressions import lacks_second_factor, listed, rights_of
from modules.people.models import NATIONAL, AccessKey, Account, Grant, Session
from modules.people.services.grants import expanded
from modules.people.services.key_texts import PREFIX, read_key
from modules.people.services.tokens import Keys, read_access

if TYPE_CHECKING:
    from core.host import Host

USE_NOTED_EVERY = timedelta(seconds=50)
"""How often it is written down at most that a key is used. Servers remember a key's holder for a minute."""


@dataclass(frozen=True)
class SignedIn(Actor):
    """An account that signed in on a device."""

    session_id: UUID | None = None

    @property
    def device(self) -> UUID | None:
        """A session belongs to one device."""
        return self.session_id


@dataclass(frozen=True)
class KeyHolder(Actor):
    """Another system that acts with an access key."""

    key_id: UUID | None = None
    requests_per_minute: int | None = None

    @property
    def device(self) -> UUID | None:
        """Each key is counted by itself."""
        return self.key_id


_ACCOUNT = (
    Account.id,
    Account.username,
    Account.active,
    Account.must_change_password,
    lacks_second_factor(Account.id).label("lacks_second_factor"),
    rights_of(Account.id).label("rights"),
    listed(Grant.kind, Grant.account_id == Account.id, order=Grant.id).label("kinds"),
    listed(Grant.object_id, Grant.account_id == Account.id, order=Grant.id).label("objects"),
)
"""What is to be known of an account to act for it."""

_BY_SESSION = (
    select(*_ACCOUNT, Session.expires_at)
    .join(Session, Session.account_id == Account.id)
    .where(
        Account.id == bindparam("account"),
        Account.active,
        Account.credentials_version == bindparam("version"),
        Session.id == bindparam("session"),
        Session.ended_at.is_(None),
        Session.expires_at > bindparam("now"),
    )
)

_BY_KEY = (
    select(
        *_ACCOUNT,
        AccessKey.id.label("key_id"),
        AccessKey.key_hash,
        AccessKey.rights.label("key_rights"),
        AccessKey.requests_per_minute,
        AccessKey.expires_on,
        AccessKey.last_used_at,
        AccessKey.revoked_at,
    )
    .join(AccessKey, AccessKey.account_id == Account.id)
    .where(AccessKey.public_id == bindparam("public_id"), Account.machine)
)


async def authenticate(host: "Host", session: AsyncSession, token: str) -> Actor | None:
    """Who holds an access token or an access key; None when it is neither of ours.

    One statement reads the account with its rights and grants; the modules say what the grants mean. An account that
    must change its password or set up a second factor may do nothing else: it comes without rights.

    Raises:
        Unauthenticated: the token's time is over, its device was signed out, or the account changed since; the key is
            unknown, revoked or over, or its account is not active.
    """
    if token.startswith(PREFIX):
        return await _by_key(host, session, token)
    return await _by_session(host, session, token)


async def _by_session(host: "Host", session: AsyncSession, token: str) -> SignedIn | None:
    access = read_access(Keys.of(host.settings.secret), token)
    if access is None:
        return None
    if access.expired:
        raise Unauthenticated("The access token's time is over. Refresh the session.")
    asked = {
        "account": access.account_id,
        "session": access.session_id,
        "version": access.credentials_version,
        "now": clock.now(),
    }
    holder = (await session.execute(_BY_SESSION, asked)).one_or_none()
    if holder is None:
        raise Unauthenticated("The access token is no longer valid. Refresh the session or sign in again.")
    return SignedIn(
        **await _powers(host, session, holder, holder.rights),
        session_id=access.session_id,
        valid_until=min(access.expires_at, holder.expires_at),
    )


async def _by_key(host: "Host", session: AsyncSession, text: str) -> KeyHolder:
    key, now = read_key(text), clock.now()
    asked = {"public_id": key.public_id} if key is not None else None
    holder = (await session.execute(_BY_KEY, asked)).one_or_none() if asked is not None else None
    if key is None or holder is None or not compare_digest(holder.key_hash, key.hash):
        raise Unauthenticated("This access key is not known here. Check that all of it was copied, or ask for another.")
    if holder.revoked_at is not None:
        raise Unauthenticated("This access key was revoked. Ask the scheme's administrator for another.")
    over = _end_of(holder.expires_on, host) if holder.expires_on is not None else None
    if over is not None and over <= now:
        raise Unauthenticated("This access key's time is over. Ask the scheme's administrator for another.")
    if not holder.active:
        raise Unauthenticated("The account of this access key is not active. Ask the scheme's administrator.")
    rights = holder.rights if holder.key_rights is None else set(holder.rights) & set(holder.key_rights)
    who = KeyHolder(
        **await _powers(host, session, holder, rights),
        key_id=holder.key_id,
        requests_per_minute=holder.requests_per_minute,
        valid_until=over or now + timedelta(days=1),
    )
    if holder.last_used_at is None or holder.last_used_at <= now - USE_NOTED_EVERY:
        await _note_use(session, holder.key_id, now)
    return who


async def _powers(host: "Host", session: AsyncSession, holder: Row[Any], rights: Collection[str]) -> dict[str, Any]:
    """What an account may do and see, with these rights."""
    who = {"id": holder.id, "name": holder.username}
    if holder.must_change_password or holder.lacks_second_factor:
        return who
    grants = list(zip(holder.kinds, holder.objects, strict=True))
    national = any(kind == NATIONAL for kind, _ in grants)
    scopes = {} if national else await expanded(host, session, grants)
    return who | {"rights": frozenset(rights), "scopes": scopes, "unbounded": national}


async def _note_use(session: AsyncSession, key_id: UUID, now: datetime) -> None:
    """Write down that a key is used, once for all server processes; nobody waits for one who is writing the row."""
    stale = or_(AccessKey.last_used_at.is_(None), AccessKey.last_used_at <= now - USE_NOTED_EVERY)
    due = select(AccessKey.id).where(AccessKey.id == key_id, stale).with_for_update(skip_locked=True)
    noted = update(AccessKey).where(AccessKey.id.in_(due)).values(last_used_at=now, updated_at=AccessKey.updated_at)
    await session.execute(noted.execution_options(synchronize_session=False))


def _end_of(day: Any, host: "Host") -> datetime:
    """The moment at which a day is over where the scheme is."""
    return datetime.combine(day + timedelta(days=1), time(), host.settings.timezone)
