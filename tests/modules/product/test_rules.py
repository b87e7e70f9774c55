from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import UserError
from modules.location.rules import CareType
from modules.medical.rules import ServiceCategory, VisitType
from modules.product.models import TERMS, Terms
from modules.product.rules import (
    PERIODS,
    SPLIT,
    CeilingType,
    IndexPeriod,
    Limit,
    LimitationType,
    check_categories,
    check_cycles,
    check_distributions,
    check_limits,
    check_once,
    check_percent,
    check_terms,
)


def told(errors: Any) -> list[tuple[str, str]]:
    """The codes of errors and where they lie."""
    found: list[UserError] = list(errors)
    return [(error.code.code, ".".join(error.path)) for error in found]


def terms(**columns: Any) -> dict[str, Any]:
    """The flat family product's terms, with these columns."""
    defaults: dict[str, Any] = {name: Terms.__table__.columns[name].default for name in TERMS}
    plain = {name: None if default is None else default.arg for name, default in defaults.items()}
    return {**plain, "insurance_period": 12, "lump_sum": Decimal(30_000), "threshold": 6, "max_members": 6, **columns}


def test_the_flat_family_product_is_in_order() -> None:
    assert told(check_terms(terms())) == []


def test_a_policy_lasts_at_least_a_month_and_is_paid_at_least_once() -> None:
    wrong = terms(insurance_period=0, max_installments=0)
    assert told(check_terms(wrong)) == [("NEGATIVE", "insurancePeriod"), ("NEGATIVE", "maxInstallments")]


@pytest.mark.parametrize("name", PERIODS)
def test_no_period_is_longer_than_a_century(name: str) -> None:
    assert told(check_terms(terms(**{name: 1200}))) == []
    [(code, _)] = told(check_terms(terms(**{name: 1201})))
    assert code == "PERIOD_TOO_LONG"


@pytest.mark.parametrize("name", ["enrolment_discount_percent", "renewal_discount_percent"])
def test_discounts_are_percentages(name: str) -> None:
    assert told(check_terms(terms(**{name: Decimal(100)}))) == []
    [(code, _)] = told(check_terms(terms(**{name: Decimal("100.01")})))
    assert code == "NOT_A_PERCENTAGE"


@pytest.mark.parametrize("general", list(SPLIT))
def test_an_amount_is_general_or_split_not_both_rule_3_2_4(general: str) -> None:
    both = terms(ceiling_type=CeilingType.POLICY, **{general: Decimal(1), SPLIT[general][0]: Decimal(1)})
    assert [code for code, _ in told(check_terms(both))] == ["GENERAL_OR_SPLIT"]
    apart = terms(ceiling_type=CeilingType.POLICY, **{name: Decimal(1) for name in SPLIT[general]})
    assert told(check_terms(apart)) == []


def test_deductible_and_ceiling_may_be_split_differently() -> None:
    mixed = terms(ceiling_type=CeilingType.INSUREE, deductible=Decimal(1), ceiling_in_patient=Decimal(9))
    assert told(check_terms(mixed)) == []


def test_an_amount_needs_a_ceiling_type() -> None:
    assert told(check_terms(terms(deductible_out_patient=Decimal(500)))) == [("CEILING_TYPE_MISSING", "ceilingType")]


@pytest.mark.parametrize("ceiling_type", [CeilingType.TREATMENT, CeilingType.INSUREE])
def test_only_a_policys_ceiling_grows_with_its_members(ceiling_type: CeilingType) -> None:
    growing = terms(ceiling_type=ceiling_type, ceiling=Decimal(9), policy_ceiling_extra_member=Decimal(1))
    assert told(check_terms(growing)) == [("POLICY_CEILING_ONLY", "policyCeilingExtraMember")]


def test_cycles_are_dates_that_exist_each_once_rule_3_2_2() -> None:
    cycles = [(1, 1), (31, 4), (1, 13), (29, 2), (1, 1), (0, 6)]
    assert told(check_cycles(cycles)) == [
        ("CYCLE_NOT_A_DATE", "cycles.1"),
        ("CYCLE_NOT_A_DATE", "cycles.2"),
        ("TAKEN", "cycles.4"),
        ("CYCLE_NOT_A_DATE", "cycles.5"),
    ]


@given(st.dates().map(lambda day: (day.day, day.month)))
def test_every_date_of_a_calendar_may_be_a_cycle(cycle: tuple[int, int]) -> None:
    assert told(check_cycles([cycle])) == []


def limit(kind: LimitationType, adult: int, child: int, visit: VisitType = VisitType.OTHER) -> Limit:
    return Limit(visit, kind, Decimal(adult), Decimal(child))


def test_co_insurance_is_at_most_100_and_nothing_is_below_0_rule_3_2_3() -> None:
    limits = [
        limit(LimitationType.CO_INSURANCE, 100, 101),
        limit(LimitationType.FIXED, 5000, -1, VisitType.REFERRAL),
        limit(LimitationType.CO_INSURANCE, -1, 0, VisitType.EMERGENCY),
    ]
    assert told(check_limits(limits, "items.0.limits")) == [
        ("NOT_A_PERCENTAGE", "items.0.limits.0.child"),
        ("NEGATIVE", "items.0.limits.1.child"),
        ("NOT_A_PERCENTAGE", "items.0.limits.2.adult"),
    ]


def test_a_visit_type_is_limited_once() -> None:
    twice = [limit(LimitationType.CO_INSURANCE, 80, 80), limit(LimitationType.FIXED, 5, 5)]
    assert told(check_limits(twice, "limits")) == [("TAKEN", "limits.1.visitType")]


def test_categories_are_limited_once_and_are_those_that_claims_have() -> None:
    categories = [ServiceCategory.SURGERY, ServiceCategory.VISIT, ServiceCategory.SURGERY, ServiceCategory.OTHER]
    assert told(check_categories(categories)) == [
        ("TAKEN", "categoryLimits.2.category"),
        ("UNKNOWN_CODE", "categoryLimits.3.category"),
    ]


@given(st.lists(st.integers(0, 5)))
def test_a_list_names_nothing_twice_rule_3_2_3(values: list[int]) -> None:
    assert len(told(check_once(values, "list", "value"))) == len(values) - len(set(values))


@given(st.decimals(-200, 200, places=2))
def test_percentages_lie_between_0_and_100(value: Decimal) -> None:
    assert (told(check_percent(value, "percent")) == []) == (0 <= value <= 100)


def test_shares_of_the_premium_are_given_for_every_period_of_the_year_once() -> None:
    both, month, quarter = CareType.BOTH, IndexPeriod.MONTH, IndexPeriod.QUARTER
    assert told(check_distributions([(both, month, number) for number in range(1, 13)])) == []
    assert told(check_distributions([(both, IndexPeriod.YEAR, 1), *((both, quarter, n) for n in (4, 3, 2, 1))])) == []
    assert told(check_distributions([(both, quarter, n) for n in (1, 2, 3)])) == [("SHARES_MISSING", "distributions")]
    assert told(check_distributions([(both, quarter, n) for n in (1, 2, 3, 4, 4, 5)])) == [
        ("TAKEN", "distributions.4.number"),
        ("UNKNOWN_CODE", "distributions.5.number"),
    ]
