"""What a product pays of each line."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from modules.medical.rules import ServiceCategory, VisitType
from modules.product.rules import CeilingExclusion, CeilingInterpretation, CeilingType, LimitationType, PriceOrigin
from modules.valuation.rules import (
    CategoryLimit,
    Limit,
    ProductTerms,
    Terms,
    Usage,
    Valuation,
    ValuedClaim,
    ValuedLine,
    ValuedPolicy,
    effective_ceiling,
    is_hospital_visit,
    valuate,
)

POLICY, OTHER_POLICY = UUID(int=1), UUID(int=2)
INSUREE, SPOUSE = UUID(int=11), UUID(int=12)
CLAIM = ValuedClaim(UUID(int=21), INSUREE, ServiceCategory.VISIT, adult=True)
INSIDE = replace(CLAIM, hospital_stay=True)
EARLIER = UUID(int=22)


def dec(value: str | int) -> Decimal:
    return Decimal(value)


def co_insurance(percent: int) -> Terms:
    return Terms(limits={VisitType.OTHER: Limit(LimitationType.CO_INSURANCE, dec(percent), dec(percent))})


def fixed(amount: int) -> Terms:
    return Terms(limits={VisitType.OTHER: Limit(LimitationType.FIXED, dec(amount), dec(amount))})


def of(row: object, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def line(price: int | str, quantity: int | str = 1, terms: Terms | None = None, no: int = 1) -> ValuedLine:
    return ValuedLine(no, False, POLICY, terms or Terms(), dec(quantity), dec(price))


def lines(*prices: int, terms: Terms | None = None) -> list[ValuedLine]:
    return [line(price, terms=terms, no=no) for no, price in enumerate(prices, 1)]


def value(
    given: Sequence[ValuedLine],
    terms: ProductTerms | None = None,
    claim: ValuedClaim = CLAIM,
    usage: Sequence[Usage] = (),
    members: int = 1,
) -> Valuation:
    return valuate(claim, given, {POLICY: ValuedPolicy(terms or ProductTerms(), members)}, usage)


def column(valuation: Valuation, name: str) -> list[Any]:
    return [getattr(line, name) for line in valuation.lines]


def test_an_item_and_a_service_at_list_price_a01() -> None:
    item = replace(line(100, 7), price_asked=dec(11))
    valuation = value([replace(item, is_service=True), item])
    for paid in valuation.lines:
        assert of(paid, "unit", "valuated", "remunerated") == (100, 700, 700)
        assert of(paid, "deducted", "exceeded_category", "exceeded_ceiling", "insuree_share") == (0, 0, 0, 0)
    (usage,) = valuation.usage
    assert of(usage, "remunerated", "remunerated_out_patient", "remunerated_in_patient") == (1400, 1400, None)
    assert not valuation.waits_for_index


def test_a_delivery_pays_no_more_than_its_amount_a02() -> None:
    terms = ProductTerms(category_limits={ServiceCategory.DELIVERY: CategoryLimit(max_amount=dec(55))})
    item = line(100, 7)
    valuation = value([replace(item, is_service=True), item], terms, replace(CLAIM, category=ServiceCategory.DELIVERY))
    assert [of(paid, "is_service", "valuated", "exceeded_category") for paid in valuation.lines] == [
        (False, 55, 645),
        (True, 0, 700),
    ]
    (usage,) = valuation.usage
    assert of(usage, "deducted", "remunerated") == (0, 55)
    assert usage.by_category == {ServiceCategory.DELIVERY: 55}


def test_usage_before_processing_a05() -> None:
    valuation = value([line(100, 3), replace(line(100, 2), is_service=True)])
    assert valuation.usage[0].remunerated == 500


def test_the_reviewers_quantity_and_price_count_a06_rule_2_9_1() -> None:
    item = replace(line(100, 3), quantity_approved=dec(1), price_approved=dec(53))
    service = replace(line(100, 2), is_service=True, quantity_approved=dec(1), price_approved=dec(37))
    valuation = value([item, service])
    assert valuation.valuated == 90
    assert valuation.usage[0].remunerated == 90


def test_without_passed_lines_there_is_no_usage_a07() -> None:
    assert value([]) == Valuation((), ())


def test_a_relative_price_waits_for_its_index_a15() -> None:
    relative = Terms(PriceOrigin.RELATIVE)
    valuation = value([line(100, 3, relative), replace(line(100, 2, relative), is_service=True)])
    assert column(valuation, "valuated") == [300, 200]
    assert column(valuation, "remunerated") == [None, None]
    assert valuation.usage[0].remunerated == 500
    assert valuation.waits_for_index


def test_one_relative_line_makes_the_claim_wait_rule_2_9_10() -> None:
    valuation = value([line(100), line(100, terms=Terms(PriceOrigin.RELATIVE), no=2)])
    assert valuation.waits_for_index
    assert column(valuation, "remunerated") == [100, None]


def test_an_item_and_a_service_processed_v19() -> None:
    item = replace(line(1000), price_asked=dec(1000))
    assert value([item, replace(item, is_service=True)]).valuated == 2000


def test_co_insurance_d01() -> None:
    valuation = value([line(1000, 2, co_insurance(80))])
    assert (column(valuation, "valuated"), column(valuation, "insuree_share")) == ([1600], [400])


def test_a_fixed_amount_per_unit_d02() -> None:
    valuation = value([line(500, 3, fixed(400))])
    assert (column(valuation, "valuated"), column(valuation, "insuree_share")) == ([1200], [300])


@pytest.mark.parametrize(("amount", "valuated"), [(0, 1500), (500, 1500), (600, 1500), (499, 1497)])
def test_a_fixed_amount_of_0_is_no_limit_rule_2_9_4(amount: int, valuated: int) -> None:
    assert value([line(500, 3, fixed(amount))]).valuated == valuated


def test_a_deductible_over_two_lines_d04() -> None:
    valuation = value(lines(1000, 500), ProductTerms(deductible=dec(1200)))
    assert column(valuation, "deducted") == [1000, 200]
    assert column(valuation, "valuated") == [0, 300]
    assert valuation.usage[0].deducted == valuation.usage[0].deducted_out_patient == 1200


def test_a_deductible_above_the_price_leaves_nothing_d05_rule_2_9_5() -> None:
    valuation = value(lines(1000), ProductTerms(deductible=dec(5000)))
    assert (column(valuation, "deducted"), column(valuation, "valuated")) == ([1000], [0])


def test_the_deductible_comes_before_the_percentage_d07_rule_2_9_6() -> None:
    valuation = value([line(1000, terms=co_insurance(80))], ProductTerms(deductible=dec(200)))
    assert (column(valuation, "valuated"), column(valuation, "insuree_share")) == ([640], [160])


def test_the_fixed_amount_comes_before_the_deductible() -> None:
    valuation = value([line(1000, terms=fixed(600))], ProductTerms(deductible=dec(200)))
    assert column(valuation, "valuated") == [400]
    assert column(valuation, "insuree_share") == [400]


def test_a_ceiling_over_two_lines_d08_rule_2_9_9() -> None:
    valuation = value(lines(6000, 6000), ProductTerms(ceiling=dec(10000)))
    assert column(valuation, "valuated") == [6000, 4000]
    assert column(valuation, "exceeded_ceiling") == [0, 2000]


def test_an_excluded_line_neither_meets_nor_uses_the_ceiling_d10() -> None:
    free = line(6000, terms=Terms(ceiling_exclusion_adult=CeilingExclusion.BOTH))
    valuation = value([free, line(6000, no=2)], ProductTerms(ceiling=dec(5000)))
    assert column(valuation, "valuated") == [6000, 5000]
    assert column(valuation, "exceeded_ceiling") == [0, 1000]
    assert valuation.usage[0].remunerated == 5000


@pytest.mark.parametrize(
    ("exclusion", "inside", "outside"),
    [
        (None, 5000, 5000),
        (CeilingExclusion.BOTH, 6000, 6000),
        (CeilingExclusion.HOSPITAL, 6000, 5000),
        (CeilingExclusion.NON_HOSPITAL, 5000, 6000),
    ],
)
def test_exclusions_by_visit_rule_2_9_8(exclusion: CeilingExclusion | None, inside: int, outside: int) -> None:
    given = [line(6000, terms=Terms(ceiling_exclusion_adult=exclusion))]
    assert value(given, ProductTerms(ceiling=dec(5000)), INSIDE).valuated == inside
    assert value(given, ProductTerms(ceiling=dec(5000)), CLAIM).valuated == outside


def test_exclusions_by_age() -> None:
    given = [line(6000, terms=Terms(ceiling_exclusion_child=CeilingExclusion.BOTH))]
    assert value(given, ProductTerms(ceiling=dec(5000))).valuated == 5000
    assert value(given, ProductTerms(ceiling=dec(5000)), replace(CLAIM, adult=False)).valuated == 6000


def test_an_excluded_line_still_counts_towards_its_category() -> None:
    terms = ProductTerms(category_limits={ServiceCategory.SURGERY: CategoryLimit(max_amount=dec(700))})
    free = Terms(ceiling_exclusion_adult=CeilingExclusion.BOTH)
    valuation = value(lines(500, 500, terms=free), terms, replace(CLAIM, category=ServiceCategory.SURGERY))
    assert column(valuation, "valuated") == [500, 200]


@pytest.mark.parametrize(("members", "ceiling"), [(4, 100000), (5, 120000), (6, 140000), (8, 150000)])
def test_a_policys_ceiling_grows_with_its_members_d17(members: int, ceiling: int) -> None:
    terms = ProductTerms(
        CeilingType.POLICY,
        ceiling=dec(100000),
        threshold=4,
        policy_ceiling_extra_member=dec(20000),
        policy_ceiling_maximum=dec(150000),
    )
    assert effective_ceiling(terms, False, members) == ceiling
    assert value(lines(200000), terms, members=members).valuated == ceiling


def test_a_ceiling_grows_without_maximum_and_not_without_threshold() -> None:
    terms = ProductTerms(
        CeilingType.POLICY,
        ceiling=dec(100),
        threshold=4,
        policy_ceiling_extra_member=dec(20),
        policy_ceiling_maximum=dec(0),
    )
    assert effective_ceiling(terms, False, 14) == 300
    assert effective_ceiling(replace(terms, threshold=None), False, 14) == 100
    assert effective_ceiling(replace(terms, ceiling_type=CeilingType.INSUREE), False, 14) == 100
    assert effective_ceiling(replace(terms, policy_ceiling_extra_member=None), False, 14) == 100


def test_split_ceilings_grow_each_by_their_own() -> None:
    terms = ProductTerms(
        CeilingType.POLICY,
        ceiling_in_patient=dec(100),
        ceiling_out_patient=dec(50),
        threshold=1,
        policy_ceiling_extra_member_in_patient=dec(10),
        policy_ceiling_extra_member_out_patient=dec(5),
        policy_ceiling_maximum_in_patient=dec(115),
        policy_ceiling_maximum_out_patient=dec(58),
    )
    assert [effective_ceiling(terms, True, members) for members in (1, 2, 3)] == [100, 110, 115]
    assert [effective_ceiling(terms, False, members) for members in (1, 2, 3)] == [50, 55, 58]


def test_a_product_reads_a_stay_or_a_hospital_d18() -> None:
    by_facility = ProductTerms(ceiling_interpretation=CeilingInterpretation.FACILITY_TYPE)
    assert not is_hospital_visit(by_facility, INSIDE)
    assert is_hospital_visit(by_facility, replace(CLAIM, facility_is_hospital=True))
    assert is_hospital_visit(ProductTerms(), INSIDE)
    assert not is_hospital_visit(ProductTerms(), replace(CLAIM, facility_is_hospital=True))
    terms = replace(by_facility, ceiling_in_patient=dec(900), ceiling_out_patient=dec(300))
    assert value(lines(1000), terms, INSIDE).valuated == 300


def test_the_visits_side_applies_only_without_a_general_amount() -> None:
    split = ProductTerms(
        deductible_in_patient=dec(10),
        deductible_out_patient=dec(20),
        ceiling_in_patient=dec(300),
        ceiling_out_patient=dec(200),
    )
    assert column(value(lines(1000), split, INSIDE), "deducted") == [10]
    assert value(lines(1000), split, INSIDE).valuated == 300
    assert column(value(lines(1000), split), "deducted") == [20]
    assert value(lines(1000), split).valuated == 200
    general = replace(split, deductible=dec(50), ceiling=dec(0))
    assert column(value(lines(1000), general, INSIDE), "deducted") == [50]
    assert value(lines(1000), general, INSIDE).valuated == 300


def test_usage_is_booked_on_the_visits_side() -> None:
    (usage,) = value(lines(1000), ProductTerms(deductible=dec(100)), INSIDE).usage
    assert of(usage, "deducted", "deducted_in_patient", "deducted_out_patient") == (100, 100, None)
    assert of(usage, "remunerated", "remunerated_in_patient", "remunerated_out_patient") == (900, 900, None)


@pytest.mark.parametrize(
    ("ceiling_type", "deducted", "valuated"),
    [(CeilingType.TREATMENT, 300, 500), (CeilingType.INSUREE, 200, 460), (CeilingType.POLICY, 170, 390)],
)
def test_earlier_claims_count_by_level(ceiling_type: CeilingType, deducted: int, valuated: int) -> None:
    terms = ProductTerms(ceiling_type, deductible=dec(300), ceiling=dec(500))
    usage = [
        Usage(POLICY, INSUREE, EARLIER, deducted=dec(100), remunerated=dec(40)),
        Usage(POLICY, SPOUSE, None, deducted=dec(30), remunerated=dec(70)),
        Usage(OTHER_POLICY, INSUREE, EARLIER, deducted=dec(99), remunerated=dec(99)),
        Usage(POLICY, INSUREE, CLAIM.claim_id, deducted=dec(300), remunerated=dec(500)),
    ]
    valuation = value(lines(2000), terms, usage=usage)
    assert column(valuation, "deducted") == [deducted]
    assert column(valuation, "valuated") == [valuated]


def test_split_amounts_count_only_earlier_claims_of_their_side() -> None:
    terms = ProductTerms(CeilingType.INSUREE, deductible_in_patient=dec(300), ceiling_in_patient=dec(500))
    usage = [
        Usage(
            POLICY, INSUREE, EARLIER, dec(100), dec(40), deducted_in_patient=dec(100), remunerated_in_patient=dec(40)
        ),
        Usage(
            POLICY, INSUREE, UUID(int=23), dec(9), dec(9), deducted_out_patient=dec(9), remunerated_out_patient=dec(9)
        ),
    ]
    valuation = value(lines(2000), terms, INSIDE, usage)
    assert (column(valuation, "deducted"), column(valuation, "valuated")) == ([200], [460])


def test_earlier_claims_beyond_a_lowered_ceiling_take_nothing_back() -> None:
    terms = ProductTerms(CeilingType.INSUREE, deductible=dec(10), ceiling=dec(500))
    usage = [Usage(POLICY, INSUREE, EARLIER, deducted=dec(20), remunerated=dec(900))]
    valuation = value(lines(100), terms, usage=usage)
    assert (column(valuation, "deducted"), column(valuation, "valuated")) == ([0], [0])
    assert column(valuation, "exceeded_ceiling") == [100]


@pytest.mark.parametrize("amount", [None, dec(0)])
def test_a_category_amount_of_0_is_no_limit_decision_28(amount: Decimal | None) -> None:
    terms = ProductTerms(category_limits={ServiceCategory.SURGERY: CategoryLimit(max_amount=amount)})
    assert value(lines(1000), terms, replace(CLAIM, category=ServiceCategory.SURGERY)).valuated == 1000


def test_visits_have_no_category_amount() -> None:
    terms = ProductTerms(category_limits={ServiceCategory.VISIT: CategoryLimit(max_amount=dec(5))})
    valuation = value(lines(1000), terms)
    assert valuation.valuated == 1000
    assert valuation.usage[0].by_category == {}


def test_the_category_comes_before_the_ceiling_rule_2_9_7() -> None:
    terms = ProductTerms(
        ceiling=dec(300), category_limits={ServiceCategory.SURGERY: CategoryLimit(max_amount=dec(700))}
    )
    valuation = value(lines(1000), terms, replace(CLAIM, category=ServiceCategory.SURGERY))
    (paid,) = valuation.lines
    assert of(paid, "exceeded_category", "exceeded_ceiling", "valuated") == (300, 400, 300)


def test_lines_are_valued_in_their_order_items_before_services_decision_30() -> None:
    item, service = line(100, no=2), replace(line(100, no=1), is_service=True)
    valuation = value([service, replace(item, line_no=3), item], ProductTerms(ceiling=dec(150)))
    assert [of(paid, "is_service", "line_no", "valuated") for paid in valuation.lines] == [
        (False, 2, 100),
        (False, 3, 50),
        (True, 1, 0),
    ]


def test_each_policy_has_its_own_account() -> None:
    given = [line(1000), replace(line(1000, no=2), policy_id=OTHER_POLICY), line(1000, no=3)]
    policies = {
        POLICY: ValuedPolicy(ProductTerms(ceiling=dec(1500))),
        OTHER_POLICY: ValuedPolicy(ProductTerms(deductible=dec(400))),
        UUID(int=3): ValuedPolicy(ProductTerms()),
    }
    valuation = valuate(CLAIM, given, policies)
    assert column(valuation, "valuated") == [1000, 600, 500]
    assert [of(usage, "policy_id", "remunerated") for usage in valuation.usage] == [(POLICY, 1500), (OTHER_POLICY, 600)]


def test_limits_by_visit_type_and_age() -> None:
    terms = Terms(limits={VisitType.EMERGENCY: Limit(LimitationType.CO_INSURANCE, dec(50), dec(75))})
    emergency = replace(CLAIM, visit_type=VisitType.EMERGENCY)
    assert value([line(100, terms=terms)]).valuated == 100
    assert value([line(100, terms=terms)], claim=emergency).valuated == 50
    assert value([line(100, terms=terms)], claim=replace(emergency, adult=False)).valuated == 75


def test_values_are_decimal_and_rounded_half_up_rule_2_9_3() -> None:
    (paid,) = value([line("0.35", "1.5", co_insurance(50))]).lines
    assert of(paid, "amount", "valuated", "insuree_share") == (dec("0.53"), dec("0.27"), dec("0.26"))


def test_the_setting_reaches_the_lines() -> None:
    asked = replace(line(100, 7), price_asked=dec(11))
    policies = {POLICY: ValuedPolicy(ProductTerms())}
    assert valuate(CLAIM, [asked], policies, lower_of_asked_and_list=True).valuated == 77
