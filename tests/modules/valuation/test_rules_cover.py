"""Which policy covers a line, and why none does."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.claim.rules import check_category_limit, first_reason
from modules.medical.rules import ServiceCategory, VisitType
from modules.policy.rules import MemberCover, claims_left, cover_left, earliest_on, quantity_left
from modules.valuation.rules import Candidate, CoverLine, CoverVisit, Limit, LineCover, Terms, find_cover, in_loop_order

START = date(2024, 1, 1)
MEMBER = MemberCover(new=True, policy_effective_on=START, effective_on=START, expires_on=date(2024, 12, 31))
CANDIDATE = Candidate(UUID(int=1), Terms(), MEMBER)
OTHER = Candidate(UUID(int=2), Terms(), MEMBER)
VISIT = CoverVisit(date(2024, 6, 1), ServiceCategory.VISIT, VisitType.OTHER, adult=True)


def of(row: object, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def line(*candidates: Candidate, no: int = 1, quantity: int = 1, element: str = "X", failed: bool = False) -> CoverLine:
    return CoverLine(no, element, Decimal(quantity), Decimal(100), candidates, failed)


def codes(cover: LineCover) -> list[int]:
    return [int(finding.reason) for finding in cover.findings]


def found(*lines: CoverLine, visit: CoverVisit = VISIT) -> list[list[int]]:
    return [codes(cover) for cover in find_cover(lines, visit)]


def terms(limit: int | None = None, waiting: int | None = None) -> Terms:
    return Terms(limit_number_adult=limit, waiting_period_adult=waiting)


def test_a_line_that_a_policy_covers_is_paid_by_it() -> None:
    (cover,) = find_cover([line(CANDIDATE, quantity=7)], VISIT)
    assert of(cover, "candidate", "quantity", "findings") == (CANDIDATE, 7, ())


def test_3_no_policy_lists_the_element_rule_2_7_f() -> None:
    assert found(line()) == [[3]]


def test_17_waiting_period_v16_rule_2_7_g() -> None:
    visit = replace(VISIT, target_date=START + timedelta(days=2))
    (cover,) = find_cover([line(replace(CANDIDATE, terms=terms(waiting=6)))], visit)
    assert codes(cover) == [17]
    assert cover.findings[0].parameters == {"earliest": "2024-07-01"}
    assert first_reason(cover.findings) == 17


def test_17_a_child_without_waiting_period_is_covered_v18() -> None:
    visit = replace(VISIT, target_date=START + timedelta(days=2), adult=False)
    child = Terms(waiting_period_adult=6, waiting_period_child=0)
    assert found(line(replace(CANDIDATE, terms=child)), visit=visit) == [[]]


@pytest.mark.parametrize(("day", "waits"), [(date(2024, 2, 29), False), (date(2024, 2, 28), True)])
def test_17_the_waiting_period_is_calendar_months_clipped(day: date, waits: bool) -> None:
    effective = date(2024, 1, 31)
    member = replace(MEMBER, policy_effective_on=effective, effective_on=effective)
    candidate = replace(CANDIDATE, terms=terms(waiting=1), member=member)
    assert found(line(candidate), visit=replace(VISIT, target_date=day)) == [[17] if waits else []]


def test_members_of_a_renewed_policy_do_not_wait() -> None:
    assert earliest_on(replace(MEMBER, new=False), 6) == START


def test_members_who_joined_a_renewed_policy_later_wait() -> None:
    later = replace(MEMBER, new=False, effective_on=date(2024, 3, 1))
    assert earliest_on(later, 6) == date(2024, 9, 1)


def test_16_the_second_provision_of_one_v11() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=1))
    assert found(line(limited)) == [[]]
    assert found(line(replace(limited, used=Decimal(1)))) == [[16]]


def test_16_the_quantity_is_cut_to_what_is_left_d20_rule_2_7_h() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=10), used=Decimal(8))
    (cover,) = find_cover([line(limited, quantity=5)], VISIT)
    assert of(cover, "quantity", "candidate") == (2, limited)
    assert [of(finding, "reason", "rejects") for finding in cover.findings] == [(16, False)]
    assert cover.findings[0].parameters == {"maximum": "10", "used": "8"}


def test_a_quantity_that_just_fits_is_not_cut() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=10), used=Decimal(8))
    (cover,) = find_cover([line(limited, quantity=2)], VISIT)
    assert of(cover, "quantity", "findings") == (2, ())


def test_nothing_is_cut_off_a_line_that_failed_another_check_decision_25() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=10), used=Decimal(8))
    (cover,) = find_cover([line(limited, quantity=5, failed=True)], VISIT)
    assert of(cover, "quantity", "candidate", "findings") == (5, None, ())


def test_a_failed_line_still_tells_what_no_policy_covers() -> None:
    assert found(line(replace(CANDIDATE, terms=terms(limit=0, waiting=12)), failed=True)) == [[17, 16]]


@pytest.mark.parametrize(("limit", "result"), [(None, []), (-1, []), (0, [16])])
def test_a_number_of_null_is_unlimited_and_0_is_none_decision_28(limit: int | None, result: list[int]) -> None:
    assert found(line(replace(CANDIDATE, terms=terms(limit=limit), used=Decimal(0)))) == [result]


def test_lines_of_one_claim_share_the_limit_of_an_element() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=10))
    lines = [line(limited, no=no, quantity=6) for no in (3, 1, 2)]
    covers = find_cover(lines, VISIT)
    assert [of(cover, "line_no", "quantity") for cover in covers] == [(1, 6), (2, 4), (3, 6)]
    assert [codes(cover) for cover in covers] == [[], [16], [16]]
    assert covers[2].candidate is None


def test_other_elements_and_failed_lines_leave_the_limit_alone() -> None:
    limited = replace(CANDIDATE, terms=terms(limit=10))
    lines = [
        line(limited, no=1, quantity=6, failed=True),
        line(limited, no=2, quantity=6, element="Y"),
        line(limited, no=3, quantity=6),
    ]
    assert found(*lines) == [[], [], []]


def test_children_have_their_own_limit() -> None:
    candidate = replace(CANDIDATE, terms=Terms(limit_number_adult=0, limit_number_child=3))
    assert found(line(candidate)) == [[16]]
    assert found(line(candidate), visit=replace(VISIT, adult=False)) == [[]]


def test_a_policy_that_fails_is_passed_over() -> None:
    waiting = replace(CANDIDATE, terms=terms(waiting=12))
    used_up = replace(CANDIDATE, terms=terms(limit=1), used=Decimal(1))
    for failing in (waiting, used_up, replace(CANDIDATE, category_limit=1, category_used=1)):
        (cover,) = find_cover([line(failing, OTHER)], VISIT)
        assert of(cover, "candidate", "findings") == (OTHER, ())


def test_a_line_that_all_policies_fail_is_refused_for_what_the_first_fails() -> None:
    used_up = replace(CANDIDATE, terms=terms(limit=1), used=Decimal(1))
    waiting = replace(OTHER, terms=terms(waiting=12))
    assert found(line(waiting, used_up)) == [[16]]
    assert found(line(replace(waiting, terms=terms(waiting=12, limit=0)))) == [[17, 16]]


def test_policies_are_tried_by_the_day_their_waiting_period_ends() -> None:
    early = replace(MEMBER, effective_on=date(2023, 7, 1))
    long = Candidate(UUID(int=1), terms(waiting=12), early)
    short = Candidate(UUID(int=2), terms(waiting=3), MEMBER)
    same_day = Candidate(UUID(int=3), terms(waiting=3), MEMBER)
    assert in_loop_order([long, same_day, short], adult=True) == [short, same_day, long]
    assert in_loop_order([short, same_day, long], adult=False) == [long, short, same_day]


def test_12_the_first_visit_of_one_is_covered_and_the_second_refused_v08_rule_2_7_i() -> None:
    first = replace(CANDIDATE, category_limit=1, category_used=0)
    assert found(line(first)) == [[]]
    assert found(line(replace(first, category_used=1))) == [[12]]


@pytest.mark.parametrize(
    ("category", "code"),
    [
        (ServiceCategory.HOSPITALISATION, 11),
        (ServiceCategory.CONSULTATION, 13),
        (ServiceCategory.SURGERY, 14),
        (ServiceCategory.DELIVERY, 15),
        (ServiceCategory.ANTENATAL, 19),
    ],
)
def test_each_category_of_care_has_its_own_reason(category: ServiceCategory, code: int) -> None:
    used_up = replace(CANDIDATE, category_limit=2, category_used=2)
    assert found(line(used_up), visit=replace(VISIT, category=category)) == [[code]]


def test_a_used_up_category_refuses_the_whole_claim() -> None:
    used_up = replace(CANDIDATE, category_limit=1, category_used=1)
    limited = replace(OTHER, terms=terms(limit=1))
    item, service = line(limited, no=1, quantity=5), replace(line(used_up, no=1, element="S"), is_service=True)
    covers = find_cover([service, item, line(no=2)], VISIT)
    assert [(cover.is_service, cover.line_no, codes(cover)) for cover in covers] == [
        (False, 1, [12]),
        (False, 2, [3, 12]),
        (True, 1, [12]),
    ]
    assert all(cover.candidate is None for cover in covers)
    assert covers[0].quantity == 5


def test_a_line_refused_for_something_else_does_not_use_up_the_claim() -> None:
    used_up = replace(CANDIDATE, category_limit=1, category_used=1)
    assert found(line(used_up, no=1, failed=True), line(OTHER, no=2)) == [[12], []]
    waiting = replace(used_up, terms=terms(waiting=12))
    assert found(line(waiting, no=1), line(OTHER, no=2)) == [[17, 12], []]


def test_a_policy_kept_from_paying_only_by_the_category_speaks_for_the_line() -> None:
    waiting = replace(CANDIDATE, terms=terms(waiting=0, limit=0))
    used_up = replace(OTHER, category_limit=1, category_used=1)
    assert found(line(waiting, used_up, no=1), line(CANDIDATE, no=2)) == [[12], [12]]


def test_eligibility_and_submission_see_the_same_limit_a19_decision_28() -> None:
    left = cover_left(MEMBER, waiting_period=2, limit_number=20, used=7)
    assert of(left, "quantity", "earliest_on") == (13, date(2024, 3, 1))
    assert left.available_on(date(2024, 3, 1))
    assert not left.available_on(date(2024, 2, 29))


def test_what_is_used_up_is_not_available() -> None:
    assert not cover_left(MEMBER, limit_number=1, used=1).available_on(START)
    assert not cover_left(MEMBER, category_limit=1, category_used=1).available_on(START)
    assert cover_left(MEMBER).available_on(START)


@given(st.none() | st.integers(-3, 9), st.integers(0, 9))
def test_what_is_left_and_what_is_refused_agree(limit: int | None, used: int) -> None:
    refused = check_category_limit(ServiceCategory.SURGERY, limit, used) is not None
    assert (claims_left(limit, used) == 0) is refused
    assert (quantity_left(limit, used) == 0) is refused
    assert quantity_left(limit, used) == claims_left(limit, used)


def test_the_best_policy_that_passes_pays() -> None:
    half = replace(CANDIDATE, terms=Terms(limits={VisitType.OTHER: Limit(adult=Decimal(50))}))
    ninety = replace(OTHER, terms=Terms(limits={VisitType.OTHER: Limit(adult=Decimal(90))}))
    (cover,) = find_cover([line(half, ninety)], VISIT)
    assert cover.candidate == ninety
    used_up = replace(ninety, terms=replace(ninety.terms, limit_number_adult=0))
    (cover,) = find_cover([line(half, used_up)], VISIT)
    assert cover.candidate == half


@given(
    limit=st.none() | st.integers(0, 20),
    used=st.integers(0, 20),
    quantities=st.lists(st.integers(1, 9), min_size=1, max_size=5),
)
def test_no_more_is_accepted_than_the_limit_leaves(limit: int | None, used: int, quantities: list[int]) -> None:
    limited = replace(CANDIDATE, terms=terms(limit=limit), used=Decimal(used))
    covers = find_cover([line(limited, no=no, quantity=n) for no, n in enumerate(quantities)], VISIT)
    accepted = sum(cover.quantity for cover in covers if cover.candidate)
    wanted = sum(quantities)
    assert accepted == (wanted if limit is None else min(wanted, max(0, limit - used)))
