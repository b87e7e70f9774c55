from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.rules import (
    Cover,
    CoverEnd,
    Newcomer,
    covered_on,
    end_cover,
    newcomer_from,
    open_cover,
    stop_cover,
)

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
YEAR = (Cover(FIRST, LAST),)
ADULT = date(1990, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def covered_days(covers: tuple[Cover, ...]) -> set[int]:
    return {number for number in range(-5, 70) if covered_on(covers, day(number))}


def test_cover_includes_its_first_and_last_day() -> None:
    assert covered_on(YEAR, FIRST)
    assert covered_on(YEAR, LAST)
    assert not covered_on(YEAR, FIRST - timedelta(days=1))
    assert not covered_on(YEAR, LAST + timedelta(days=1))
    assert not covered_on((), FIRST)


def test_a_suspension_stops_cover_from_today_and_keeps_what_was_before() -> None:
    stopped = stop_cover(YEAR, date(2024, 5, 10), CoverEnd.SUSPENSION)
    assert stopped == (Cover(FIRST, date(2024, 5, 9), CoverEnd.SUSPENSION),)


def test_a_resumed_policy_covers_from_today_and_leaves_the_gap() -> None:
    stopped = stop_cover(YEAR, date(2024, 5, 10), CoverEnd.SUSPENSION)
    resumed = open_cover(stopped, date(2024, 6, 1), LAST)
    assert resumed == (*stopped, Cover(date(2024, 6, 1), LAST))
    assert not covered_on(resumed, date(2024, 5, 20))


def test_suspended_and_resumed_on_one_day_leaves_no_gap() -> None:
    today = date(2024, 5, 10)
    resumed = open_cover(stop_cover(YEAR, today, CoverEnd.SUSPENSION), today, LAST)
    assert all(covered_on(resumed, day(number)) for number in range(366))


def test_cover_that_has_not_begun_falls_away() -> None:
    assert stop_cover(YEAR, FIRST, CoverEnd.MONEY) == ()


def test_a_death_ends_cover_on_its_date() -> None:
    assert end_cover(YEAR, date(2024, 3, 1), CoverEnd.STATUS) == (Cover(FIRST, date(2024, 3, 1), CoverEnd.STATUS),)


def test_one_day_of_cover_is_cover() -> None:
    assert end_cover(YEAR, FIRST, CoverEnd.STATUS) == (Cover(FIRST, FIRST, CoverEnd.STATUS),)


def test_cover_that_ended_before_keeps_its_reason() -> None:
    stopped = stop_cover(YEAR, date(2024, 3, 1), CoverEnd.SUSPENSION)
    assert end_cover(stopped, date(2024, 2, 29), CoverEnd.STATUS) == stopped
    assert end_cover(stopped, date(2024, 6, 1), CoverEnd.STATUS) == stopped


def test_an_earlier_effective_date_adds_days_before_the_cover_there_is() -> None:
    later = (Cover(date(2024, 1, 10), LAST),)
    assert open_cover(later, date(2024, 1, 7), LAST) == (Cover(date(2024, 1, 7), date(2024, 1, 9)), *later)


def test_nothing_is_opened_backwards() -> None:
    assert open_cover((), LAST, FIRST) == ()


spans = st.tuples(st.integers(0, 60), st.integers(0, 60))
histories = st.lists(spans, max_size=5)


def opened(history: list[tuple[int, int]]) -> tuple[Cover, ...]:
    covers: tuple[Cover, ...] = ()
    for first, last in history:
        covers = open_cover(covers, day(first), day(last))
    return covers


@given(histories, spans)
def test_opening_adds_exactly_the_days_asked_for_and_touches_no_interval_decision_22(
    history: list[tuple[int, int]], span: tuple[int, int]
) -> None:
    before = opened(history)
    after = open_cover(before, day(span[0]), day(span[1]))
    assert covered_days(after) == covered_days(before) | set(range(span[0], span[1] + 1))
    assert set(before) <= set(after)
    assert all(one.last < two.first for one, two in pairwise(after))


@given(histories, st.integers(0, 60))
def test_stopping_never_rewrites_the_past_decision_22(history: list[tuple[int, int]], today: int) -> None:
    before = opened(history)
    after = stop_cover(before, day(today), CoverEnd.SUSPENSION)
    assert covered_days(after) == {number for number in covered_days(before) if number < today}
    assert all(cover.ended_by for cover in after if cover not in before)


@pytest.mark.parametrize(
    ("owed", "paid", "first"),
    [
        pytest.param("12000", "11000", None, id="C11 new value not paid"),
        pytest.param("12000", "12000", date(2024, 3, 1), id="new value paid"),
        pytest.param(None, "4000", date(2024, 3, 1), id="value unchanged"),
    ],
)
def test_a_member_added_later_is_covered_from_that_day_once_paid(
    owed: str | None, paid: str, first: date | None
) -> None:
    newcomer = Newcomer(ADULT, date(2024, 3, 1), Decimal(owed) if owed else None)
    assert newcomer_from(newcomer, FIRST, Decimal(paid)) == first


def test_a_member_added_before_the_policy_is_effective_waits_for_it() -> None:
    newcomer = Newcomer(ADULT, date(2023, 12, 1), None)
    assert newcomer_from(newcomer, FIRST, Decimal(0)) == FIRST
    assert newcomer_from(newcomer, None, Decimal(0)) is None


@pytest.mark.parametrize(
    ("born", "added", "first"),
    [
        pytest.param(date(2024, 2, 1), date(2024, 5, 1), date(2024, 2, 1), id="on the ninetieth day"),
        pytest.param(date(2024, 2, 1), date(2024, 5, 2), date(2024, 5, 2), id="a day later"),
        pytest.param(date(2023, 12, 20), date(2024, 1, 15), FIRST, id="born before the policy"),
    ],
)
def test_newborns_are_covered_from_birth(born: date, added: date, first: date) -> None:
    assert newcomer_from(Newcomer(born, added, None), FIRST, Decimal(0)) == first


def test_a_newborn_who_raises_the_value_is_covered_from_birth_once_it_is_paid() -> None:
    newborn = Newcomer(date(2024, 2, 1), date(2024, 3, 1), Decimal(12000))
    assert newcomer_from(newborn, FIRST, Decimal(10000)) is None
    assert newcomer_from(newborn, FIRST, Decimal(12000)) == date(2024, 2, 1)
