"""Looks people up in a national register when they enrol, and keeps what it found."""

from collections.abc import Sequence
from uuid import UUID

from bima_national_id import errors, models, mutations, queries, services
from bima_national_id import jobs as jobs_
from bima_national_id import rights as rights_
from bima_national_id import settings as settings_
from core import Base, Context, ErrorCode, Job, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from modules.insuree.hooks import Held
from modules.insuree.types import Insuree

manifest = Manifest(name="national_id", title="National identity", version="1.0.0", needs=("location", "insuree"))


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Check,)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors.ALL


@hook
def jobs() -> Sequence[Job]:
    return jobs_.ALL


@hook
def graphql() -> Sequence[Part]:
    return [extend(Insuree, queries.national_id_check), extend(Mutation, mutations.check_national_id)]


@hook
async def people_saved(ctx: Context, insuree_ids: Sequence[UUID]) -> None:
    await services.order(ctx, insuree_ids)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    """What the register said goes with the person's number."""
    return [Held(models.Check, models.Check.insuree_id.in_(insuree_ids), dropped=True)]
