"""Claims in GraphQL."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Text, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from core import (
    JSON,
    SQL,
    Context,
    Lookup,
    Money,
    Node,
    UserErrorInfo,
    Viewer,
    Where,
    argument,
    column,
    computed,
    expression,
    input_type,
    link_to,
    lookup,
    many,
    mapped,
    one,
    output_type,
    page,
    reference,
)
from modules.claim import models
from modules.claim.models import LineStatus, SampleStatus
from modules.claim.rights import DIAGNOSIS_READ, FEEDBACK_READ, READ
from modules.claim.rules import MESSAGES, ClaimStatus, RejectionReason, SelectionStatus
from modules.insuree.models import Insuree as InsureeRow
from modules.insuree.types import KNOWN_BY, EnrolmentOfficer, Insuree
from modules.location.models import HealthFacility as FacilityRow
from modules.location.rules import CareType
from modules.location.types import HealthFacility, Location
from modules.medical.models import Diagnosis as DiagnosisRow
from modules.medical.rules import ServiceCategory, VisitType
from modules.medical.types import Diagnosis, MedicalItem, MedicalService

TEXTS = {reason.name: {"en": told.en, "sw": told.sw, "fr": told.fr} for reason, told in MESSAGES.items()}
PARAMETERS = ("on", "earliest", "maximum", "used", "last", "days", "claims", "since")
"""What messages of findings may have in braces."""


@mapped(models.ClaimAdministrator, search=("code", "last_name", "other_names"))
class ClaimAdministrator(Node):
    """Who answers for the claims of a health facility."""

    code: str = column("Unique among claim administrators.")
    last_name: str = column("The family name.")
    other_names: str = column("The other names.")
    birth_date: date | None = column("The day of birth.")
    phone: str | None = column("The telephone number.")
    email: str | None = column("The e-mail address.")
    health_facility: HealthFacility = reference("The facility.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")


@mapped(models.Finding)
class ClaimFinding(Node):
    """What a check found on a claim or on one of its lines."""

    code: RejectionReason = column("What is wrong.")
    parameters: JSON = column("What its message tells besides: dates, limits, amounts.")
    rejects: bool = column("Whether it refuses the claim or the line; otherwise it is only shown.")

    @computed(needs=("code",))
    def number(rows: Sequence[Any]) -> list[int]:
        """The number that facilities know the code by."""
        return [row.code.value for row in rows]

    @expression
    def message(finding: type[models.Finding], viewer: Viewer) -> SQL[str]:
        """What is wrong, in the language of Accept-Language."""
        texts = literal(TEXTS, JSONB).op("->")(finding.code)
        language = viewer.value("language", Text)
        message: Any = func.coalesce(texts.op("->>")(language), texts.op("->>")("en"), type_=Text())
        for name in PARAMETERS:
            value = func.coalesce(finding.parameters.op("->>")(name), "")
            message = func.replace(message, f"{{{name}}}", value, type_=Text())
        return message  # type: ignore[no-any-return]


@mapped(models.ClaimPart)
class ClaimPart(Node):
    """An item or a service that belongs to a bundle on a line. Prices are per unit."""

    part_no: int = column("Its place in the bundle, as the facility entered it.")
    item: MedicalItem | None = reference("The item, unless it is a service.")
    service: MedicalService | None = reference("The service, unless it is an item.")
    quantity_defined: Decimal | None = column("How many the register's bundle holds; null: it does not hold it.")
    quantity_provided: Decimal = column("How many were given.")
    price_asked: Money = column("The unit price that the facility asks.")


@mapped(models.ClaimLine)
class ClaimLine(Node):
    """An item or a service of a claim. Prices are per unit."""

    line_no: int = column("Its number within the claim, items first.")
    item: MedicalItem | None = reference("The item, unless it is a service.")
    service: MedicalService | None = reference("The service, unless it is an item.")
    quantity_provided: Decimal = column("How many were given.")
    quantity_approved: Decimal | None = column("How many are paid for, where a limit or the reviewer left less.")
    price_asked: Money = column("The unit price that the facility asks.")
    price_adjusted: Money | None = column(
        "The unit price that the price list, and from submission on the product, allow."
    )
    price_approved: Money | None = column("The unit price that the reviewer set.")
    status: LineStatus = column("Whether it is accepted.")
    rejection_reason: RejectionReason | None = column("Why not: the first finding that rejects.")
    explanation: str | None = column("What the facility says of it.")
    justification: str | None = column("What the reviewer says of it.")

    @many(ClaimPart, order="part_no", seen_with_parent=True)
    def parts(line: type[models.ClaimLine], part: type[models.ClaimPart]) -> Where:
        """What a bundle was made of, where the facility entered it."""
        yield part.line_id == line.id

    @many(ClaimFinding, order="position", seen_with_parent=True)
    def findings(line: type[models.ClaimLine], finding: type[models.Finding]) -> Where:
        """Everything the checks found, in their order."""
        yield finding.line_id == line.id


@mapped(models.Claim, search=("code",))
class Claim(Node):
    """What a health facility asks for the care of one patient."""

    code: str = column("Unique within the facility.", identifies=True)
    insuree: Insuree = reference("The patient; of one from elsewhere what identifies.", seen_with_parent=KNOWN_BY)
    health_facility: HealthFacility = reference("The facility.")
    administrator: ClaimAdministrator | None = reference("Who answers for it at the facility.", seen_with_parent=True)
    date_from: date = column("The day of the visit or admission.")
    date_to: date | None = column("The day of discharge, after a stay.")
    claimed_on: date = column("The day of the claim.")
    visit_type: VisitType = column("How the patient came.")
    care_type: CareType = column("In- or out-patient.")
    category: ServiceCategory | None = column("The kind of care whose limits it counts for, once submitted.")
    main_diagnosis: Diagnosis | None = reference("The main diagnosis.", right=DIAGNOSIS_READ)
    pre_authorised: bool = column("Whether the scheme agreed to the care beforehand.")
    guarantee: str | None = column("The number of the guarantee letter.")
    patient_condition: Lookup | None = lookup("patient_condition", "How the patient was after the care.")
    referred_from: HealthFacility | None = reference("The facility that referred the patient.")
    referred_to: HealthFacility | None = reference("The facility the patient was referred to.")
    referral_code: str | None = column("The number of the referral letter.")
    restores: "Claim | None" = reference("The rejected claim that it was made from.")
    explanation: str | None = column("What the facility says of it.")
    adjustment: str | None = column("What the medical officer says of it.")
    return_reason: str | None = column("What the medical officer wants corrected.")
    status: ClaimStatus = column("Where it stands.")
    claimed: Money = column("What the facility asks for; it never changes after submission.")
    approved: Money | None = column("What is accepted before the terms of a product are applied.")
    rejection_reason: RejectionReason | None = column("Why it was rejected; NOT_IN_REGISTER when no line passed.")
    review_status: SelectionStatus = column("Whether it was picked for review.")
    feedback_status: SelectionStatus = column("Whether it was picked for the patient's feedback.")
    submitted_at: datetime | None = column("When it was submitted first.")
    processed_at: datetime | None = column("When it was valued.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")
    ended_at: datetime | None = column("When it was deleted.")

    @many(Diagnosis, order="code", right=DIAGNOSIS_READ, nullable=True)
    def diagnoses(claim: type[models.Claim], diagnosis: type[DiagnosisRow]) -> Where:
        """The secondary diagnoses, by code. Without the right claim.diagnosis.read it is null."""
        of = models.ClaimDiagnosis.__table__.alias()
        yield diagnosis.id.in_(select(of.c.diagnosis_id).where(of.c.claim_id == claim.id))

    @many(ClaimLine, order="line_no", seen_with_parent=True)
    def items(claim: type[models.Claim], line: type[models.ClaimLine]) -> Where:
        """The items given, in the facility's order."""
        yield line.claim_id == claim.id
        yield line.item_id.is_not(None)

    @many(ClaimLine, order="line_no", seen_with_parent=True)
    def services(claim: type[models.Claim], line: type[models.ClaimLine]) -> Where:
        """The services given, in the facility's order."""
        yield line.claim_id == claim.id
        yield line.service_id.is_not(None)

    @many(ClaimFinding, order="position", seen_with_parent=True)
    def findings(claim: type[models.Claim], finding: type[models.Finding]) -> Where:
        """Everything the checks found on the claim itself, in their order."""
        yield finding.claim_id == claim.id
        yield finding.line_id.is_(None)

    @many("Claim", order=("created_at", "id"))
    def restored_by(claim: type[models.Claim], made: type[models.Claim]) -> Where:
        """The claims that were made from it when it was rejected, the first one first."""
        yield made.restores_id == claim.id

    @many("ClaimAttachment", order=("created_at", "id"), seen_with_parent=True)
    def attachments(claim: type[models.Claim], attachment: type[models.ClaimAttachment]) -> Where:
        """Its papers, the first one first."""
        yield attachment.claim_id == claim.id
        yield attachment.ended_at.is_(None)

    @one("ClaimFeedback", right=FEEDBACK_READ, seen_with_parent=True)
    def feedback(claim: type[models.Claim], feedback: type[models.Feedback]) -> Where:
        """What the patient says of the care."""
        yield feedback.claim_id == claim.id


@mapped(models.ClaimAttachment)
class ClaimAttachment(Node):
    """A paper that belongs to a claim."""

    title: str = column("What it is.")
    type: Lookup | None = lookup("claim_attachment_type", "The kind of paper.")
    created_at: datetime = column("When it was added.")
    ended_at: datetime | None = column("When it was taken away.")

    @computed(needs=("file_id",))
    def is_file(rows: Sequence[Any]) -> list[bool]:
        """Whether it is a file that was sent; otherwise it is a link to somewhere else."""
        return [row.file_id is not None for row in rows]

    @computed(needs=("file_id", "link"))
    def url(rows: Sequence[Any], ctx: Context) -> list[str]:
        """Where the paper is. The link to a file is good for ten minutes: ask again for another."""
        return [row.link if row.file_id is None else link_to(ctx, row.file_id) for row in rows]


@mapped(models.Feedback)
class ClaimFeedback(Node):
    """What a patient says of the care that a claim is for."""

    claim: Claim | None = reference("The claim, when you may see it.")
    care_rendered: bool = column("Whether the patient was cared for.")
    payment_asked: bool = column("Whether the facility asked the patient to pay.")
    drug_prescribed: bool = column("Whether a drug was prescribed.")
    drug_received: bool = column("Whether the patient got the drug.")
    assessment: int = column("The patient's mark, from 0, bad, to 5, good.")
    officer: EnrolmentOfficer | None = reference("The enrolment officer who asked.")
    given_on: date = column("The day on which it was said.")
    created_at: datetime = column("When it was recorded.")


@mapped(models.FeedbackPrompt)
class ClaimFeedbackPrompt(Node):
    """Somebody is to ask the patient of a claim how the care was."""

    claim_id: UUID = column("The claim's id, for deliverFeedback; officers need not see the claim itself.")
    officer: EnrolmentOfficer | None = reference("Who is to ask; null: nobody enrols there, telephone the patient.")
    phone: str | None = column("The officer's telephone number on the day of the prompt.")
    village: Location = reference("Where the patient is to be found.")
    prompted_on: date = column("The day of the prompt.")

    @expression
    def claim_code(prompt: type[models.FeedbackPrompt]) -> SQL[str]:
        """The claim's code at its facility."""
        return _of_claim(prompt, "code")

    @expression
    def date_from(prompt: type[models.FeedbackPrompt]) -> SQL[date]:
        """The day of the visit or admission."""
        return _of_claim(prompt, "date_from")

    @one(Insuree, seen_with_parent=(*KNOWN_BY, "phone"))
    def insuree(prompt: type[models.FeedbackPrompt], insuree: type[InsureeRow]) -> Where:
        """The patient; of one from elsewhere what identifies, and the telephone number."""
        yield insuree.id == _of_claim(prompt, "insuree_id")

    @one(HealthFacility, seen_with_parent=True)
    def health_facility(prompt: type[models.FeedbackPrompt], facility: type[FacilityRow]) -> Where:
        """Where the care was given."""
        yield facility.id == _of_claim(prompt, "health_facility_id")


def _of_claim(prompt: type[models.FeedbackPrompt], column: str) -> SQL[Any]:
    claim = models.Claim.__table__.alias()
    return select(claim.c[column]).where(claim.c.id == prompt.claim_id).correlate_except(claim).scalar_subquery()


@input_type
class ClaimSelectionInput:
    """Which of the claims that are due; all that is given must hold. The oldest care comes first."""

    health_facility_id: Annotated[UUID | None, argument("Those of this facility.")] = None
    date_from: Annotated[date | None, argument("Admitted on this day or later.")] = None
    date_to: Annotated[date | None, argument("Admitted on this day or earlier.")] = None
    claimed_from: Annotated[date | None, argument("Claimed on this day or later.")] = None
    claimed_to: Annotated[date | None, argument("Claimed on this day or earlier.")] = None


@output_type
class ClaimResult:
    """What became of one claim of several."""

    id: Annotated[UUID, argument("The claim's id, as it was sent.")]
    claim: Annotated[Claim | None, argument("The claim as it is now; null where there is none for you.")]
    errors: Annotated[list[UserErrorInfo], argument("Why nothing was done with it.")]


@mapped(models.ClaimSample)
class ClaimSample(Node):
    """Claims of which some are reviewed for all: what is left of these is left of the others."""

    percent: int = column("How many of a hundred were drawn for review.")
    status: SampleStatus = column("Whether it waits for reviews, or has settled the other claims.")
    ratio: Decimal | None = column("What reviews left of each shilling, once it is completed.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was drawn.")
    updated_at: datetime = column("When it was last changed.")

    @page(Claim, order=("date_from", "id"), right=READ)
    def claims(sample: type[models.ClaimSample], claim: type[models.Claim]) -> Where:
        """All of its claims that you may see, the oldest care first."""
        yield claim.id.in_(_sampled(sample))

    @page(Claim, order=("date_from", "id"), right=READ)
    def drawn(sample: type[models.ClaimSample], claim: type[models.Claim]) -> Where:
        """Those that are to be reviewed."""
        yield claim.id.in_(_sampled(sample, drawn=True))


def _sampled(sample: type[models.ClaimSample], *, drawn: bool = False) -> Any:
    of = models.SampledClaim.__table__.alias()
    found = select(of.c.claim_id).where(of.c.sample_id == sample.id)
    return found.where(of.c.drawn) if drawn else found
