"""What a policy costs, line by line, and who pays which part of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from core.dates import add_months
from core.money import ZERO, money, percent_of, total
from modules.insuree.rules import ADULT_AGE, is_adult
from modules.policy.rules.members import Member, Relation, places
from modules.policy.rules.terms import PolicyStage, Subsidy, Terms

MEMBERS_ABOVE_MAXIMUM = "MEMBERS_ABOVE_MAXIMUM"


class LineLabel(StrEnum):
    """What a line of the value is for. Extra members are own ones above the lump sum's threshold.

    LUMP_SUM: the price for the family as a whole. ADULT: own adults. CHILD: own children. EXTRA_ADULT: own adults
    above the threshold. EXTRA_CHILD: own children above the threshold. OTHER_ADULT: adults who are not of the
    family proper. OTHER_CHILD: children who are not. GENERAL_ASSEMBLY: the fee for the general assembly.
    REGISTRATION: the fee for registration, once. ENROLMENT_DISCOUNT: what enrolling early takes off.
    RENEWAL_DISCOUNT: what renewing early takes off.
    """

    LUMP_SUM = "LUMP_SUM"
    ADULT = "ADULT"
    CHILD = "CHILD"
    EXTRA_ADULT = "EXTRA_ADULT"
    EXTRA_CHILD = "EXTRA_CHILD"
    OTHER_ADULT = "OTHER_ADULT"
    OTHER_CHILD = "OTHER_CHILD"
    GENERAL_ASSEMBLY = "GENERAL_ASSEMBLY"
    REGISTRATION = "REGISTRATION"
    ENROLMENT_DISCOUNT = "ENROLMENT_DISCOUNT"
    RENEWAL_DISCOUNT = "RENEWAL_DISCOUNT"


@dataclass(frozen=True)
class Line:
    """One line of the value; the amount is quantity times unit amount, negative for a discount."""

    label: LineLabel
    quantity: int
    unit_amount: Decimal
    amount: Decimal


@dataclass(frozen=True)
class PriceWarning:
    """Something odd that does not stop the policy: a stable code and what its message mentions."""

    code: str
    parameters: Mapping[str, int]


@dataclass(frozen=True)
class Shares:
    """The value split between family and payer, and the part that must be paid before cover begins."""

    family: Decimal
    payer: Decimal
    due: Decimal


@dataclass(frozen=True)
class Price:
    """A policy's value, the lines it is the sum of, its split, and whom it covers and not, both in pricing order."""

    value: Decimal
    lines: tuple[Line, ...]
    shares: Shares
    covered: tuple[Member, ...]
    uncovered: tuple[Member, ...]
    warnings: tuple[PriceWarning, ...]


def price(
    terms: Terms,
    members: Iterable[Member],
    stage: PolicyStage,
    enrolled_on: date,
    starts_on: date,
    *,
    previous_expiry: date | None = None,
    category: str | None = None,
    seated: Collection[UUID] = (),
    adult_age: int = ADULT_AGE,
) -> Price:
    """The price of a policy (enrolment spec 4.2, decisions 10, 11 and 23).

    `starts_on` is the start that `period` gives. `previous_expiry` is that of the policy being renewed, `category` the
    family's membership category, `seated` the ids of members who already have a place on this policy.
    """
    seats = places(members, starts_on, terms.max_members, seated=seated, adult_age=adult_age)
    lines = [*_contribution(terms, seats.covered, starts_on, adult_age), *_fees(terms, stage, len(seats.covered))]
    lines = [line for line in lines if line.amount]
    lines += _discount(terms, stage, total(line.amount for line in lines), enrolled_on, starts_on, previous_expiry)
    value = total(line.amount for line in lines)
    return Price(
        value=value,
        lines=tuple(lines),
        shares=split(value, subsidy_for(terms.subsidies, category)),
        covered=seats.covered,
        uncovered=seats.uncovered,
        warnings=_warnings(seats.covered, seats.uncovered),
    )


def subsidy_for(subsidies: Iterable[Subsidy], category: str | None) -> Subsidy | None:
    """The subsidy of a membership category; None where the terms give it none."""
    return next((subsidy for subsidy in subsidies if subsidy.category == category), None)


def split(value: Decimal, subsidy: Subsidy | None) -> Shares:
    """The family's and the payer's part, which add up to the value; the payer's is rounded half-up (decision 23)."""
    payer = percent_of(value, subsidy.percent) if subsidy else ZERO
    family = value - payer
    return Shares(family, payer, due=family if subsidy and subsidy.family_part_activates else value)


def _contribution(terms: Terms, covered: Iterable[Member], starts_on: date, adult_age: int) -> Iterator[Line]:
    """Steps 3 and 4: the lump sum covers own members up to the threshold; others never ride on it."""
    counts = Counter(
        (member.relation is Relation.OTHER, is_adult(member.birth_date, starts_on, adult_age)) for member in covered
    )
    adults, children = counts[False, True], counts[False, False]
    if terms.lump_sum > 0:
        extra_adults, extra_children = _above_threshold(adults, children, terms.threshold)
        yield _line(LineLabel.LUMP_SUM, 1, terms.lump_sum)
        yield _line(LineLabel.EXTRA_ADULT, extra_adults, terms.premium_adult)
        yield _line(LineLabel.EXTRA_CHILD, extra_children, terms.premium_child)
    else:
        # Without a lump sum there is nothing to be above: everyone is priced alike (decision 11).
        yield _line(LineLabel.ADULT, adults, terms.premium_adult)
        yield _line(LineLabel.CHILD, children, terms.premium_child)
    yield _line(LineLabel.OTHER_ADULT, counts[True, True], terms.premium_adult)
    yield _line(LineLabel.OTHER_CHILD, counts[True, False], terms.premium_child)


def _above_threshold(adults: int, children: int, threshold: int) -> tuple[int, int]:
    """Own adults and children above the lump sum's threshold: adults take its places first; 0 is no threshold."""
    if threshold <= 0:
        return 0, 0
    extra_adults = max(0, adults - threshold)
    return extra_adults, max(0, children - (threshold - adults + extra_adults))


def _fees(terms: Terms, stage: PolicyStage, heads: int) -> Iterator[Line]:
    """Steps 5 and 6: general assembly at every stage, registration of new policies; a lump sum goes before the fee."""
    yield _fee(LineLabel.GENERAL_ASSEMBLY, terms.general_assembly_lump_sum, terms.general_assembly_fee, heads)
    if stage is PolicyStage.NEW:
        yield _fee(LineLabel.REGISTRATION, terms.registration_lump_sum, terms.registration_fee, heads)


def _fee(label: LineLabel, lump_sum: Decimal, fee: Decimal, heads: int) -> Line:
    return _line(label, 1, lump_sum) if lump_sum > 0 else _line(label, heads, fee)


def _discount(
    terms: Terms, stage: PolicyStage, gross: Decimal, enrolled_on: date, starts_on: date, previous_expiry: date | None
) -> list[Line]:
    """Step 8: the discount on the whole value for enrolling early; the discounted value is what is rounded."""
    if stage is PolicyStage.NEW:
        # Without cycles there is no fixed date to be early for.
        percent = terms.enrolment_discount_percent if terms.cycles else ZERO
        label, day, months = LineLabel.ENROLMENT_DISCOUNT, starts_on, terms.enrolment_discount_period
    else:
        day = previous_expiry + timedelta(days=1) if previous_expiry else starts_on
        label, months = LineLabel.RENEWAL_DISCOUNT, terms.renewal_discount_period
        percent = terms.renewal_discount_percent
    if not percent or not months or enrolled_on > add_months(day, -months):
        return []
    amount = percent_of(gross, 100 - percent) - gross
    return [_line(label, 1, amount)] if amount else []


def _warnings(covered: Collection[Member], uncovered: Collection[Member]) -> tuple[PriceWarning, ...]:
    if not uncovered:
        return ()
    parameters = {
        "members": len(covered) + len(uncovered),
        "maximum": len(covered),
        "uncovered": len(uncovered),
    }
    return (PriceWarning(MEMBERS_ABOVE_MAXIMUM, parameters),)


def _line(label: LineLabel, quantity: int, unit_amount: Decimal) -> Line:
    unit = money(unit_amount)
    return Line(label, quantity, unit, quantity * unit)
