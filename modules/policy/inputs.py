"""What the mutations and queries of policies take."""

from datetime import date
from typing import Annotated
from uuid import UUID

from core import UNSET, Money, MutationInput, argument, input_type
from modules.policy.rules import RenewalDecision

Policy = Annotated[UUID, argument("The policy.")]
Version = Annotated[int, argument("The version that the change is based on.")]
Officer = Annotated[UUID | None, argument("The enrolment officer who sold it.")]
EnrolledOn = Annotated[date | None, argument("The day of enrolment; today when left out.")]
ExpectedValue = Annotated[Money | None, argument("The value the family was told; another one is PRICE_CHANGED.")]
ExpectedStart = Annotated[date | None, argument("The start the family was told; another one is PRICE_CHANGED.")]
ExpectedExpiry = Annotated[date | None, argument("The expiry the family was told; another one is PRICE_CHANGED.")]


@input_type
class EnrolPolicyInput(MutationInput):
    """A family that enrols in a product. Value, dates and status are computed."""

    family_id: Annotated[UUID, argument("The family.")]
    product_id: Annotated[UUID, argument("The product.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    officer_id: Officer = None
    enrolled_on: EnrolledOn = None
    expected_value: ExpectedValue = None
    expected_starts_on: ExpectedStart = None
    expected_expires_on: ExpectedExpiry = None


@input_type
class RenewPolicyInput(MutationInput):
    """A policy to follow another one, for the same family. Value, dates and status are computed."""

    previous_policy_id: Annotated[UUID, argument("The policy to renew.")]
    id: Annotated[UUID | None, argument("The id the new policy is to have: a UUID, version 7.")] = None
    product_id: Annotated[
        UUID | None, argument("The product; when left out the same one, or the one it was converted to.")
    ] = None
    officer_id: Officer = None
    enrolled_on: EnrolledOn = None
    expected_value: ExpectedValue = None
    expected_starts_on: ExpectedStart = None
    expected_expires_on: ExpectedExpiry = None


@input_type
class AnswerPolicyRenewalInput(MutationInput):
    """What a family answers to a prompt for renewal. All but the answer is for a policy that is renewed."""

    id: Annotated[UUID, argument("The prompt.")]
    expected_version: Version
    answer: Annotated[RenewalDecision, argument("Whether the family goes on.")]
    product_id: Annotated[UUID | None, argument("The product; the one prompted when left out.")] = None
    officer_id: Annotated[
        UUID | None, argument("The enrolment officer who sells it; the one prompted when left out, nobody for null.")
    ] = UNSET
    enrolled_on: EnrolledOn = None
    expected_value: ExpectedValue = None


@input_type
class SuspendPolicyInput(MutationInput):
    """A policy to stop."""

    id: Policy
    expected_version: Version


@input_type
class ResumePolicyInput(MutationInput):
    """A suspended policy to go on with."""

    id: Policy
    expected_version: Version


@input_type
class DeletePolicyInput(MutationInput):
    """A policy to delete. One whose cover was used cannot be; suspend it."""

    id: Policy
    expected_version: Version


@input_type
class QuotedMemberInput:
    """Somebody who is not registered yet, as far as the price depends on it."""

    birth_date: Annotated[date, argument("The day of birth.")]
    is_head: Annotated[bool, argument("The head of the family.")] = False
    relation_code: Annotated[str | None, argument("The relation to the head: a code of the lookup relation.")] = None
