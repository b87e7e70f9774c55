"""Who holds an access token, asked of the database; the host remembers the answer until it hears of a change."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Unauthenticated, clock
from modules.people.expressions import lacks_second_factor, listed, rights_of
from modules.people.models import NATIONAL, Account, Grant, Session
from modules.people.services.grants import expanded
from modules.people.services.tokens import Keys, read_access

if TYPE_CHECKING:
    from core.host import Host


@dataclass(frozen=True)
class SignedIn(Actor):
    """An account that signed in on a device."""

    session_id: UUID | None = None

    @property
    def device(self) -> UUID | None:
        """A session belongs to one device."""
        return self.session_id


_HOLDER = (
    select(
        Account.id,
        Account.username,
        Account.must_change_password,
        Session.expires_at,
        lacks_second_factor(Account.id).label("lacks_second_factor"),
        rights_of(Account.id).label("rights"),
        listed(Grant.kind, Grant.account_id == Account.id, order=Grant.id).label("kinds"),
        listed(Grant.object_id, Grant.account_id == Account.id, order=Grant.id).label("objects"),
    )
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


async def authenticate(host: "Host", session: AsyncSession, token: str) -> SignedIn | None:
    """Who holds the access token; None when it is not one of ours.

    One statement reads the account with its rights and grants; the modules say what the grants mean. An account that
    must change its password or set up a second factor may do nothing else: it comes without rights.

    Raises:
        Unauthenticated: the token's time is over, its device was signed out, or the account changed since.
    """
    access = read_access(Keys.of(host.settings.secret), token)
    if access is None:
        return None
    if access.expired:
        raise Unauthenticated("The access token's time is over. Refresh the session.")
    holder = (
        await session.execute(
            _HOLDER,
            {
                "account": access.account_id,
                "session": access.session_id,
                "version": access.credentials_version,
                "now": clock.now(),
            },
        )
    ).one_or_none()
    if holder is None:
        raise Unauthenticated("The access token is no longer valid. Refresh the session or sign in again.")
    until = min(access.expires_at, holder.expires_at)
    if holder.must_change_password or holder.lacks_second_factor:
        return SignedIn(id=holder.id, name=holder.username, session_id=access.session_id, valid_until=until)
    grants = list(zip(holder.kinds, holder.objects, strict=True))
    national = any(kind == NATIONAL for kind, _ in grants)
    return SignedIn(
        id=holder.id,
        name=holder.username,
        rights=frozenset(holder.rights),
        scopes={} if national else await expanded(host, session, grants),
        unbounded=national,
        session_id=access.session_id,
        valid_until=until,
    )
