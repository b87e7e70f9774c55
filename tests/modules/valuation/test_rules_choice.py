"""Which of several products pays a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pytest

from modules.medical.rules import VisitType
from modules.product.rules import LimitationType
from modules.valuation.rules import Limit, Terms, choose, claim_price

SHARE, FIXED = LimitationType.CO_INSURANCE, LimitationType.FIXED


@dataclass(frozen=True)
class Offer:
    terms: Terms


def offer(kind: LimitationType, adult: int | None, child: int = 0) -> Offer:
    limit = Limit(kind, None if adult is None else Decimal(adult), Decimal(child))
    return Offer(Terms(limits={VisitType.OTHER: limit}))


@pytest.mark.parametrize(
    ("offers", "price", "best"),
    [
        pytest.param([(SHARE, 90), (FIXED, 800)], 1000, 0, id="D14: C 90 against F 800"),
        pytest.param([(SHARE, 70), (FIXED, 800)], 1000, 1, id="own share 300 against 200"),
        pytest.param([(SHARE, 80), (FIXED, 800)], 1000, 0, id="equal shares: the percentage"),
        pytest.param([(SHARE, 100), (FIXED, 0)], 1000, 1, id="no limit wins"),
        pytest.param([(SHARE, 100), (FIXED, None)], 1000, 1, id="unset is no limit"),
        pytest.param([(SHARE, 100), (FIXED, 1001)], 1000, 1, id="the amount covers the price"),
        pytest.param([(SHARE, 100), (FIXED, 1000)], 1000, 0, id="the whole percentage"),
        pytest.param([(SHARE, 99), (FIXED, 1000)], 1000, 1, id="the whole amount"),
        pytest.param([(SHARE, None), (FIXED, 500)], 1000, 0, id="an unset percentage is 100"),
        pytest.param([(SHARE, 60), (SHARE, 80), (SHARE, 70)], 1000, 1, id="the highest percentage"),
        pytest.param([(FIXED, 600), (FIXED, 800)], 1000, 1, id="the highest amount"),
        pytest.param([(FIXED, 600), (FIXED, 0)], 500, 1, id="0 is the highest amount"),
        pytest.param([(SHARE, 80), (SHARE, 80)], 1000, 0, id="of equal ones the first"),
        pytest.param([(FIXED, 900), (SHARE, 50), (FIXED, 700), (SHARE, 95)], 1000, 3, id="best against best"),
    ],
)
def test_the_policy_that_leaves_least_to_the_insuree_pays_rule_2_8(
    offers: Sequence[tuple[LimitationType, int | None]], price: int, best: int
) -> None:
    given = [offer(kind, value) for kind, value in offers]
    assert choose(given, Decimal(price), VisitType.OTHER, adult=True) is given[best]


def test_the_choice_looks_at_the_visit_type_and_age() -> None:
    offers = [for_children, for_adults] = [offer(SHARE, 50, 90), offer(SHARE, 80, 20)]
    assert choose(offers, Decimal(100), VisitType.OTHER, adult=True) is for_adults
    assert choose(offers, Decimal(100), VisitType.OTHER, adult=False) is for_children
    assert choose(offers, Decimal(100), VisitType.EMERGENCY, adult=True) is for_children


def test_offers_are_compared_at_the_higher_of_asked_and_approved() -> None:
    assert claim_price(Decimal(11), Decimal(37), Decimal(100)) == 37
    assert claim_price(Decimal(50), Decimal(37), Decimal(100)) == 50
    assert claim_price(None, None, Decimal(100)) == 100
    assert claim_price(Decimal(0), None, Decimal(100)) == 100
