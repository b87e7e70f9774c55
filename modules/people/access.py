"""Who holds an access token, asked of the database; the host remembers the answer until it hears of a change."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from core import PUBLIC, Actor, Unauthenticated, clock, every
from modules.people.models import NATIONAL, Account, AccountRole, Grant, Role, RoleRight, SecondFactor, Session
from modules.people.tokens import Keys, read_access

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


def listed(column: InstrumentedAttribute[Any], condition: ColumnElement[bool], order: Any = None) -> ColumnElement[Any]:
    """The column's values in the rows of its table that meet the condition, as an array; empty when there are none."""
    values = select(column).where(condition).order_by(column if order is None else order)
    return func.array(values.correlate_except(column.class_).scalar_subquery(), type_=ARRAY(column.type))


def rights_of(account_id: Any) -> ColumnElement[Any]:
    """The names of the rights that an account's roles hold, as an array."""
    held = (
        select(RoleRight.right_name)
        .join(AccountRole, AccountRole.role_id == RoleRight.role_id)
        .where(AccountRole.account_id == account_id)
        .distinct()
        .order_by(RoleRight.right_name)
    )
    return func.array(held.correlate_except(RoleRight, AccountRole).scalar_subquery(), type_=ARRAY(String))


def has_second_factor(account_id: Any) -> ColumnElement[bool]:
    """Whether an account has a second factor that counts."""
    own = (SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    return exists(SecondFactor).where(*own).correlate_except(SecondFactor)


def lacks_second_factor(account_id: Any) -> ColumnElement[bool]:
    """Whether one of an account's roles requires a second factor that it does not have."""
    requiring = (
        exists(AccountRole)
        .where(AccountRole.account_id == account_id, AccountRole.role_id == Role.id, Role.requires_second_factor)
        .correlate_except(AccountRole, Role)
    )
    return and_(requiring, ~has_second_factor(account_id))


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


async def expanded(
    host: "Host", session: AsyncSession, grants: Sequence[tuple[str, Any]]
) -> Mapping[str, tuple[UUID, ...]]:
    """What grants, each a kind and an id, mean for the rows one may see: all modules' answers put together."""
    if not grants:
        return {}
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for kind, object_id in grants:
        by_kind[kind].append(object_id)
    scopes: dict[str, dict[UUID, None]] = defaultdict(dict)
    for answer in await every(host, "scopes", session=session, grants=by_kind):
        for name, ids in answer.items():
            scopes[name].update(dict.fromkeys(ids))
    return {name: tuple(ids) for name, ids in scopes.items() if ids}


def public_fields(host: "Host") -> tuple[str, ...]:
    """The root fields that need no sign-in, such as `Mutation.signIn`."""
    return tuple(name for name, field in host.schema.root_fields.items() if field.right is PUBLIC)
