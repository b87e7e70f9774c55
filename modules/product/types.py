"""Products in GraphQL: a product shows its present terms as its own fields, and all its terms as a list."""

import copy
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import case, func, literal, null, select
from sqlalchemy.dialects.postgresql import array

from core import SQL, Lookup, Money, Node, Where, column, expression, lookup, many, mapped, reference
from modules.location.rules import CareType
from modules.location.types import Location
from modules.medical.rules import ServiceCategory, VisitType
from modules.medical.types import MedicalItem, MedicalService
from modules.product import models
from modules.product.rules import (
    CeilingExclusion,
    CeilingInterpretation,
    CeilingType,
    IndexPeriod,
    LimitationType,
    PriceOrigin,
    ProductWarning,
)

T = TypeVar("T")


class TermsFields:
    """What a product and its terms both show."""

    insurance_period: int = column("Months that a policy lasts.")
    administration_period: int = column("Months between a new enrolment and its start.")
    max_installments: int | None = column("Payments a policy may be paid in; null: any number.")
    lump_sum: Money = column("What a family pays for as many members as the threshold says.")
    threshold: int = column("Members that the lump sum is for; 0: all.")
    max_members: int | None = column("Members that a policy covers at most; null: all.")
    premium_adult: Money = column("What an adult above the threshold costs; any adult, without a lump sum.")
    premium_child: Money = column("What a child above the threshold costs; any child, without a lump sum.")
    registration_lump_sum: Money = column("What a family pays at its first enrolment.")
    registration_fee: Money = column("What each member pays at the first enrolment, without a lump sum.")
    general_assembly_lump_sum: Money = column("What a family pays at every enrolment.")
    general_assembly_fee: Money = column("What each member pays at every enrolment, without a lump sum.")
    grace_period_enrolment: int = column("Months after a cycle's start in which one may still enrol.")
    grace_period_renewal: int = column("Months after a cycle's start in which one may still renew.")
    grace_period_payment: int | None = column("Months to pay, without cycles; null: no last date.")
    enrolment_discount_percent: Decimal = column("Discount for enrolling early, in per cent.")
    enrolment_discount_period: int = column("How many months before the start is early.")
    renewal_discount_percent: Decimal = column("Discount for renewing early, in per cent.")
    renewal_discount_period: int = column("How many months before the expiry is early.")
    ceiling_type: CeilingType | None = column("Whose care deductible and ceiling add up.")
    ceiling_interpretation: CeilingInterpretation = column("What a hospital visit is.")
    deductible: Money = column("What the insuree pays first; 0: nothing.")
    deductible_in_patient: Money = column("What the insuree pays first in hospital visits.")
    deductible_out_patient: Money = column("What the insuree pays first in other visits.")
    ceiling: Money = column("The most that is paid; 0: no limit.")
    ceiling_in_patient: Money = column("The most that is paid in hospital visits.")
    ceiling_out_patient: Money = column("The most that is paid in other visits.")
    policy_ceiling_extra_member: Money = column("What each member above the threshold adds to the ceiling.")
    policy_ceiling_extra_member_in_patient: Money = column("What each adds in hospital visits.")
    policy_ceiling_extra_member_out_patient: Money = column("What each adds in other visits.")
    policy_ceiling_maximum: Money = column("What the growing ceiling never exceeds; 0: no limit.")
    policy_ceiling_maximum_in_patient: Money = column("What it never exceeds in hospital visits.")
    policy_ceiling_maximum_out_patient: Money = column("What it never exceeds in other visits.")
    index_period: IndexPeriod | None = column("How often relative prices get an index.")
    index_period_in_patient: IndexPeriod | None = column("How often those of hospital visits get one.")
    index_period_out_patient: IndexPeriod | None = column("How often those of other visits get one.")


def showing(shared: type) -> Callable[[type[T]], type[T]]:
    """Give a type, before it is mapped, copies of the fields that another class declares."""

    def declare(cls: type[T]) -> type[T]:
        for name in shared.__annotations__:
            setattr(cls, name, copy.copy(getattr(shared, name)))
        cls.__annotations__ = {**cls.__annotations__, **shared.__annotations__}
        return cls

    return declare


@mapped(models.Cycle)
class ProductCycle(Node):
    """A date of every year on which the product's policies start."""

    day: int = column("The day of the month.")
    month: int = column("The month, 1 to 12.")


@mapped(models.CategoryLimit)
class ProductCategoryLimit(Node):
    """How much care of a category is covered."""

    category: ServiceCategory = column("The category that claims are counted by.")
    max_number: int | None = column("Claims in a policy's period; null: any number, 0: none.")
    max_amount: Money = column("Money per claim; 0: no limit.")


@mapped(models.Distribution)
class ProductDistribution(Node):
    """The share of the premium that relative prices may cost in one period of the year."""

    care_type: CareType = column("The care whose index it is for; BOTH: a general index.")
    period: IndexPeriod = column("What the number counts.")
    number: int = column("The month, 1 to 12, the quarter, 1 to 4, or 1 for the year.")
    percent: Decimal = column("The share, in per cent.")


@mapped(models.Subsidy)
class ProductSubsidy(Node):
    """The share of the value that a payer bears for families of a membership category."""

    category: Lookup | None = lookup("membership_category", "The membership category.")
    percent: Decimal = column("The payer's share, in per cent.")
    family_part_activates: bool = column("Whether cover begins once the family's part is paid.")


@mapped(models.CoverLimit)
class CoverLimit(Node):
    """What the product pays in visits of one type."""

    visit_type: VisitType = column("The visits it is for.")
    limitation_type: LimitationType = column("Whether it pays a percentage or up to an amount per unit.")
    adult: Decimal = column("The percentage or the amount for adults.")
    child: Decimal = column("The percentage or the amount for children.")


@mapped(models.Cover)
class ProductCover(Node):
    """How the product covers an item or a service."""

    item: MedicalItem | None = reference("The item, unless it is a service.")
    service: MedicalService | None = reference("The service, unless it is an item.")
    price_origin: PriceOrigin = column("Whose unit price counts.")
    limit_number_adult: int | None = column("How many an adult gets in a policy's period; null: any number.")
    limit_number_child: int | None = column("How many a child gets in a policy's period; null: any number.")
    waiting_period_adult: int = column("Months an adult waits for it after cover begins.")
    waiting_period_child: int = column("Months a child waits for it after cover begins.")
    ceiling_exclusion_adult: CeilingExclusion | None = column("Visits of adults in which no ceiling applies.")
    ceiling_exclusion_child: CeilingExclusion | None = column("Visits of children in which no ceiling applies.")

    @many(CoverLimit, order="visit_type")
    def limits(cover: type[models.Cover], limit: type[models.CoverLimit]) -> Where:
        """What the insuree bears; a type of visit without a limit is covered in full."""
        yield limit.cover_id == cover.id


@mapped(models.CapitationLevel)
class CapitationLevel(Node):
    """Facilities paid per head."""

    level: Lookup | None = lookup("facility_level", "Their level.")
    sub_level: Lookup | None = lookup("facility_sub_level", "Their sub-level; null: all of them.")


@mapped(models.Capitation)
class Capitation(Node):
    """How facilities are paid per head: a part of the premium, by the weights of six criteria, in per cent."""

    share: Decimal = column("The part of the premium that is spent this way.")
    weight_population: Decimal = column("Weight of the people who live there.")
    weight_families: Decimal = column("Weight of the families who live there.")
    weight_insured_population: Decimal = column("Weight of the insured people.")
    weight_insured_families: Decimal = column("Weight of the insured families.")
    weight_visits: Decimal = column("Weight of the visits.")
    weight_adjusted_amount: Decimal = column("Weight of the amounts claimed.")

    @many(CapitationLevel, order=("level_code", "id"))
    def levels(capitation: type[models.Capitation], level: type[models.CapitationLevel]) -> Where:
        """Which facilities are paid this way."""
        yield level.capitation_id == capitation.id


@mapped(models.Terms)
@showing(TermsFields)
class ProductTerms(Node):
    """What a product costs and covers from one day to another."""

    product: "Product" = reference("The product.")
    valid_from: date = column("The first day on which they hold.")
    valid_to: date | None = column("The last day on which they hold; null: until new ones follow.")
    present: bool = column("Whether the product shows them as its own.")


@mapped(models.PresentProduct, search=("code", "name"))
@showing(TermsFields)
class Product(Node):
    """What a family can enrol in, with its present terms."""

    code: str = column("Unique among the current products.")
    name: str = column("What people call it.")
    location: Location | None = reference("The region or district it is sold in; null: everywhere.")
    date_from: date | None = column("The first day it is sold.")
    date_to: date | None = column("The last day it is sold.")
    conversion_product: "Product | None" = reference("The product that its policies are renewed into.")
    account_code_premiums: str | None = column("The accounts' code of its premiums.")
    account_code_remuneration: str | None = column("The accounts' code of what it pays.")
    ended_at: datetime | None = column("When it was deleted.")
    version: int = column("Counts the changes, those of its terms too; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @many(ProductTerms, order="-valid_from")
    def terms(product: type[models.PresentProduct], terms: type[models.Terms]) -> Where:
        """All its terms, the newest first."""
        yield terms.product_id == product.id

    @expression
    def warnings(product: type[models.PresentProduct]) -> SQL[list[ProductWarning]]:
        """What is odd about its present terms."""
        capitation = models.Capitation.__table__.alias()
        weights = sum((capitation.c[name] for name in models.WEIGHTS), literal(0))
        total = select(weights).where(capitation.c.terms_id == product.terms_id).scalar_subquery()
        found = array(
            [
                case((product.threshold > product.max_members, ProductWarning.THRESHOLD_ABOVE_MAXIMUM.name)),
                case((total != literal(100), ProductWarning.CAPITATION_WEIGHTS_NOT_WHOLE.name)),
            ]
        )
        return func.array_remove(found, null())
