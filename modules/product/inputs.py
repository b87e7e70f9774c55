"""What the mutations of products take."""

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from core import UNSET, Money, MutationInput, argument, input_type
from core.money import ZERO
from modules.location.rules import CareType
from modules.medical.rules import ServiceCategory, VisitType
from modules.product.rules import (
    CeilingExclusion,
    CeilingInterpretation,
    CeilingType,
    IndexPeriod,
    LimitationType,
    PriceOrigin,
)

NewId = Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")]
Version = Annotated[int, argument("The version that the change is based on.")]
Months = int | None
Percent = Decimal | None


@input_type
class CycleInput:
    """A date of every year on which policies start."""

    day: Annotated[int, argument("The day of the month.")]
    month: Annotated[int, argument("The month, 1 to 12.")]


@input_type
class CoverLimitInput:
    """What the product pays in visits of one type."""

    visit_type: Annotated[VisitType, argument("The visits it is for.")]
    limitation_type: Annotated[LimitationType, argument("A percentage, or an amount per unit.")] = (
        LimitationType.CO_INSURANCE
    )
    adult: Annotated[Decimal | None, argument("For adults; 100 per cent, or no limit, when absent.")] = None
    child: Annotated[Decimal | None, argument("For children; 100 per cent, or no limit, when absent.")] = None


@input_type
class ProductCoverInput:
    """How the product covers something."""

    price_origin: Annotated[PriceOrigin, argument("Whose unit price counts.")] = PriceOrigin.PRICE_LIST
    limits: Annotated[
        list[CoverLimitInput], argument("What the insuree bears; a type of visit not named is covered in full.")
    ] = field(default_factory=list)
    limit_number_adult: Annotated[int | None, argument("How many an adult gets in a period; null: any.")] = None
    limit_number_child: Annotated[int | None, argument("How many a child gets in a period; null: any.")] = None
    waiting_period_adult: Annotated[int, argument("Months an adult waits for it after cover begins.")] = 0
    waiting_period_child: Annotated[int, argument("Months a child waits for it after cover begins.")] = 0
    ceiling_exclusion_adult: Annotated[
        CeilingExclusion | None, argument("Visits of adults in which it does not count for the ceiling.")
    ] = None
    ceiling_exclusion_child: Annotated[
        CeilingExclusion | None, argument("Visits of children in which it does not count for the ceiling.")
    ] = None


@input_type
class ProductItemInput(ProductCoverInput):
    """An item that the product covers, by id or code."""

    item_id: Annotated[UUID | None, argument("The item.")] = None
    item_code: Annotated[str | None, argument("The item, by its code.")] = None


@input_type
class ProductServiceInput(ProductCoverInput):
    """A service that the product covers, by id or code."""

    service_id: Annotated[UUID | None, argument("The service.")] = None
    service_code: Annotated[str | None, argument("The service, by its code.")] = None


@input_type
class CategoryLimitInput:
    """How much care of a category the product covers."""

    category: Annotated[ServiceCategory, argument("The category that claims are counted by.")]
    max_number: Annotated[int | None, argument("Claims in a policy's period; null: any number, 0: none.")] = None
    max_amount: Annotated[Money, argument("Money per claim; 0: no limit.")] = Money(ZERO)


@input_type
class DistributionInput:
    """The share of the premium that relative prices may cost in one period of the year."""

    percent: Annotated[Decimal, argument("The share, in per cent.")]
    number: Annotated[int, argument("The month, 1 to 12, the quarter, 1 to 4, or 1 for the year.")]
    period: Annotated[IndexPeriod, argument("What the number counts.")] = IndexPeriod.MONTH
    care_type: Annotated[CareType, argument("The care whose index it is for; BOTH: a general index.")] = CareType.BOTH


@input_type
class SubsidyInput:
    """The share of the value that a payer bears for families of a membership category."""

    category_code: Annotated[str, argument("A code of the lookup membership_category.")]
    percent: Annotated[Decimal, argument("The payer's share, in per cent.")]
    family_part_activates: Annotated[bool, argument("Whether cover begins once the family's part is paid.")] = False


@input_type
class CapitationLevelInput:
    """Facilities paid per head."""

    level_code: Annotated[str, argument("A code of the lookup facility_level.")]
    sub_level_code: Annotated[str | None, argument("A code of the lookup facility_sub_level; null: all.")] = None


@input_type
class CapitationInput:
    """How facilities are paid per head. The weights should add up to 100."""

    share: Annotated[Decimal, argument("The part of the premium that is spent this way, in per cent.")]
    levels: Annotated[list[CapitationLevelInput], argument("Which facilities.")] = field(default_factory=list)
    weight_population: Annotated[Decimal, argument("Weight of the people who live there, in per cent.")] = ZERO
    weight_families: Annotated[Decimal, argument("Weight of the families who live there, in per cent.")] = ZERO
    weight_insured_population: Annotated[Decimal, argument("Weight of the insured people, in per cent.")] = ZERO
    weight_insured_families: Annotated[Decimal, argument("Weight of the insured families, in per cent.")] = ZERO
    weight_visits: Annotated[Decimal, argument("Weight of the visits, in per cent.")] = ZERO
    weight_adjusted_amount: Annotated[Decimal, argument("Weight of the amounts claimed, in per cent.")] = ZERO


@input_type
class ProductFieldsInput(MutationInput):
    """What a product says of itself and of its terms. What is absent stays as it is; null clears."""

    location_id: Annotated[UUID | None, argument("The region or district it is sold in; null: everywhere.")] = UNSET
    date_from: Annotated[date | None, argument("The first day it is sold.")] = UNSET
    date_to: Annotated[date | None, argument("The last day it is sold.")] = UNSET
    conversion_product_id: Annotated[UUID | None, argument("The product that its policies are renewed into.")] = UNSET
    account_code_premiums: Annotated[str | None, argument("The accounts' code of its premiums.")] = UNSET
    account_code_remuneration: Annotated[str | None, argument("The accounts' code of what it pays.")] = UNSET
    administration_period: Annotated[Months, argument("Months between a new enrolment and its start.")] = UNSET
    max_installments: Annotated[int | None, argument("Payments a policy may be paid in; null: any number.")] = UNSET
    lump_sum: Annotated[Money | None, argument("What a family pays for as many members as the threshold says.")] = UNSET
    threshold: Annotated[int | None, argument("Members that the lump sum is for; 0: all.")] = UNSET
    max_members: Annotated[int | None, argument("Members that a policy covers at most; null: all.")] = UNSET
    premium_adult: Annotated[Money | None, argument("What an adult above the threshold costs.")] = UNSET
    premium_child: Annotated[Money | None, argument("What a child above the threshold costs.")] = UNSET
    registration_lump_sum: Annotated[Money | None, argument("What a family pays at its first enrolment.")] = UNSET
    registration_fee: Annotated[Money | None, argument("What each member pays then, without a lump sum.")] = UNSET
    general_assembly_lump_sum: Annotated[Money | None, argument("What a family pays at every enrolment.")] = UNSET
    general_assembly_fee: Annotated[Money | None, argument("What each member pays then, without a lump sum.")] = UNSET
    grace_period_enrolment: Annotated[Months, argument("Months after a cycle's start one may still enrol.")] = UNSET
    grace_period_renewal: Annotated[Months, argument("Months after a cycle's start one may still renew.")] = UNSET
    grace_period_payment: Annotated[Months, argument("Months to pay, without cycles; null: no last date.")] = UNSET
    cycles: Annotated[list[CycleInput] | None, argument("Dates on which policies start; none: any day.")] = UNSET
    enrolment_discount_percent: Annotated[Percent, argument("Discount for enrolling early, in per cent.")] = UNSET
    enrolment_discount_period: Annotated[Months, argument("How many months before the start is early.")] = UNSET
    renewal_discount_percent: Annotated[Percent, argument("Discount for renewing early, in per cent.")] = UNSET
    renewal_discount_period: Annotated[Months, argument("How many months before the expiry is early.")] = UNSET
    ceiling_type: Annotated[CeilingType | None, argument("What deductible and ceiling add up.")] = UNSET
    ceiling_interpretation: Annotated[CeilingInterpretation | None, argument("What a hospital visit is.")] = UNSET
    deductible: Annotated[Money | None, argument("What the insuree pays first.")] = UNSET
    deductible_in_patient: Annotated[Money | None, argument("The same, in hospital visits only.")] = UNSET
    deductible_out_patient: Annotated[Money | None, argument("The same, in other visits only.")] = UNSET
    ceiling: Annotated[Money | None, argument("The most that is paid.")] = UNSET
    ceiling_in_patient: Annotated[Money | None, argument("The same, in hospital visits only.")] = UNSET
    ceiling_out_patient: Annotated[Money | None, argument("The same, in other visits only.")] = UNSET
    policy_ceiling_extra_member: Annotated[Money | None, argument("What a member above the threshold adds.")] = UNSET
    policy_ceiling_extra_member_in_patient: Annotated[Money | None, argument("The same, in hospital visits.")] = UNSET
    policy_ceiling_extra_member_out_patient: Annotated[Money | None, argument("The same, in other visits.")] = UNSET
    policy_ceiling_maximum: Annotated[Money | None, argument("What the growing ceiling never exceeds.")] = UNSET
    policy_ceiling_maximum_in_patient: Annotated[Money | None, argument("The same, in hospital visits.")] = UNSET
    policy_ceiling_maximum_out_patient: Annotated[Money | None, argument("The same, in other visits.")] = UNSET
    index_period: Annotated[IndexPeriod | None, argument("How often relative prices get an index.")] = UNSET
    index_period_in_patient: Annotated[IndexPeriod | None, argument("The same, for hospital visits.")] = UNSET
    index_period_out_patient: Annotated[IndexPeriod | None, argument("The same, for other visits.")] = UNSET
    distributions: Annotated[
        list[DistributionInput] | None, argument("Shares of the premium by period; none: each spends all of its own.")
    ] = UNSET
    category_limits: Annotated[list[CategoryLimitInput] | None, argument("Limits by category of care.")] = UNSET
    subsidies: Annotated[list[SubsidyInput] | None, argument("Shares that a payer bears.")] = UNSET
    items: Annotated[list[ProductItemInput] | None, argument("All items it covers.")] = UNSET
    services: Annotated[list[ProductServiceInput] | None, argument("All services it covers.")] = UNSET
    capitation: Annotated[CapitationInput | None, argument("How facilities are paid per head; null: not.")] = UNSET
    terms_from: Annotated[date | None, argument("The first day on which the terms hold.")] = UNSET


@input_type
class CreateProductInput(ProductFieldsInput):
    """A new product. Its terms hold from `termsFrom`, else from its first day of sale, else from today."""

    code: Annotated[str, argument("Unique among the current products; at most 8 characters.")]
    name: Annotated[str, argument("What people call it.")]
    insurance_period: Annotated[int, argument("Months that a policy lasts.")]
    id: NewId = None


@input_type
class UpdateProductInput(ProductFieldsInput):
    """Changes of a product. What is absent stays; null clears; a list replaces the whole list.

    Terms that policies rest on stay as they are: new terms follow them from `termsFrom`, else from today.
    """

    id: Annotated[UUID, argument("The product.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among the current products.")] = UNSET
    name: Annotated[str | None, argument("What people call it.")] = UNSET
    insurance_period: Annotated[Months, argument("Months that a policy lasts.")] = UNSET


@input_type
class DuplicateProductInput(ProductFieldsInput):
    """A new product like another one with its newest terms, except for what is given here."""

    product_id: Annotated[UUID, argument("The product to start from.")]
    code: Annotated[str, argument("The new product's code.")]
    id: NewId = None
    name: Annotated[str | None, argument("The new product's name.")] = UNSET
    insurance_period: Annotated[Months, argument("Months that a policy lasts.")] = UNSET


@input_type
class DeleteProductInput(MutationInput):
    """A product to delete. No policy may run on it any more."""

    id: Annotated[UUID, argument("The product.")]
    expected_version: Version
