"""What a product's terms say about price and dates, as plain data."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.money import ZERO


class PolicyStage(StrEnum):
    """Whether a policy is the family's first or follows another one.

    NEW: the family's first, or its first after a pause. RENEWAL: it follows another policy.
    """

    NEW = "NEW"
    RENEWAL = "RENEWAL"


@dataclass(frozen=True)
class Subsidy:
    """The share of the value that a payer bears for families of one membership category (decision 23).

    `percent` of the value, 0 to 100. With `family_part_activates` cover begins once the family's part is paid;
    otherwise the whole value must be there.
    """

    category: str
    percent: Decimal
    family_part_activates: bool = False


@dataclass(frozen=True)
class Terms:
    """A product's price, period, grace, cycle and discount fields (enrolment spec 3.1).

    Periods and graces are months, discounts are per cent, cycles are (day, month) pairs. Zero means "not set",
    but for `grace_period_payment`, where None means that payment has no last date.
    """

    insurance_period: int
    administration_period: int = 0
    lump_sum: Decimal = ZERO
    threshold: int = 0
    max_members: int | None = None
    premium_adult: Decimal = ZERO
    premium_child: Decimal = ZERO
    registration_lump_sum: Decimal = ZERO
    registration_fee: Decimal = ZERO
    general_assembly_lump_sum: Decimal = ZERO
    general_assembly_fee: Decimal = ZERO
    grace_period_enrolment: int = 0
    grace_period_renewal: int = 0
    grace_period_payment: int | None = None
    cycles: tuple[tuple[int, int], ...] = ()
    enrolment_discount_percent: Decimal = ZERO
    enrolment_discount_period: int = 0
    renewal_discount_percent: Decimal = ZERO
    renewal_discount_period: int = 0
    subsidies: tuple[Subsidy, ...] = ()
