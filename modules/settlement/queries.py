"""Root queries of batch runs and statements, and what settlement adds to claims and facilities."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import func, select

from core import SQL, BadRequest, Context, Money, UserError, Where, argument, expression, one, page, query
from core.money import ZERO
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.location.models import HealthFacility
from modules.product.rules import IndexPeriod
from modules.settlement import models, rights, services
from modules.settlement.inputs import Month, Place, Year
from modules.settlement.types import BatchRun, BatchRunPreview, FacilityStatement, PreviewedIndex, PreviewedStatement


@page(BatchRun, order=("-year", "-month", "-id"), right=rights.BATCH_RUN_READ)
def batch_runs(run: type[models.BatchRun]) -> Where:
    """Batch runs of the places you work in, those undone too, the latest month first."""
    yield from ()


@one(BatchRun, right=rights.BATCH_RUN_READ)
def batch_run(run: type[models.BatchRun], id: Annotated[UUID, argument("The batch run's id.")]) -> Where:
    """One batch run."""
    yield run.id == id


@query(right=rights.BATCH_RUN_READ)
async def batch_run_preview(ctx: Context, year: Year, month: Month, location_id: Place = None) -> BatchRunPreview:
    """What a batch run of the month would pay now, late claims included. Nothing is written."""
    try:
        settlement = await services.preview(ctx, location_id, year, month)
    except UserError as error:
        raise BadRequest(error.code.message(ctx.language, error.parameters)) from error
    return _preview(settlement, location_id, year, month)


@page(FacilityStatement, order=("-created_at", "-id"), right=rights.STATEMENT_READ)
def facility_statements(statement: type[models.FacilityStatement]) -> Where:
    """What facilities are paid, the latest first: what your place pays, and what is confirmed for your facilities."""
    yield from ()


@one(FacilityStatement, right=rights.STATEMENT_READ)
def facility_statement(
    statement: type[models.FacilityStatement], id: Annotated[UUID, argument("The statement's id.")]
) -> Where:
    """One statement of what a facility is paid."""
    yield statement.id == id


@page(FacilityStatement, order=("-created_at", "-id"), right=rights.STATEMENT_READ)
def statements(facility: type[HealthFacility], statement: type[models.FacilityStatement]) -> Where:
    """What the facility is paid, the latest first."""
    yield statement.health_facility_id == facility.id


@one(BatchRun, seen_with_parent=True)
def batch_run_of_claim(claim: type[Claim], run: type[models.BatchRun]) -> Where:
    """The batch run that settles the claim; of several, when products of several places pay it, the last one."""
    settled = models.RunClaim.__table__.alias()
    of_claim = select(settled.c.run_id).where(settled.c.claim_id == claim.id, settled.c.ended_at.is_(None))
    yield run.id == of_claim.order_by(settled.c.id.desc()).limit(1).scalar_subquery()


batch_run_of_claim.python_name = "batch_run"


@expression
def paid_on(claim: type[Claim]) -> SQL[date | None]:
    """The day on which its facility was paid all of it."""
    settled, statement = models.RunClaim.__table__.alias(), models.FacilityStatement.__table__.alias()
    return (
        select(func.max(statement.c.paid_on))
        .join(settled, settled.c.statement_id == statement.c.id)
        .where(settled.c.claim_id == claim.id, settled.c.ended_at.is_(None), claim.status == ClaimStatus.PAID)
        .scalar_subquery()
    )


def _preview(settlement: services.Settlement, location_id: UUID | None, year: int, month: int) -> BatchRunPreview:
    statements = [_statement(statement) for statement in settlement.statements]
    return BatchRunPreview(
        location=_row(location_id),
        year=year,
        month=month,
        claim_count=sum(statement.claim_count for statement in statements),
        remunerated=Money(sum((statement.remunerated for statement in statements), ZERO)),
        capitation=Money(sum((statement.capitation for statement in statements), ZERO)),
        adjustments=Money(sum((statement.adjustments for statement in statements), ZERO)),
        amount_to_pay=Money(sum((statement.amount_to_pay for statement in statements), ZERO)),
        indices=[_index(index) for index in settlement.indices],
        statements=statements,
    )


def _index(index: services.ComputedIndex) -> PreviewedIndex:
    window = index.window.window
    return PreviewedIndex(
        product=_row(index.product_id),
        care_type=index.window.care_type,
        period=IndexPeriod(window.period),
        starts_on=window.start,
        ends_on=window.end,
        allocated_premium=Money(index.allocated_premium),
        distribution_percent=index.distribution_percent,
        denominator=Money(index.denominator),
        value=index.value,
    )


def _statement(statement: services.Statement) -> PreviewedStatement:
    figures: Any = statement.figures
    return PreviewedStatement(health_facility=_row(statement.health_facility_id), **figures)


def _row(id: UUID | None) -> Any:
    """A field with a mapped type takes the row's id; what is selected of the row is compiled."""
    return id
