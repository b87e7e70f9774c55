"""The periods that batch runs close, and the index that each care side of a product gets (claims spec 2.17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.dates import add_months
from modules.location.rules import CareType


class Period(StrEnum):
    """How often the index of a product is computed."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@dataclass(frozen=True)
class Window:
    """A period with its number within the year (month 1 to 12, quarter 1 to 4, year 1), both ends included."""

    period: Period
    number: int
    start: date
    end: date


@dataclass(frozen=True)
class IndexWindow:
    """The window of one care side, and whether its index is computed or fixed at 1."""

    care_type: CareType
    window: Window
    computed: bool


def period_window(period: Period, year: int, month: int) -> Window | None:
    """The period that the end of the month closes; None when it closes none: quarters end in months 3, 6, 9 and 12,
    years in December."""
    length = MONTHS[period]
    if month % length:
        return None
    after = add_months(date(year, month, 1), 1)
    return Window(period, month // length, add_months(after, -length), after - timedelta(days=1))


def index_windows(
    general: Period | None,
    in_patient: Period | None,
    out_patient: Period | None,
    year: int,
    month: int,
) -> tuple[IndexWindow, ...]:
    """The indices of a product that are due at the end of the month.

    The general period gives one index for both sides. Otherwise each side has its own; a side without a period takes
    the other's window with index 1. Without any period everything is paid monthly with index 1. A period that the
    month does not close is not due: its lines wait.
    """
    if general is not None:
        return _due(CareType.BOTH, general, True, year, month)
    if in_patient is None and out_patient is None:
        return _due(CareType.BOTH, Period.MONTH, False, year, month)
    sides = ((CareType.IN_PATIENT, in_patient, out_patient), (CareType.OUT_PATIENT, out_patient, in_patient))
    return tuple(
        due
        for care_type, own, other in sides
        if (period := own or other) is not None
        for due in _due(care_type, period, own is not None, year, month)
    )


def distribution_percent(percents: Sequence[Decimal], window: Window) -> Decimal:
    """The window's share of the allocated premium in percent; a product without distribution spends all of it.

    Raises ValueError unless there is one percentage for each period of the year.
    """
    if not percents:
        return Decimal(100)
    if len(percents) * MONTHS[window.period] != 12:
        raise ValueError(f"{len(percents)} percentages do not distribute a year by {window.period.value}")
    return percents[window.number - 1]


def _due(care_type: CareType, period: Period, computed: bool, year: int, month: int) -> tuple[IndexWindow, ...]:
    window = period_window(period, year, month)
    return () if window is None else (IndexWindow(care_type, window, computed),)
