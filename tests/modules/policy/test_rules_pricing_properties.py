from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from modules.policy.rules import Member, PolicyStage, Price, Relation, Subsidy, Terms, period, price, split

RECORDED = datetime(2020, 1, 1, tzinfo=UTC)


def quote(terms: Terms, members: list[Member], enrolled_on: date, stage: PolicyStage = PolicyStage.NEW) -> Price:
    return price(terms, members, stage, enrolled_on, period(terms, stage, enrolled_on).starts_on)


money_amounts = st.decimals(0, 100_000, places=2)
percents = st.decimals(0, 100, places=2)
terms_of_any_kind = st.builds(
    Terms,
    insurance_period=st.integers(1, 36),
    administration_period=st.integers(0, 3),
    lump_sum=money_amounts,
    threshold=st.integers(0, 6),
    max_members=st.none() | st.integers(0, 8),
    premium_adult=money_amounts,
    premium_child=money_amounts,
    registration_lump_sum=money_amounts,
    registration_fee=money_amounts,
    general_assembly_lump_sum=money_amounts,
    general_assembly_fee=money_amounts,
    cycles=st.sampled_from([(), ((1, 1),), ((1, 1), (1, 6))]),
    enrolment_discount_percent=percents,
    enrolment_discount_period=st.integers(0, 3),
    renewal_discount_percent=percents,
    renewal_discount_period=st.integers(0, 3),
)
families = st.lists(
    st.builds(
        Member,
        id=st.uuids(),
        birth_date=st.dates(date(1930, 1, 1), date(2024, 1, 1)),
        relation=st.sampled_from(Relation),
        recorded_at=st.just(RECORDED),
    ),
    max_size=10,
    unique_by=lambda member: member.id,
)


@given(st.decimals(0, 10**7, places=2), st.decimals(0, 100, places=2), st.booleans())
def test_shares_add_up_to_the_value(value: Decimal, percent: Decimal, family_part_activates: bool) -> None:
    shares = split(value, Subsidy("POOR", percent, family_part_activates))
    assert shares.family + shares.payer == value
    assert shares.family >= 0
    assert shares.payer >= 0
    assert shares.due == (shares.family if family_part_activates else value)


@given(terms_of_any_kind, families, st.sampled_from(PolicyStage), st.dates(date(2020, 1, 1), date(2024, 12, 31)))
def test_lines_add_up_to_a_value_that_is_never_negative(
    terms: Terms, family: list[Member], stage: PolicyStage, enrolled_on: date
) -> None:
    found = quote(terms, family, enrolled_on, stage)
    assert found.value >= 0
    assert found.value == sum(line.amount for line in found.lines)
    assert all(line.amount == line.quantity * line.unit_amount != 0 for line in found.lines)
    assert found.value.as_tuple().exponent == -2
    assert {*found.covered, *found.uncovered} == set(family)
    assert len(found.covered) + len(found.uncovered) == len(family)


@given(terms_of_any_kind, families)
def test_members_without_a_place_cost_nothing(terms: Terms, family: list[Member]) -> None:
    found = quote(terms, family, date(2024, 3, 3))
    assert quote(terms, list(found.covered), date(2024, 3, 3)).lines == found.lines
