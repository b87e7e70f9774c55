"""Which part of the contributions belongs to a period (claims spec 2.17, decision 33)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from modules.settlement.rules.shares import rounded


@dataclass(frozen=True)
class AllocatedContribution:
    """A contribution and the policy it pays for. Voided ones and photo fees are not allocated."""

    amount: Decimal
    paid_on: date
    effective_on: date | None
    """The policy's first day; None while it is idle: nothing is allocated then."""

    expires_on: date | None


def allocated_part(contribution: AllocatedContribution, start: date, end: date) -> Fraction:
    """The exact part of a contribution that belongs to the days from start to end.

    It is spread evenly over the days from payment or first day, whichever is later, to expiry, both included; so the
    months of a policy add up to the amount. Nothing is allocated of what was paid after the expiry.
    """
    if contribution.effective_on is None or contribution.expires_on is None:
        return Fraction()
    first = max(contribution.paid_on, contribution.effective_on)
    if first > contribution.expires_on:
        return Fraction()
    days = _days(first, contribution.expires_on)
    within = max(0, _days(max(first, start), min(end, contribution.expires_on)))
    return Fraction(contribution.amount) * within / days


def allocated_premium(contributions: Iterable[AllocatedContribution], start: date, end: date) -> Decimal:
    """What all contributions allocate to the days from start to end, rounded once."""
    return rounded(sum((allocated_part(contribution, start, end) for contribution in contributions), Fraction()))


def _days(first: date, last: date) -> int:
    return (last - first).days + 1
