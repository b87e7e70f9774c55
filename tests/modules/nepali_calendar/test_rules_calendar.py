"""Days go to Bikram Sambat and come back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.nepali_calendar.rules import FIRST, LAST, read, written


@pytest.mark.parametrize(
    ("gregorian", "nepali"),
    [
        ("1918-04-13", "1975-01-01"),
        ("1943-04-14", "2000-01-01"),
        ("2015-04-14", "2072-01-01"),
        ("2026-06-15", "2083-03-01"),
    ],
)
def test_known_days(gregorian: str, nepali: str) -> None:
    assert written(date.fromisoformat(gregorian)) == nepali


@given(st.dates(FIRST, LAST))
def test_every_day_comes_back(day: date) -> None:
    assert read(str(written(day))) == day


@given(st.dates(FIRST, LAST - timedelta(days=1)))
def test_the_next_day_is_later(day: date) -> None:
    assert str(written(day)) < str(written(day + timedelta(days=1)))


@pytest.mark.parametrize("day", [None, FIRST - timedelta(days=1), LAST + timedelta(days=1), date.min, date.max])
def test_beyond_the_tables_there_is_none(day: date | None) -> None:
    assert written(day) is None


@pytest.mark.parametrize(
    "text", ["", "2083", "2083-13-01", "2083-00-01", "2083-03-33", "1974-01-01", "2101-01-01", "२०८३-०३-०१"]
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert read(text) is None
