"""Money is a `Decimal` with two places, rounded half-up; never a float."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def money(value: Decimal | int | str) -> Decimal:
    """The amount rounded half-up to two places, in the scheme's currency."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts; zero (0.00) of none."""
    return sum(amounts, ZERO)


def percent_of(amount: Decimal, percent: Decimal | int) -> Decimal:
    """`percent` per cent of the amount, rounded half-up to two places."""
    return money(amount * percent / 100)
