"""Diagnoses, medical items and services, and the price lists that facilities are paid by."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from core import Base, Context, ErrorCode, Manifest, Mutation, Part, Query, Right, extend, hook
from core.imports import import_commands
from modules.location.hooks import Use
from modules.location.services import uses
from modules.location.types import HealthFacility
from modules.medical import errors as errors_
from modules.medical import imports, models, mutations, queries, types
from modules.medical import rights as rights_

if TYPE_CHECKING:
    import click

manifest = Manifest(
    name="medical", title="Diagnoses, items, services and price lists", version="1.0", needs=("location",)
)


@hook
def tables() -> Sequence[type[Base]]:
    return (
        models.Diagnosis, models.Item, models.Service, models.ServicePart, models.PriceList, models.PriceListLine,
        models.FacilityPriceLists,
    )  # fmt: skip


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors_.ALL


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(
            Query, queries.diagnoses, queries.diagnosis, queries.medical_items, queries.medical_item,
            queries.medical_services, queries.medical_service, queries.price_lists, queries.price_list,
        ),
        extend(
            Mutation, mutations.create_diagnosis, mutations.update_diagnosis, mutations.delete_diagnosis,
            mutations.create_medical_item, mutations.update_medical_item, mutations.delete_medical_item,
            mutations.create_medical_service, mutations.update_medical_service, mutations.delete_medical_service,
            mutations.create_price_list, mutations.update_price_list, mutations.delete_price_list,
            mutations.set_price_list_lines, mutations.set_facility_price_lists,
        ),
        extend(types.MedicalService, queries.parts),
        extend(types.PriceList, queries.lines),
        extend(HealthFacility, queries.services_price_list, queries.items_price_list),
    ]  # fmt: skip


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    return await uses(ctx, location_ids, ("price lists", models.PriceList.location_id))


@hook
def commands(cli: "click.Group") -> None:
    """`bima import diagnoses`, `items` and `services`."""
    import_commands(cli, *imports.ALL)
