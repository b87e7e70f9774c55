"""What can be done with roles."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from core import UNKNOWN_CODE, Context, Problems, check_columns, clock, find, given, new_id, tidy
from modules.people import inputs
from modules.people.models import Role, RoleRight
from modules.people.services.grants import require_whole_country

if TYPE_CHECKING:
    from core.host import Host


async def create_role(ctx: Context, data: inputs.CreateRoleInput) -> Role:
    """Create a role with its rights.

    Raises:
        Forbidden: the actor does not work in the whole country.
        UserErrors: REQUIRED, TOO_LONG, UNKNOWN_CODE for rights that no module declares.
    """
    require_whole_country(ctx)
    role = Role(id=data.id or new_id(), code=data.code.strip(), name=data.name.strip())
    role.requires_second_factor = data.requires_second_factor
    problems = Problems()
    check_columns(Role, tidy({"code": role.code, "name": role.name}), problems)
    _check_rights(ctx.host, data.rights or (), problems)
    problems.stop()
    ctx.session.add(role)
    await ctx.session.flush()
    ctx.session.add_all(RoleRight(role_id=role.id, right_name=name) for name in sorted(set(data.rights or ())))
    await ctx.session.flush()
    return role


async def update_role(ctx: Context, data: inputs.UpdateRoleInput) -> Role:
    """Change a role. The accounts that have it feel it with their next request.

    Raises:
        Forbidden: the actor does not work in the whole country. UserError: NOT_FOUND, STALE.
        UserErrors: REQUIRED, TOO_LONG, UNKNOWN_CODE.
    """
    require_whole_country(ctx)
    role = await find(ctx, Role, data.id, "id", version=data.expected_version, lock=True)
    changes = given(data)
    problems = Problems()
    if "name" in changes:
        role.name = (changes["name"] or "").strip()
        check_columns(Role, tidy({"name": role.name}), problems)
    if (required := changes.get("requires_second_factor")) is not None:
        role.requires_second_factor = required
    if "rights" in changes:
        _check_rights(ctx.host, changes["rights"] or (), problems)
    problems.stop()
    role.updated_at = clock.now()
    await ctx.session.flush()
    if "rights" in changes:
        await _set_rights(ctx, role, set(changes["rights"] or ()))
    return role


async def _set_rights(ctx: Context, role: Role, wanted: set[str]) -> None:
    held = set(await ctx.session.scalars(select(RoleRight.right_name).where(RoleRight.role_id == role.id)))
    gone = delete(RoleRight).where(RoleRight.role_id == role.id, RoleRight.right_name.in_(held - wanted))
    await ctx.session.execute(gone)
    ctx.session.add_all(RoleRight(role_id=role.id, right_name=name) for name in sorted(wanted - held))
    await ctx.session.flush()


def _check_rights(host: "Host", names: Sequence[str], problems: Problems) -> None:
    known = {right.name for right in host.rights}
    for index, name in enumerate(names):
        if name not in known:
            problems.add(UNKNOWN_CODE, f"rights.{index}", value=name)
