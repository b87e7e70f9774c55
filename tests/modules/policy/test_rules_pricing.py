from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from modules.policy.rules import (
    Member,
    PolicyStage,
    Price,
    Relation,
    Subsidy,
    Terms,
    period,
    price,
)

NEW, RENEWAL = PolicyStage.NEW, PolicyStage.RENEWAL
RECORDED = datetime(2020, 1, 1, tzinfo=UTC)


def amount(text: str) -> Decimal:
    return Decimal(text)


def member(number: int, relation: Relation, birth_date: date) -> Member:
    return Member(UUID(int=number), birth_date, relation, RECORDED)


def people(
    *, own_adults: int = 0, own_children: int = 0, other_adults: int = 0, other_children: int = 0
) -> list[Member]:
    """As many of each, thirty and ten years old; the first own adult is the head."""
    adult, child = date(1990, 1, 1), date(2012, 1, 1)
    kinds = [
        *[(Relation.OWN, adult)] * own_adults,
        *[(Relation.OWN, child)] * own_children,
        *[(Relation.OTHER, adult)] * other_adults,
        *[(Relation.OTHER, child)] * other_children,
    ]
    family = [member(number, *kind) for number, kind in enumerate(kinds)]
    if own_adults:
        family[0] = replace(family[0], relation=Relation.HEAD)
    return family


HOUSEHOLD = [
    member(1, Relation.HEAD, date(1985, 5, 5)),
    member(2, Relation.SPOUSE, date(1989, 9, 9)),
]
P1 = Terms(
    max_members=5,
    premium_adult=amount("300"),
    premium_child=amount("200"),
    registration_lump_sum=amount("250"),
    general_assembly_lump_sum=amount("130"),
    insurance_period=12,
)
P2 = Terms(
    max_members=5,
    lump_sum=amount("200"),
    threshold=2,
    grace_period_enrolment=1,
    cycles=((1, 1), (1, 6)),
    premium_adult=amount("300"),
    premium_child=amount("200"),
    registration_fee=amount("10"),
    general_assembly_fee=amount("5"),
    insurance_period=12,
)
P3 = replace(P2, max_members=2, threshold=1, administration_period=1, insurance_period=6)


def quote(terms: Terms, members: list[Member], enrolled_on: date, stage: PolicyStage = NEW) -> Price:
    return price(terms, members, stage, enrolled_on, period(terms, stage, enrolled_on).starts_on)


def table(found: Price) -> list[tuple[str, int, str, str]]:
    return [(line.label.value, line.quantity, str(line.unit_amount), str(line.amount)) for line in found.lines]


def test_value_of_a_household_a1() -> None:
    found = quote(P1, HOUSEHOLD, date(2020, 11, 10))
    assert found.value == 980
    assert table(found) == [
        ("ADULT", 2, "300.00", "600.00"),
        ("GENERAL_ASSEMBLY", 1, "130.00", "130.00"),
        ("REGISTRATION", 1, "250.00", "250.00"),
    ]


def test_value_of_a_household_within_the_lump_sum_a3() -> None:
    found = quote(P2, HOUSEHOLD, date(2020, 11, 10))
    assert found.value == 230
    assert table(found) == [
        ("LUMP_SUM", 1, "200.00", "200.00"),
        ("GENERAL_ASSEMBLY", 2, "5.00", "10.00"),
        ("REGISTRATION", 2, "10.00", "20.00"),
    ]


def test_value_of_a_household_above_the_threshold_a5() -> None:
    found = quote(P3, HOUSEHOLD, date(2021, 1, 10))
    assert found.value == 530
    assert table(found)[:2] == [("LUMP_SUM", 1, "200.00", "200.00"), ("EXTRA_ADULT", 1, "300.00", "300.00")]


@pytest.mark.parametrize(("terms", "value"), [(P1, 1180), (P2, 445), (P3, 530)])
def test_a_child_is_priced_unless_the_maximum_leaves_it_out(terms: Terms, value: int) -> None:
    child = member(3, Relation.OWN, date(2005, 1, 1))
    found = quote(terms, [child, *HOUSEHOLD], date(2021, 1, 10) if terms is P3 else date(2020, 11, 10))
    assert found.value == value
    assert (child in found.uncovered) is (terms is P3)


def test_others_never_ride_on_the_lump_sum_d1() -> None:
    terms = Terms(
        insurance_period=12,
        lump_sum=amount("1000"),
        threshold=5,
        premium_adult=amount("300"),
        premium_child=amount("200"),
        registration_fee=amount("10"),
        general_assembly_fee=amount("5"),
    )
    family = people(own_adults=2, own_children=2, other_adults=1, other_children=1)
    found = quote(terms, family, date(2024, 1, 1))
    assert found.value == 1590
    assert [(line.label.value, str(line.amount)) for line in found.lines] == [
        ("LUMP_SUM", "1000.00"),
        ("OTHER_ADULT", "300.00"),
        ("OTHER_CHILD", "200.00"),
        ("GENERAL_ASSEMBLY", "30.00"),
        ("REGISTRATION", "60.00"),
    ]


def test_without_a_lump_sum_the_threshold_prices_nothing_decision_11_d3() -> None:
    terms = Terms(insurance_period=12, threshold=2, premium_adult=amount("300"), premium_child=amount("200"))
    found = quote(terms, people(own_adults=3, own_children=2), date(2024, 1, 1))
    assert found.value == 1300
    assert [line.label.value for line in found.lines] == ["ADULT", "CHILD"]


@pytest.mark.parametrize("count", [6, 7])
def test_a_flat_family_product_covers_its_maximum_d6(count: int) -> None:
    terms = Terms(insurance_period=12, lump_sum=amount("30000"), max_members=6, threshold=6)
    found = quote(terms, people(own_adults=2, own_children=count - 2), date(2024, 1, 1))
    assert found.value == 30_000
    assert len(found.covered) == 6
    assert [each.id.int for each in found.uncovered] == [6][: count - 6]
    assert [(warning.code, warning.parameters) for warning in found.warnings] == [
        ("MEMBERS_ABOVE_MAXIMUM", {"members": 7, "maximum": 6, "uncovered": 1})
    ][: count - 6]


@pytest.mark.parametrize(("enrolled_on", "value"), [(date(2020, 11, 10), "207.00"), (date(2020, 12, 2), "230.00")])
def test_discount_for_enrolling_before_the_cycle_d7(enrolled_on: date, value: str) -> None:
    terms = replace(P2, enrolment_discount_percent=amount("10"), enrolment_discount_period=1)
    assert str(quote(terms, HOUSEHOLD, enrolled_on).value) == value


def test_the_discount_is_a_line_of_its_own_d7() -> None:
    terms = replace(P2, enrolment_discount_percent=amount("10"), enrolment_discount_period=1)
    assert table(quote(terms, HOUSEHOLD, date(2020, 12, 1)))[-1] == ("ENROLMENT_DISCOUNT", 1, "-23.00", "-23.00")


def test_a_new_policy_without_cycles_has_no_discount() -> None:
    terms = replace(P1, enrolment_discount_percent=amount("10"), enrolment_discount_period=1, administration_period=3)
    assert quote(terms, HOUSEHOLD, date(2020, 11, 10)).value == 980


@pytest.mark.parametrize(("percent", "months"), [("10", 0), ("0", 1)])
def test_a_discount_needs_percent_and_period(percent: str, months: int) -> None:
    terms = replace(P2, enrolment_discount_percent=amount(percent), enrolment_discount_period=months)
    assert quote(terms, HOUSEHOLD, date(2020, 8, 10)).value == 230


@pytest.mark.parametrize(("enrolled_on", "value"), [(date(2021, 9, 10), "693.50"), (date(2021, 9, 11), "730.00")])
def test_discount_for_renewing_early_d10(enrolled_on: date, value: str) -> None:
    terms = replace(P1, renewal_discount_percent=amount("5"), renewal_discount_period=2)
    previous_expiry = date(2021, 11, 9)
    starts_on = period(terms, RENEWAL, enrolled_on, previous_expiry).starts_on
    found = price(terms, HOUSEHOLD, RENEWAL, enrolled_on, starts_on, previous_expiry=previous_expiry)
    assert str(found.value) == value


def test_a_renewal_without_its_previous_policy_takes_the_start_for_the_discount() -> None:
    terms = replace(P2, renewal_discount_percent=amount("10"), renewal_discount_period=1)
    assert quote(terms, HOUSEHOLD, date(2020, 12, 1), RENEWAL).value == amount("189.00")
    assert quote(terms, HOUSEHOLD, date(2020, 12, 2), RENEWAL).value == 210


def test_the_discounted_value_is_rounded_half_up() -> None:
    terms = Terms(
        insurance_period=12,
        lump_sum=amount("100.10"),
        cycles=((1, 1),),
        enrolment_discount_percent=amount("5"),
        enrolment_discount_period=1,
    )
    found = quote(terms, people(own_adults=1), date(2024, 6, 1))
    assert found.value == amount("95.10")
    assert found.lines[-1].amount == amount("-5.00")


@pytest.mark.parametrize(
    ("adults", "children", "threshold", "extras"),
    [
        (2, 3, 4, {"EXTRA_CHILD": 1}),
        (5, 2, 4, {"EXTRA_ADULT": 1, "EXTRA_CHILD": 2}),
        (4, 2, 4, {"EXTRA_CHILD": 2}),
        (2, 2, 4, {}),
        (9, 9, 0, {}),
    ],
)
def test_adults_take_the_lump_sums_places_before_children_rule_4_2_3(
    adults: int, children: int, threshold: int, extras: dict[str, int]
) -> None:
    terms = Terms(
        insurance_period=12,
        lump_sum=amount("1000"),
        threshold=threshold,
        premium_adult=amount("300"),
        premium_child=amount("200"),
    )
    found = quote(terms, people(own_adults=adults, own_children=children), date(2024, 1, 1))
    assert {line.label.value: line.quantity for line in found.lines if line.label != "LUMP_SUM"} == extras


def test_who_turns_eighteen_by_the_start_is_an_adult() -> None:
    terms = Terms(
        insurance_period=12, administration_period=1, premium_adult=amount("300"), premium_child=amount("200")
    )
    head = member(1, Relation.HEAD, date(2006, 2, 1))
    assert quote(terms, [head], date(2024, 1, 1)).value == 300
    assert quote(replace(terms, administration_period=0), [head], date(2024, 1, 31)).value == 200


def test_a_newcomer_is_priced_beside_those_who_have_a_place() -> None:
    terms = replace(P1, max_members=2)
    child = member(3, Relation.OWN, date(2010, 1, 1))
    start = date(2020, 11, 10)
    found = price(terms, [child, *HOUSEHOLD], NEW, start, start, seated={HOUSEHOLD[0].id, child.id})
    assert found.covered == (HOUSEHOLD[0], child)
    assert found.value == 880


def test_without_a_subsidy_the_family_pays_everything() -> None:
    shares = quote(P1, HOUSEHOLD, date(2020, 11, 10)).shares
    assert (str(shares.family), str(shares.payer), str(shares.due)) == ("980.00", "0.00", "980.00")


@pytest.mark.parametrize(("family_part_activates", "due"), [(True, "735.00"), (False, "980.00")])
def test_a_subsidy_splits_the_value_by_membership_category_decision_23(family_part_activates: bool, due: str) -> None:
    terms = replace(
        P1, subsidies=(Subsidy("EXEMPT", amount("100")), Subsidy("POOR", amount("25"), family_part_activates))
    )
    start = date(2020, 11, 10)
    shares = price(terms, HOUSEHOLD, NEW, start, start, category="POOR").shares
    assert (str(shares.family), str(shares.payer), str(shares.due)) == ("735.00", "245.00", due)
    assert price(terms, HOUSEHOLD, NEW, start, start, category="RICH").shares.payer == 0
