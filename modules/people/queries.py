"""Root queries of accounts, roles and devices."""

from typing import Annotated
from uuid import UUID

from sqlalchemy import func

from core import SIGNED_IN, BadRequest, Context, Where, argument, one, page, query
from modules.people import models
from modules.people.rights import KEY_READ, ROLE_READ, USER_READ
from modules.people.types import AccessKey, Device, RightInfo, Role, User


@query(right=SIGNED_IN)
async def me(ctx: Context) -> User | None:
    """The account that asks."""
    return ctx.actor.id  # type: ignore[return-value]


@page(User, order=("username", "id"), right=USER_READ)
def users(account: type[models.Account]) -> Where:
    """Accounts, by user name. Who does not work in the whole country sees the own one only."""
    yield from ()


@one(User, right=USER_READ)
def user(
    account: type[models.Account],
    id: Annotated[UUID | None, argument("The account's id.")] = None,
    username: Annotated[str | None, argument("The user name; capitals do not matter.")] = None,
) -> Where:
    """One account, by its id or user name."""
    if id is None and username is None:
        raise BadRequest("Give the account's id or its user name.")
    if id is not None:
        yield account.id == id
    if username is not None:
        yield func.lower(account.username) == func.lower(username)


@page(Role, order=("name", "id"), right=ROLE_READ)
def roles(role: type[models.Role]) -> Where:
    """Roles, by name."""
    yield from ()


@one(Role, right=ROLE_READ)
def role(
    role: type[models.Role],
    id: Annotated[UUID | None, argument("The role's id.")] = None,
    code: Annotated[str | None, argument("The role's code.")] = None,
) -> Where:
    """One role, by its id or code."""
    if id is None and code is None:
        raise BadRequest("Give the role's id or its code.")
    if id is not None:
        yield role.id == id
    if code is not None:
        yield role.code == code


@query(right=ROLE_READ)
async def rights(ctx: Context) -> list[RightInfo]:
    """The rights that the enabled modules check, by name."""
    known = sorted(ctx.host.rights, key=lambda right: right.name)
    return [RightInfo(name=right.name, title=right.title) for right in known]


@page(AccessKey, order=("-created_at", "id"), right=KEY_READ)
def access_keys(key: type[models.AccessKey]) -> Where:
    """Keys of other systems, the newest first, those that are over or revoked as well."""
    yield from ()


@page(Device, order="-last_used_at", right=SIGNED_IN)
def devices(device: type[models.Session]) -> Where:
    """The devices one's own account is signed in on, the last used first."""
    yield device.ended_at.is_(None)
