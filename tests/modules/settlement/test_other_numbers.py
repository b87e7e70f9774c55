"""The rules of settlement at numbers that no specification prints; every expected figure was worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from modules.product.rules import PriceOrigin
from modules.settlement.rules import (
    AllocatedContribution,
    CapitationTerms,
    Criterion,
    EarningLine,
    allocated_part,
    allocated_premium,
    capitation,
    relative_index,
    remunerate,
    round_shares,
)


def dec(value: str | int) -> Decimal:
    return Decimal(value)


def test_an_index_is_rounded_to_four_places_and_its_lines_to_the_sum_of_what_they_earn() -> None:
    # 62.5 % of 12 345.67 are 7716.04375; by 9876.54 that is 0.781249...
    index = relative_index(dec("12345.67"), dec("9876.54"), dec("62.5"))
    assert index == dec("0.7812")
    # 260.397396 twice and 0.007812 are 520.802604: 520.80. Cut they are 520.78; the cents go to .7812, then to the first.
    lines = [EarningLine(PriceOrigin.RELATIVE, dec(value), dec(1)) for value in ("333.33", "333.33", "0.01")]
    assert remunerate(lines, index) == (dec("260.40"), dec("260.39"), dec("0.01"))


@pytest.mark.parametrize(
    ("premium", "index"), [("0", "0.0000"), ("0.49", "0.0000"), ("0.5", "0.0001"), ("15000", "1.5000")]
)
def test_an_index_may_be_nothing_or_more_than_one(premium: str, index: str) -> None:
    assert relative_index(dec(premium), dec(10_000)) == dec(index)


def test_a_premium_is_spread_over_the_days_of_a_leap_year() -> None:
    whole = AllocatedContribution(dec(366), date(2024, 1, 1), date(2024, 1, 1), date(2024, 12, 31))
    assert allocated_part(whole, date(2024, 2, 1), date(2024, 2, 29)) == 29
    # Paid on 10 February, 326 days are left: a shilling each, 20 of them in February, 31 + 30 + ... to December.
    late = AllocatedContribution(dec(326), date(2024, 2, 10), date(2024, 1, 1), date(2024, 12, 31))
    months = [(1, 31, 0), (2, 29, 20), (3, 31, 31), (4, 30, 30), (12, 31, 31)]
    for month, last, amount in months:
        assert allocated_part(late, date(2024, month, 1), date(2024, month, last)) == amount
    assert allocated_premium([whole, late], date(2024, 2, 1), date(2024, 2, 29)) == 49


def test_what_was_paid_on_the_last_day_belongs_to_that_day_and_later_to_none() -> None:
    last = date(2024, 12, 31)
    on_it = AllocatedContribution(dec(500), last, date(2024, 1, 1), last)
    after = AllocatedContribution(dec(500), date(2025, 1, 1), date(2024, 1, 1), last)
    assert allocated_premium([on_it, after], date(2024, 12, 1), last) == 500
    assert allocated_premium([on_it, after], date(2025, 1, 1), date(2025, 1, 31)) == 0


def test_the_money_of_a_criterion_that_nobody_has_is_not_spent() -> None:
    # 30 % of 100 000, a half each by people and by visits; nobody lives there, and the visits are 3 to 1.
    terms = CapitationTerms(dec(30), {Criterion.POPULATION: dec(50), Criterion.VISITS: dec(50)})
    figures = {
        "A": {Criterion.POPULATION: dec(0), Criterion.VISITS: dec(3)},
        "B": {Criterion.POPULATION: dec(0), Criterion.VISITS: dec(1)},
    }
    paid = capitation(dec(100_000), terms, figures)
    assert paid.payments == {"A": dec(11_250), "B": dec(3750)}
    assert paid.unit_prices[Criterion.POPULATION] == 0
    assert capitation(dec(100_000), terms, {}).payments == {}


def test_thirds_of_a_capitation_add_up() -> None:
    terms = CapitationTerms(dec(100), {Criterion.FAMILIES: dec(100)})
    figures = {name: {Criterion.FAMILIES: dec("33.3")} for name in "ABC"}
    assert list(capitation(dec(100), terms, figures).payments.values()) == [dec("33.34"), dec("33.33"), dec("33.33")]


def test_equal_remainders_go_to_the_first_and_halves_of_the_sum_up() -> None:
    # Three times 0.005 are 0.015, which is 0.02.
    assert round_shares([dec("0.005")] * 3) == (dec("0.01"), dec("0.01"), dec("0.00"))
