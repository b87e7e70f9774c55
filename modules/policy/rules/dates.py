"""When a policy starts, expires and must be paid, and how far back a date may lie."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, dropwhile

from core.dates import add_months
from modules.policy.rules.terms import PolicyStage, Terms

DATE_IN_FUTURE = "DATE_IN_FUTURE"
BACKDATED = "BACKDATED"
BACKDATING_DAYS = 30

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days a policy is for, both included."""

    starts_on: date
    expires_on: date


def period(terms: Terms, stage: PolicyStage, enrolled_on: date, previous_expiry: date | None = None) -> Period:
    """Start and expiry of a policy (enrolment spec 4.3, decisions 12 and 13).

    A renewal never starts before the day after `previous_expiry`. Where the product has cycles, it still expires with
    its cycle; a cycle that would be over by then is passed by for the next.
    """
    renewal = stage is PolicyStage.RENEWAL
    earliest = previous_expiry + _DAY if renewal and previous_expiry else date.min
    ref = enrolled_on if renewal else add_months(enrolled_on, terms.administration_period)
    if not terms.cycles:
        start = max(ref, earliest)
        return Period(start, expiry(start, terms.insurance_period))
    periods = (
        Period(max(cycle, earliest), expiry(cycle, terms.insurance_period))
        for cycle in open_cycles(terms.cycles, ref, _cycle_grace(terms, stage))
    )
    return next(candidate for candidate in periods if candidate.expires_on >= earliest)


def expiry(starts_on: date, months: int) -> date:
    """The last day of `months` months from the start: start + months - 1 day (decision 12)."""
    return add_months(starts_on, months) - _DAY


def last_day_of_grace(day: date, months: int) -> date:
    """The last day of `months` months of grace that begin on the day; the day itself always counts (decision 13)."""
    return max(day, expiry(day, months))


def open_cycles(cycles: Iterable[tuple[int, int]], ref: date, grace: int) -> Iterator[date]:
    """The cycle dates one may still enrol for on `ref`, earliest first (decision 13).

    `cycles` are (day, month) pairs in any order, of every year; `grace` is months.
    """
    first_year = add_months(ref, -grace).year - 1
    return dropwhile(lambda cycle: last_day_of_grace(cycle, grace) < ref, _cycle_dates(cycles, first_year))


def last_payment_date(
    terms: Terms, stage: PolicyStage, enrolled_on: date, starts_on: date, previous_expiry: date | None = None
) -> date | None:
    """The last day to pay before an idle policy is overdue (enrolment spec 5.2); None if the terms set none.

    With cycles, the grace of the stage from the start. Otherwise the payment grace, for a new policy from the
    enrolment, for a renewal from the day after the previous expiry. Never before the enrolment: nobody could meet it.
    """
    if terms.cycles:
        return max(enrolled_on, last_day_of_grace(starts_on, _cycle_grace(terms, stage)))
    if terms.grace_period_payment is None:
        return None
    day = enrolled_on
    if stage is PolicyStage.RENEWAL:
        day = previous_expiry + _DAY if previous_expiry else starts_on
    return max(enrolled_on, last_day_of_grace(day, terms.grace_period_payment))


def backdating_problem(
    day: date, today: date, *, allowed_days: int = BACKDATING_DAYS, may_backdate: bool = False
) -> str | None:
    """DATE_IN_FUTURE, or BACKDATED by more than the allowed days without the right to do so (decision 18).

    Holds for the day of enrolment and the day of payment.
    """
    if day > today:
        return DATE_IN_FUTURE
    if not may_backdate and day < today - timedelta(days=allowed_days):
        return BACKDATED
    return None


def _cycle_grace(terms: Terms, stage: PolicyStage) -> int:
    return terms.grace_period_enrolment if stage is PolicyStage.NEW else terms.grace_period_renewal


def _cycle_dates(cycles: Iterable[tuple[int, int]], first_year: int) -> Iterator[date]:
    ordered = sorted((month, day) for day, month in cycles)
    for year in count(first_year):
        for month, day in ordered:
            # A cycle on 29 February is on the 28th in the other years.
            yield date(year, month, min(day, monthrange(year, month)[1]))
