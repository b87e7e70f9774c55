"""What the mutations of contributions, payers and fundings take."""

from datetime import date
from typing import Annotated
from uuid import UUID

from core import UNSET, Money, MutationInput, argument, input_type
from modules.contribution.rules import FundingStatus

Contribution = Annotated[UUID, argument("The contribution.")]
Payer = Annotated[UUID, argument("The payer.")]
Version = Annotated[int, argument("The version that the change is based on.")]
AcceptOverpayment = Annotated[bool, argument("Record it although it is more than was left to pay.")]


@input_type
class RecordContributionInput(MutationInput):
    """Money paid for a policy."""

    policy_id: Annotated[UUID, argument("The policy.")]
    amount: Annotated[Money, argument("How much was paid.")]
    receipt: Annotated[str, argument("The receipt's number, unique for the product; at most 50 characters.")]
    payment_type_code: Annotated[str, argument("How it was paid: a code of the lookup payment_type.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    payer_id: Annotated[UUID | None, argument("Who paid it, if not the family.")] = None
    paid_on: Annotated[date | None, argument("The day it was paid; today when left out.")] = None
    is_photo_fee: Annotated[bool, argument("It pays for photos, not for the policy.")] = False
    enforce: Annotated[bool, argument("Activate the policy although less was paid than is due.")] = False
    accept_overpayment: AcceptOverpayment = False


@input_type
class UpdateContributionInput(MutationInput):
    """Corrections of a contribution. What is absent stays; null clears."""

    id: Contribution
    expected_version: Version
    amount: Annotated[Money | None, argument("How much was paid.")] = UNSET
    receipt: Annotated[str | None, argument("The receipt's number, unique for the product.")] = UNSET
    payment_type_code: Annotated[str | None, argument("How it was paid: a code of the lookup payment_type.")] = UNSET
    payer_id: Annotated[UUID | None, argument("Who paid it, if not the family.")] = UNSET
    paid_on: Annotated[date | None, argument("The day it was paid.")] = UNSET
    is_photo_fee: Annotated[bool | None, argument("It pays for photos, not for the policy.")] = UNSET
    accept_overpayment: AcceptOverpayment = False


@input_type
class DeleteContributionInput(MutationInput):
    """A contribution to void: it stays visible, and counts no more."""

    id: Contribution
    expected_version: Version
    reason: Annotated[str, argument("Why it is void; at most 200 characters.")]


@input_type
class ConfirmPaymentInput(MutationInput):
    """A contribution whose money has arrived."""

    contribution_id: Contribution
    expected_version: Version


@input_type
class CreatePayerInput(MutationInput):
    """A new payer."""

    type_code: Annotated[str, argument("What kind of payer: a code of the lookup payer_type.")]
    name: Annotated[str, argument("What it is called; at most 100 characters.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    location_id: Annotated[UUID | None, argument("The region or district it pays in; none for the whole country.")] = (
        None
    )
    address: Annotated[str | None, argument("Where it is.")] = None
    phone: Annotated[str | None, argument("Its telephone number.")] = None
    fax: Annotated[str | None, argument("Its fax number.")] = None
    email: Annotated[str | None, argument("Its e-mail address.")] = None


@input_type
class UpdatePayerInput(MutationInput):
    """Changes of a payer. What is absent stays; null clears."""

    id: Payer
    expected_version: Version
    type_code: Annotated[str | None, argument("What kind of payer: a code of the lookup payer_type.")] = UNSET
    name: Annotated[str | None, argument("What it is called.")] = UNSET
    location_id: Annotated[UUID | None, argument("The region or district it pays in.")] = UNSET
    address: Annotated[str | None, argument("Where it is.")] = UNSET
    phone: Annotated[str | None, argument("Its telephone number.")] = UNSET
    fax: Annotated[str | None, argument("Its fax number.")] = UNSET
    email: Annotated[str | None, argument("Its e-mail address.")] = UNSET


@input_type
class DeletePayerInput(MutationInput):
    """A payer to remove. One that paid cannot be."""

    id: Payer
    expected_version: Version


@input_type
class RecordFundingInput(MutationInput):
    """Money that a payer gives for a product."""

    payer_id: Payer
    product_id: Annotated[UUID, argument("The product.")]
    amount: Annotated[Money, argument("How much was given.")]
    receipt: Annotated[str, argument("The receipt's number, unique for the product; at most 50 characters.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    paid_on: Annotated[date | None, argument("The day it was given; today when left out.")] = None


@input_type
class ChangeFundingStatusInput(MutationInput):
    """Where a payer's money stands now."""

    id: Annotated[UUID, argument("The funding.")]
    expected_version: Version
    status: Annotated[FundingStatus, argument("Where the money stands.")]
