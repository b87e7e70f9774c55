"""The standard roles are there from the start, and get each right once."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Right
from core.host import Host
from modules.people.models import Role, RoleRight, SeededRight
from modules.people.rights import STANDARD_ROLES
from modules.people.services.seeding import seed_roles

Declare = Callable[..., None]


async def held(session: AsyncSession, code: str) -> set[str]:
    rights = select(RoleRight.right_name).join(Role, Role.id == RoleRight.role_id).where(Role.code == code)
    return set(await session.scalars(rights))


@pytest.fixture
def declare(host: Host, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Lets a module declare a further right."""

    def declare(name: str, *roles: str) -> None:
        monkeypatch.setattr(host, "rights", (*host.rights, Right(name, name, roles=roles)))

    return declare


async def test_a_scheme_starts_with_the_standard_roles(session: AsyncSession) -> None:
    roles = (await session.scalars(select(Role))).all()
    assert {role.code: role.name for role in roles} == STANDARD_ROLES
    assert all(role.system for role in roles)


async def test_roles_start_with_the_rights_that_modules_give_them(session: AsyncSession, host: Host) -> None:
    for code in STANDARD_ROLES:
        assert await held(session, code) == {right.name for right in host.rights if code in right.roles}


async def test_seeding_twice_adds_nothing(session: AsyncSession, host: Host) -> None:
    before = await session.scalar(select(func.count()).select_from(RoleRight))
    assert before
    await seed_roles(host, session)
    assert await session.scalar(select(func.count()).select_from(RoleRight)) == before


async def test_a_right_that_an_administrator_took_away_stays_away(session: AsyncSession, host: Host) -> None:
    await session.execute(delete(RoleRight).where(RoleRight.right_name == "people.user.update"))
    await seed_roles(host, session)
    assert "people.user.update" not in await held(session, "SYSTEM_ADMINISTRATOR")


async def test_a_right_declared_later_is_given_once(session: AsyncSession, host: Host, declare: Declare) -> None:
    before = await held(session, "MANAGER")
    declare("people.user.merge", "SYSTEM_ADMINISTRATOR", "MANAGER")
    await seed_roles(host, session)
    assert await held(session, "MANAGER") == {*before, "people.user.merge"}
    await session.execute(delete(RoleRight).where(RoleRight.right_name == "people.user.merge"))
    await seed_roles(host, session)
    assert await held(session, "MANAGER") == before


async def test_a_role_added_to_a_right_later_gets_it(session: AsyncSession, host: Host, declare: Declare) -> None:
    await session.execute(delete(SeededRight).where(SeededRight.role_code == "SYSTEM_ADMINISTRATOR"))
    await session.execute(delete(RoleRight))
    await seed_roles(host, session)
    assert "people.user.read" in await held(session, "SYSTEM_ADMINISTRATOR")
    assert await held(session, "SCHEME_ADMINISTRATOR") == set()


async def test_a_right_for_a_role_that_there_is_not_stops_the_migration(
    session: AsyncSession, host: Host, declare: Declare
) -> None:
    declare("people.user.merge", "KING")
    with pytest.raises(ValueError, match="KING"):
        await seed_roles(host, session)
