"""Claims, their lines and papers, what the checks found and what patients say. Only this module writes these tables."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    and_,
    any_,
    exists,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Amount, Rate, Row, VersionedRow, Viewer, Where, noted_outside, state
from modules.claim.rules import ClaimStatus, RejectionReason, SelectionStatus
from modules.location.rules import CareType
from modules.location.scopes import in_places
from modules.medical.rules import ServiceCategory, VisitType

Quantity = Numeric(18, 2)
LONGEST_CODE = 50
LONGEST_TEXT = 500
CARE_DAYS = 90
"""Days after admission in which reading a claim belongs to the facility's work."""
CURRENT = text("ended_at IS NULL")

_of_facilities = in_places(village=None, facility="health_facility_id")
_of_villages = in_places()


class LineStatus(StrEnum):
    """Whether a line of a claim is accepted.

    PASSED: it passed the checks and the review. REJECTED: it was refused; its reason says why.
    """

    PASSED = "PASSED"
    REJECTED = "REJECTED"


def current(row: Any, viewer: Viewer) -> Where:
    """What belongs to a facility is seen by its staff and by the offices of its district; what ended is nobody's."""
    yield row.ended_at.is_(None)
    yield from _of_facilities(row, viewer)


class ClaimAdministrator(VersionedRow):
    """Who answers for the claims of a health facility. `ended_at` is set when that is over."""

    __tablename__ = "claim_administrator"
    __scope__ = current

    code: Mapped[str] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(String(100))
    other_names: Mapped[str] = mapped_column(String(100))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(100))
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    district_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_claim_administrator_code", "code", unique=True, postgresql_where=CURRENT),
        Index("ix_claim_administrator_facility", "health_facility_id", "last_name", "other_names", "id"),
        Index("ix_claim_administrator_district", "district_id", "last_name", "other_names", "id"),
        Index(None, "last_name", "other_names", "id"),
    )


def _of_recent_care(claim: Any, viewer: Viewer) -> Where:
    """The care relation of a facility: its own claims of the last 90 days (decision 8)."""
    if viewer.has("facility"):
        recent = claim.date_from + CARE_DAYS > viewer.value("today", Date)
        yield and_(claim.health_facility_id == any_(viewer.ids("facility")), recent)


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
        Index(None, "district_id", "date_from", "id"),
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
    )


def _of_claim(row: Any, viewer: Viewer) -> Where:
    """What belongs to a claim is seen by whoever sees the claim."""
    claim = aliased(Claim)
    yield exists().where(claim.id == row.claim_id, *current(claim, viewer))


def _not_taken_away(row: Any, viewer: Viewer) -> Where:
    yield row.ended_at.is_(None)
    yield from _of_claim(row, viewer)


def _asked_about(row: Any, viewer: Viewer) -> Where:
    """Who is to ask a patient is seen in the patient's village and district, and by whoever sees the claim."""
    if not viewer.unbounded:
        claim = aliased(Claim)
        seen = exists().where(claim.id == row.claim_id, *current(claim, viewer))
        yield or_(and_(*_of_villages(row, viewer)), seen)


class ClaimDiagnosis(Row):
    """A secondary diagnosis of a claim."""

    __tablename__ = "claim_diagnosis"
    __scope__ = _of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    diagnosis_id: Mapped[UUID] = mapped_column(ForeignKey("medical_diagnosis.id"))
    position: Mapped[int]

    __table_args__ = (UniqueConstraint("claim_id", "diagnosis_id"), Index(None, "diagnosis_id"))


class ClaimLine(Row):
    """An item or a service of a claim, items first, in the facility's order. Prices are per unit.

    `price_adjusted` is what the price list, or the product, makes of the price asked: the list's is noted at entry, and
    submission settles it. `quantity_approved` is what a limit or the reviewer leaves of the quantity.
    """

    __tablename__ = "claim_line"
    __scope__ = _of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_no: Mapped[int]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    quantity_provided: Mapped[Decimal] = mapped_column(Quantity)
    quantity_approved: Mapped[Decimal | None] = mapped_column(Quantity)
    price_asked: Mapped[Amount]
    price_adjusted: Mapped[Amount | None]
    price_approved: Mapped[Amount | None]
    status: Mapped[LineStatus] = mapped_column(state(LineStatus), default=LineStatus.PASSED)
    rejection_reason: Mapped[RejectionReason | None] = mapped_column(state(RejectionReason))
    explanation: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    justification: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))

    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        CheckConstraint("quantity_provided > 0 AND quantity_approved >= 0", name="quantity"),
        CheckConstraint("price_asked >= 0 AND price_approved >= 0", name="price"),
        UniqueConstraint("claim_id", "line_no"),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element

    @property
    def quantity(self) -> Decimal:
        """The approved, else the provided quantity."""
        return self.quantity_provided if self.quantity_approved is None else self.quantity_approved


class ClaimPart(Row):
    """What a bundle on a line was made of: an item or another service, as the facility entered it.

    `quantity_defined` is what the register's bundle held of it on the day of entry; none: the bundle does not hold it.
    """

    __tablename__ = "claim_part"
    __scope__ = _of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("claim_line.id", ondelete="CASCADE"))
    part_no: Mapped[int]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    quantity_defined: Mapped[Decimal | None] = mapped_column(Quantity)
    quantity_provided: Mapped[Decimal] = mapped_column(Quantity)
    price_asked: Mapped[Amount]

    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        CheckConstraint("quantity_provided > 0", name="quantity"),
        CheckConstraint("price_asked >= 0", name="price"),
        UniqueConstraint("line_id", "part_no"),
        Index(None, "claim_id"),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element


class Finding(Row):
    """What a check found on a claim or on one of its lines. `parameters` fill its message (see `rules.messages`).

    One that does not `rejects` is only shown: a possible duplicate, a quantity cut to what a limit leaves.
    """

    __tablename__ = "claim_finding"
    __scope__ = _of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim_line.id"))
    position: Mapped[int]
    code: Mapped[RejectionReason] = mapped_column(state(RejectionReason))
    parameters: Mapped[Mapping[str, Any]] = mapped_column(JSONB)
    rejects: Mapped[bool]

    __table_args__ = (Index(None, "claim_id", "position"), Index(None, "line_id"))


class ClaimAttachment(Row):
    """A paper that belongs to a claim: a file that was sent, or a page elsewhere. One taken away has `ended_at`."""

    __tablename__ = "claim_attachment"
    __scope__ = _not_taken_away

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    link: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    title: Mapped[str] = mapped_column(String(100))
    type_code: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(file_id, link) = 1", name="one_place"),
        UniqueConstraint("file_id"),
        Index(None, "claim_id", "created_at"),
    )


class SampleStatus(StrEnum):
    """Whether a sample of claims still waits for reviews.

    OPEN: the claims drawn are being reviewed. COMPLETED: the other claims are settled.
    """

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"


class ClaimSample(VersionedRow):
    """Claims of which some are reviewed for all: what is left of these is left of the others (claims spec 2.13).

    `ratio` is approved / adjusted of the reviewed claims, known once the sample is completed.
    """

    __tablename__ = "claim_sample"

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees one of its claims."""
        if not viewer.unbounded:
            of = aliased(SampledClaim)
            yield exists().where(of.sample_id == row.id, *_of_claim(of, viewer))

    percent: Mapped[int]
    status: Mapped[SampleStatus] = mapped_column(state(SampleStatus), default=SampleStatus.OPEN)
    ratio: Mapped[Rate | None]

    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        Index(None, "created_at", "id"),
    )


class SampledClaim(Row):
    """A claim of a sample. Those `drawn` are to be reviewed; the others wait for what comes of these.

    A claim is in one sample at a time: `ended_at` is set when its sample is completed.
    """

    __tablename__ = "claim_sampled_claim"
    __scope__ = _of_claim

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("claim_sample.id"))
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    drawn: Mapped[bool]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("sample_id", "claim_id"),
        Index("uq_claim_sampled_claim_current", "claim_id", unique=True, postgresql_where=CURRENT),
        Index(None, "claim_id"),
    )


class FeedbackPrompt(Row):
    """An officer is to ask the patient of a claim how the care was. It is open while the claim waits for feedback.

    `village_id` is the officer's village where the patient stays, or where the family lives; `phone` is the officer's
    number on the day of the prompt. Without an officer the patient is to be telephoned.
    """

    __tablename__ = "claim_feedback_prompt"
    __scope__ = _asked_about

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"), unique=True)
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    district_id: Mapped[UUID]
    phone: Mapped[str | None] = mapped_column(String(50))
    prompted_on: Mapped[date]

    __table_args__ = (
        Index(None, "officer_id"),
        Index(None, "prompted_on", "id"),
        Index(None, "village_id", "prompted_on", "id"),
        Index(None, "district_id", "prompted_on", "id"),
    )


def _of_asked(row: Any, viewer: Viewer) -> Where:
    """What a patient said is seen by whoever sees the claim, or was to ask."""
    if not viewer.unbounded:
        claim, prompt = aliased(Claim), aliased(FeedbackPrompt)
        yield or_(
            exists().where(claim.id == row.claim_id, *current(claim, viewer)),
            exists().where(prompt.claim_id == row.claim_id, *_of_villages(prompt, viewer)),
        )


class Feedback(Row):
    """What the patient of a claim says of the care. `assessment`: from 0, bad, to 5, good."""

    __tablename__ = "claim_feedback"
    __scope__ = _of_asked

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"), unique=True)
    care_rendered: Mapped[bool]
    payment_asked: Mapped[bool]
    drug_prescribed: Mapped[bool]
    drug_received: Mapped[bool]
    assessment: Mapped[int]
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    given_on: Mapped[date]

    __table_args__ = (CheckConstraint("assessment BETWEEN 0 AND 5", name="assessment"), Index(None, "officer_id"))
