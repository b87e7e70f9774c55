"""What a product may say: pure checks over plain data, which yield what the user must mend and what is merely odd."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core import NEGATIVE, TAKEN, UNKNOWN_CODE, UserError, camel_case
from modules.location.rules import CareType
from modules.medical.rules import ServiceCategory, VisitType
from modules.product import errors

HUNDRED = Decimal(100)
LEAP_YEAR = 2024
"""A year that has every date: a cycle on 29 February is on the 28th in the other years."""


class LimitationType(StrEnum):
    """How a product shares a price with the insuree: by a percentage that it pays, or up to an amount per unit.

    CO_INSURANCE: it pays a percentage. FIXED: it pays up to an amount per unit.
    """

    CO_INSURANCE = "CO_INSURANCE"
    FIXED = "FIXED"


class PriceOrigin(StrEnum):
    """Whose unit price counts: the price list's, the facility's own, or the list's times a batch run's index.

    PRICE_LIST: the price list's. OWN: the facility's own. RELATIVE: the list's times the index of a batch run.
    """

    PRICE_LIST = "PRICE_LIST"
    OWN = "OWN"
    RELATIVE = "RELATIVE"


class CeilingExclusion(StrEnum):
    """In which visits the ceiling does not apply.

    HOSPITAL: in hospital visits. NON_HOSPITAL: in all but hospital visits. BOTH: in any visit.
    """

    HOSPITAL = "HOSPITAL"
    NON_HOSPITAL = "NON_HOSPITAL"
    BOTH = "BOTH"


class CeilingType(StrEnum):
    """Whose care a deductible and a ceiling add up: one treatment's, one insuree's, the whole policy's.

    TREATMENT: those of one claim. INSUREE: those of one person. POLICY: those of everybody on the policy.
    """

    TREATMENT = "TREATMENT"
    INSUREE = "INSUREE"
    POLICY = "POLICY"


class CeilingInterpretation(StrEnum):
    """What makes a hospital visit: that the patient stayed, or that the facility is a hospital.

    CLAIM_TYPE: that the patient stayed. FACILITY_TYPE: that the facility is a hospital.
    """

    CLAIM_TYPE = "CLAIM_TYPE"
    FACILITY_TYPE = "FACILITY_TYPE"


class IndexPeriod(StrEnum):
    """How often a batch run sets the index of relative prices.

    MONTH: every month. QUARTER: every three months. YEAR: once a year.
    """

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


PERIODS_OF_YEAR = {IndexPeriod.MONTH: 12, IndexPeriod.QUARTER: 4, IndexPeriod.YEAR: 1}


class ProductWarning(StrEnum):
    """Something odd about a product that does not stop it from being sold.

    THRESHOLD_ABOVE_MAXIMUM: the lump sum is for more members than a policy covers. CAPITATION_WEIGHTS_NOT_WHOLE:
    the weights of the capitation do not add up to 100 per cent.
    """

    THRESHOLD_ABOVE_MAXIMUM = "THRESHOLD_ABOVE_MAXIMUM"
    CAPITATION_WEIGHTS_NOT_WHOLE = "CAPITATION_WEIGHTS_NOT_WHOLE"


@dataclass(frozen=True)
class Limit:
    """What the product pays in visits of one type: a percentage, or an amount per unit (0: no limit)."""

    visit_type: VisitType
    limitation_type: LimitationType
    adult: Decimal
    child: Decimal


LONGEST_PERIOD = 1200
"""Months in a century: nobody means more, and dates moved by more would leave the calendar."""

PERIODS = (
    "insurance_period",
    "administration_period",
    "grace_period_enrolment",
    "grace_period_renewal",
    "grace_period_payment",
    "enrolment_discount_period",
    "renewal_discount_period",
)
PERCENTS = ("enrolment_discount_percent", "renewal_discount_percent")
SPLIT = {
    "deductible": ("deductible_in_patient", "deductible_out_patient"),
    "ceiling": ("ceiling_in_patient", "ceiling_out_patient"),
    "policy_ceiling_extra_member": (
        "policy_ceiling_extra_member_in_patient",
        "policy_ceiling_extra_member_out_patient",
    ),
    "policy_ceiling_maximum": ("policy_ceiling_maximum_in_patient", "policy_ceiling_maximum_out_patient"),
}
"""Amounts that are either given once or apart for in-patients and out-patients."""


def check_terms(terms: Mapping[str, Any]) -> Iterator[UserError]:
    """What is wrong with a product's terms as a whole (enrolment spec 3.2). `terms` by column name."""
    for name in ("insurance_period", "max_installments"):
        if terms[name] == 0:
            yield UserError(NEGATIVE, camel_case(name), value=0)
    for name in PERIODS:
        yield from check_months(terms[name], camel_case(name))
    for name in PERCENTS:
        yield from check_percent(terms[name], camel_case(name))
    yield from check_ceilings(terms)


def check_ceilings(terms: Mapping[str, Any]) -> Iterator[UserError]:
    """One level only, the ceiling type's; each amount general or split, not both (enrolment spec 3.2 rule 4).

    An amount of 0 is not set (decision 28).
    """
    for general, parts in SPLIT.items():
        if terms[general] and any(terms[part] for part in parts):
            yield UserError(errors.GENERAL_OR_SPLIT, camel_case(general))
    names = [name for general, parts in SPLIT.items() for name in (general, *parts) if terms[name]]
    if names and terms["ceiling_type"] is None:
        yield UserError(errors.CEILING_TYPE_MISSING, "ceilingType")
    if terms["ceiling_type"] in (CeilingType.TREATMENT, CeilingType.INSUREE):
        for name in names:
            if name.startswith("policy_"):
                yield UserError(errors.POLICY_CEILING_ONLY, camel_case(name))


def check_cycles(cycles: Sequence[tuple[int, int]], path: str = "cycles") -> Iterator[UserError]:
    """Dates that exist, each named once (enrolment spec 3.2 rule 2). `cycles` are (day, month) pairs."""
    seen = set()
    for index, (day, month) in enumerate(cycles):
        try:
            cycle = date(LEAP_YEAR, month, day)
        except ValueError:
            yield UserError(errors.CYCLE_NOT_A_DATE, f"{path}.{index}", day=day, month=month)
            continue
        if cycle in seen:
            yield UserError(TAKEN, f"{path}.{index}", value=f"{day:02}-{month:02}")
        seen.add(cycle)


def check_limits(limits: Sequence[Limit], path: str) -> Iterator[UserError]:
    """Limits of 0 or more, percentages of 100 or less, each visit type once (enrolment spec 3.2 rule 3)."""
    yield from check_once([limit.visit_type for limit in limits], path, "visitType")
    for index, limit in enumerate(limits):
        for name in ("adult", "child"):
            value = getattr(limit, name)
            at = f"{path}.{index}.{name}"
            if limit.limitation_type is LimitationType.CO_INSURANCE:
                yield from check_percent(value, at)
            elif value < 0:
                yield UserError(NEGATIVE, at, value=value)


def check_categories(categories: Sequence[ServiceCategory], path: str = "categoryLimits") -> Iterator[UserError]:
    """Categories that claims are counted by, each once."""
    yield from check_once(categories, path, "category")
    for index, category in enumerate(categories):
        if category is ServiceCategory.OTHER:
            yield UserError(UNKNOWN_CODE, f"{path}.{index}.category", value=category)


def check_distributions(
    shares: Sequence[tuple[CareType, IndexPeriod, int]], path: str = "distributions"
) -> Iterator[UserError]:
    """Periods that the year has, each once; who names one of a care side's periods names them all (claims spec 2.17).

    `shares` are (care side, period, number) of each share.
    """
    numbers: dict[tuple[CareType, IndexPeriod], set[int]] = {}
    for index, (care_type, period, number) in enumerate(shares):
        named = numbers.setdefault((care_type, period), set())
        if number in named:
            yield UserError(TAKEN, f"{path}.{index}.number", value=number)
        if not 1 <= number <= PERIODS_OF_YEAR[period]:
            yield UserError(UNKNOWN_CODE, f"{path}.{index}.number", value=number)
        named.add(number)
    for (care_type, period), named in numbers.items():
        missing = sorted(set(range(1, PERIODS_OF_YEAR[period] + 1)) - named)
        if missing:
            told = ", ".join(map(str, missing))
            yield UserError(errors.SHARES_MISSING, path, care_type=care_type, period=period, missing=told)


def check_once(values: Iterable[object], path: str, field: str) -> Iterator[UserError]:
    """Refuse what a list names a second time (enrolment spec 3.2 rule 3)."""
    seen = set()
    for index, value in enumerate(values):
        if value in seen:
            yield UserError(TAKEN, f"{path}.{index}.{field}", value=value)
        seen.add(value)


def check_months(months: int | None, path: str) -> Iterator[UserError]:
    """Periods are at most a century."""
    if months is not None and months > LONGEST_PERIOD:
        yield UserError(errors.PERIOD_TOO_LONG, path, value=months, most=LONGEST_PERIOD)


def check_percent(value: Decimal, path: str) -> Iterator[UserError]:
    """Percentages lie between 0 and 100, both included."""
    if not 0 <= value <= HUNDRED:
        yield UserError(errors.NOT_A_PERCENTAGE, path, value=value)
