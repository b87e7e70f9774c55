"""What other modules can add to the checks of claims, and what they are told of claims."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from core import Context, hookspec
from core.values import value
from modules.claim.models import Claim, FeedbackPrompt
from modules.claim.rules import ClaimStatus, Finding, RejectionReason, first_reason, is_hospital_stay
from modules.claim.rules import target_date as day_of
from modules.medical.models import Service
from modules.medical.rules import ServiceCategory, VisitType
from modules.medical.services import Wanted


@value
class CheckedLine:
    """A line that is being checked: what was given, at which unit prices, and what was found so far.

    `listed` is the unit price on the facility's price list on the target date, None where the list does not have it.
    `service`: the register's entry, of a service. `parts`: of a fee-for-service bundle, the quantities entered, by item
    or service; `defined`: those that the register has.
    """

    id: UUID
    line_no: int
    element_id: UUID
    is_service: bool
    quantity: Decimal
    price_asked: Decimal
    listed: Decimal | None
    service: Service | None = None
    parts: Mapping[UUID, Decimal] = field(default_factory=dict)
    defined: Mapping[UUID, Decimal] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a finding refuses it already."""
        return bool(self.findings) and first_reason(self.findings) is not RejectionReason.ACCEPTED


@value
class CheckedClaim:
    """A claim that is being checked, with what was found on it and its lines so far."""

    id: UUID
    insuree_id: UUID
    health_facility_id: UUID
    facility_level_code: str
    date_from: date
    date_to: date | None
    visit_type: VisitType
    category: ServiceCategory
    adult: bool
    age: int
    """Whole years on the target date."""

    lines: tuple[CheckedLine, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def target_date(self) -> date:
        """The day on which registers, prices and limits are read."""
        return day_of(self.date_from, self.date_to)

    @property
    def hospital_stay(self) -> bool:
        """Whether the patient stayed."""
        return is_hospital_stay(self.date_from, self.date_to)

    @property
    def failed(self) -> bool:
        """Whether a finding refuses the claim as a whole already."""
        return bool(self.findings) and first_reason(self.findings) is not RejectionReason.ACCEPTED


@value
class LineVerdict:
    """What an examiner says of a line: more findings, the quantity that is paid for, and the unit price if known."""

    findings: tuple[Finding, ...]
    quantity: Decimal
    price: Decimal | None = None


@value
class Verdict:
    """What an examiner says of a claim: more findings, and its lines by their numbers."""

    findings: tuple[Finding, ...] = ()
    lines: Mapping[int, LineVerdict] = field(default_factory=dict)


class Examiner(Protocol):
    """Checks claims that are handed in together, one after the other: what passes counts for those that follow."""

    def check(self, claim: CheckedClaim) -> Verdict:
        """Check one claim. No database: everything was read when the examiner was made."""

    async def write(self) -> None:
        """Write down what the accepted lines take, after the claims themselves were written."""


@value
class StatusChange:
    """A claim went from one state to another."""

    claim_id: UUID
    before: ClaimStatus
    after: ClaimStatus


# Rules over plain data.


@hookspec
def check_claim_lines(claim: CheckedClaim) -> Mapping[int, Sequence[Finding]] | None:
    """What a country finds on lines beyond the checks of this module, by line number."""


# In the transaction of the change.


@hookspec
async def claim_code(ctx: Context, claim: Claim) -> str | None:
    """The code of a claim entered or restored without one: no longer than `code_length`, unique within the facility."""


@hookspec
async def line_prices(
    ctx: Context, wanted: Collection[Wanted], listed: Mapping[Wanted, Decimal]
) -> Mapping[Wanted, Decimal] | None:
    """The unit prices that a country pays instead of those of the price lists, at entry and at submission.

    `listed`: what the lists say. What the answer leaves out stays as listed; what it names counts as listed, even where
    no list has it. All lines of all claims of a step are asked for together: read what is needed once.
    """


@hookspec
async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Examiner | None:
    """Claims are handed in: read once what their checks need, and answer who checks them."""


@hookspec
async def claims_reviewed(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    """A review changed quantities, prices or lines of claims that stay CHECKED: note anew what they take."""


@hookspec
async def claims_settled_by_sample(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    """Claims that stay CHECKED got their prices from a sample that was reviewed: value them now."""


@hookspec
async def claims_undone(ctx: Context, claim_ids: Sequence[UUID]) -> None:
    """Claims that were CHECKED are returned or rejected: forget what they take (decision 29)."""


@hookspec
async def claims_changed_status(ctx: Context, changes: Sequence[StatusChange]) -> None:
    """Claims went from one state to another, for whatever reason; all of one transaction's step together."""


@hookspec
async def feedback_prompted(ctx: Context, prompts: Sequence[FeedbackPrompt]) -> None:
    """Claims were selected for feedback: tell the officers whom to ask. Sending is a job's business (`defer`)."""
