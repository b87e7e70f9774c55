"""Places, from the region down to the village, and the health facilities that serve them."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import Base, Context, ErrorCode, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook
from core.imports import import_commands
from modules.location import errors as errors_
from modules.location import hooks as hooks_
from modules.location import imports, levels, models, mutations, queries, services
from modules.location import rights as rights_
from modules.location import scopes as scopes_
from modules.location import settings as settings_
from modules.location.hooks import Use

if TYPE_CHECKING:
    import click

    from core.host import Host

manifest = Manifest(name="location", title="Places and health facilities", version="1.0")


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Location, models.HealthFacility, models.FacilityIdentifier, models.FacilityCatchment)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors_.ALL


@hook
def hookspecs() -> ModuleType:
    return hooks_


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Query, queries.locations, queries.location, queries.health_facilities, queries.health_facility),
        extend(
            Mutation, mutations.create_location, mutations.update_location, mutations.move_location,
            mutations.delete_location, mutations.create_health_facility, mutations.update_health_facility,
            mutations.delete_health_facility,
        ),
    ]  # fmt: skip


@hook
async def migrated(host: "Host", session: AsyncSession) -> None:
    await levels.offer_levels(session, host.module_settings(settings_.Settings).facility_levels)


@hook
async def scopes(session: AsyncSession, grants: Mapping[str, Sequence[UUID]]) -> Mapping[str, Sequence[UUID]]:
    return await scopes_.scopes_of(session, grants)


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    facilities, catchments = models.HealthFacility.location_id, models.FacilityCatchment.location_id
    return await services.uses(ctx, location_ids, ("health facilities", facilities), ("catchments", catchments))


@hook
def commands(cli: "click.Group") -> None:
    """`bima import locations` and `facilities`."""
    import_commands(cli, *imports.ALL)
