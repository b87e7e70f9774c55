"""What is checked on a claim and its lines."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.claim.rules import (
    CATEGORY_REASONS,
    LINE_ORDER,
    ClaimFacts,
    ClaimSettings,
    ClaimStatus,
    FacilityFacts,
    Finding,
    LineFacts,
    PatientFacts,
    RegisterFacts,
    RejectionReason,
    SimilarClaim,
    VisitFacts,
    check_category_limit,
    check_claim,
    check_line,
    claim_reason,
    finding_message,
    first_reason,
)
from modules.location.rules import CareType
from modules.medical.rules import CareTypeRule, ServiceCategory, VisitType

DAY = date(2024, 5, 10)
NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
CLAIM = ClaimFacts(DAY, None, claimed_on=DAY, filed_on=DAY, today=date(2024, 6, 1))
EVERYTHING = ClaimSettings(30, True, True, True)


def of(row: object, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def codes(claim: ClaimFacts, settings: ClaimSettings = EVERYTHING) -> list[int]:
    return [int(finding.reason) for finding in check_claim(claim, settings)]


def test_a_sound_claim_has_no_findings() -> None:
    assert codes(CLAIM) == []


def test_9_the_date_of_care_is_missing() -> None:
    assert codes(replace(CLAIM, date_from=None)) == [9]
    assert codes(replace(CLAIM, date_from=None, date_to=DAY)) == [9]


def test_9_claimed_before_care() -> None:
    assert codes(replace(CLAIM, claimed_on=BEFORE)) == [9]


def test_a_claim_may_be_dated_within_the_stay() -> None:
    assert codes(replace(CLAIM, date_to=NEXT, claimed_on=DAY)) == []


def test_31_the_end_comes_before_the_start() -> None:
    assert codes(replace(CLAIM, date_to=BEFORE)) == [31]
    assert codes(replace(CLAIM, date_to=DAY)) == []


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, date_from=NEXT, claimed_on=NEXT),
        replace(CLAIM, date_to=NEXT),
        replace(CLAIM, claimed_on=NEXT),
    ],
)
def test_32_a_date_in_the_future(claim: ClaimFacts) -> None:
    assert codes(replace(claim, today=DAY)) == [32]
    assert codes(replace(claim, today=NEXT)) == []


def test_33_filed_after_the_deadline_counted_from_the_end_of_care() -> None:
    last = NEXT + timedelta(days=30)
    assert codes(replace(CLAIM, date_to=NEXT, filed_on=last, today=last)) == []
    assert codes(replace(CLAIM, date_to=NEXT, filed_on=last + timedelta(days=1), today=date(2024, 7, 1))) == [33]
    assert codes(replace(CLAIM, filed_on=date(2024, 12, 1), today=date(2024, 12, 1)), ClaimSettings()) == []


@pytest.mark.parametrize(
    ("facility", "found"),
    [
        (FacilityFacts(active=False), [34]),
        (FacilityFacts(contract_from=NEXT), [34]),
        (FacilityFacts(contract_from=DAY, contract_to=DAY), []),
        (FacilityFacts(contract_to=BEFORE), [34]),
        (FacilityFacts(contract_from=BEFORE), []),
    ],
)
def test_34_the_facility_is_inactive_or_outside_its_contract(facility: FacilityFacts, found: list[int]) -> None:
    assert codes(replace(CLAIM, facility=facility)) == found


@pytest.mark.parametrize(
    ("patient", "date_to", "found"),
    [
        (PatientFacts(inactive_on=BEFORE), None, [35]),
        (PatientFacts(inactive_on=DAY), None, []),
        (PatientFacts(inactive_on=DAY), NEXT, []),
        (PatientFacts(died_on=BEFORE), None, [35]),
        (PatientFacts(died_on=DAY), None, []),
        (PatientFacts(died_on=NEXT), NEXT, []),
        (PatientFacts(died_on=DAY), NEXT, [35]),
    ],
)
def test_35_the_patient_was_inactive_at_admission_or_dead_before_the_end(
    patient: PatientFacts, date_to: date | None, found: list[int]
) -> None:
    assert codes(replace(CLAIM, patient=patient, date_to=date_to)) == found


def test_36_above_the_first_level_a_referral_is_needed_except_in_an_emergency() -> None:
    claim = replace(CLAIM, facility=FacilityFacts(first_level=False))
    assert codes(claim) == [36]
    assert codes(replace(claim, referred=True)) == []
    assert codes(replace(claim, visit_type=VisitType.EMERGENCY)) == []
    assert codes(replace(claim, visit_type=VisitType.REFERRAL)) == [36]
    assert codes(claim, ClaimSettings()) == []


def test_37_the_facility_lies_outside_the_area_of_entitlement() -> None:
    claim = replace(CLAIM, facility=FacilityFacts(in_entitlement_area=False))
    assert codes(claim) == [37]
    assert codes(claim, ClaimSettings()) == []


def test_6_a_duplicate_is_always_shown_and_rejects_only_where_the_setting_says_so() -> None:
    claim = replace(
        CLAIM,
        date_to=NEXT,
        similar=(
            SimilarClaim("B", NEXT, None, ClaimStatus.PAID),
            SimilarClaim("A", BEFORE, DAY, ClaimStatus.CHECKED),
            SimilarClaim("C", BEFORE, None, ClaimStatus.CHECKED),
        ),
    )
    (finding,) = check_claim(claim, ClaimSettings())
    assert of(finding, "reason", "parameters", "rejects") == (6, {"claims": "A, B"}, False)
    assert check_claim(claim, EVERYTHING)[0].rejects


@pytest.mark.parametrize("status", [ClaimStatus.ENTERED, ClaimStatus.RETURNED, ClaimStatus.REJECTED])
def test_6_claims_not_handed_in_or_refused_are_no_duplicates(status: ClaimStatus) -> None:
    assert codes(replace(CLAIM, similar=(SimilarClaim("A", DAY, None, status),))) == []


def test_7_the_patient_or_the_family_is_closed() -> None:
    assert codes(replace(CLAIM, patient=PatientFacts(registered=False))) == [7]
    assert codes(replace(CLAIM, patient=PatientFacts(in_current_family=False))) == [7]


def test_all_checks_that_can_run_are_run_and_ordered_decision_26() -> None:
    claim = replace(
        CLAIM,
        date_to=BEFORE,
        claimed_on=BEFORE,
        filed_on=date(2024, 12, 1),
        today=date(2024, 4, 1),
        facility=FacilityFacts(active=False, first_level=False, in_entitlement_area=False),
        patient=PatientFacts(registered=False, inactive_on=date(2024, 1, 1)),
        similar=(SimilarClaim("A", date(2024, 5, 1), NEXT, ClaimStatus.VALUATED),),
    )
    assert codes(claim) == [9, 31, 32, 33, 34, 35, 36, 37, 6, 7]


def test_without_a_date_the_checks_that_need_none_still_run() -> None:
    claim = replace(CLAIM, date_from=None, patient=PatientFacts(registered=False, died_on=BEFORE))
    assert codes(replace(claim, claimed_on=NEXT, today=DAY)) == [9, 32, 7]


VISIT = VisitFacts(DAY, hospital_stay=False, facility_care_type=CareType.BOTH, patient_mask=5)
REGISTER = RegisterFacts()
LINE = LineFacts(Decimal(1), REGISTER, listed=True)


def line_codes(line: LineFacts, visit: VisitFacts = VISIT) -> list[int]:
    return [int(finding.reason) for finding in check_line(line, visit)]


def test_a_sound_line_has_no_findings() -> None:
    assert line_codes(LINE) == []


def test_1_not_in_the_register_rule_2_7_a() -> None:
    assert line_codes(replace(LINE, register=None)) == [1]


def test_2_a_facility_without_price_lists_v06_rule_2_7_b() -> None:
    item = service = replace(LINE, listed=False)
    reasons = [first_reason(check_line(line, VISIT)) for line in (item, service)]
    assert reasons == [2, 2]
    assert claim_reason((), reasons) == 1


def test_10_care_type_by_facility_or_by_stay_rule_2_7_c() -> None:
    out_patient = replace(LINE, register=RegisterFacts(CareType.OUT_PATIENT))
    admission = replace(VISIT, hospital_stay=True)
    assert line_codes(out_patient, admission) == []
    assert line_codes(out_patient, replace(admission, care_type_rule=CareTypeRule.STAY)) == [10]
    assert line_codes(LINE, replace(admission, facility_care_type=CareType.OUT_PATIENT)) == [10]


def test_4_a_service_for_men_given_to_a_woman_v09_rule_2_7_d() -> None:
    findings = check_line(replace(LINE, register=RegisterFacts(patient_category=1)), replace(VISIT, patient_mask=6))
    assert [finding.reason for finding in findings] == [4]
    assert claim_reason((), [first_reason(findings)]) == 1


def test_16_more_than_one_line_may_have() -> None:
    limited = replace(LINE, register=RegisterFacts(maximum_quantity=Decimal(10)))
    assert line_codes(replace(limited, quantity=Decimal(10))) == []
    assert line_codes(replace(limited, quantity=Decimal("10.5"))) == [16]


@pytest.mark.parametrize(("days", "found"), [(0, [5]), (-29, [5]), (29, [5]), (-30, []), (30, []), (-31, [])])
def test_5_fewer_days_before_or_after_than_the_frequency_rule_2_7_e(days: int, found: list[int]) -> None:
    line = LineFacts(Decimal(1), RegisterFacts(frequency_days=30), True, (DAY + timedelta(days=days),))
    assert line_codes(line) == found


@pytest.mark.parametrize("frequency", [None, 0])
def test_without_a_frequency_anything_may_follow(frequency: int | None) -> None:
    assert line_codes(LineFacts(Decimal(1), RegisterFacts(frequency_days=frequency), True, (DAY,))) == []


def test_all_line_checks_are_run_and_the_first_is_the_reason() -> None:
    register = RegisterFacts(CareType.IN_PATIENT, 2, Decimal(1), 30)
    visit = replace(VISIT, facility_care_type=CareType.OUT_PATIENT)
    findings = check_line(LineFacts(Decimal(2), register, False, (DAY,)), visit)
    assert [finding.reason for finding in findings] == [2, 10, 4, 16, 5]
    assert first_reason(findings) == 2


@pytest.mark.parametrize(
    ("category", "code"),
    [
        (ServiceCategory.HOSPITALISATION, 11),
        (ServiceCategory.VISIT, 12),
        (ServiceCategory.CONSULTATION, 13),
        (ServiceCategory.SURGERY, 14),
        (ServiceCategory.DELIVERY, 15),
        (ServiceCategory.ANTENATAL, 19),
    ],
)
def test_a_used_up_category_of_care(category: ServiceCategory, code: int) -> None:
    finding = check_category_limit(category, 1, 1)
    assert finding is not None
    assert finding.reason == code
    assert check_category_limit(category, 1, 0) is None
    assert check_category_limit(category, 0, 0) is not None
    assert check_category_limit(category, None, 99) is None
    assert check_category_limit(category, -1, 99) is None


def test_other_care_has_no_category_limit() -> None:
    assert check_category_limit(ServiceCategory.OTHER, 0, 9) is None
    assert set(CATEGORY_REASONS) == set(ServiceCategory) - {ServiceCategory.OTHER}


@pytest.mark.parametrize("language", ["en", "sw", "fr"])
def test_what_the_checks_find_can_be_told(language: str) -> None:
    register = RegisterFacts(CareType.IN_PATIENT, 2, Decimal(1), 30)
    visit = replace(VISIT, facility_care_type=CareType.OUT_PATIENT)
    found: list[Finding] = [
        *check_line(LineFacts(Decimal(2), register, False, (DAY,)), visit),
        *check_line(replace(LINE, register=None), VISIT),
        *check_claim(replace(CLAIM, date_to=BEFORE, filed_on=NEXT + timedelta(days=99), today=BEFORE), EVERYTHING),
        *check_claim(replace(CLAIM, facility=FacilityFacts(active=False)), EVERYTHING),
        *check_claim(replace(CLAIM, patient=PatientFacts(died_on=BEFORE)), EVERYTHING),
        *check_claim(replace(CLAIM, similar=(SimilarClaim("A", DAY, None, ClaimStatus.PAID),)), EVERYTHING),
    ]
    assert all("{" not in finding_message(finding, language) for finding in found)
    assert len({finding.reason for finding in found}) == 12


@given(st.permutations(LINE_ORDER), st.integers(1, len(LINE_ORDER)))
def test_the_reason_does_not_depend_on_who_ran_a_check_first(order: list[RejectionReason], found: int) -> None:
    findings = [Finding(reason) for reason in order[:found]]
    assert first_reason(findings) == min(order[:found], key=LINE_ORDER.index)
