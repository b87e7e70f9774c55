"""Batch runs, statements and payments in GraphQL."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from core import (
    SQL,
    Money,
    Node,
    Viewer,
    Where,
    argument,
    column,
    expression,
    many,
    mapped,
    output_type,
    page,
    reference,
)
from modules.claim.types import Claim
from modules.location.rules import CareType
from modules.location.types import HealthFacility, Location
from modules.product.rules import IndexPeriod
from modules.product.types import Product
from modules.settlement import models
from modules.settlement.models import BatchRunStatus
from modules.settlement.rights import BATCH_RUN_READ, STATEMENT_READ
from modules.settlement.rules import Criterion


def total(name: str, description: str) -> Any:
    """The sum of an amount over the statements of a run that the viewer sees."""

    def amount(run: type[models.BatchRun], viewer: Viewer) -> SQL[Money]:
        return _sum(run, name, viewer)

    amount.__doc__ = description
    return expression(amount, right=BATCH_RUN_READ)


def _sum(run: type[models.BatchRun], name: str, viewer: Viewer) -> ColumnElement[Any]:
    """Whoever sees a run beside a claim or a statement need not see all that it pays."""
    statement = aliased(models.FacilityStatement)
    of_run = (statement.run_id == run.id, *models.paid_by_run(statement, viewer))
    return select(func.coalesce(func.sum(getattr(statement, name)), 0)).where(*of_run).scalar_subquery()


@mapped(models.ProductIndex)
class RelativeIndex(Node):
    """What a run pays of each shilling valued at relative prices of a product, and why."""

    product: Product = reference("The product.")
    care_type: CareType = column("The care it is for.")
    period: IndexPeriod = column("How often the product has it computed.")
    starts_on: date = column("The first day of the period.")
    ends_on: date = column("The last day of the period.")
    allocated_premium: Money = column("The part of the contributions that belongs to the period.")
    distribution_percent: Decimal = column("The part of it that is spent on this care, in per cent.")
    denominator: Money = column("What was valued at relative prices.")
    value: Decimal = column("The index; 1 where nothing was valued or the product has none.")


@mapped(models.CapitationShare)
class CapitationShare(Node):
    """What a product pays a facility by one criterion of its capitation."""

    product: Product = reference("The product.")
    criterion: Criterion = column("What it is paid by.")
    units: Decimal = column("How many of them the facility has.")
    unit_price: Decimal = column("What one earns, rounded to six places.")
    amount: Money = column("What the facility gets.")


@mapped(models.RunClaim)
class SettledClaim(Node):
    """A claim with what a run pays for it; once for each product that pays some of its lines."""

    claim: Claim = reference("The claim.", seen_with_parent=True)
    product: Product = reference("The product that pays.")
    valuated: Money = column("What the product pays of it, before the index of relative prices.")
    remunerated: Money = column("What the facility gets for it.")


@mapped(models.Payment, search=("reference",))
class FacilityPayment(Node):
    """Money that went to a facility."""

    statement: "FacilityStatement | None" = reference("The statement that it pays.")
    amount: Money = column("How much.")
    paid_on: date = column("The day it was paid.")
    reference: str = column("The transfer's number.")
    recorded_by: UUID | None = column("The account that recorded it.")
    created_at: datetime = column("When it was recorded.")


@mapped(models.Adjustment)
class PaymentAdjustment(Node):
    """A correction of a claim that was paid; a later run pays it."""

    claim: Claim = reference("The claim.", seen_with_parent=True)
    health_facility: HealthFacility = reference("The facility.")
    amount: Money = column("How much more the facility gets; less, if negative.")
    reason: str = column("Why.")
    statement: "FacilityStatement | None" = reference("The statement that took it in; null while it waits.")
    recorded_by: UUID | None = column("The account that recorded it.")
    created_at: datetime = column("When it was recorded.")


@mapped(models.FacilityStatement)
class FacilityStatement(Node):
    """What a batch run pays one facility."""

    batch_run: "BatchRun" = reference("The batch run.", by="run_id", seen_with_parent=True)
    health_facility: HealthFacility = reference("The facility.")
    claim_count: int = column("How many claims it settles.")
    claimed: Money = column("What the facility asked for.")
    approved: Money = column("What was accepted before the products' terms.")
    valuated: Money = column("What the products pay, before the index of relative prices.")
    remunerated: Money = column("What the facility gets for the claims.")
    capitation: Money = column("What it gets per head.")
    adjustments: Money = column("Corrections of claims that were paid before.")
    amount_to_pay: Money = column("The sum of the three.")
    paid: Money = column("What was paid of it so far.")
    paid_on: date | None = column("The day on which all of it was paid.")
    version: int = column("Counts the changes.")
    created_at: datetime = column("When the batch was run.")
    updated_at: datetime = column("When it was last changed.")

    @page(SettledClaim, order="id", seen_with_parent=True)
    def claims(statement: type[models.FacilityStatement], claim: type[models.RunClaim]) -> Where:
        """The claims that it settles."""
        yield claim.statement_id == statement.id

    @many(CapitationShare, order=("product_id", "criterion"), seen_with_parent=True)
    def capitation_shares(statement: type[models.FacilityStatement], share: type[models.CapitationShare]) -> Where:
        """What it gets per head, by product and criterion."""
        yield share.statement_id == statement.id

    @many(PaymentAdjustment, order="created_at", seen_with_parent=True)
    def adjustment_lines(statement: type[models.FacilityStatement], adjustment: type[models.Adjustment]) -> Where:
        """The corrections that it takes in."""
        yield adjustment.statement_id == statement.id

    @many(FacilityPayment, order=("paid_on", "id"), seen_with_parent=True)
    def payments(statement: type[models.FacilityStatement], payment: type[models.Payment]) -> Where:
        """The money that went to the facility."""
        yield payment.statement_id == statement.id


@mapped(models.BatchRun)
class BatchRun(Node):
    """The settlement of a month for the products of one place."""

    location: Location | None = reference("The region or district; null for national products.")
    year: int = column("The year.")
    month: int = column("The month, 1 to 12.")
    status: BatchRunStatus = column("How far it is.")
    run_by: UUID | None = column("The account that ran it.")
    confirmed_by: UUID | None = column("The account that confirmed it, another one.")
    confirmed_at: datetime | None = column("When it was confirmed.")
    undone_by: UUID | None = column("The account that undid it.")
    undone_at: datetime | None = column("When it was undone.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was run.")
    updated_at: datetime = column("When it was last changed.")

    remunerated = total("remunerated", "What facilities get for claims; nothing once the run is undone.")
    capitation = total("capitation", "What facilities get per head.")
    adjustments = total("adjustments", "Corrections of claims that were paid before.")
    amount_to_pay = total("amount_to_pay", "What all facilities get.")
    paid = total("paid", "What was paid of it so far.")

    @expression
    def claim_count(run: type[models.BatchRun], viewer: Viewer) -> SQL[int]:
        """How many claims it settles; none once it is undone."""
        return _sum(run, "claim_count", viewer)

    @many(RelativeIndex, order=("product_id", "care_type"), right=BATCH_RUN_READ)
    def indices(run: type[models.BatchRun], index: type[models.ProductIndex]) -> Where:
        """The indices of relative prices, with what they were computed from."""
        yield index.run_id == run.id

    @page(FacilityStatement, order="id", right=STATEMENT_READ)
    def statements(run: type[models.BatchRun], statement: type[models.FacilityStatement]) -> Where:
        """What it pays each facility."""
        yield statement.run_id == run.id


@output_type
class PreviewedIndex:
    """An index of relative prices as a run would compute it now."""

    product: Annotated[Product | None, argument("The product.")]
    care_type: Annotated[CareType, argument("The care it is for.")]
    period: Annotated[IndexPeriod, argument("How often the product has it computed.")]
    starts_on: Annotated[date, argument("The first day of the period.")]
    ends_on: Annotated[date, argument("The last day of the period.")]
    allocated_premium: Annotated[Money, argument("The part of the contributions that belongs to the period.")]
    distribution_percent: Annotated[Decimal, argument("The part of it that is spent on this care, in per cent.")]
    denominator: Annotated[Money, argument("What was valued at relative prices.")]
    value: Annotated[Decimal, argument("The index; 1 where nothing was valued or the product has none.")]


@output_type
class PreviewedStatement:
    """What a run would pay one facility now."""

    health_facility: Annotated[HealthFacility | None, argument("The facility.")]
    claim_count: Annotated[int, argument("How many claims it would settle.")]
    claimed: Annotated[Money, argument("What the facility asked for.")]
    approved: Annotated[Money, argument("What was accepted before the products' terms.")]
    valuated: Annotated[Money, argument("What the products pay, before the index of relative prices.")]
    remunerated: Annotated[Money, argument("What the facility would get for the claims.")]
    capitation: Annotated[Money, argument("What it would get per head.")]
    adjustments: Annotated[Money, argument("Corrections of claims that were paid before.")]
    amount_to_pay: Annotated[Money, argument("The sum of the three.")]


@output_type
class BatchRunPreview:
    """What a batch run would pay now. Nothing is written."""

    location: Annotated[Location | None, argument("The region or district; null for national products.")]
    year: Annotated[int, argument("The year.")]
    month: Annotated[int, argument("The month.")]
    claim_count: Annotated[int, argument("How many claims it would settle.")]
    remunerated: Annotated[Money, argument("What facilities would get for claims.")]
    capitation: Annotated[Money, argument("What facilities would get per head.")]
    adjustments: Annotated[Money, argument("Corrections of claims that were paid before.")]
    amount_to_pay: Annotated[Money, argument("What all facilities would get.")]
    indices: Annotated[list[PreviewedIndex], argument("The indices of relative prices.")]
    statements: Annotated[list[PreviewedStatement], argument("What each facility would get, by its code.")]
