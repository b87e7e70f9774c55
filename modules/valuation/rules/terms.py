"""What a product promises about one item or service, and about care as a whole. Periods are months."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from modules.medical.rules import ServiceCategory, VisitType
from modules.product.rules import CeilingExclusion, CeilingInterpretation, CeilingType, LimitationType, PriceOrigin

WHOLE = Decimal(100)
NO_LIMIT = Decimal(0)


@dataclass(frozen=True)
class Limit:
    """The limitation of one visit type, for adults and for children.

    Of CO_INSURANCE the percentage that the product pays (unset: 100); of FIXED the amount per unit (unset or 0: all).
    """

    limitation_type: LimitationType = LimitationType.CO_INSURANCE
    adult: Decimal | None = None
    child: Decimal | None = None

    def value(self, adult: bool) -> Decimal:
        """The percentage or amount for an adult or a child."""
        value = self.adult if adult else self.child
        if value is not None:
            return value
        return WHOLE if self.limitation_type == LimitationType.CO_INSURANCE else NO_LIMIT


IN_FULL = Limit()
"""The limitation of a visit type that has none."""


@dataclass(frozen=True)
class Terms:
    """How a product covers one item or service."""

    price_origin: PriceOrigin = PriceOrigin.PRICE_LIST
    limits: Mapping[VisitType, Limit] = field(default_factory=dict)
    """By visit type; a type without limit is covered in full."""

    limit_number_adult: Decimal | int | None = None
    """The largest quantity within a cover period; None is unlimited, 0 is none (decision 28)."""

    limit_number_child: Decimal | int | None = None
    waiting_period_adult: int | None = None
    waiting_period_child: int | None = None
    ceiling_exclusion_adult: CeilingExclusion | None = None
    ceiling_exclusion_child: CeilingExclusion | None = None
    deductible_applies: bool = True
    """False where a benefit leaves the patient nothing to pay first."""

    def limit(self, visit_type: VisitType) -> Limit:
        """The limitation for the visit type."""
        return self.limits.get(visit_type, IN_FULL)

    def limit_number(self, adult: bool) -> Decimal | int | None:
        """The largest quantity for an adult or a child."""
        return self.limit_number_adult if adult else self.limit_number_child

    def waiting_period(self, adult: bool) -> int:
        """The waiting period in months for an adult or a child."""
        return (self.waiting_period_adult if adult else self.waiting_period_child) or 0

    def ceiling_exclusion(self, adult: bool) -> CeilingExclusion | None:
        """The visits in which no ceiling applies to an adult or a child."""
        return self.ceiling_exclusion_adult if adult else self.ceiling_exclusion_child


@dataclass(frozen=True)
class CategoryLimit:
    """How often care of a category is covered within a cover period, and for how much per claim.

    A number of None is unlimited, 0 is none; an amount of None or 0 is no limit (decision 28).
    """

    max_number: int | None = None
    max_amount: Decimal | None = None


UNLIMITED = CategoryLimit()


@dataclass(frozen=True)
class ProductTerms:
    """A product's deductible, ceilings and category limits. Amounts of None or 0 are not set (decision 28)."""

    ceiling_type: CeilingType = CeilingType.TREATMENT
    ceiling_interpretation: CeilingInterpretation = CeilingInterpretation.CLAIM_TYPE
    deductible: Decimal | None = None
    deductible_in_patient: Decimal | None = None
    deductible_out_patient: Decimal | None = None
    ceiling: Decimal | None = None
    ceiling_in_patient: Decimal | None = None
    ceiling_out_patient: Decimal | None = None
    threshold: int | None = None
    """Members above this number raise a policy's ceiling; None: none do."""

    policy_ceiling_extra_member: Decimal | None = None
    policy_ceiling_extra_member_in_patient: Decimal | None = None
    policy_ceiling_extra_member_out_patient: Decimal | None = None
    policy_ceiling_maximum: Decimal | None = None
    policy_ceiling_maximum_in_patient: Decimal | None = None
    policy_ceiling_maximum_out_patient: Decimal | None = None
    category_limits: Mapping[ServiceCategory, CategoryLimit] = field(default_factory=dict)

    def category_limit(self, category: ServiceCategory) -> CategoryLimit:
        """The limits of a category of care; none when the product does not name it."""
        return self.category_limits.get(category, UNLIMITED)
