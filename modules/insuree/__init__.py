"""Families, insured people, and the officers who enrol them."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook
from modules.insuree import errors as errors_
from modules.insuree import hooks as hooks_
from modules.insuree import models, moves, mutations, personal, queries
from modules.insuree import rights as rights_
from modules.insuree import settings as settings_
from modules.location.hooks import Use
from modules.location.models import Location

manifest = Manifest(name="insuree", title="Families and insured people", version="1.0", needs=("location",))


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Family, models.Insuree, models.InsureePhoto, models.EnrolmentOfficer, models.OfficerVillage)


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
        extend(
            Query, queries.families, queries.family, queries.insurees, queries.insuree, queries.insurance_number_check,
            queries.possible_duplicates, queries.enrolment_officers, queries.enrolment_officer,
        ),
        extend(
            Mutation, mutations.create_family, mutations.update_family, mutations.delete_family,
            mutations.change_family_head, mutations.add_insuree, mutations.update_insuree, mutations.remove_insuree,
            mutations.move_insuree, mutations.set_insuree_photo, mutations.create_enrolment_officer,
            mutations.update_enrolment_officer, mutations.end_enrolment_officer,
        ),
    ]  # fmt: skip


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    return await moves.uses(ctx, location_ids)


@hook
async def locations_moved(ctx: Context, location: Location) -> None:
    await moves.follow(ctx, location)


@hook
async def switched_on(ctx: Context) -> None:
    await moves.follow(ctx)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[hooks_.Held]:
    return personal.held(insuree_ids)


@hook
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    return await personal.needed(ctx, insuree_ids)
