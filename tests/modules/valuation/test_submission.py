"""Cover at submission: which policy pays, what waiting periods and limits leave, and what is noted of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from core.testing import actor
from modules.claim.rules import ClaimStatus
from modules.insuree.testing import make_insuree
from modules.medical.models import Service
from modules.medical.rules import ServiceCategory
from modules.policy.models import Cover
from modules.policy.rules import PolicyStage
from modules.policy.testing import make_policy
from modules.product.testing import make_product
from tests.modules.claim.world import CARE_ON
from tests.modules.valuation.scheme import SUBMIT, Scheme, co_insurance, fixed, lines


async def test_a_covered_claim_is_checked_and_says_who_pays(scheme: Scheme) -> None:
    policy = await scheme.insure()
    claim = await scheme.handed_in()
    code = (await scheme.product(policy)).code
    assert (claim["status"], claim["approved"], claim["valuated"]) == ("CHECKED", "13000.00", None)
    assert [line["product"] for line in lines(claim)] == [{"code": code}] * 5
    assert {line["priceOrigin"] for line in lines(claim)} == {"PRICE_LIST"}
    assert {line["limitationValue"] for line in lines(claim)} == {"100.00"}


async def test_a_facility_sees_the_product_but_not_the_policy_of_a_family_elsewhere(scheme: Scheme) -> None:
    policy = await scheme.insure()
    entered = await scheme.claim()
    [at_the_clinic] = await scheme.hand_in(entered)
    assert [line["policy"] for line in lines(at_the_clinic)] == [None] * 5
    [result] = await scheme.process(entered.id)
    assert lines(result["claim"])[0]["policy"] == {"id": str(policy.id)}


async def test_care_on_a_day_without_cover_is_rejected_with_21_and_its_lines_with_7(scheme: Scheme) -> None:
    await scheme.insure(starts_on=CARE_ON + timedelta(days=1))
    claim = await scheme.handed_in()
    assert (claim["status"], claim["rejectionReason"]) == ("REJECTED", "NO_COVER")
    assert claim["findings"][0]["message"] == "No policy covers the patient on 2026-06-10."
    assert {line["rejectionReason"] for line in lines(claim)} == {"PATIENT_OR_FAMILY_CLOSED"}
    assert await scheme.usage() == []


async def test_the_day_of_admission_decides_and_the_stay_belongs_to_that_policy_decision_27(scheme: Scheme) -> None:
    policy = await scheme.insure(starts_on=date(2025, 6, 11))
    claim = await scheme.handed_in(date_to=CARE_ON + timedelta(days=2))
    assert claim["status"] == "CHECKED"
    assert (await scheme.usage())[0].policy_id == policy.id


async def test_what_no_product_covers_is_refused_with_3(scheme: Scheme) -> None:
    await scheme.insure(covers=scheme.clinic.items)
    claim = await scheme.handed_in(scheme.clinic.items[0], scheme.clinic.services[0])
    assert [line["rejectionReason"] for line in lines(claim)] == [None, "NOT_COVERED"]
    assert claim["approved"] == "1000.00"


async def test_the_waiting_period_of_a_new_policy_refuses_with_17_v16(scheme: Scheme) -> None:
    await scheme.insure({scheme.clinic.items[0]: {"waiting_period_adult": 6}}, starts_on=CARE_ON - timedelta(days=2))
    claim = await scheme.handed_in(scheme.clinic.items[0])
    assert (claim["rejectionReason"], lines(claim)[0]["rejectionReason"]) == ("NOT_IN_REGISTER", "WAITING_PERIOD")
    assert lines(claim)[0]["findings"][0]["message"] == "Covered only from 2026-12-08 on."


async def test_a_child_without_a_waiting_period_is_accepted_v18(scheme: Scheme) -> None:
    child = await make_insuree(scheme.session, scheme.family, birth_date=date(2015, 1, 1))
    waiting = {"waiting_period_adult": 6, "waiting_period_child": 0}
    await scheme.insure({scheme.clinic.items[0]: waiting}, starts_on=CARE_ON - timedelta(days=2))
    assert (await scheme.handed_in(scheme.clinic.items[0], patient=child))["status"] == "CHECKED"


async def test_a_renewal_does_not_wait(scheme: Scheme) -> None:
    renewal = {"stage": PolicyStage.RENEWAL}
    waiting = {scheme.clinic.items[0]: {"waiting_period_adult": 6}}
    await scheme.insure(waiting, starts_on=CARE_ON - timedelta(days=2), policy=renewal)
    assert (await scheme.handed_in(scheme.clinic.items[0]))["status"] == "CHECKED"


async def test_a_suspension_in_between_does_not_start_the_waiting_anew(scheme: Scheme) -> None:
    policy = await scheme.insure({scheme.clinic.items[0]: {"waiting_period_adult": 4}})
    of_patient = (Cover.policy_id == policy.id, Cover.insuree_id == scheme.patient.id)
    await scheme.session.execute(update(Cover).where(*of_patient).values(ends_on=date(2026, 3, 1)))
    later = Cover(
        policy_id=policy.id, insuree_id=scheme.patient.id, starts_on=date(2026, 5, 1), ends_on=policy.expires_on
    )
    scheme.session.add(later)
    await scheme.session.commit()
    assert (await scheme.handed_in(scheme.clinic.items[0]))["status"] == "CHECKED"
    gap = await scheme.handed_in(scheme.clinic.items[0], on=date(2026, 4, 1))
    assert gap["rejectionReason"] == "NO_COVER"


async def test_a_quantity_above_what_the_limit_leaves_is_cut_and_shown_d20(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 10}})
    await scheme.handed_in((drug, 8), on=date(2026, 5, 1))
    claim = await scheme.handed_in((drug, 5))
    [line] = claim["items"]
    assert (line["status"], line["quantityApproved"], claim["approved"]) == ("PASSED", "2.00", "2000.00")
    assert line["findings"] == [
        {
            "code": "MAX_PROVISIONS",
            "parameters": {"maximum": "10", "used": "8.00"},
            "rejects": False,
            "message": "At most 10 of this may be given; 8.00 were used before.",
        }
    ]


async def test_a_reviewer_approves_no_more_than_a_limit_leaves(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 10}})
    await scheme.handed_in((drug, 8), on=date(2026, 5, 1))
    claim = await scheme.handed_in((drug, 5))

    async def review(**line: Any) -> Any:
        nonlocal claim
        given = {"lineNo": 1, **line}
        payload = await scheme.change("reviewClaim", claim, scheme.doctor(), lines=[given])
        claim = payload["claim"] or claim
        return [error["code"] for error in payload["errors"]] or claim["items"][0]["quantityApproved"]

    assert await review(quantityApproved="3") == ["QUANTITY_ABOVE_LIMIT"]
    assert await review(quantityApproved="6") == ["QUANTITY_ABOVE_PROVIDED"]
    assert await review(quantityApproved="1") == "1.00"
    assert await review(quantityApproved=None) == "2.00"
    other = await scheme.handed_in((drug, 1), scheme.clinic.items[1], on=date(2026, 6, 11))
    assert lines(other)[0]["rejectionReason"] == "MAX_PROVISIONS"


async def test_a_line_accepted_again_keeps_what_the_limit_left(scheme: Scheme) -> None:
    drug, rest = scheme.clinic.items[:2]
    await scheme.insure({drug: {"limit_number_adult": 3}, rest: {}})
    claim = await scheme.handed_in((drug, 5), rest)
    rejected = {"lineNo": 1, "status": "REJECTED", "justification": "Not needed"}
    claim = (await scheme.change("reviewClaim", claim, scheme.doctor(), lines=[rejected]))["claim"]
    again = await scheme.change("reviewClaim", claim, scheme.doctor(), lines=[{"lineNo": 1, "status": "PASSED"}])
    assert again["claim"]["items"][0]["quantityApproved"] == "3.00"
    assert again["claim"]["approved"] == "4000.00"


async def test_a_used_up_limit_refuses_with_16_v11(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 1}})
    await scheme.handed_in(drug, on=date(2026, 5, 1))
    assert lines(await scheme.handed_in(drug))[0]["rejectionReason"] == "MAX_PROVISIONS"


async def test_claims_handed_in_together_share_a_limit(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 3}})
    entered = [await scheme.claim((drug, 2), on=date(2026, 5, day)) for day in (1, 2, 3)]
    claims = await scheme.hand_in(*entered)
    assert [lines(claim)[0]["quantityApproved"] for claim in claims] == [None, "1.00", "0.00"]
    assert [claim["status"] for claim in claims] == ["CHECKED", "CHECKED", "REJECTED"]


async def test_the_limit_of_another_period_is_not_used(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    product = await make_product(scheme.session, covers={drug: {"limit_number_adult": 1}})
    for year in (2025, 2026):
        await make_policy(scheme.session, scheme.family, product, starts_on=date(year, 1, 1))
    await scheme.session.commit()
    await scheme.handed_in(drug, on=date(2025, 12, 31))
    assert (await scheme.handed_in(drug))["status"] == "CHECKED"


async def test_a_stay_uses_the_limits_of_the_policy_of_its_admission_decision_27(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    limits = {"category_limits": {ServiceCategory.HOSPITALISATION: (1, 0)}}
    product = await make_product(scheme.session, covers={drug: {"limit_number_adult": 1}}, **limits)
    for year in (2025, 2026):
        await make_policy(scheme.session, scheme.family, product, starts_on=date(year, 1, 1))
    await scheme.session.commit()
    await scheme.handed_in(drug, on=date(2025, 12, 30), date_to=date(2026, 1, 2))
    same_year = await scheme.handed_in(drug, on=date(2025, 12, 20), date_to=date(2025, 12, 22))
    assert lines(same_year)[0]["rejectionReason"] == "MAX_PROVISIONS"
    assert {finding["code"] for finding in lines(same_year)[0]["findings"]} == {"MAX_PROVISIONS", "MAX_ADMISSIONS"}
    assert (await scheme.handed_in(drug, date_to=CARE_ON + timedelta(days=2)))["status"] == "CHECKED"


@pytest.mark.parametrize(
    ("category", "reason"),
    [
        (ServiceCategory.CONSULTATION, "MAX_CONSULTATIONS"),
        (ServiceCategory.SURGERY, "MAX_SURGERIES"),
        (ServiceCategory.DELIVERY, "MAX_DELIVERIES"),
        (ServiceCategory.ANTENATAL, "MAX_ANTENATAL"),
        (ServiceCategory.HOSPITALISATION, "MAX_ADMISSIONS"),
        (ServiceCategory.VISIT, "MAX_VISITS"),
    ],
)
async def test_a_used_up_category_refuses_the_whole_claim(
    scheme: Scheme, category: ServiceCategory, reason: str
) -> None:
    act = scheme.clinic.services[0]
    await scheme.session.execute(update(Service).where(Service.id == act.id).values(category=category))
    await scheme.insure(category_limits={category: (1, 0)})
    first = await scheme.handed_in(act, scheme.clinic.items[0], on=date(2026, 5, 1))
    assert (first["status"], first["category"]) == ("CHECKED", category)
    second = await scheme.handed_in(act, scheme.clinic.items[0])
    assert second["status"] == "REJECTED"
    assert [line["rejectionReason"] for line in lines(second)] == [reason, reason]


async def test_a_rejected_claim_uses_up_nothing_decision_29(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 1}})
    first = await scheme.handed_in(drug, on=date(2026, 5, 1))
    assert len(await scheme.usage()) == 1
    await scheme.change("rejectClaim", first, scheme.doctor(), reason="Forged")
    assert await scheme.usage() == []
    assert (await scheme.handed_in(drug))["status"] == "CHECKED"


async def test_a_returned_claim_is_forgotten_and_covered_again_decision_29(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"limit_number_adult": 1}})
    entered = await scheme.claim(drug)
    [claim] = await scheme.hand_in(entered)
    await scheme.change("returnClaim", claim, scheme.doctor(), reason="Check the date")
    assert await scheme.usage() == []
    [again] = await scheme.hand_in(entered)
    assert (again["status"], len(await scheme.usage())) == ("CHECKED", 1)


async def test_of_two_policies_the_one_that_leaves_least_to_the_patient_pays_d14(scheme: Scheme) -> None:
    act = scheme.clinic.items[0]
    await scheme.insure({act: {"limits": [fixed(800)]}})
    best = await scheme.insure({act: {"limits": [co_insurance(90)]}})
    claim = await scheme.handed_in(act)
    assert lines(claim)[0]["product"] == {"code": (await scheme.product(best)).code}
    assert (lines(claim)[0]["limitationType"], lines(claim)[0]["limitationValue"]) == ("CO_INSURANCE", "90.00")


async def test_a_policy_whose_waiting_period_runs_is_passed_over(scheme: Scheme) -> None:
    drug = scheme.clinic.items[0]
    await scheme.insure({drug: {"waiting_period_adult": 12}})
    other = await scheme.insure({drug: {}})
    claim = await scheme.handed_in(drug)
    assert lines(claim)[0]["product"] == {"code": (await scheme.product(other)).code}


async def test_submission_notes_what_the_claim_will_take_decision_29(scheme: Scheme) -> None:
    policy = await scheme.insure()
    await scheme.handed_in()
    [usage] = await scheme.usage()
    assert (usage.policy_id, usage.insuree_id) == (policy.id, scheme.patient.id)
    assert (usage.remunerated, usage.remunerated_out_patient, usage.remunerated_in_patient) == (
        Decimal(13000),
        Decimal(13000),
        None,
    )


async def test_eligibility_knows_what_claims_took_a19(scheme: Scheme) -> None:
    act = scheme.clinic.services[0]
    await scheme.insure({act: {"limit_number_adult": 20}}, ceiling_type="INSUREE", ceiling=Decimal(50_000))
    await scheme.handed_in((act, 7))
    document = """query($number: String!, $service: String!) {
        eligibility(insuranceNumber: $number, serviceCode: $service) {
            service { remaining } remaining { ceiling visits } } }"""
    variables = {"number": scheme.patient.insurance_number, "service": act.code}
    answer = await scheme.api(document, variables, actor=scheme.nurse())
    assert answer.data["eligibility"] == {
        "service": {"remaining": "13.00"},
        "remaining": {"ceiling": "15000.00", "visits": None},
    }


@pytest.mark.parametrize(
    ("terms", "left"),
    [
        ({"ceiling_type": "INSUREE", "ceiling": 50_000}, "50000.00"),
        ({"ceiling_type": "POLICY", "ceiling": 50_000}, "37000.00"),
        ({"ceiling_type": "TREATMENT", "ceiling": 50_000}, "50000.00"),
        ({"ceiling_type": "POLICY", "ceiling_out_patient": 50_000}, "37000.00"),
        (
            {"ceiling_type": "POLICY", "ceiling": 50_000, "threshold": 1, "policy_ceiling_extra_member": 1_000},
            "41000.00",  # four members above the threshold
        ),
        ({}, None),
    ],
)
async def test_eligibility_tells_what_the_ceiling_leaves_after_others_of_the_family_a19(
    scheme: Scheme, terms: dict[str, Any], left: str | None
) -> None:
    other = await make_insuree(scheme.session, scheme.family)
    await scheme.insure(**terms)
    await scheme.handed_in()
    document = "query($number: String!) { eligibility(insuranceNumber: $number) { remaining { ceiling } } }"
    answer = await scheme.api(document, {"number": other.insurance_number}, actor=scheme.nurse())
    assert answer.data["eligibility"]["remaining"] == {"ceiling": left}


async def test_a_policy_whose_cover_was_used_cannot_be_deleted(scheme: Scheme) -> None:
    policy = await scheme.insure()
    document = "mutation($input: DeletePolicyInput!) { deletePolicy(input: $input) { errors { code } } }"
    input = {"input": {"id": policy.id, "expectedVersion": policy.version}}
    await scheme.handed_in()
    answer = await scheme.api(document, input, actor=actor("CLERK"))
    assert answer.data["deletePolicy"]["errors"] == [{"code": "POLICY_USED"}]


async def test_fifty_claims_cost_as_many_statements_as_one(scheme: Scheme) -> None:
    await scheme.insure()
    one = await scheme.claim(on=date(2026, 3, 1))
    fifty = [await scheme.claim(on=date(2026, 4, 1) + timedelta(days=day)) for day in range(50)]
    first = await scheme.api(SUBMIT, {"input": {"ids": [one.id]}}, actor=scheme.nurse())
    many = await scheme.api(SUBMIT, {"input": {"ids": [claim.id for claim in fifty]}}, actor=scheme.nurse())
    results = many.data["submitClaims"]["results"]
    assert [result["claim"]["status"] for result in results] == [ClaimStatus.CHECKED] * 50
    assert many.statements == first.statements
