"""Batch runs and what they pay health facilities. Only this module writes these tables."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, and_, exists, or_, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Amount, Rate, Row, VersionedRow, Viewer, Where, state
from core.money import ZERO
from modules.location.rules import CareType
from modules.location.scopes import in_places, in_whole_place
from modules.product.rules import IndexPeriod
from modules.settlement.rules import Criterion

CURRENT = text("ended_at IS NULL")

_of_facility = in_places(village=None, facility="health_facility_id")


class BatchRunStatus(StrEnum):
    """How far a batch run is. Only a confirmed one is paid; one that is undone has given its claims back.

    PREVIEW: computed, and waiting for another account to confirm it. CONFIRMED: its claims are paid for. UNDONE:
    taken back; its claims are free again. PAID: the money has left.
    """

    PREVIEW = "PREVIEW"
    CONFIRMED = "CONFIRMED"
    UNDONE = "UNDONE"
    PAID = "PAID"


class BatchRun(VersionedRow):
    """The settlement of a month for the products of one place; of the national products without a place.

    Who ran and who confirmed it are accounts, and two of them (decision 33).
    """

    __tablename__ = "settlement_batch_run"

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """The runs of places in the whole of which the viewer works."""
        yield from in_whole_place(row.location_id, viewer)

    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    year: Mapped[int]
    month: Mapped[int]
    status: Mapped[BatchRunStatus] = mapped_column(state(BatchRunStatus), default=BatchRunStatus.PREVIEW)
    run_by: Mapped[UUID | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("confirmed_by <> run_by", name="two_accounts"),
        Index(
            "uq_settlement_batch_run_month",
            "location_id",
            "year",
            "month",
            unique=True,
            postgresql_where=text("status <> 'UNDONE'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "year", "month", "id"),
    )


def paid_by_run(row: Any, viewer: Viewer) -> Where:
    """What a run pays is seen where the run is; and, once it is confirmed, by the facility and its district."""
    yield row.ended_at.is_(None)
    if viewer.unbounded:
        return
    run = aliased(BatchRun)
    paying = and_(*in_whole_place(run.location_id, viewer))
    paid = and_(run.status != BatchRunStatus.PREVIEW, *_of_facility(row, viewer))
    yield exists().where(run.id == row.run_id, or_(paying, paid))


class ProductIndex(Row):
    """What a run pays of each shilling valued at relative prices of a product, for one care side, and why.

    `value` = `allocated_premium` x `distribution_percent` / `denominator`; 1 where nothing was valued, or where the
    product has no index (claims spec 2.17).
    """

    __tablename__ = "settlement_product_index"

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees the run."""
        run = aliased(BatchRun)
        yield exists().where(run.id == row.run_id, *in_whole_place(run.location_id, viewer))

    run_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_batch_run.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    care_type: Mapped[CareType] = mapped_column(state(CareType))
    period: Mapped[IndexPeriod] = mapped_column(state(IndexPeriod))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    allocated_premium: Mapped[Amount]
    distribution_percent: Mapped[Rate]
    denominator: Mapped[Amount]
    value: Mapped[Rate]

    __table_args__ = (UniqueConstraint("run_id", "product_id", "care_type"), Index(None, "product_id"))


class FacilityStatement(VersionedRow):
    """What a run pays one facility, to the shilling. `paid_on` is the day on which all of it was paid.

    The statements of a run that was undone have `ended_at`.
    """

    __tablename__ = "settlement_facility_statement"
    __scope__ = paid_by_run

    run_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_batch_run.id"))
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    district_id: Mapped[UUID]
    claim_count: Mapped[int]
    claimed: Mapped[Amount]
    approved: Mapped[Amount]
    valuated: Mapped[Amount]
    remunerated: Mapped[Amount]
    capitation: Mapped[Amount]
    adjustments: Mapped[Amount]
    amount_to_pay: Mapped[Amount]
    paid: Mapped[Amount] = mapped_column(default=ZERO)
    paid_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("amount_to_pay = remunerated + capitation + adjustments", name="adds_up"),
        CheckConstraint("paid BETWEEN 0 AND amount_to_pay", name="paid"),
        CheckConstraint("paid_on IS NULL OR paid = amount_to_pay", name="paid_on"),
        UniqueConstraint("run_id", "health_facility_id"),
        Index("ix_settlement_facility_statement_facility", "health_facility_id", "created_at", "id"),
        Index("ix_settlement_facility_statement_district", "district_id", "created_at", "id"),
        Index(None, "created_at", "id"),
    )


def _of_statement(row: Any, viewer: Viewer) -> Where:
    """What belongs to a statement is seen by whoever sees the statement."""
    statement = aliased(FacilityStatement)
    yield exists().where(statement.id == row.statement_id, *paid_by_run(statement, viewer))


class RunClaim(Row):
    """What a run settles of a claim: its lines of one product. They are in one run only, those undone aside.

    Of most claims that is all; lines of another product, of another place maybe, are settled by that one's run.
    """

    __tablename__ = "settlement_run_claim"
    __scope__ = _of_statement

    run_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_batch_run.id"))
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_facility_statement.id"))
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    valuated: Mapped[Amount]
    remunerated: Mapped[Amount]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_settlement_run_claim_current", "claim_id", "product_id", unique=True, postgresql_where=CURRENT),
        Index(None, "claim_id"),
        Index(None, "product_id"),
        Index(None, "run_id"),
        Index(None, "statement_id", "id"),
    )


class RunLine(Row):
    """A line of which a run says what the facility gets: at a relative price, or none where it is paid per head."""

    __tablename__ = "settlement_run_line"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_batch_run.id"))
    claim_line_id: Mapped[UUID] = mapped_column(ForeignKey("claim_line.id"))
    remunerated: Mapped[Amount]

    __table_args__ = (UniqueConstraint("run_id", "claim_line_id"), Index(None, "claim_line_id"))


class CapitationShare(Row):
    """What a product pays a facility by one criterion of its capitation. `unit_price` is rounded, to be shown."""

    __tablename__ = "settlement_capitation_share"
    __scope__ = _of_statement

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_facility_statement.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    criterion: Mapped[Criterion] = mapped_column(state(Criterion))
    units: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    unit_price: Mapped[Decimal] = mapped_column(Numeric(24, 6))
    amount: Mapped[Amount]

    __table_args__ = (
        UniqueConstraint("statement_id", "product_id", "criterion", name="uq_settlement_capitation_share_criterion"),
        Index(None, "product_id"),
    )


class Adjustment(Row):
    """A correction of a claim that was paid: more, or less if negative. A later run of the place pays it.

    `run_id` is the run that paid the claim, `statement_id` the statement that takes the correction in.
    """

    __tablename__ = "settlement_adjustment"

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees the run that paid the claim, and the facility with its district."""
        if viewer.unbounded:
            return
        run = aliased(BatchRun)
        paying = exists().where(run.id == row.run_id, *in_whole_place(run.location_id, viewer))
        yield or_(paying, *_of_facility(row, viewer))

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_batch_run.id"))
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    district_id: Mapped[UUID]
    amount: Mapped[Amount]
    reason: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[UUID | None]
    statement_id: Mapped[UUID | None] = mapped_column(ForeignKey("settlement_facility_statement.id"))

    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index(None, "claim_id"),
        Index(None, "run_id"),
        Index(None, "health_facility_id"),
        Index(None, "statement_id", "created_at"),
        Index("ix_settlement_adjustment_waiting", "created_at", postgresql_where=text("statement_id IS NULL")),
    )


class Payment(Row):
    """Money that went to a facility for a statement."""

    __tablename__ = "settlement_payment"
    __scope__ = _of_statement

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("settlement_facility_statement.id"))
    amount: Mapped[Amount]
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(50))
    recorded_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("reference"),
        Index(None, "statement_id", "paid_on"),
    )
