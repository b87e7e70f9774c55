"""Who answers for the claims of facilities."""

from collections.abc import Mapping
from typing import Any

from core import Context, Problems, check_columns, clock, find, given, new_id, tidy
from modules.claim.inputs import (
    CreateClaimAdministratorInput,
    DeleteClaimAdministratorInput,
    UpdateClaimAdministratorInput,
)
from modules.claim.models import ClaimAdministrator
from modules.claim.services.naming import facility_named


async def create_administrator(ctx: Context, input: CreateClaimAdministratorInput) -> ClaimAdministrator:
    """Add a claim administrator to a facility where the actor works.

    Raises:
        UserErrors: NOT_FOUND, REQUIRED, TOO_LONG, TAKEN.
    """
    facility = await facility_named(ctx, input.health_facility_id, None)
    administrator = ClaimAdministrator(id=input.id or new_id(), district_id=facility.location_id)
    _write(administrator, given(input))
    ctx.session.add(administrator)
    await ctx.session.flush()
    return administrator


async def update_administrator(ctx: Context, input: UpdateClaimAdministratorInput) -> ClaimAdministrator:
    """Change a claim administrator.

    Raises:
        UserErrors: NOT_FOUND, STALE, REQUIRED, TOO_LONG, TAKEN.
    """
    administrator = await find(ctx, ClaimAdministrator, input.id, "id", version=input.expected_version, lock=True)
    _write(administrator, given(input))
    await ctx.session.flush()
    return administrator


async def delete_administrator(ctx: Context, input: DeleteClaimAdministratorInput) -> ClaimAdministrator:
    """Remove a claim administrator; claims that name him or her keep the name.

    Raises:
        UserError: NOT_FOUND, STALE.
    """
    administrator = await find(ctx, ClaimAdministrator, input.id, "id", version=input.expected_version, lock=True)
    administrator.ended_at = clock.now()
    await ctx.session.flush()
    return administrator


def _write(administrator: ClaimAdministrator, values: Mapping[str, Any]) -> None:
    tidied = tidy(values)
    problems = Problems()
    check_columns(ClaimAdministrator, tidied, problems)
    problems.stop()
    for name, value in tidied.items():
        setattr(administrator, name, value)
