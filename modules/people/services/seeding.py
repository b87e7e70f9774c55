"""The standard roles, and the rights that modules give them: each once, so that what administrators change stays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from modules.people.models import AccessKey, Role, RoleRight, SeededRight
from modules.people.rights import STANDARD_ROLES

if TYPE_CHECKING:
    from core.host import Host


async def seed_roles(host: "Host", session: AsyncSession) -> None:
    """Create the standard roles that are missing, and give roles the rights that name them and were never given.

    Raises:
        ValueError: a right names a role that there is not.
    """
    await _create_standard_roles(session)
    ids = {role.code: role.id for role in await session.scalars(select(Role))}
    declared = [(code, right.name) for right in host.rights for code in right.roles]
    for code, name in declared:
        if code not in ids:
            raise ValueError(f"the right {name} is given to {code}, which is none of {', '.join(sorted(ids))}")
    given = {(row.role_code, row.right_name) for row in await session.scalars(select(SeededRight))}
    fresh = [pair for pair in declared if pair not in given]
    if not fresh:
        return
    now = clock.now()
    await session.execute(
        insert(RoleRight).on_conflict_do_nothing(),
        [
            {"id": new_id(), "role_id": ids[code], "right_name": name, "created_at": now, "updated_at": now}
            for code, name in fresh
        ],
    )
    session.add_all(SeededRight(role_code=code, right_name=name) for code, name in fresh)
    await session.flush()


async def forget_rights(session: AsyncSession, rights: Sequence[str]) -> None:
    """Take rights that no longer exist out of every role and access key, and forget that they were given."""
    for table in (RoleRight, SeededRight):
        await session.execute(delete(table).where(table.right_name.in_(rights)))
    for name in rights:
        await session.execute(
            update(AccessKey)
            .where(literal(name) == any_(AccessKey.rights))
            .values(rights=func.array_remove(AccessKey.rights, name))
            .execution_options(synchronize_session=False)
        )


async def _create_standard_roles(session: AsyncSession) -> None:
    present = set(await session.scalars(select(Role.code)))
    session.add_all(
        Role(code=code, name=name, system=True) for code, name in STANDARD_ROLES.items() if code not in present
    )
    await session.flush()
