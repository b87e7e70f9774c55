"""What can be done with accounts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import (
    TAKEN,
    UNKNOWN_CODE,
    Context,
    Problems,
    UserError,
    check_columns,
    clock,
    find,
    given,
    new_id,
    tidy,
)
from modules.people import errors, inputs
from modules.people.models import Account, AccountRole, Role
from modules.people.services import passwords, second_factor
from modules.people.services.grants import Grants, check_grants, granted, require_whole_country, set_grants
from modules.people.services.sign_in import end_sessions
from modules.people.services.tries import forget_name

_NAMES = ("last_name", "other_names", "email", "phone")


async def create_account(
    session: AsyncSession,
    username: str,
    *,
    last_name: str,
    other_names: str,
    roles: Sequence[str] = (),
    grants: Grants = (),
    password: str | None = None,
    must_change_password: bool = False,
    language: str = "en",
    email: str | None = None,
    phone: str | None = None,
    id: UUID | None = None,
    machine: bool = False,
) -> Account:
    """Create an account with its roles, by code, and its grants. Without a password nobody can sign in with it.

    Raises:
        UserErrors: everything wrong with the names, the password or the roles. UserError: TAKEN.
    """
    account = Account(
        id=id or new_id(),
        username=username.strip(),
        last_name=last_name.strip(),
        other_names=other_names.strip(),
        email=email,
        phone=phone,
        language=language,
        must_change_password=must_change_password,
        machine=machine,
    )
    problems = Problems()
    if not 3 <= len(account.username) <= 60 or len(account.username.split()) != 1:
        problems.add(errors.USERNAME_INVALID, "username")
    check_columns(Account, tidy({name: getattr(account, name) for name in _NAMES}), problems)
    if password is not None:
        _check_password(account, password, problems)
    role_ids = await _role_ids(session, account, roles, problems)
    problems.stop()
    if password is not None:
        account.password_hash = await passwords.hashed(password)
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:
        if "uq_people_account_username" not in str(error.orig):
            raise
        raise UserError(TAKEN, "username", value=account.username) from error
    session.add_all(AccountRole(account_id=account.id, role_id=role_id) for role_id in role_ids)
    session.add_all(granted(account.id, grants))
    await session.flush()
    return account


async def create_user(ctx: Context, data: inputs.CreateUserInput) -> Account:
    """Create an account on an administrator's behalf; its first password is to be changed at once.

    Raises:
        Forbidden: the actor does not work in the whole country. UserErrors: see `create_account`;
        GRANT_OPENS_NOTHING, and UNKNOWN_CODE for a language.
    """
    require_whole_country(ctx)
    languages = ctx.host.settings.languages
    if data.language is not None and data.language not in languages:
        raise UserError(UNKNOWN_CODE, "language", value=data.language)
    grants = [(grant.kind, grant.object_id) for grant in data.grants or ()]
    await check_grants(ctx, grants)
    return await create_account(
        ctx.session,
        data.username,
        last_name=data.last_name,
        other_names=data.other_names,
        roles=data.role_codes or (),
        grants=grants,
        password=data.password,
        must_change_password=data.password is not None,
        language=data.language or languages[0],
        email=data.email,
        phone=data.phone,
        id=data.id,
        machine=data.machine,
    )


async def update_user(ctx: Context, data: inputs.UpdateUserInput) -> Account:
    """Change an account. Other roles or another password make its access tokens invalid at once.

    Raises:
        Forbidden: the actor does not work in the whole country. UserError: NOT_FOUND, STALE, OWN_ACCOUNT.
        UserErrors: everything wrong with the input.
    """
    require_whole_country(ctx)
    account = await find(ctx, Account, data.id, "id", version=data.expected_version, lock=True)
    # One change is one version, however many statements it takes.
    with ctx.session.no_autoflush:
        await _change(ctx, account, given(data))
    account.updated_at = clock.now()
    await ctx.session.flush()
    return account


async def deactivate_user(ctx: Context, data: inputs.DeactivateUserInput) -> Account:
    """Shut an account out at once, on all its devices.

    Raises:
        Forbidden: the actor does not work in the whole country. UserError: NOT_FOUND, STALE, OWN_ACCOUNT.
    """
    require_whole_country(ctx)
    account = await find(ctx, Account, data.id, "id", version=data.expected_version, lock=True)
    await _set_active(ctx, account, False)
    await ctx.session.flush()
    return account


async def discard_second_factor(ctx: Context, user_id: UUID) -> bool:
    """Take another account's second factor away and sign it out everywhere; whether it had one.

    Raises:
        Forbidden: the actor does not work in the whole country.
        UserError: NOT_FOUND; SECOND_FACTOR_NEEDED for one's own.
    """
    require_whole_country(ctx)
    account = await find(ctx, Account, user_id, "userId", lock=True)
    if account.id == ctx.actor.id:
        raise UserError(errors.SECOND_FACTOR_NEEDED, "code")
    await end_sessions(ctx.session, account.id)
    return await second_factor.remove(ctx, account.id)


async def _change(ctx: Context, account: Account, changes: dict[str, Any]) -> None:
    problems = Problems()
    for name in _NAMES:
        if name in changes:
            setattr(account, name, changes[name] and changes[name].strip())
    check_columns(Account, tidy({name: getattr(account, name) for name in _NAMES}), problems)
    if (language := changes.get("language")) is not None:
        if language not in ctx.host.settings.languages:
            problems.add(UNKNOWN_CODE, "language", value=language)
        account.language = language
    if (password := changes.get("password")) is not None:
        _check_password(account, password, problems)
    if "role_codes" in changes:
        await _set_roles(ctx, account, changes["role_codes"] or (), problems)
    if "grants" in changes:
        grants = [(grant.kind, grant.object_id) for grant in changes["grants"] or ()]
        await set_grants(ctx, account, grants)
    problems.stop()
    if password is not None:
        await _reset_password(ctx, account, password)
    if (active := changes.get("active")) is not None and active != account.active:
        await _set_active(ctx, account, active)


async def _set_roles(ctx: Context, account: Account, codes: Sequence[str], problems: Problems) -> None:
    wanted = set(await _role_ids(ctx.session, account, codes, problems))
    held = set(await ctx.session.scalars(select(AccountRole.role_id).where(AccountRole.account_id == account.id)))
    if wanted == held:
        return
    gone = delete(AccountRole).where(AccountRole.account_id == account.id, AccountRole.role_id.in_(held - wanted))
    await ctx.session.execute(gone)
    ctx.session.add_all(AccountRole(account_id=account.id, role_id=role_id) for role_id in wanted - held)
    account.credentials_version += 1


async def _reset_password(ctx: Context, account: Account, password: str) -> None:
    account.password_hash = await passwords.hashed(password)
    account.must_change_password = True
    account.credentials_version += 1
    await forget_name(ctx, account.username)
    await end_sessions(ctx.session, account.id)


async def _set_active(ctx: Context, account: Account, active: bool) -> None:
    if account.id == ctx.actor.id and not active:
        raise UserError(errors.OWN_ACCOUNT, "id")
    account.active = active
    account.credentials_version += 1
    if not active:
        await end_sessions(ctx.session, account.id)


async def _role_ids(session: AsyncSession, account: Account, codes: Sequence[str], problems: Problems) -> list[UUID]:
    if not codes:
        return []
    found = {role.code: role for role in await session.scalars(select(Role).where(Role.code.in_(codes)))}
    for index, code in enumerate(codes):
        if code not in found:
            problems.add(UNKNOWN_CODE, f"roleCodes.{index}", value=code)
        elif account.machine and found[code].requires_second_factor:
            problems.add(errors.ROLE_NEEDS_SECOND_FACTOR, f"roleCodes.{index}", role=code)
    return [role.id for role in found.values()]


def _check_password(account: Account, password: str, problems: Problems) -> None:
    if account.machine:
        problems.add(errors.MACHINE_ACCOUNT, "password")
    else:
        passwords.check(password, account.username, problems, "password")
