"""What products pay of claims: which policy covers a line, what limits leave of it, and what it is worth."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Job, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from modules.claim.hooks import CheckedClaim, Examiner
from modules.claim.rules import ClaimStatus
from modules.claim.services import personal
from modules.claim.types import Claim, ClaimLine
from modules.insuree.hooks import Held
from modules.policy.hooks import HeldCover, Taken
from modules.valuation import errors as errors_
from modules.valuation import hooks as hooks_
from modules.valuation import models, mutations, services, types
from modules.valuation import rights as rights_
from modules.valuation import settings as settings_

manifest = Manifest(
    name="valuation",
    title="What products pay of claims",
    version="1.0",
    needs=("location", "insuree", "medical", "product", "policy", "claim"),
)


@hook
def tables() -> Sequence[type[Base]]:
    return (models.ClaimValue, models.LineValue, models.PolicyUsage)


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
def jobs() -> Sequence[Job]:
    return (
        Job(services.PROCESS, run=services.process_ordered),
        Job(services.CATCH_UP, run=services.note_anew),
    )


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Mutation, mutations.process_claims),
        extend(Claim, *types.CLAIM),
        extend(ClaimLine, *types.LINE),
    ]


@hook
async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Examiner | None:
    return await services.examiner(ctx, claims)


@hook
async def claims_reviewed(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    await services.revalue(ctx, claim_ids)


@hook
async def claims_settled_by_sample(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    await services.value(ctx, claim_ids)


@hook
async def claims_undone(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    await services.forget(ctx, claim_ids)


@hook
def usage(cover: HeldCover) -> Taken:
    return services.taken(cover)


@hook
async def cover_used(ctx: Context, policy_id: UUID, first: date, last: date, insuree_id: UUID | None) -> bool | None:
    return await services.cover_used(ctx, policy_id, first, last, insuree_id)


@hook
async def switched_on(ctx: Context, since: datetime | None) -> None:
    await services.catch_up(ctx, since)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    return services.held(insuree_ids)


@hook
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    return await personal.unsettled(ctx, insuree_ids, (ClaimStatus.CHECKED, ClaimStatus.PROCESSED))
