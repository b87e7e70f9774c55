"""What the mutations of claims take."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from core import UNSET, Money, MutationInput, argument, input_type
from modules.claim.models import LineStatus
from modules.claim.rules import SelectionMode
from modules.claim.types import ClaimSelectionInput
from modules.location.rules import CareType
from modules.medical.rules import VisitType

ClaimId = Annotated[UUID, argument("The claim.")]
Version = Annotated[int, argument("The version that the change is based on.")]
NewId = Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")]


@input_type
class ClaimItemInput:
    """An item that was given. Name it by id or by code."""

    quantity_provided: Annotated[Decimal, argument("How many were given.")]
    item_id: Annotated[UUID | None, argument("The item.")] = None
    item_code: Annotated[str | None, argument("The item's code.")] = None
    price_asked: Annotated[Money | None, argument("The unit price; the price list's when left out.")] = None
    explanation: Annotated[str | None, argument("What the reviewer should know.")] = None


@input_type
class ClaimPartInput:
    """A part of a bundle: one item or one service, by id or by code."""

    quantity_provided: Annotated[Decimal, argument("How many were given with one bundle.")]
    item_id: Annotated[UUID | None, argument("The item.")] = None
    item_code: Annotated[str | None, argument("The item's code.")] = None
    service_id: Annotated[UUID | None, argument("The service.")] = None
    service_code: Annotated[str | None, argument("The service's code.")] = None
    price_asked: Annotated[
        Money | None, argument("The unit price; the register's within the bundle when left out.")
    ] = None


@input_type
class ClaimServiceInput:
    """A service that was given. Name it by id or by code."""

    quantity_provided: Annotated[Decimal, argument("How often it was given.")]
    service_id: Annotated[UUID | None, argument("The service.")] = None
    service_code: Annotated[str | None, argument("The service's code.")] = None
    price_asked: Annotated[Money | None, argument("The unit price; the price list's when left out.")] = None
    explanation: Annotated[str | None, argument("What the reviewer should know; why more than once.")] = None
    parts: Annotated[
        list[ClaimPartInput] | None, argument("What a bundle was made of. Its prices are claimed then.")
    ] = None


@input_type
class CreateClaimInput(MutationInput):
    """A claim as the facility enters it. Facility, patient and diagnosis are named by id or by code or number."""

    date_from: Annotated[date, argument("The day of the visit or admission.")]
    health_facility_id: Annotated[UUID | None, argument("The facility.")] = None
    health_facility_code: Annotated[str | None, argument("The facility's code.")] = None
    insuree_id: Annotated[UUID | None, argument("The patient.")] = None
    insurance_number: Annotated[str | None, argument("The patient's insurance number.")] = None
    main_diagnosis_id: Annotated[UUID | None, argument("The main diagnosis.")] = None
    main_diagnosis_code: Annotated[str | None, argument("The main diagnosis's code.")] = None
    id: NewId = None
    code: Annotated[
        str | None, argument("Unique within the facility; 20 characters at most by default. Some schemes make it.")
    ] = None
    administrator_id: Annotated[UUID | None, argument("Who answers for it at the facility.")] = None
    date_to: Annotated[date | None, argument("The day of discharge, after a stay.")] = None
    claimed_on: Annotated[date | None, argument("The day of the claim; today when left out.")] = None
    visit_type: Annotated[VisitType, argument("How the patient came.")] = VisitType.OTHER
    care_type: Annotated[CareType | None, argument("In- or out-patient; by the stay when left out.")] = None
    diagnosis_ids: Annotated[list[UUID] | None, argument("Secondary diagnoses by id.")] = None
    diagnosis_codes: Annotated[list[str] | None, argument("Secondary diagnoses by code.")] = None
    pre_authorised: Annotated[bool, argument("Whether the scheme agreed to the care beforehand.")] = False
    guarantee: Annotated[str | None, argument("The number of the guarantee letter.")] = None
    patient_condition_code: Annotated[str | None, argument("How the patient was after the care.")] = None
    referred_from_id: Annotated[UUID | None, argument("The facility that referred the patient.")] = None
    referred_to_id: Annotated[UUID | None, argument("The facility the patient was referred to.")] = None
    referral_code: Annotated[str | None, argument("The number of the referral letter.")] = None
    explanation: Annotated[str | None, argument("What the reviewer should know.")] = None
    items: Annotated[list[ClaimItemInput] | None, argument("The items given, in the facility's order.")] = None
    services: Annotated[list[ClaimServiceInput] | None, argument("The services given, in the facility's order.")] = None


@input_type
class UpdateClaimInput(MutationInput):
    """Changes of a claim that is not submitted, or returned. What is absent stays; a list replaces the whole list."""

    id: ClaimId
    expected_version: Version
    code: Annotated[str | None, argument("Unique within the facility.")] = UNSET
    insuree_id: Annotated[UUID | None, argument("The patient.")] = UNSET
    insurance_number: Annotated[str | None, argument("The patient's insurance number.")] = UNSET
    main_diagnosis_id: Annotated[UUID | None, argument("The main diagnosis.")] = UNSET
    main_diagnosis_code: Annotated[str | None, argument("The main diagnosis's code.")] = UNSET
    administrator_id: Annotated[UUID | None, argument("Who answers for it at the facility.")] = UNSET
    date_from: Annotated[date | None, argument("The day of the visit or admission.")] = UNSET
    date_to: Annotated[date | None, argument("The day of discharge, after a stay.")] = UNSET
    claimed_on: Annotated[date | None, argument("The day of the claim.")] = UNSET
    visit_type: Annotated[VisitType | None, argument("How the patient came.")] = UNSET
    care_type: Annotated[CareType | None, argument("In- or out-patient; by the stay when null.")] = UNSET
    diagnosis_ids: Annotated[list[UUID] | None, argument("Secondary diagnoses by id.")] = UNSET
    diagnosis_codes: Annotated[list[str] | None, argument("Secondary diagnoses by code.")] = UNSET
    pre_authorised: Annotated[bool | None, argument("Whether the scheme agreed to the care beforehand.")] = UNSET
    guarantee: Annotated[str | None, argument("The number of the guarantee letter.")] = UNSET
    patient_condition_code: Annotated[str | None, argument("How the patient was after the care.")] = UNSET
    referred_from_id: Annotated[UUID | None, argument("The facility that referred the patient.")] = UNSET
    referred_to_id: Annotated[UUID | None, argument("The facility the patient was referred to.")] = UNSET
    referral_code: Annotated[str | None, argument("The number of the referral letter.")] = UNSET
    explanation: Annotated[str | None, argument("What the reviewer should know.")] = UNSET
    items: Annotated[list[ClaimItemInput] | None, argument("The items given, in the facility's order.")] = UNSET
    services: Annotated[list[ClaimServiceInput] | None, argument("The services given, in its order.")] = UNSET


@input_type
class DeleteClaimInput(MutationInput):
    """A claim to delete. One that was submitted and not returned cannot be."""

    id: ClaimId
    expected_version: Version


@input_type
class SubmitClaimsInput(MutationInput):
    """Claims to hand in: these, or those entered that the filter names."""

    ids: Annotated[list[UUID] | None, argument("The claims.")] = None
    filter: Annotated[ClaimSelectionInput | None, argument("Which claims, instead of ids.")] = None


@input_type
class ReviewedLineInput:
    """What the reviewer says of a line. What is absent stays; null clears."""

    line_no: Annotated[int, argument("The line's number.")]
    status: Annotated[LineStatus | None, argument("Accepted or not; a rejection needs a justification.")] = UNSET
    quantity_approved: Annotated[Decimal | None, argument("The quantity to pay for; what was given when null.")] = UNSET
    price_approved: Annotated[Money | None, argument("The unit price to pay; the product's when null.")] = UNSET
    justification: Annotated[str | None, argument("Why.")] = UNSET


@input_type
class ReviewClaimInput(MutationInput):
    """A review of a checked claim."""

    id: ClaimId
    expected_version: Version
    lines: Annotated[list[ReviewedLineInput], argument("The lines the reviewer changes.")]
    adjustment: Annotated[str | None, argument("What the reviewer says of the claim as a whole.")] = UNSET


@input_type
class ReturnClaimInput(MutationInput):
    """A checked claim that goes back to the facility for correction."""

    id: ClaimId
    expected_version: Version
    reason: Annotated[str, argument("What is to be corrected.")]


@input_type
class RejectClaimInput(MutationInput):
    """A checked claim to reject as a whole."""

    id: ClaimId
    expected_version: Version
    reason: Annotated[str, argument("Why.")]


@input_type
class SelectClaimsInput(MutationInput):
    """Claims to pick for review or for feedback: among these, or among the checked ones that the filter names."""

    mode: Annotated[SelectionMode, argument("How they are picked.")]
    ids: Annotated[list[UUID] | None, argument("The claims.")] = None
    filter: Annotated[ClaimSelectionInput | None, argument("Which claims, instead of ids.")] = None
    minimum_value: Annotated[Money | None, argument("ALL and VARIANCE: claims asking for less are left out.")] = None
    percent: Annotated[
        int | None, argument("RANDOM: how many of a hundred claims; VARIANCE: how far above the mean.")
    ] = None


@input_type
class CreateClaimSampleInput(MutationInput):
    """Claims of which some are to be reviewed for all: among these, or among the checked ones that the filter names."""

    percent: Annotated[int, argument("How many of a hundred are drawn for review, 1 to 100; at least one claim is.")]
    ids: Annotated[list[UUID] | None, argument("The claims.")] = None
    filter: Annotated[ClaimSelectionInput | None, argument("Which claims, instead of ids.")] = None


@input_type
class CompleteClaimSampleInput(MutationInput):
    """A sample whose drawn claims were reviewed."""

    id: Annotated[UUID, argument("The sample.")]
    expected_version: Version


@input_type
class RestoreClaimInput(MutationInput):
    """A rejected claim to make a new one from."""

    claim_id: Annotated[UUID, argument("The rejected claim.")]
    id: NewId = None
    code: Annotated[
        str | None, argument("The new claim's code, unique within the facility. Some schemes make it themselves.")
    ] = None


@input_type
class DeliverFeedbackInput(MutationInput):
    """What a patient says of the care that a claim is for."""

    claim_id: Annotated[UUID, argument("The claim, as the prompt names it.")]
    care_rendered: Annotated[bool, argument("Whether the patient was cared for.")]
    payment_asked: Annotated[bool, argument("Whether the facility asked the patient to pay.")]
    drug_prescribed: Annotated[bool, argument("Whether a drug was prescribed.")]
    drug_received: Annotated[bool, argument("Whether the patient got the drug.")]
    assessment: Annotated[int, argument("The patient's mark, from 0, bad, to 5, good.")]
    insurance_number: Annotated[str | None, argument("The patient's number, to be sure that it is the patient.")] = None
    officer_id: Annotated[UUID | None, argument("Who asked; the account's own officer when left out.")] = None
    given_on: Annotated[date | None, argument("The day on which it was said; today when left out.")] = None


@input_type
class AddClaimAttachmentInput(MutationInput):
    """A paper of a claim that is not submitted, or returned: either a file or a link."""

    claim_id: ClaimId
    title: Annotated[str, argument("What it is.")]
    file_id: Annotated[UUID | None, argument("A file sent with `kind=document`.")] = None
    url: Annotated[str | None, argument("Where the paper is, on one of the hosts that the scheme allows.")] = None
    type_code: Annotated[str | None, argument("The kind of paper.")] = None
    id: NewId = None


@input_type
class RemoveClaimAttachmentInput(MutationInput):
    """A paper to take away from a claim that is not submitted, or returned."""

    id: Annotated[UUID, argument("The attachment.")]


@input_type
class CreateClaimAdministratorInput(MutationInput):
    """Somebody who answers for the claims of a facility."""

    code: Annotated[str, argument("Unique among claim administrators; at most 20 characters.")]
    last_name: Annotated[str, argument("The family name.")]
    other_names: Annotated[str, argument("The other names.")]
    health_facility_id: Annotated[UUID, argument("The facility.")]
    id: NewId = None
    birth_date: Annotated[date | None, argument("The day of birth.")] = None
    phone: Annotated[str | None, argument("The telephone number.")] = None
    email: Annotated[str | None, argument("The e-mail address.")] = None


@input_type
class UpdateClaimAdministratorInput(MutationInput):
    """Changes of a claim administrator. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The claim administrator.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among claim administrators.")] = UNSET
    last_name: Annotated[str | None, argument("The family name.")] = UNSET
    other_names: Annotated[str | None, argument("The other names.")] = UNSET
    birth_date: Annotated[date | None, argument("The day of birth.")] = UNSET
    phone: Annotated[str | None, argument("The telephone number.")] = UNSET
    email: Annotated[str | None, argument("The e-mail address.")] = UNSET


@input_type
class DeleteClaimAdministratorInput(MutationInput):
    """A claim administrator to remove; the claims keep the name."""

    id: Annotated[UUID, argument("The claim administrator.")]
    expected_version: Version
