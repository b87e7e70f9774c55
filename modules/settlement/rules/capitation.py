"""Paying facilities by the people they serve (claims spec 2.18): six criteria, each with its weight."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from modules.settlement.rules.shares import round_shares, rounded

Facility = TypeVar("Facility", bound=Hashable)


class Criterion(StrEnum):
    """What a facility is paid by.

    POPULATION: people who live in its catchment. FAMILIES: families who live there. INSURED_INSUREES: insured
    people there. INSURED_FAMILIES: insured families there. VISITS: claims it made. ADJUSTED_AMOUNT: what its claims
    were worth.
    """

    POPULATION = "POPULATION"
    FAMILIES = "FAMILIES"
    INSURED_INSUREES = "INSURED_INSUREES"
    INSURED_FAMILIES = "INSURED_FAMILIES"
    VISITS = "VISITS"
    ADJUSTED_AMOUNT = "ADJUSTED_AMOUNT"


@dataclass(frozen=True)
class CapitationTerms:
    """The share of the allocated premium that capitation spends and the weight of each criterion, in percent."""

    share: Decimal
    weights: Mapping[Criterion, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Capitation(Generic[Facility]):
    """What a product pays by capitation in a period."""

    allocated: Mapping[Criterion, Decimal]
    """The money of each criterion, rounded for display."""

    unit_prices: Mapping[Criterion, Fraction]
    """What one unit of each criterion earns, exact; 0 where no facility has any."""

    payments: Mapping[Facility, Decimal]


def takes_part(level: str, sub_level: str | None, selectors: Iterable[tuple[str | None, str | None]]) -> bool:
    """Whether one of the product's selectors (level, sub-level or None for any) names the facility."""
    return any(level == wanted and sub in (None, sub_level) for wanted, sub in selectors if wanted is not None)


def capitation(
    premium: Decimal, terms: CapitationTerms, facilities: Mapping[Facility, Mapping[Criterion, Decimal]]
) -> Capitation[Facility]:
    """Share a product's allocated premium among facilities by their figures for each criterion.

    Unit prices stay unrounded; the payments are rounded by largest remainder, in the order of the facilities, so that
    they add up to the rounded whole (decision 33). The money of a criterion of which nobody has any is not spent.
    """
    allocated = {
        criterion: Fraction(premium) * Fraction(terms.share) / 100 * Fraction(terms.weights.get(criterion, 0)) / 100
        for criterion in Criterion
    }
    unit_prices = {criterion: _unit_price(criterion, allocated[criterion], facilities) for criterion in Criterion}
    exact = [
        sum((unit_prices[criterion] * Fraction(figures.get(criterion, 0)) for criterion in Criterion), Fraction())
        for figures in facilities.values()
    ]
    return Capitation(
        {criterion: rounded(amount) for criterion, amount in allocated.items()},
        unit_prices,
        dict(zip(facilities, round_shares(exact), strict=True)),
    )


def _unit_price(
    criterion: Criterion, allocated: Fraction, facilities: Mapping[Facility, Mapping[Criterion, Decimal]]
) -> Fraction:
    units = sum((Fraction(figures.get(criterion, 0)) for figures in facilities.values()), Fraction())
    return allocated / units if units else Fraction()
