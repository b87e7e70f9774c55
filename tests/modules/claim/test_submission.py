"""Handing claims in: what passes, what is refused and why, and that many claims cost as many statements as one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from core.testing import actor
from modules.claim.models import ClaimLine
from modules.claim.rules import ClaimStatus
from modules.claim.testing import make_clinic
from modules.insuree.models import InsureeStatus
from modules.insuree.testing import make_family, make_insuree
from modules.location.rules import CareType, FacilityStatus
from modules.location.testing import make_facility
from modules.medical.rules import ServiceCategory
from modules.medical.testing import make_item, make_price_list, make_service
from tests.modules.claim.world import SUBMIT, World

STRICT = pytest.mark.profile("tests/modules/claim/strict.toml")


def codes(thing: dict[str, Any]) -> list[str]:
    """What was found, in order."""
    return [finding["code"] for finding in thing["findings"]]


async def change(world: World, row: Any, **fields: Any) -> None:
    """Change a row of a register as if it had been so all along."""
    await world.session.execute(update(type(row)).where(type(row).id == row.id).values(**fields))
    await world.session.commit()


async def test_a_claim_whose_lines_are_on_the_price_list_is_checked(world: World) -> None:
    claim = await world.submitted()
    assert (claim["status"], claim["rejectionReason"], claim["findings"]) == ("CHECKED", None, [])
    assert (claim["claimed"], claim["approved"], claim["category"]) == ("13000.00", "13000.00", "VISIT")
    assert [line["priceAdjusted"] for line in claim["items"]] == ["1000.00"] * 3


async def test_the_approved_amount_is_at_the_price_list_whatever_was_asked(world: World) -> None:
    claim = await world.claim(world.clinic.services[0], claimed=Decimal(8000))
    await world.session.execute(update(ClaimLine).where(ClaimLine.claim_id == claim.id).values(price_asked=8000))
    await world.session.commit()
    [result] = await world.submit(claim)
    assert (result["claim"]["claimed"], result["claim"]["approved"]) == ("8000.00", "5000.00")


@pytest.mark.parametrize(
    ("categories", "category"),
    [
        ([ServiceCategory.SURGERY], "SURGERY"),
        ([ServiceCategory.HOSPITALISATION, ServiceCategory.OTHER, None, ServiceCategory.SURGERY], "SURGERY"),
        ([None], "VISIT"),
    ],
)
async def test_the_services_decide_the_category_v01_v03(
    world: World, categories: list[ServiceCategory | None], category: str
) -> None:
    services = [await make_service(world.session, category=each) for each in categories]
    await make_price_list(world.session, dict.fromkeys(services), world.clinic.facility)
    assert (await world.submitted(*services))["category"] == category


async def test_an_item_that_left_the_register_before_the_care_is_refused_with_1(world: World) -> None:
    item = world.clinic.items[0]
    await change(world, item, ended_at=datetime(2026, 6, 9, 9, tzinfo=UTC))
    claim = await world.submitted(item, world.clinic.items[1])
    assert claim["status"] == "CHECKED"
    assert claim["approved"] == "1000.00"
    [refused, passed] = claim["items"]
    assert (refused["status"], refused["rejectionReason"]) == ("REJECTED", "NOT_IN_REGISTER")
    assert refused["quantityApproved"] == "0.00"
    assert (passed["status"], passed["rejectionReason"], passed["quantityApproved"]) == ("PASSED", None, None)


async def test_an_item_that_left_the_register_after_the_care_passes(world: World) -> None:
    item = world.clinic.items[0]
    await change(world, item, ended_at=datetime(2026, 6, 12, 9, tzinfo=UTC))
    assert (await world.submitted(item))["status"] == "CHECKED"


async def test_a_facility_without_price_lists_has_every_claim_rejected_with_1_v06(world: World) -> None:
    item, service = await make_item(world.session), await make_service(world.session)
    bare = await make_clinic(world.session, world.district, items=0, services=0)
    claim = await world.claim(item, service, clinic=bare)
    [result] = await world.submit(claim, by=actor("CLAIM_ADMINISTRATOR", facility=[bare.facility.id]))
    assert (result["claim"]["status"], result["claim"]["rejectionReason"]) == ("REJECTED", "NOT_IN_REGISTER")
    assert result["claim"]["approved"] == "0.00"
    assert [line["rejectionReason"] for line in (*result["claim"]["items"], *result["claim"]["services"])] == [
        "NOT_IN_PRICE_LIST",
        "NOT_IN_PRICE_LIST",
    ]
    [finding] = result["claim"]["items"][0]["findings"]
    assert (finding["number"], finding["parameters"]) == (2, {"on": "2026-06-10"})
    assert finding["message"] == "The facility's price list does not hold this on 2026-06-10."


async def test_findings_speak_the_language_of_the_reader(world: World) -> None:
    bare = await make_clinic(world.session, world.district, items=0, services=0)
    claim = await world.claim(await make_item(world.session), clinic=bare)
    await world.session.commit()
    answer = await world.api(
        SUBMIT,
        {"input": {"ids": [claim.id]}},
        actor=actor("CLAIM_ADMINISTRATOR", facility=[bare.facility.id]),
        language="sw",
    )
    [line] = answer.data["submitClaims"]["results"][0]["claim"]["items"]
    assert line["findings"][0]["message"] == "Orodha ya bei ya kituo haina hii tarehe 2026-06-10."


async def test_a_service_for_men_given_to_a_woman_is_refused_with_4_v09(world: World) -> None:
    await change(world, world.clinic.services[0], patient_mask=1)
    await change(world, world.patient, gender_code="F")
    claim = await world.submitted(world.clinic.services[0])
    assert claim["services"][0]["rejectionReason"] == "PATIENT_CATEGORY"
    assert claim["rejectionReason"] == "NOT_IN_REGISTER"


async def test_an_in_patient_service_at_an_out_patient_facility_is_refused_with_10(world: World) -> None:
    await change(world, world.clinic.services[0], care_type=CareType.IN_PATIENT)
    await change(world, world.clinic.facility, care_type=CareType.OUT_PATIENT)
    claim = await world.submitted(world.clinic.services[0], world.clinic.services[1])
    assert [line["rejectionReason"] for line in claim["services"]] == ["CARE_TYPE", None]


async def test_more_on_a_line_than_the_register_allows_is_refused_with_16(world: World) -> None:
    await change(world, world.clinic.items[0], maximum_quantity=Decimal(30))
    claim = await world.submitted((world.clinic.items[0], 31))
    assert claim["items"][0]["rejectionReason"] == "MAX_PROVISIONS"
    assert claim["items"][0]["findings"][0]["parameters"] == {"maximum": "30.00", "used": 0}


async def test_what_was_given_too_recently_is_refused_with_5(world: World) -> None:
    await change(world, world.clinic.items[0], frequency_days=30)
    assert (await world.submitted(world.clinic.items[0], on=date(2026, 5, 20)))["status"] == "CHECKED"
    claim = await world.submitted(world.clinic.items[0])
    assert claim["items"][0]["rejectionReason"] == "FREQUENCY"
    assert claim["items"][0]["findings"][0]["message"] == "Given on 2026-05-20; at least 30 days must lie between."


async def test_of_claims_handed_in_together_the_earlier_care_counts_for_the_later(world: World) -> None:
    await change(world, world.clinic.items[0], frequency_days=30)
    later = await world.claim(world.clinic.items[0])
    earlier = await world.claim(world.clinic.items[0], on=date(2026, 5, 20))
    results = await world.submit(later, earlier)
    assert [result["id"] for result in results] == [str(later.id), str(earlier.id)]
    assert [result["claim"]["status"] for result in results] == ["REJECTED", "CHECKED"]


async def test_everything_that_can_be_checked_is_told_and_the_first_is_the_reason_decision_25(world: World) -> None:
    await change(world, world.clinic.services[0], patient_mask=1, care_type=CareType.IN_PATIENT)
    await change(world, world.clinic.facility, care_type=CareType.OUT_PATIENT)
    await change(world, world.patient, gender_code="F")
    claim = await world.submitted(world.clinic.services[0])
    assert codes(claim["services"][0]) == ["CARE_TYPE", "PATIENT_CATEGORY"]
    assert claim["services"][0]["rejectionReason"] == "CARE_TYPE"


async def test_a_claim_dated_before_the_care_is_rejected_with_9_and_so_are_its_lines(world: World) -> None:
    claim = await world.submitted(claimed_on=date(2026, 6, 9))
    assert (claim["status"], claim["rejectionReason"], claim["approved"]) == ("REJECTED", "DATES_INVALID", "0.00")
    assert {line["rejectionReason"] for line in (*claim["items"], *claim["services"])} == {"DATES_INVALID"}
    assert claim["findings"][0]["number"] == 9


async def test_care_that_ends_before_it_starts_is_rejected_with_31(world: World) -> None:
    claim = await world.submitted(date_to=date(2026, 6, 9), claimed_on=date(2026, 6, 10))
    assert (claim["rejectionReason"], codes(claim)) == ("END_BEFORE_START", ["END_BEFORE_START"])


async def test_care_in_the_future_is_rejected_with_32(world: World) -> None:
    claim = await world.submitted(on=date(2026, 6, 16))
    assert (claim["rejectionReason"], claim["findings"][0]["parameters"]) == ("IN_FUTURE", {"on": "2026-06-16"})


@STRICT
async def test_a_claim_after_the_filing_deadline_is_rejected_with_33(world: World) -> None:
    claim = await world.submitted(on=date(2026, 5, 15), claimed_on=date(2026, 5, 15))
    assert claim["rejectionReason"] == "FILED_LATE"
    assert (await world.submitted(on=date(2026, 5, 16), claimed_on=date(2026, 5, 16)))["status"] == "CHECKED"


@pytest.mark.parametrize(
    "fields",
    [
        {"status": FacilityStatus.INACTIVE},
        {"contract_from": date(2026, 6, 11), "contract_to": date(2027, 6, 11)},
        {"contract_from": date(2025, 6, 9), "contract_to": date(2026, 6, 9)},
    ],
)
async def test_a_facility_that_is_not_active_or_has_no_contract_is_rejected_with_34(
    world: World, fields: dict[str, Any]
) -> None:
    await change(world, world.clinic.facility, **fields)
    assert (await world.submitted())["rejectionReason"] == "FACILITY_NOT_CONTRACTED"


@pytest.mark.parametrize("status", [InsureeStatus.INACTIVE, InsureeStatus.DEAD])
async def test_a_patient_who_was_inactive_or_dead_is_rejected_with_35(world: World, status: InsureeStatus) -> None:
    await change(world, world.patient, status=status, status_on=date(2026, 6, 9))
    assert (await world.submitted())["rejectionReason"] == "PATIENT_NOT_ACTIVE"


async def test_a_patient_who_died_after_the_care_is_no_reason(world: World) -> None:
    await change(world, world.patient, status=InsureeStatus.DEAD, status_on=date(2026, 6, 12))
    assert (await world.submitted())["status"] == "CHECKED"


@STRICT
async def test_a_hospital_needs_a_referral_36(world: World) -> None:
    await change(world, world.clinic.facility, level_code="H")
    assert (await world.submitted())["rejectionReason"] == "REFERRAL_MISSING"
    dispensary = await make_facility(world.session, world.district)
    referred = await world.submitted(on=date(2026, 6, 11), referred_from_id=dispensary.id)
    assert referred["status"] == "CHECKED"


@STRICT
async def test_a_facility_outside_the_patients_district_is_rejected_with_37(world: World) -> None:
    stranger = await make_insuree(world.session, await make_family(world.session))
    assert (await world.submitted(patient=stranger))["rejectionReason"] == "OUTSIDE_AREA"


async def test_a_possible_duplicate_is_shown_with_6_but_not_rejected_rule_2_16(world: World) -> None:
    first = await world.submitted(code="FIRST")
    second = await world.submitted()
    assert (first["status"], second["status"], codes(second)) == ("CHECKED", "CHECKED", ["DUPLICATE"])
    assert second["findings"][0]["rejects"] is False
    assert second["findings"][0]["parameters"] == {"claims": "FIRST"}


@STRICT
async def test_a_scheme_may_reject_duplicates_6(world: World) -> None:
    await world.submitted()
    assert (await world.submitted())["rejectionReason"] == "DUPLICATE"


@pytest.mark.parametrize("closed", ["insuree", "family"])
async def test_a_patient_or_family_no_longer_registered_is_rejected_with_7(world: World, closed: str) -> None:
    claim = await world.claim()
    row = world.patient if closed == "insuree" else world.family
    await change(world, row, ended_at=datetime(2026, 6, 1, tzinfo=UTC))
    [result] = await world.submit(claim)
    assert result["claim"]["rejectionReason"] == "PATIENT_OR_FAMILY_CLOSED"


async def test_a_claim_is_handed_in_once(world: World) -> None:
    claim = await world.claim()
    await world.submit(claim)
    [again] = await world.submit(claim)
    assert again["errors"] == [{"code": "ILLEGAL_TRANSITION", "path": []}]
    assert again["claim"]["status"] == "CHECKED"


async def test_one_claim_that_cannot_go_does_not_hold_the_others(world: World) -> None:
    claim, other = await world.claim(), await make_clinic(world.session)
    theirs = await world.claim(clinic=other)
    good, bad = await world.submit(claim, theirs)
    assert good["claim"]["status"] == "CHECKED"
    assert (bad["claim"], bad["errors"]) == (None, [{"code": "NOT_FOUND", "path": ["id"]}])


async def test_a_filter_hands_in_what_is_entered_at_the_facility(world: World) -> None:
    old, new = await world.claim(on=date(2026, 5, 31)), await world.claim()
    await world.claim(clinic=await make_clinic(world.session, world.district))
    chosen = {"healthFacilityId": world.facility_id, "dateFrom": "2026-06-01"}
    by = actor("CLAIM_ADMINISTRATOR", district=[world.district.id])
    answer = await world.api(SUBMIT, {"input": {"filter": chosen}}, actor=by)
    assert [result["id"] for result in answer.data["submitClaims"]["results"]] == [str(new.id)]
    await world.session.refresh(old)
    assert old.status is ClaimStatus.ENTERED


async def test_neither_ids_nor_a_filter_is_refused(world: World) -> None:
    answer = await world.api(SUBMIT, {"input": {}}, actor=world.nurse())
    assert answer.data["submitClaims"]["errors"] == [{"code": "REQUIRED", "path": ["ids"]}]


async def test_fifty_claims_cost_as_many_statements_as_one(world: World) -> None:
    one = await world.claim()
    members = [world.patient, *[await make_insuree(world.session, world.family) for _ in range(4)]]
    fifty = [await world.claim(patient=members[number % 5], on=date(2026, 4, 1 + number // 5)) for number in range(50)]
    first = await world.api(SUBMIT, {"input": {"ids": [one.id]}}, actor=world.nurse())
    many = await world.api(SUBMIT, {"input": {"ids": [claim.id for claim in fifty]}}, actor=world.nurse())
    assert len(many.data["submitClaims"]["results"]) == 50
    assert {result["claim"]["status"] for result in many.data["submitClaims"]["results"]} == {"CHECKED"}
    assert many.statements == first.statements


async def test_five_thousand_claims_at_a_time_are_too_many_and_told_in_few_words(world: World) -> None:
    ids = [f"00000000-0000-7000-8000-{number:012}" for number in range(5000)]
    document = "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { errors { code path } } }"
    answer = await world.api(document, {"input": {"ids": ids}}, actor=world.nurse())
    assert answer.data["submitClaims"]["errors"] == [{"code": "TOO_MANY_CLAIMS", "path": ["ids"]}]
    none = await world.api(document, {"input": {"ids": ["no id"] * 5000}}, actor=world.nurse())
    assert 1 <= len(none.errors) <= 21
