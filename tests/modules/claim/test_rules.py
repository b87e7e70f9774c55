"""States, visits, reasons, amounts and selection of a claim."""

from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ILLEGAL_TRANSITION, UserError
from modules.claim.rules import (
    CLAIM_ORDER,
    LINE_ORDER,
    MESSAGES,
    TRANSITIONS,
    ClaimEvent,
    ClaimStatus,
    Finding,
    LineAmounts,
    RejectionReason,
    SelectableClaim,
    SelectionEvent,
    SelectionStatus,
    SubLineAmounts,
    approved,
    asked_price,
    claim_category,
    claim_reason,
    claimed,
    first_reason,
    in_order,
    is_hospital_stay,
    remunerated,
    select,
    select_at_random,
    select_by_value,
    select_by_variance,
    selection_after_processing,
    stamped_reason,
    stays_overlap,
    target_date,
    transition,
    valuated,
)
from modules.medical.rules import ServiceCategory as Category

Status, Event, Reason = ClaimStatus, ClaimEvent, RejectionReason
DAY = date(2024, 5, 10)


def dec(value: str | int) -> Decimal:
    return Decimal(value)


@pytest.mark.parametrize(
    ("status", "event", "target"),
    [
        (Status.ENTERED, Event.SUBMIT, Status.CHECKED),
        (Status.ENTERED, Event.REJECT, Status.REJECTED),
        (Status.RETURNED, Event.SUBMIT, Status.CHECKED),
        (Status.RETURNED, Event.REJECT, Status.REJECTED),
        (Status.CHECKED, Event.REJECT, Status.REJECTED),
        (Status.CHECKED, Event.RETURN, Status.RETURNED),
        (Status.CHECKED, Event.PROCESS, Status.PROCESSED),
        (Status.CHECKED, Event.VALUATE, Status.VALUATED),
        (Status.PROCESSED, Event.VALUATE, Status.VALUATED),
        (Status.VALUATED, Event.UNDO_RUN, Status.PROCESSED),
        (Status.VALUATED, Event.PAY, Status.PAID),
        (Status.PAID, Event.UNDO_PAYMENT, Status.VALUATED),
    ],
)
def test_an_event_leads_to_its_state(status: ClaimStatus, event: ClaimEvent, target: ClaimStatus) -> None:
    assert transition(status, event) == target


def test_there_are_no_other_transitions_decision_32_rule_2_12() -> None:
    assert sum(len(sources) for sources, _ in TRANSITIONS.values()) == 12
    assert set(TRANSITIONS) == set(ClaimEvent)


def test_an_illegal_transition_names_both_states() -> None:
    with pytest.raises(UserError) as caught:
        transition(Status.PAID, Event.SUBMIT)
    assert caught.value.code is ILLEGAL_TRANSITION
    assert caught.value.parameters == {"state": "PAID", "target": "CHECKED"}


def test_nothing_leads_out_of_a_rejected_claim() -> None:
    for event in ClaimEvent:
        with pytest.raises(UserError):
            transition(Status.REJECTED, event)


def test_selection_for_review() -> None:
    selected = select(SelectionStatus.IDLE, SelectionEvent.SELECT)
    assert selected == SelectionStatus.SELECTED
    assert select(SelectionStatus.IDLE, SelectionEvent.SKIP) == SelectionStatus.NOT_SELECTED
    assert select(SelectionStatus.NOT_SELECTED, SelectionEvent.SELECT) == SelectionStatus.SELECTED
    assert select(selected, SelectionEvent.DELIVER) == SelectionStatus.DELIVERED
    assert select(selected, SelectionEvent.BYPASS) == SelectionStatus.BYPASSED
    with pytest.raises(UserError) as caught:
        select(SelectionStatus.DELIVERED, SelectionEvent.BYPASS)
    assert caught.value.parameters == {"state": "DELIVERED", "target": "BYPASSED"}


def test_processing_bypasses_what_is_still_selected() -> None:
    after = {status: selection_after_processing(status) for status in SelectionStatus}
    assert after == {status: status for status in SelectionStatus} | {
        SelectionStatus.SELECTED: SelectionStatus.BYPASSED
    }


def test_the_target_date_is_the_discharge_else_the_visit() -> None:
    assert target_date(DAY, None) == DAY
    assert target_date(DAY, date(2024, 5, 12)) == date(2024, 5, 12)


def test_a_stay_ends_on_another_day() -> None:
    assert not is_hospital_stay(DAY, None)
    assert not is_hospital_stay(DAY, DAY)
    assert is_hospital_stay(DAY, date(2024, 5, 11))


@pytest.mark.parametrize(
    ("services", "stay", "category"),
    [
        pytest.param([Category.SURGERY], False, Category.SURGERY, id="V01"),
        pytest.param(
            [Category.HOSPITALISATION, Category.OTHER, None, Category.ANTENATAL, Category.SURGERY],
            False,
            Category.SURGERY,
            id="V03",
        ),
        pytest.param([Category.ANTENATAL, Category.DELIVERY], True, Category.DELIVERY, id="delivery before antenatal"),
        pytest.param([Category.CONSULTATION, Category.ANTENATAL], True, Category.ANTENATAL, id="antenatal before stay"),
        pytest.param([Category.CONSULTATION], True, Category.HOSPITALISATION, id="a stay"),
        pytest.param([Category.HOSPITALISATION], False, Category.HOSPITALISATION, id="a hospital service on one day"),
        pytest.param([Category.OTHER, Category.CONSULTATION], False, Category.CONSULTATION, id="consultation"),
        pytest.param([Category.OTHER, None], False, Category.VISIT, id="other is a visit"),
        pytest.param([], False, Category.VISIT, id="only items"),
    ],
)
def test_claim_category_rule_2_6(services: list[Category | None], stay: bool, category: Category) -> None:
    assert claim_category(services, stay) == category


def test_stays_overlap_when_they_share_a_day() -> None:
    stay = (DAY, date(2024, 5, 12))
    assert stays_overlap(stay, (date(2024, 5, 12), None))
    assert stays_overlap((date(2024, 5, 1), date(2024, 5, 31)), stay)
    assert not stays_overlap(stay, (date(2024, 5, 13), None))
    assert not stays_overlap((date(2024, 5, 9), None), stay)


def test_every_reason_has_a_message_in_every_language() -> None:
    assert set(MESSAGES) == set(RejectionReason)
    assert {*range(31, 39), 21, -2, -1, 0, *range(1, 18), 19, 20} == set(map(int, RejectionReason))
    assert all(message.en and message.sw and message.fr for message in MESSAGES.values())


def test_line_findings_are_ordered_as_decided_decision_25() -> None:
    assert [int(reason) for reason in LINE_ORDER] == [1, 2, 10, 4, 3, 17, 16, 11, 12, 13, 14, 15, 19, 5]
    findings = in_order(Finding(Reason(code)) for code in (5, 12, 16, 17, 3, 4, 10, 2, 1))
    assert [finding.reason for finding in findings] == [1, 2, 10, 4, 3, 17, 16, 12, 5]


def test_claim_findings_are_ordered_as_decided_decision_26() -> None:
    assert [int(reason) for reason in CLAIM_ORDER] == [9, 31, 32, 33, 34, 35, 36, 37, 6, 7, 21]


def test_the_first_finding_that_rejects_is_the_reason() -> None:
    shown = Finding(Reason.DUPLICATE, rejects=False)
    assert first_reason([]) == Reason.ACCEPTED
    assert first_reason([shown]) == Reason.ACCEPTED
    assert first_reason([Finding(Reason.NO_COVER), shown, Finding(Reason.PATIENT_OR_FAMILY_CLOSED)]) == 7


def test_a_claim_of_which_no_line_passes_is_rejected_with_1_v09() -> None:
    assert claim_reason([], [Reason.PATIENT_CATEGORY]) == 1
    assert claim_reason([], [Reason.MEDICAL_OFFICER, Reason.MEDICAL_OFFICER]) == 1
    assert claim_reason([], []) == 1


def test_one_passed_line_saves_a_claim() -> None:
    assert claim_reason([], [Reason.PATIENT_CATEGORY, Reason.ACCEPTED]) == Reason.ACCEPTED


def test_the_claims_own_reason_stands_before_its_lines() -> None:
    findings = [Finding(Reason.DATES_INVALID)]
    assert claim_reason(findings, [Reason.ACCEPTED]) == 9
    assert claim_reason(findings, [Reason.DATES_INVALID]) == 9


def test_lines_carry_the_claims_reason_and_7_without_cover() -> None:
    assert stamped_reason(Reason.DATES_INVALID) == 9
    assert stamped_reason(Reason.NO_COVER) == 7


def test_a_missing_or_zero_price_is_filled_from_the_list() -> None:
    assert asked_price(None, dec(100)) == 100
    assert asked_price(dec(0), dec(100)) == 100
    assert asked_price(dec(11), dec(100)) == 11


def test_claimed_is_quantity_provided_by_price_asked_v19() -> None:
    assert claimed([LineAmounts(dec(1), dec(1000)), LineAmounts(dec(1), dec(1000))]) == 2000


def test_claimed_does_not_follow_the_review_decision_31() -> None:
    line = LineAmounts(
        dec(7), dec(11), quantity_approved=dec(1), price_adjusted=dec(100), price_approved=dec(5), passed=False
    )
    assert claimed([line]) == 77


def test_the_lines_below_a_bundle_make_its_amount_a13() -> None:
    bundle = LineAmounts(dec(5), dec(50), sub_lines=(SubLineAmounts(dec(7), dec(11)), SubLineAmounts(dec(3), dec(20))))
    assert claimed([bundle]) == 137
    assert claimed([LineAmounts(dec(5), dec(50))]) == 250


def test_approved_takes_the_latest_price_and_quantity_rule_2_11() -> None:
    assert approved([LineAmounts(dec(2), dec(10))]) == 20
    assert approved([LineAmounts(dec(2), dec(10), price_adjusted=dec(100))]) == 200
    assert approved([LineAmounts(dec(2), dec(10), dec(1), dec(100), dec(30))]) == 30
    assert approved([LineAmounts(dec(2), dec(10), dec(2), dec(100), dec(0))]) == 0
    assert approved([LineAmounts(dec(2), dec(10), dec(0))]) == 0


def test_reviewed_quantities_and_prices_are_approved_a06() -> None:
    service = LineAmounts(dec(2), dec(100), dec(1), dec(100), dec(37))
    item = LineAmounts(dec(3), dec(100), dec(1), dec(100), dec(53))
    assert approved([service, item]) == 90


def test_rejected_lines_add_nothing() -> None:
    rejected = LineAmounts(dec(7), dec(100), valuated=dec(700), remunerated=dec(700), passed=False)
    assert approved([rejected]) == valuated([rejected]) == remunerated([rejected]) == 0


def test_remunerated_is_unknown_while_a_relative_line_waits_a15() -> None:
    waiting = LineAmounts(dec(2), dec(100), valuated=dec(200))
    known = LineAmounts(dec(3), dec(100), valuated=dec(300), remunerated=dec(300))
    assert valuated([waiting, known]) == 500
    assert remunerated([waiting, known]) is None
    assert remunerated([known]) == 300


def selectable(*amounts: int, diagnosis: UUID) -> list[SelectableClaim]:
    return [SelectableClaim(uuid4(), dec(amount), diagnosis) for amount in amounts]


def test_selection_by_value() -> None:
    claims = selectable(99, 100, 101, diagnosis=uuid4())
    assert select_by_value(claims, dec(100)) == (claims[1].id, claims[2].id)


@given(st.integers(0, 60), st.integers(0, 100))
def test_a_random_selection_rounds_its_size_up(count: int, percent: int) -> None:
    claims = selectable(*range(count), diagnosis=UUID(int=0))
    chosen = select_at_random(claims, percent, Random(1))
    assert len(set(chosen)) == len(chosen)
    assert count * percent <= len(chosen) * 100 < count * percent + 100


def test_selection_by_variance_from_the_average_of_the_diagnosis_rule_2_13() -> None:
    known, unknown = uuid4(), uuid4()
    claims = selectable(149, 150, 400, diagnosis=known) + selectable(1000, diagnosis=unknown)
    assert select_by_variance(claims, dec(50), {known: dec(100)}) == (claims[1].id, claims[2].id)
    assert select_by_variance(claims, dec(50), {known: dec(100)}, least=dec(200)) == (claims[2].id,)
