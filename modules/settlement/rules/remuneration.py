"""The relative index and what a line earns the facility (claims spec 2.17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from core.money import money
from modules.product.rules import PriceOrigin
from modules.settlement.rules.shares import round_shares

UNIT_INDEX = Decimal("1.0000")


@dataclass(frozen=True)
class EarningLine:
    """A passed line of a claim in a batch run. Prices are per unit, `valuated` is the line's total."""

    origin: PriceOrigin
    valuated: Decimal | None
    quantity_provided: Decimal
    quantity_approved: Decimal | None = None
    price_adjusted: Decimal | None = None
    price_approved: Decimal | None = None


def relative_index(allocated: Decimal, valuated: Decimal, percent: Decimal | int = 100) -> Decimal:
    """What a period's money pays of each shilling valued at relative prices, to four places.

    `allocated` is the allocated premium, `percent` the period's share of it, `valuated` the sum of the relative lines.
    With nothing valued the index is 1.
    """
    if valuated == 0:
        return UNIT_INDEX
    exact = Fraction(allocated) * Fraction(percent) / 100 / Fraction(valuated)
    return (Decimal(exact.numerator) / exact.denominator).quantize(UNIT_INDEX, rounding=ROUND_HALF_UP)


def earning(line: EarningLine, index: Decimal) -> Decimal:
    """What the line earns, unrounded: its value, by the index if its price is relative.

    A line never valued counts at its approved, else adjusted price by its approved, else provided quantity.
    """
    value = line.valuated
    if value is None:
        price = line.price_adjusted if line.price_approved is None else line.price_approved
        quantity = line.quantity_provided if line.quantity_approved is None else line.quantity_approved
        value = money(quantity * (price or 0))
    return value * index if line.origin == PriceOrigin.RELATIVE else value


def remunerate(lines: Sequence[EarningLine], index: Decimal) -> tuple[Decimal, ...]:
    """What each line is paid: the rounded total of what they earn, shared by largest remainder (decision 33)."""
    return round_shares([earning(line, index) for line in lines])
