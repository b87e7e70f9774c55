"""Allocation, relative index, remuneration, rounding, capitation and periods."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import add_months
from core.money import money, total
from modules.location.rules import CareType
from modules.product.rules import PriceOrigin
from modules.settlement.rules import (
    AllocatedContribution,
    CapitationTerms,
    Criterion,
    EarningLine,
    IndexWindow,
    Period,
    Window,
    allocated_part,
    allocated_premium,
    capitation,
    distribution_percent,
    earning,
    index_windows,
    period_window,
    relative_index,
    remunerate,
    round_shares,
    rounded,
    takes_part,
)

START, END = date(2023, 1, 1), date(2023, 12, 31)
YEARLY = AllocatedContribution(Decimal(36500), START, START, END)
MONTH, QUARTER, YEAR = Period.MONTH, Period.QUARTER, Period.YEAR
IN, OUT, BOTH = CareType.IN_PATIENT, CareType.OUT_PATIENT, CareType.BOTH

days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
amounts = st.decimals("0.01", 1_000_000, places=2, allow_nan=False, allow_infinity=False)


def dec(value: str | int) -> Decimal:
    return Decimal(value)


def month(year: int, number: int) -> tuple[date, date]:
    first = date(year, number, 1)
    return first, add_months(first, 1) - timedelta(days=1)


def test_a_month_gets_its_days_of_the_policy() -> None:
    assert allocated_premium([YEARLY], *month(2023, 1)) == 3100
    assert allocated_premium([YEARLY], *month(2023, 2)) == 2800
    assert allocated_premium([YEARLY], START, END) == 36500


def test_a_late_payment_is_spread_over_what_is_left() -> None:
    late = AllocatedContribution(dec(300), date(2023, 12, 2), START, END)
    assert allocated_premium([late], *month(2023, 12)) == 300
    assert allocated_premium([late], date(2023, 12, 1), date(2023, 12, 11)) == 100
    assert allocated_premium([late], *month(2023, 11)) == 0


def test_an_early_payment_waits_for_the_first_day() -> None:
    early = AllocatedContribution(dec(36500), date(2022, 11, 1), START, END)
    assert allocated_premium([early], *month(2022, 12)) == 0
    assert allocated_premium([early], *month(2023, 1)) == 3100


def test_idle_policies_and_money_after_the_expiry_allocate_nothing() -> None:
    assert allocated_part(AllocatedContribution(dec(100), START, None, END), START, END) == 0
    assert allocated_part(AllocatedContribution(dec(100), START, START, None), START, END) == 0
    after = AllocatedContribution(dec(100), END + timedelta(days=1), START, END)
    assert allocated_part(after, START, date(2024, 12, 31)) == 0


def test_money_on_the_last_day_belongs_to_that_day() -> None:
    last = AllocatedContribution(dec(100), END, START, END)
    assert allocated_premium([last], *month(2023, 12)) == 100
    assert allocated_premium([last], *month(2024, 1)) == 0


def test_contributions_are_rounded_together() -> None:
    third = AllocatedContribution(dec("0.01"), START, START, START + timedelta(days=2))
    assert allocated_premium([third], START, START) == 0
    assert allocated_premium([third] * 3, START, START) == dec("0.01")


@given(amounts, days, days, days)
def test_the_months_of_a_policy_add_up_to_the_amount_decision_33(
    amount: Decimal, paid: date, effective: date, expiry: date
) -> None:
    contribution = AllocatedContribution(amount, paid, effective, expiry)
    months = (month(year, number) for year in range(2020, 2027) for number in range(1, 13))
    parts = [allocated_part(contribution, *window) for window in months]
    assert all(part >= 0 for part in parts)
    assert sum(parts) == (amount if max(paid, effective) <= expiry else 0)


@pytest.mark.parametrize(
    ("allocated", "percent", "valuated", "index"),
    [
        ("1000", "100", "500", "2.0000"),
        ("1000", "50", "500", "1.0000"),
        ("1000", "100", "3000", "0.3333"),
        ("2000", "100", "3000", "0.6667"),
        ("1", "100", "80000", "0.0000"),
        ("1", "100", "20000", "0.0001"),
        ("1000", "100", "0", "1.0000"),
        ("0", "100", "0", "1.0000"),
        ("0", "100", "500", "0.0000"),
        ("1200", "8.5", "100", "1.0200"),
    ],
)
def test_relative_index_rule_2_17(allocated: str, percent: str, valuated: str, index: str) -> None:
    assert str(relative_index(dec(allocated), dec(valuated), dec(percent))) == index


def test_the_index_counts_only_for_relative_prices() -> None:
    assert earning(EarningLine(PriceOrigin.RELATIVE, dec(700), dec(7)), dec("0.5")) == 350
    assert earning(EarningLine(PriceOrigin.PRICE_LIST, dec(700), dec(7)), dec("0.5")) == 700
    assert earning(EarningLine(PriceOrigin.OWN, dec(700), dec(7)), dec("0.5")) == 700


def test_a_line_never_valued_earns_its_approved_amount() -> None:
    line = EarningLine(PriceOrigin.RELATIVE, None, dec(7), None, dec(100), None)
    assert earning(line, dec("0.5")) == 350
    reviewed = EarningLine(PriceOrigin.RELATIVE, None, dec(7), dec(2), dec(100), dec(30))
    assert earning(reviewed, dec("0.5")) == 30
    assert earning(EarningLine(PriceOrigin.OWN, dec(0), dec(7), dec(2), dec(100), dec(30)), dec(1)) == 0


def test_remuneration_is_exact_in_sum_decision_33() -> None:
    lines = [EarningLine(PriceOrigin.RELATIVE, dec(1), dec(1)) for _ in range(3)]
    assert remunerate(lines, dec("0.3333")) == (dec("0.34"), dec("0.33"), dec("0.33"))
    paid = remunerate([*lines, EarningLine(PriceOrigin.PRICE_LIST, dec("0.99"), dec(1))], dec("0.3333"))
    assert paid == (dec("0.34"), dec("0.33"), dec("0.33"), dec("0.99"))


def test_missing_cents_go_to_the_largest_remainders() -> None:
    assert round_shares([dec("0.334"), dec("0.339"), dec("0.327")]) == (dec("0.33"), dec("0.34"), dec("0.33"))
    assert round_shares([Fraction(1, 3)] * 3) == (dec("0.34"), dec("0.33"), dec("0.33"))
    assert round_shares([Fraction(1, 3)] * 3, dec("1.01")) == (dec("0.34"), dec("0.34"), dec("0.33"))
    assert round_shares([]) == ()


def test_corrections_may_be_negative() -> None:
    assert round_shares([dec("-0.335"), dec("0.335")]) == (dec("-0.33"), dec("0.33"))
    assert [rounded(dec("-0.005")), rounded(dec("0.005"))] == [dec("-0.01"), dec("0.01")]


def test_a_whole_too_far_from_the_sum_is_refused() -> None:
    with pytest.raises(ValueError, match="too far"):
        round_shares([dec(1), dec(2)], dec("3.03"))
    with pytest.raises(ValueError, match="too far"):
        round_shares([dec(1), dec(2)], dec("2.99"))


@given(st.lists(st.fractions(-1000, 1000), max_size=20))
def test_rounded_shares_add_up_exactly_and_stay_within_a_cent(amounts: list[Fraction]) -> None:
    shares = round_shares(amounts)
    assert total(shares) == rounded(sum(amounts, Fraction()))
    assert all(abs(Fraction(share) - amount) < Fraction(1, 100) for share, amount in zip(shares, amounts, strict=True))
    assert all(share == money(share) for share in shares)


@given(st.decimals(-10_000, 10_000, places=4, allow_nan=False, allow_infinity=False))
def test_exact_amounts_round_as_money_does(amount: Decimal) -> None:
    assert rounded(amount) == rounded(Fraction(amount)) == money(amount)


WEIGHTS = dict(zip(Criterion, map(dec, (20, 10, 30, 20, 10, 10)), strict=True))
FACILITIES = {
    "HF1": dict(zip(Criterion, map(dec, (6000, 1200, 900, 180, 300, 4_000_000)), strict=True)),
    "HF2": dict(zip(Criterion, map(dec, (4000, 800, 600, 120, 100, 1_000_000)), strict=True)),
}


def test_capitation_by_all_six_weights_d22_rule_2_18() -> None:
    result = capitation(dec(1_000_000), CapitationTerms(dec(50), WEIGHTS), FACILITIES)
    assert result.payments == {"HF1": dec("317500.00"), "HF2": dec("182500.00")}
    assert [rounded(price) for price in result.unit_prices.values()] == [10, 25, 100, dec("333.33"), 125, dec("0.01")]
    assert list(result.allocated.values()) == [100_000, 50_000, 150_000, 100_000, 50_000, 50_000]


def test_money_of_a_criterion_nobody_has_is_not_spent() -> None:
    facilities = {name: {Criterion.VISITS: figures[Criterion.VISITS]} for name, figures in FACILITIES.items()}
    result = capitation(dec(1_000_000), CapitationTerms(dec(50), WEIGHTS), facilities)
    assert result.payments == {"HF1": 37500, "HF2": 12500}
    assert result.unit_prices[Criterion.POPULATION] == 0
    assert (
        capitation(dec(1_000_000), CapitationTerms(dec(50), WEIGHTS), dict[str, dict[Criterion, Decimal]]()).payments
        == {}
    )


def test_unit_prices_stay_unrounded_and_payments_add_up_decision_33() -> None:
    facilities = {name: {Criterion.VISITS: dec(1)} for name in "ABC"}
    result = capitation(dec(100), CapitationTerms(dec(100), {Criterion.VISITS: dec(100)}), facilities)
    assert result.unit_prices[Criterion.VISITS] == Fraction(100, 3)
    assert result.payments == {"A": dec("33.34"), "B": dec("33.33"), "C": dec("33.33")}


@given(
    amounts,
    st.integers(0, 100),
    st.fixed_dictionaries({criterion: st.integers(0, 40).map(Decimal) for criterion in Criterion}),
    st.dictionaries(
        st.integers(1, 9),
        st.fixed_dictionaries({criterion: st.integers(0, 5000).map(Decimal) for criterion in Criterion}),
        min_size=1,
    ),
)
def test_capitation_pays_what_it_allocates_to_the_criteria_somebody_has(
    premium: Decimal,
    share: int,
    weights: dict[Criterion, Decimal],
    facilities: dict[int, dict[Criterion, Decimal]],
) -> None:
    result = capitation(premium, CapitationTerms(dec(share), weights), facilities)
    served = [criterion for criterion in Criterion if any(figures[criterion] for figures in facilities.values())]
    spent = sum((Fraction(premium) * share * Fraction(weights[criterion]) / 10_000 for criterion in served), Fraction())
    assert total(result.payments.values()) == rounded(spent)
    assert all(payment >= 0 for payment in result.payments.values())


@pytest.mark.parametrize(
    ("level", "sub_level", "part"),
    [("D", None, True), ("D", "I", True), ("H", "R", True), ("H", "I", False), ("H", None, False), ("C", None, False)],
)
def test_facilities_take_part_by_level_and_sub_level(level: str, sub_level: str | None, part: bool) -> None:
    assert takes_part(level, sub_level, [("D", None), ("H", "R"), (None, None), (None, "I")]) is part


@pytest.mark.parametrize(
    ("period", "number", "window"),
    [
        (MONTH, 2, Window(MONTH, 2, date(2024, 2, 1), date(2024, 2, 29))),
        (MONTH, 12, Window(MONTH, 12, date(2024, 12, 1), date(2024, 12, 31))),
        (QUARTER, 3, Window(QUARTER, 1, date(2024, 1, 1), date(2024, 3, 31))),
        (QUARTER, 4, None),
        (QUARTER, 12, Window(QUARTER, 4, date(2024, 10, 1), date(2024, 12, 31))),
        (YEAR, 12, Window(YEAR, 1, date(2024, 1, 1), date(2024, 12, 31))),
        (YEAR, 6, None),
    ],
)
def test_periods_end_with_their_last_month(period: Period, number: int, window: Window | None) -> None:
    assert period_window(period, 2024, number) == window


def windows(
    general: Period | None, inside: Period | None, outside: Period | None, number: int
) -> list[tuple[CareType, Period, bool]]:
    due: tuple[IndexWindow, ...] = index_windows(general, inside, outside, 2024, number)
    return [(index.care_type, index.window.period, index.computed) for index in due]


def test_a_general_period_gives_one_index_for_both_sides() -> None:
    assert windows(MONTH, QUARTER, None, 1) == [(BOTH, MONTH, True)]
    assert windows(QUARTER, None, None, 3) == [(BOTH, QUARTER, True)]


def test_a_period_that_is_not_due_waits() -> None:
    assert windows(QUARTER, None, None, 2) == []
    assert windows(YEAR, None, None, 11) == []
    assert windows(None, MONTH, QUARTER, 2) == [(IN, MONTH, True)]


def test_each_side_may_have_its_own_period() -> None:
    assert windows(None, MONTH, QUARTER, 3) == [(IN, MONTH, True), (OUT, QUARTER, True)]


def test_a_side_without_period_gets_index_1_with_the_others() -> None:
    assert windows(None, None, QUARTER, 3) == [(IN, QUARTER, False), (OUT, QUARTER, True)]
    assert windows(None, MONTH, None, 2) == [(IN, MONTH, True), (OUT, MONTH, False)]
    assert windows(None, None, QUARTER, 2) == []


def test_without_any_period_everything_is_paid_monthly_with_index_1() -> None:
    assert windows(None, None, None, 5) == [(BOTH, MONTH, False)]


def test_the_distribution_gives_a_percentage_to_each_period() -> None:
    march = Window(MONTH, 3, *month(2024, 3))
    assert distribution_percent([], march) == 100
    assert distribution_percent([dec(number) for number in range(1, 13)], march) == 3
    assert distribution_percent([dec(25), dec(75), dec(0), dec(0)], Window(QUARTER, 2, START, END)) == 75
    with pytest.raises(ValueError, match="4 percentages"):
        distribution_percent([dec(25)] * 4, march)
