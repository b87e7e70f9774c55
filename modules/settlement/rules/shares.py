"""Rounding money so that the parts add up to the whole (decision 33)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from core.money import money, total

Amount = Decimal | Fraction | int


def rounded(amount: Amount) -> Decimal:
    """An exact amount rounded half-up (away from zero) to the cent."""
    exact = Fraction(amount)
    cents = floor(abs(exact) * 100 + Fraction(1, 2))
    return _from_cents(cents if exact >= 0 else -cents)


def round_shares(amounts: Sequence[Amount], whole: Decimal | None = None) -> tuple[Decimal, ...]:
    """The amounts in cents, adding up exactly to `whole` (unset: their rounded sum), by largest remainder.

    Each is cut to the cent; the missing cents go to the largest remainders, of equal ones to the first.
    Raises ValueError if `whole` is not within a cent per amount of their sum.
    """
    exact = [Fraction(amount) * 100 for amount in amounts]
    cut = [floor(amount) for amount in exact]
    target = rounded(sum(exact, Fraction()) / 100) if whole is None else money(whole)
    missing = int(target * 100) - sum(cut)
    if not 0 <= missing <= len(cut):
        raise ValueError(f"{target} is too far from {total(map(rounded, amounts))} to be shared by rounding")
    by_remainder = sorted(range(len(cut)), key=lambda index: cut[index] - exact[index])
    for index in by_remainder[:missing]:
        cut[index] += 1
    return tuple(map(_from_cents, cut))


def _from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
