from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy.rules import Member, Relation, places, pricing_order, relation_of

START = date(2024, 1, 1)
RECORDED = datetime(2023, 12, 1, tzinfo=UTC)

families = st.lists(
    st.builds(
        Member,
        id=st.uuids(),
        birth_date=st.dates(date(1930, 1, 1), date(2024, 12, 31)),
        relation=st.sampled_from(Relation),
        recorded_at=st.integers(0, 3).map(lambda minutes: RECORDED + timedelta(minutes=minutes)),
    ),
    max_size=12,
    unique_by=lambda member: member.id,
)


def member(number: int, relation: Relation, age: int, recorded_after: int = 0) -> Member:
    return Member(
        UUID(int=number), date(START.year - age, 1, 1), relation, RECORDED + timedelta(minutes=recorded_after)
    )


def test_relation_comes_from_the_head_flag_and_the_lookup_decision_9() -> None:
    assert relation_of(is_head=True) is Relation.HEAD
    assert relation_of(is_head=True, priced_as="OTHER") is Relation.HEAD
    assert relation_of(is_head=False, priced_as="OWN", is_spouse=True) is Relation.SPOUSE
    assert relation_of(is_head=False, priced_as="OWN") is Relation.OWN
    assert relation_of(is_head=False, priced_as="OTHER") is Relation.OTHER
    assert relation_of(is_head=False) is Relation.OWN


def test_a_spouse_whom_the_country_prices_as_other_is_other() -> None:
    assert relation_of(is_head=False, priced_as="OTHER", is_spouse=True) is Relation.OTHER


def test_members_are_ordered_head_spouse_own_adults_own_children_other_adults_other_children_decision_10() -> None:
    family = [
        member(1, Relation.OTHER, 10),
        member(2, Relation.OTHER, 40),
        member(3, Relation.OWN, 10),
        member(4, Relation.OWN, 20),
        member(5, Relation.SPOUSE, 17),
        member(6, Relation.HEAD, 16),
    ]
    assert [each.id.int for each in pricing_order(family, START)] == [6, 5, 4, 3, 2, 1]


def test_within_a_group_the_recorded_time_decides_then_the_id_decision_10() -> None:
    family = [
        member(1, Relation.OWN, 5, recorded_after=9),
        member(3, Relation.OWN, 4, recorded_after=2),
        member(2, Relation.OWN, 3, recorded_after=2),
    ]
    assert [each.id.int for each in pricing_order(family, START)] == [2, 3, 1]


def test_ages_are_those_on_the_start_date_decision_10() -> None:
    child = Member(UUID(int=1), date(2006, 1, 2), Relation.OWN, RECORDED)
    adult = Member(UUID(int=2), date(2006, 1, 1), Relation.OWN, RECORDED + timedelta(days=1))
    assert [each.id.int for each in pricing_order([child, adult], START)] == [2, 1]
    assert [each.id.int for each in pricing_order([child, adult], START + timedelta(days=1))] == [1, 2]


@pytest.mark.parametrize("limit", [None, 0])
def test_no_maximum_covers_everybody(limit: int | None) -> None:
    family = [member(number, Relation.OWN, 20) for number in range(9)]
    assert len(places(family, START, limit).covered) == 9


def test_the_maximum_leaves_out_the_last_in_pricing_order_decision_10() -> None:
    family = [member(1, Relation.OTHER, 30), member(2, Relation.OWN, 3), member(3, Relation.HEAD, 30)]
    cut = places(family, START, 2)
    assert [each.id.int for each in cut.covered] == [3, 2]
    assert [each.id.int for each in cut.uncovered] == [1]


def test_who_has_a_place_keeps_it_when_somebody_joins() -> None:
    family = [member(1, Relation.HEAD, 40), member(2, Relation.OWN, 9), member(3, Relation.SPOUSE, 30)]
    assert [each.id.int for each in places(family, START, 2).covered] == [1, 3]
    cut = places(family, START, 2, seated={UUID(int=1), UUID(int=2)})
    assert [each.id.int for each in cut.covered] == [1, 2]


@given(families, st.none() | st.integers(0, 8), st.randoms())
def test_nobody_is_cut_twice_and_nobody_is_lost(family: list[Member], limit: int | None, random: Random) -> None:
    cut = places(family, START, limit)
    both = [*cut.covered, *cut.uncovered]
    assert sorted(each.id for each in both) == sorted(each.id for each in family)
    assert len(cut.covered) == min(limit or len(family), len(family))
    random.shuffle(family)
    assert places(family, START, limit) == cut
