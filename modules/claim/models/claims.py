"""Claims, and who sees what belongs to them."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, and_, exists, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Amount, Row, VersionedRow, Viewer, Where, noted_outside, state
from modules.claim.rights import DIAGNOSIS_READ
from modules.claim.rules import ClaimStatus, RejectionReason, SelectionStatus
from modules.location.rules import CareType
from modules.location.scopes import in_places
from modules.medical.rules import ServiceCategory, VisitType

LONGEST_CODE = 50
LONGEST_TEXT = 500
CARE_DAYS = 90
"""Days after admission in which reading a claim belongs to the facility's work."""
CURRENT = text("ended_at IS NULL")

_of_facilities = in_places(village=None, facility="health_facility_id")


def current(row: Any, viewer: Viewer) -> Where:
    """What belongs to a facility is seen by its staff and by the offices of its district; what ended is nobody's."""
    yield row.ended_at.is_(None)
    yield from _of_facilities(row, viewer)


def _of_recent_care(claim: Any, viewer: Viewer) -> Where:
    """The care relation of a facility: its own claims of the last 90 days (decision 8)."""
    if viewer.has("facility"):
        recent = claim.date_from + CARE_DAYS > viewer.value("today", Date)
        yield and_(viewer.among("facility", claim.health_facility_id), recent)


class Claim(VersionedRow):
    """What a health facility asks for the care of one patient, from a day of admission to a day of discharge.

    `district_id` is the facility's when the claim was entered. `category`, `approved` and the price and quantity that
    the checks settled are known from submission on. `restores_id` is the rejected claim that it was made from. One that
    was deleted has `ended_at`.
    """

    __tablename__ = "claim_claim"
    __scope__ = current
    __noted__ = noted_outside(_of_recent_care)
    __found_by__ = (
        "code", "insuree_id", "health_facility_id", "administrator_id", "referred_from_id", "referred_to_id",
        "restores_id",
    )  # fmt: skip

    code: Mapped[str] = mapped_column(String(LONGEST_CODE))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    district_id: Mapped[UUID]
    administrator_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim_administrator.id"))
    date_from: Mapped[date]
    date_to: Mapped[date | None]
    claimed_on: Mapped[date]
    visit_type: Mapped[VisitType] = mapped_column(state(VisitType), default=VisitType.OTHER)
    care_type: Mapped[CareType] = mapped_column(state(CareType))
    category: Mapped[ServiceCategory | None] = mapped_column(state(ServiceCategory))
    main_diagnosis_id: Mapped[UUID] = mapped_column(ForeignKey("medical_diagnosis.id"))
    pre_authorised: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    guarantee: Mapped[str | None] = mapped_column(String(50))
    patient_condition_code: Mapped[str | None] = mapped_column(String(20))
    referred_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_health_facility.id"))
    referred_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_health_facility.id"))
    referral_code: Mapped[str | None] = mapped_column(String(50))
    restores_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim_claim.id"))
    explanation: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    adjustment: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    return_reason: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    status: Mapped[ClaimStatus] = mapped_column(state(ClaimStatus), default=ClaimStatus.ENTERED)
    claimed: Mapped[Amount]
    approved: Mapped[Amount | None]
    rejection_reason: Mapped[RejectionReason | None] = mapped_column(state(RejectionReason))
    review_status: Mapped[SelectionStatus] = mapped_column(state(SelectionStatus), default=SelectionStatus.IDLE)
    feedback_status: Mapped[SelectionStatus] = mapped_column(state(SelectionStatus), default=SelectionStatus.IDLE)
    submitted_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_claim_claim_code", "health_facility_id", "code", unique=True, postgresql_where=CURRENT),
        Index(None, "code"),
        Index("ix_claim_claim_code_trgm", "code", postgresql_using="gin", postgresql_ops={"code": "gin_trgm_ops"}),
        Index(None, "insuree_id", "date_from", "id"),
        Index(None, "health_facility_id", "date_from", "id"),
        # How many claims a district has is counted from the index alone, which the deleted ones would prevent.
        Index(None, "district_id", "date_from", "id", postgresql_where=CURRENT),
        Index(None, "date_from", "id"),
        Index(None, "status", "date_from", "id"),
        Index(None, "administrator_id"),
        # The mean of a diagnosis over a year is read from the index alone.
        Index(None, "main_diagnosis_id", "date_from", postgresql_include=["status", "claimed"]),
        # Few claims have these, and an index without the others need not follow each change of their state.
        Index(None, "referred_from_id", postgresql_where=text("referred_from_id IS NOT NULL")),
        Index(None, "referred_to_id", postgresql_where=text("referred_to_id IS NOT NULL")),
        Index(None, "restores_id", postgresql_where=text("restores_id IS NOT NULL")),
        Index(None, "processed_at"),
        # Few claims wait for feedback at any time; prompts are open as long as theirs does.
        Index("ix_claim_claim_awaits_feedback", "id", postgresql_where=text("feedback_status = 'SELECTED'")),
    )


def of_claim(row: Any, viewer: Viewer) -> Where:
    """What belongs to a claim is seen by whoever sees the claim."""
    claim = aliased(Claim)
    yield exists().where(claim.id == row.claim_id, *current(claim, viewer))


class ClaimDiagnosis(Row):
    """A secondary diagnosis of a claim."""

    __tablename__ = "claim_diagnosis"
    __scope__ = of_claim
    __guarded__: ClassVar = {"diagnosis_id": DIAGNOSIS_READ}

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    diagnosis_id: Mapped[UUID] = mapped_column(ForeignKey("medical_diagnosis.id"))
    position: Mapped[int]

    __table_args__ = (UniqueConstraint("claim_id", "diagnosis_id"), Index(None, "diagnosis_id"))
