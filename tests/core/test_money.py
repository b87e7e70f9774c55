"""Money: two places, half-up, exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import CENT, ZERO, money, percent_of, total

amounts = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
raw = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1e3", "1000.00"),
        (30000, "30000.00"),
    ],
)
def test_halves_are_rounded_up_away_from_zero(value: str | int, rounded: str) -> None:
    assert str(money(value)) == rounded


@given(raw)
def test_rounding_moves_an_amount_by_half_a_cent_at_most(value: Decimal) -> None:
    assert abs(money(value) - value) <= CENT / 2
    assert money(value).as_tuple().exponent == -2


@given(amounts)
def test_rounding_twice_is_rounding_once(value: Decimal) -> None:
    assert money(money(value)) == money(value) == value


@given(st.lists(amounts))
def test_a_total_is_exact_in_any_order(values: list[Decimal]) -> None:
    assert total(values) == total(reversed(values)) == sum(values)


def test_the_total_of_nothing_is_zero_with_two_places() -> None:
    assert str(total([])) == "0.00"
    assert total([]) == ZERO


@pytest.mark.parametrize(
    ("amount", "percent", "part"), [("100", 12, "12.00"), ("0.25", 50, "0.13"), ("33.33", 0, "0.00")]
)
def test_a_percentage_is_rounded_half_up(amount: str, percent: int, part: str) -> None:
    assert str(percent_of(Decimal(amount), percent)) == part


@given(amounts, st.integers(0, 100))
def test_a_part_and_the_rest_make_the_whole_to_within_a_cent(amount: Decimal, percent: int) -> None:
    assert abs(percent_of(amount, percent) + percent_of(amount, 100 - percent) - amount) <= CENT
