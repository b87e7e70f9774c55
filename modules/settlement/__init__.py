"""Paying health facilities: batch runs, statements, payments."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core import Base, Context, ErrorCode, Job, Manifest, Mutation, Part, Query, Right, extend, hook
from modules.claim.rules import ClaimStatus
from modules.claim.services import personal
from modules.claim.types import Claim
from modules.location.hooks import Use
from modules.location.services import uses
from modules.location.types import HealthFacility
from modules.settlement import errors as errors_
from modules.settlement import models, mutations, queries, services
from modules.settlement import rights as rights_

manifest = Manifest(
    name="settlement",
    title="Paying health facilities",
    version="1.0",
    needs=("location", "insuree", "product", "policy", "contribution", "claim", "valuation"),
)


@hook
def tables() -> Sequence[type[Base]]:
    return (
        models.BatchRun, models.ProductIndex, models.FacilityStatement, models.RunClaim, models.RunLine,
        models.CapitationShare, models.Adjustment, models.Payment,
    )  # fmt: skip


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors_.ALL


@hook
def jobs() -> Sequence[Job]:
    return (Job(services.RUN, run=services.run_ordered),)


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(
            Query, queries.batch_runs, queries.batch_run, queries.batch_run_preview, queries.facility_statements,
            queries.facility_statement,
        ),
        extend(
            Mutation, mutations.run_batch, mutations.confirm_batch_run, mutations.undo_batch_run,
            mutations.record_facility_payment, mutations.record_adjustment,
        ),
        extend(Claim, queries.batch_run_of_claim, queries.paid_on),
        extend(HealthFacility, queries.statements),
    ]  # fmt: skip


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    return await uses(ctx, location_ids, ("batch runs", models.BatchRun.location_id))


@hook
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    return await personal.unsettled(ctx, insuree_ids, (ClaimStatus.VALUATED,))
