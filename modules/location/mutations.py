"""Mutations of places and health facilities: `services`, `moving` and `facilities` do the work."""

from core import Context, mutation
from modules.location import facilities, inputs, models, moving, rights, services
from modules.location.types import HealthFacility, Location


@mutation(Location, right=rights.CREATE)
async def create_location(ctx: Context, input: inputs.CreateLocationInput) -> models.Location:
    """Add a place. Regions and districts need the right for them too."""
    return await services.create_location(ctx, input)


@mutation(Location, right=rights.UPDATE)
async def update_location(ctx: Context, input: inputs.UpdateLocationInput) -> models.Location:
    """Change a place. Regions and districts need the right for them too."""
    return await services.update_location(ctx, input)


@mutation(Location, right=rights.MOVE)
async def move_location(ctx: Context, input: inputs.MoveLocationInput) -> models.Location:
    """Put a place, and everything in it, below another parent; levels shift if they must.

    Refused when something belongs to a place that would get another level. Regions and districts need the right for
    them too.
    """
    return await moving.move_location(ctx, input)


@mutation(Location, right=rights.DELETE)
async def delete_location(ctx: Context, input: inputs.DeleteLocationInput) -> None:
    """Delete a place that nothing belongs to, handing its children to another one if it has any."""
    await moving.delete_location(ctx, input)


@mutation(HealthFacility, right=rights.FACILITY_CREATE)
async def create_health_facility(ctx: Context, input: inputs.CreateHealthFacilityInput) -> models.HealthFacility:
    """Add a health facility."""
    return await facilities.create_facility(ctx, input)


@mutation(HealthFacility, right=rights.FACILITY_UPDATE)
async def update_health_facility(ctx: Context, input: inputs.UpdateHealthFacilityInput) -> models.HealthFacility:
    """Change a health facility."""
    return await facilities.update_facility(ctx, input)


@mutation(HealthFacility, right=rights.FACILITY_DELETE)
async def delete_health_facility(ctx: Context, input: inputs.DeleteHealthFacilityInput) -> None:
    """Delete a health facility without records."""
    await facilities.delete_facility(ctx, input)
