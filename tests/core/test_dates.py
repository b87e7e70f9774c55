"""Calendar months that clip (decision 12) and ages by exact birthday (decision 10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import add_months, age_on

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 6, 1), 0, date(2024, 6, 1)),
    ],
)
def test_months_clip_to_the_end_of_the_month(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@given(days, st.integers(-600, 600))
def test_only_the_day_of_the_month_is_ever_clipped(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 6, 15), date(2018, 6, 14), 17),
        (date(2000, 6, 15), date(2018, 6, 15), 18),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2024, 5, 1), date(2024, 5, 1), 0),
    ],
)
def test_a_year_is_completed_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@given(days, st.integers(0, 365 * 100))
def test_an_age_grows_by_one_at_most_from_one_day_to_the_next(born: date, after: int) -> None:
    day = born + timedelta(days=after)
    assert age_on(born, day + timedelta(days=1)) - age_on(born, day) in (0, 1)
