"""Policies: what families enrol in, what it costs, and who is covered on which days."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Job, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook
from modules.insuree.hooks import Held
from modules.insuree.models import Family as FamilyRow
from modules.insuree.models import Insuree as InsureeRow
from modules.insuree.types import Family, Insuree
from modules.location.models import Location
from modules.policy import errors as errors_
from modules.policy import hooks as hooks_
from modules.policy import jobs as jobs_
from modules.policy import models, mutations, queries, services
from modules.policy import rights as rights_
from modules.policy import settings as settings_

manifest = Manifest(
    name="policy",
    title="Policies and who is covered",
    version="1.0",
    needs=("location", "insuree", "medical", "product"),
)


@hook
def tables() -> Sequence[type[Base]]:
    return (
        models.Policy, models.PricedMember, models.Cover, models.Verification, models.Renewal, models.RenewalPhoto,
    )  # fmt: skip


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
def jobs() -> Sequence[Job]:
    return jobs_.ALL


@hook
def hookspecs() -> ModuleType:
    return hooks_


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(
            Query, queries.policies, queries.policy, queries.policy_renewals, queries.policy_renewal,
            queries.policy_quote, queries.eligibility,
        ),
        extend(
            Mutation, mutations.enrol_policy, mutations.renew_policy, mutations.answer_policy_renewal,
            mutations.suspend_policy, mutations.resume_policy, mutations.delete_policy,
        ),
        extend(Family, queries.policies_of_family),
        extend(Insuree, queries.policies_of_insuree),
    ]  # fmt: skip


@hook
async def people_saved(ctx: Context, insuree_ids: Sequence[UUID]) -> None:
    await services.enrol_people(ctx, insuree_ids)


@hook
async def member_added(ctx: Context, insuree: InsureeRow) -> None:
    await services.member_added(ctx, insuree)


@hook
async def member_left(ctx: Context, insuree: InsureeRow, family_id: UUID) -> None:
    await services.member_left(ctx, insuree, family_id)


@hook
async def member_status_changed(ctx: Context, insuree: InsureeRow) -> None:
    await services.member_status_changed(ctx, insuree)


@hook
async def family_corrected(ctx: Context, family_id: UUID) -> None:
    await services.family_corrected(ctx, family_id)


@hook
async def family_moved(ctx: Context, family: FamilyRow) -> None:
    await services.family_moved(ctx, family)


@hook
async def family_ended(ctx: Context, family: FamilyRow) -> None:
    await services.family_ended(ctx, family)


@hook
async def locations_moved(ctx: Context, location: Location) -> None:
    await services.readdress(ctx, location)


@hook
async def product_in_use(ctx: Context, product_id: UUID) -> bool | None:
    return await services.product_in_use(ctx, product_id)


@hook
async def terms_in_use(ctx: Context, terms_id: UUID) -> bool | None:
    return await services.terms_in_use(ctx, terms_id)


@hook
async def switched_on(ctx: Context, since: datetime | None) -> None:
    await services.catch_up(ctx, since)
    await jobs_.expire(ctx)
    await jobs_.suspend_overdue(ctx)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    return services.personal.held(insuree_ids)


@hook
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    return await services.personal.needed(ctx, insuree_ids)
