"""Contributions: the money paid for policies, and who pays for others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook
from modules.contribution import errors as errors_
from modules.contribution import hooks as hooks_
from modules.contribution import models, mutations, queries, services
from modules.contribution import rights as rights_
from modules.contribution import settings as settings_
from modules.insuree.hooks import Held
from modules.insuree.models import Family
from modules.location.hooks import Use
from modules.location.models import Location
from modules.location.services import uses
from modules.policy.hooks import Standing
from modules.policy.models import Policy as PolicyRow
from modules.policy.types import Policy

manifest = Manifest(
    name="contribution",
    title="Contributions and payers",
    version="1.0",
    needs=("location", "insuree", "product", "policy"),
)


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Payer, models.Contribution, models.Funding)


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
            Query, queries.contributions, queries.contribution, queries.payers, queries.payer, queries.fundings,
            queries.funding,
        ),
        extend(
            Mutation, mutations.record_contribution, mutations.update_contribution, mutations.delete_contribution,
            mutations.confirm_payment, mutations.create_payer, mutations.update_payer, mutations.delete_payer,
            mutations.record_funding, mutations.change_funding_status,
        ),
        extend(Policy, queries.contributions_of_policy, queries.balance),
    ]  # fmt: skip


@hook
async def payments(ctx: Context, policies: Sequence[PolicyRow]) -> Mapping[UUID, Standing] | None:
    return await services.standings(ctx, policies)


@hook
async def policy_deleted(ctx: Context, policy: PolicyRow) -> None:
    await services.void_all(ctx, policy)


@hook
async def family_moved(ctx: Context, family: Family) -> None:
    await services.family_moved(ctx, family)


@hook
async def locations_moved(ctx: Context, location: Location) -> None:
    await services.readdress(ctx, location)


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    return await uses(ctx, location_ids, ("payers", models.Payer.location_id))


@hook
async def switched_on(ctx: Context, since: datetime | None) -> None:
    await services.catch_up(ctx, since)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    return services.held(insuree_ids)
