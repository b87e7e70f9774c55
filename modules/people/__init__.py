"""Accounts, roles, rights and sign-in."""

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from core import (
    Actor,
    Base,
    ErrorCode,
    Finding,
    Job,
    Manifest,
    ModuleSettings,
    Mutation,
    Part,
    Query,
    Right,
    extend,
    hook,
)
from core.cli import subgroup
from modules.people import commands as commands_
from modules.people import errors, key_commands, models, mutations, queries
from modules.people import hooks as hooks_
from modules.people import jobs as jobs_
from modules.people import rights as rights_
from modules.people import settings as settings_
from modules.people.services import access, examining, seeding

if TYPE_CHECKING:
    import click

    from core.host import Host

manifest = Manifest(name="people", title="Accounts, roles and sign-in", version="1.0")


@hook
def graphql() -> Sequence[Part]:
    """Sign-in, accounts, roles and devices."""
    return [
        extend(
            Query,
            queries.me, queries.users, queries.user, queries.roles, queries.role, queries.rights, queries.devices,
            queries.access_keys,
        ),
        extend(
            Mutation,
            mutations.sign_in, mutations.refresh_session, mutations.sign_out, mutations.change_password,
            mutations.enrol_second_factor, mutations.activate_second_factor, mutations.discard_second_factor,
            mutations.request_password_reset, mutations.create_password_reset, mutations.reset_password,
            mutations.create_user, mutations.update_user, mutations.deactivate_user,
            mutations.create_access_key, mutations.revoke_access_key,
            mutations.create_role, mutations.update_role,
        ),
    ]  # fmt: skip


@hook
def hookspecs() -> ModuleType:
    """Sending tokens that set another password."""
    return hooks_


@hook
def tables() -> Sequence[type[Base]]:
    """Accounts, roles, what they hold, and sessions."""
    return (
        models.Account, models.Role, models.RoleRight, models.AccountRole, models.Grant,
        models.Session, models.AccessKey, models.SecondFactor, models.PasswordReset, models.SignInTry,
        models.SeededRight,
    )  # fmt: skip


@hook
def rights() -> Sequence[Right]:
    """Reading and managing accounts and roles."""
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    """How long tokens last and names wait."""
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    """What can be wrong with a sign-in, an account or a role."""
    return errors.ALL


@hook
def jobs() -> Sequence[Job]:
    """Old sessions are swept away."""
    return jobs_.ALL


@hook
def commands(cli: "click.Group") -> None:
    """`bima user create` and `bima user key`."""
    user = subgroup(cli, "user", "Accounts.")
    user.add_command(commands_.create)
    key = subgroup(user, "key", "Access keys of other systems.")
    for command in (key_commands.create, key_commands.list_, key_commands.revoke):
        key.add_command(command)


@hook
async def findings(host: "Host", session: AsyncSession) -> Sequence[Finding]:
    """Resets that reach nobody, and old keys without an end."""
    return await examining.examine(host, session)


@hook
async def migrated(host: "Host", session: AsyncSession) -> None:
    """The standard roles with the rights that modules give them."""
    await seeding.seed_roles(host, session)


@hook
async def module_removed(session: AsyncSession, rights: Sequence[str]) -> None:
    """Roles no longer hold its rights."""
    await seeding.forget_rights(session, rights)


@hook
async def authenticate(host: "Host", session: AsyncSession, token: str) -> Actor | None:
    """Access tokens and access keys of this module."""
    return await access.authenticate(host, session, token)
