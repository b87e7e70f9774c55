from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.rules import (
    PolicyStage,
    Terms,
    backdating_problem,
    last_day_of_grace,
    last_payment_date,
    open_cycles,
    period,
)

NEW, RENEWAL = PolicyStage.NEW, PolicyStage.RENEWAL
JANUARY_AND_JUNE = ((1, 1), (1, 6))
DAY = timedelta(days=1)


def days(terms: Terms, stage: PolicyStage, enrolled_on: date, previous_expiry: date | None = None) -> tuple[str, str]:
    found = period(terms, stage, enrolled_on, previous_expiry)
    return found.starts_on.isoformat(), found.expires_on.isoformat()


@pytest.mark.parametrize(
    ("terms", "enrolled_on", "starts_on", "expires_on"),
    [
        pytest.param(Terms(12), date(2020, 11, 10), "2020-11-10", "2021-11-09", id="A1"),
        pytest.param(
            Terms(12, grace_period_enrolment=1, cycles=JANUARY_AND_JUNE),
            date(2020, 11, 10),
            "2021-01-01",
            "2021-12-31",
            id="A3",
        ),
        pytest.param(
            Terms(6, administration_period=1, grace_period_enrolment=1, cycles=JANUARY_AND_JUNE),
            date(2021, 1, 10),
            "2021-06-01",
            "2021-11-30",
            id="A5",
        ),
        pytest.param(Terms(12, administration_period=1), date(2021, 1, 31), "2021-02-28", "2022-02-27", id="E7"),
        pytest.param(Terms(1), date(2024, 1, 31), "2024-01-31", "2024-02-28", id="clipped"),
        pytest.param(Terms(12), date(2024, 2, 29), "2024-02-29", "2025-02-27", id="leap"),
    ],
)
def test_period_of_a_new_policy_decision_12(terms: Terms, enrolled_on: date, starts_on: str, expires_on: str) -> None:
    assert days(terms, NEW, enrolled_on) == (starts_on, expires_on)


@pytest.mark.parametrize(
    ("grace", "cycles", "enrolled_on", "starts_on"),
    [
        pytest.param(1, JANUARY_AND_JUNE, date(2021, 1, 31), "2021-01-01", id="E1"),
        pytest.param(1, JANUARY_AND_JUNE, date(2021, 2, 1), "2021-06-01", id="E2"),
        pytest.param(0, JANUARY_AND_JUNE, date(2021, 6, 1), "2021-06-01", id="E4"),
        pytest.param(0, JANUARY_AND_JUNE, date(2021, 6, 2), "2022-01-01", id="the day after the last cycle"),
        pytest.param(2, ((1, 6), (1, 12)), date(2021, 1, 11), "2020-12-01", id="E6"),
        pytest.param(2, ((1, 12), (1, 6)), date(2021, 1, 31), "2020-12-01", id="in any order"),
        pytest.param(2, ((1, 6), (1, 12)), date(2021, 2, 1), "2021-06-01", id="after E6"),
        pytest.param(0, ((1, 10),), date(2021, 10, 2), "2022-10-01", id="one cycle"),
        pytest.param(14, ((1, 1),), date(2021, 2, 28), "2020-01-01", id="more than a year of grace"),
        pytest.param(0, ((29, 2),), date(2021, 1, 1), "2021-02-28", id="29 February"),
        pytest.param(1, ((31, 1),), date(2021, 2, 27), "2021-01-31", id="grace clipped to the end of February"),
        pytest.param(1, ((31, 1),), date(2021, 2, 28), "2022-01-31", id="after the clipped grace"),
    ],
)
def test_start_in_a_cycle_decision_13(
    grace: int, cycles: tuple[tuple[int, int], ...], enrolled_on: date, starts_on: str
) -> None:
    terms = Terms(12, grace_period_enrolment=grace, cycles=cycles)
    assert days(terms, NEW, enrolled_on)[0] == starts_on


def test_renewals_have_their_own_grace_decision_13() -> None:
    terms = Terms(12, grace_period_enrolment=0, grace_period_renewal=1, cycles=JANUARY_AND_JUNE)
    assert days(terms, RENEWAL, date(2021, 1, 31))[0] == "2021-01-01"
    assert days(terms, NEW, date(2021, 1, 31))[0] == "2021-06-01"


def test_the_administration_period_is_for_new_policies_only() -> None:
    terms = Terms(12, administration_period=2)
    assert days(terms, RENEWAL, date(2021, 1, 10))[0] == "2021-01-10"
    assert days(terms, NEW, date(2021, 1, 10))[0] == "2021-03-10"


@pytest.mark.parametrize(
    ("enrolled_on", "starts_on", "expires_on"),
    [
        (date(2021, 10, 1), "2021-11-10", "2022-11-09"),
        (date(2021, 11, 9), "2021-11-10", "2022-11-09"),
        (date(2021, 11, 10), "2021-11-10", "2022-11-09"),
        (date(2022, 3, 1), "2022-03-01", "2023-02-28"),
    ],
)
def test_a_renewal_starts_after_the_old_policy_or_on_the_day_of_renewal(
    enrolled_on: date, starts_on: str, expires_on: str
) -> None:
    assert days(Terms(12), RENEWAL, enrolled_on, date(2021, 11, 9)) == (starts_on, expires_on)


@pytest.mark.parametrize(
    ("enrolled_on", "starts_on", "expires_on"),
    [
        pytest.param(date(2021, 12, 1), "2022-01-01", "2022-12-31", id="in time"),
        pytest.param(
            date(2021, 5, 20), "2022-01-01", "2022-05-31", id="a cycle within the old policy keeps its expiry"
        ),
        pytest.param(
            date(2021, 1, 15), "2022-01-01", "2022-05-31", id="a cycle that ends with the old policy is passed"
        ),
        pytest.param(date(2022, 1, 31), "2022-01-01", "2022-12-31", id="in grace"),
        pytest.param(date(2022, 2, 1), "2022-06-01", "2023-05-31", id="late"),
    ],
)
def test_a_renewal_in_a_cycle(enrolled_on: date, starts_on: str, expires_on: str) -> None:
    terms = Terms(12, grace_period_renewal=1, cycles=JANUARY_AND_JUNE)
    assert days(terms, RENEWAL, enrolled_on, date(2021, 12, 31)) == (starts_on, expires_on)


def test_a_cycle_that_outlives_the_old_policy_by_one_day_is_not_passed() -> None:
    terms = Terms(12, cycles=JANUARY_AND_JUNE)
    assert days(terms, RENEWAL, date(2021, 6, 1), date(2022, 5, 30)) == ("2022-05-31", "2022-05-31")


def test_a_new_policy_does_not_mind_an_old_one() -> None:
    assert days(Terms(12), NEW, date(2021, 1, 1), date(2021, 11, 9)) == ("2021-01-01", "2021-12-31")


@pytest.mark.parametrize(
    ("terms", "stage", "enrolled_on", "previous_expiry", "last"),
    [
        pytest.param(
            Terms(12, grace_period_enrolment=1, cycles=JANUARY_AND_JUNE),
            NEW,
            date(2020, 11, 10),
            None,
            date(2021, 1, 31),
            id="cycle, new",
        ),
        pytest.param(
            Terms(12, grace_period_renewal=2, cycles=JANUARY_AND_JUNE),
            RENEWAL,
            date(2020, 11, 10),
            date(2020, 12, 31),
            date(2021, 2, 28),
            id="cycle, renewal",
        ),
        pytest.param(
            Terms(12, cycles=JANUARY_AND_JUNE), NEW, date(2021, 6, 1), None, date(2021, 6, 1), id="cycle without grace"
        ),
        pytest.param(
            Terms(12, administration_period=3, grace_period_payment=2),
            NEW,
            date(2021, 1, 10),
            None,
            date(2021, 3, 9),
            id="free, new",
        ),
        pytest.param(
            Terms(12, grace_period_payment=1),
            RENEWAL,
            date(2021, 10, 1),
            date(2021, 11, 9),
            date(2021, 12, 9),
            id="free, renewal",
        ),
        pytest.param(
            Terms(12, grace_period_payment=1),
            RENEWAL,
            date(2022, 3, 1),
            date(2021, 11, 9),
            date(2022, 3, 1),
            id="late renewal",
        ),
        pytest.param(
            Terms(12, grace_period_payment=1), RENEWAL, date(2022, 3, 1), None, date(2022, 3, 31), id="no old policy"
        ),
        pytest.param(
            Terms(12, grace_period_payment=0), NEW, date(2021, 1, 10), None, date(2021, 1, 10), id="free without grace"
        ),
        pytest.param(Terms(12), NEW, date(2021, 1, 10), None, None, id="no last date"),
    ],
)
def test_last_payment_date_rule_5_2(
    terms: Terms, stage: PolicyStage, enrolled_on: date, previous_expiry: date | None, last: date | None
) -> None:
    starts_on = period(terms, stage, enrolled_on, previous_expiry).starts_on
    assert last_payment_date(terms, stage, enrolled_on, starts_on, previous_expiry) == last


@pytest.mark.parametrize(
    ("days_ago", "may_backdate", "problem"),
    [
        (-1, False, "DATE_IN_FUTURE"),
        (-1, True, "DATE_IN_FUTURE"),
        (0, False, None),
        (30, False, None),
        (31, False, "BACKDATED"),
        (31, True, None),
    ],
)
def test_dates_lie_at_most_thirty_days_back_decision_18(days_ago: int, may_backdate: bool, problem: str | None) -> None:
    today = date(2024, 6, 30)
    assert backdating_problem(today - timedelta(days=days_ago), today, may_backdate=may_backdate) == problem


def test_how_far_back_is_a_setting() -> None:
    assert backdating_problem(date(2024, 6, 28), date(2024, 6, 30), allowed_days=1) == "BACKDATED"


cycles_of_a_year = st.lists(st.tuples(st.integers(1, 28), st.integers(1, 12)), min_size=1, max_size=4, unique=True).map(
    tuple
)
terms_of_any_kind = st.builds(
    Terms,
    insurance_period=st.integers(1, 36),
    administration_period=st.integers(0, 14),
    grace_period_enrolment=st.integers(0, 14),
    grace_period_renewal=st.integers(0, 14),
    cycles=st.just(()) | cycles_of_a_year,
)
dates = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@given(terms_of_any_kind, st.sampled_from(PolicyStage), dates, st.none() | dates)
def test_a_policy_starts_before_it_expires_and_a_renewal_after_the_old_one(
    terms: Terms, stage: PolicyStage, enrolled_on: date, previous_expiry: date | None
) -> None:
    found = period(terms, stage, enrolled_on, previous_expiry)
    assert found.starts_on <= found.expires_on
    if stage is RENEWAL and previous_expiry:
        assert found.starts_on > previous_expiry


@given(terms_of_any_kind, st.sampled_from(PolicyStage), dates, st.integers(0, 800), st.none() | dates)
def test_who_enrols_later_never_starts_earlier(
    terms: Terms, stage: PolicyStage, enrolled_on: date, later: int, previous_expiry: date | None
) -> None:
    first = period(terms, stage, enrolled_on, previous_expiry)
    second = period(terms, stage, enrolled_on + timedelta(days=later), previous_expiry)
    assert first.starts_on <= second.starts_on
    assert first.expires_on <= second.expires_on


@given(cycles_of_a_year, dates, st.integers(0, 30))
def test_the_cycle_is_the_earliest_of_any_year_still_open_decision_13(
    cycles: tuple[tuple[int, int], ...], ref: date, grace: int
) -> None:
    every = [date(year, month, day) for year in range(ref.year - 5, ref.year + 3) for day, month in cycles]
    expected = min(cycle for cycle in every if ref <= last_day_of_grace(cycle, grace))
    assert next(open_cycles(cycles, ref, grace)) == expected


@given(cycles_of_a_year, dates)
def test_one_can_always_enrol_on_the_cycle_day_itself(cycles: tuple[tuple[int, int], ...], ref: date) -> None:
    cycle = next(open_cycles(cycles, ref, 0))
    assert next(open_cycles(cycles, cycle, 0)) == cycle
    assert next(open_cycles(cycles, cycle + DAY, 0)) > cycle
