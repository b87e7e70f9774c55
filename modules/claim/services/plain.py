"""Rows as plain data. Bulk work reads these: objects that follow their own changes cost more than all the rules."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from modules.claim.models import LineStatus
from modules.claim.rules import ClaimStatus, RejectionReason, SelectionStatus
from modules.claim.rules import target_date as day_of
from modules.insuree.models import InsureeStatus
from modules.medical.rules import ServiceCategory, VisitType


class PlainClaim(NamedTuple):
    """A claim as bulk work sees it; the names are those of its columns."""

    id: UUID
    code: str
    insuree_id: UUID
    health_facility_id: UUID
    district_id: UUID
    date_from: date
    date_to: date | None
    claimed_on: date
    visit_type: VisitType
    category: ServiceCategory | None
    main_diagnosis_id: UUID
    referred_from_id: UUID | None
    status: ClaimStatus
    claimed: Decimal
    review_status: SelectionStatus
    feedback_status: SelectionStatus
    submitted_at: datetime | None
    processed_at: datetime | None

    @property
    def target_date(self) -> date:
        """The day on which registers, prices and limits are read."""
        return day_of(self.date_from, self.date_to)


class PlainLine(NamedTuple):
    """A line of a claim; the names are those of its columns."""

    id: UUID
    claim_id: UUID
    line_no: int
    item_id: UUID | None
    service_id: UUID | None
    quantity_provided: Decimal
    quantity_approved: Decimal | None
    price_asked: Decimal
    price_adjusted: Decimal | None
    price_approved: Decimal | None
    status: LineStatus
    rejection_reason: RejectionReason | None
    justification: str | None

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element


class PlainPatient(NamedTuple):
    """An insured person; the names are those of the columns. `closed`: there is no current family."""

    id: UUID
    gender_code: str
    birth_date: date
    district_id: UUID
    status: InsureeStatus
    status_on: date | None
    ended_at: datetime | None
    closed: bool
