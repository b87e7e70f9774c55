"""Entering claims at the facility, changing and deleting them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from core import Actor
from core.testing import actor
from modules.claim.testing import make_administrator, make_clinic
from modules.insuree.testing import make_family, make_insuree
from modules.location.testing import make_facility
from modules.medical.testing import make_diagnosis
from tests.modules.claim.world import CLAIM, World

CREATE = (
    "mutation($input: CreateClaimInput!) { createClaim(input: $input) {"
    f" claim {{ {CLAIM} insuree {{ insuranceNumber lastName }} mainDiagnosis {{ code }} diagnoses {{ code }}"
    " administrator { code } visitType guarantee } errors { code path message } } }"
)


def entered(world: World, **changes: Any) -> dict[str, Any]:
    """A claim for two services and three items, named as a hospital's system names them."""
    return {
        "code": "0001",
        "healthFacilityCode": world.clinic.facility.code,
        "insuranceNumber": world.patient.insurance_number,
        "mainDiagnosisCode": world.clinic.diagnosis.code,
        "dateFrom": "2026-06-10",
        "items": [{"itemCode": item.code, "quantityProvided": "2"} for item in world.clinic.items],
        "services": [{"serviceCode": service.code, "quantityProvided": "1"} for service in world.clinic.services],
        **changes,
    }


async def create(world: World, by: Actor | None = None, **changes: Any) -> Any:
    """The payload of createClaim."""
    answer = await world.api(CREATE, {"input": entered(world, **changes)}, actor=by or world.nurse())
    assert not answer.errors, answer
    return answer.data["createClaim"]


def told(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The errors as (code, path)."""
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]


async def test_a_claim_is_entered_by_the_codes_that_people_use(world: World) -> None:
    payload = await create(world)
    claim = payload["claim"]
    assert (claim["status"], claim["claimed"], claim["approved"]) == ("ENTERED", "16000.00", None)
    assert claim["insuree"]["insuranceNumber"] == world.patient.insurance_number
    assert [line["lineNo"] for line in (*claim["items"], *claim["services"])] == [1, 2, 3, 4, 5]
    assert (claim["visitType"], claim["careType"]) == ("OTHER", "OUT_PATIENT")


async def test_a_claim_is_entered_by_ids(world: World) -> None:
    other = await make_diagnosis(world.session)
    administrator = await make_administrator(world.session, world.clinic.facility)
    await world.session.commit()
    payload = await create(
        world,
        healthFacilityCode=None, healthFacilityId=world.facility_id,
        insuranceNumber=None, insureeId=world.patient.id,
        mainDiagnosisCode=None, mainDiagnosisId=world.clinic.diagnosis.id,
        diagnosisIds=[other.id], administratorId=administrator.id,
        items=[{"itemId": world.clinic.items[0].id, "quantityProvided": "1", "priceAsked": "900"}],
    )  # fmt: skip
    claim = payload["claim"]
    assert claim["diagnoses"] == [{"code": other.code}]
    assert claim["administrator"] == {"code": administrator.code}
    assert claim["items"][0]["priceAsked"] == "900.00"


async def test_a_stay_is_in_patient_care(world: World) -> None:
    assert (await create(world, dateTo="2026-06-12"))["claim"]["careType"] == "IN_PATIENT"


async def test_the_patient_may_live_anywhere(world: World) -> None:
    stranger = await make_insuree(world.session, await make_family(world.session))
    await world.session.commit()
    payload = await create(world, insuranceNumber=stranger.insurance_number)
    assert payload["claim"]["insuree"] == {"insuranceNumber": stranger.insurance_number, "lastName": "Mushi"}


async def test_the_same_code_twice_at_one_facility_is_refused_v20(world: World) -> None:
    await create(world)
    assert told(await create(world)) == [("TAKEN", "code")]


async def test_another_facility_may_use_the_same_code(world: World) -> None:
    other = await make_clinic(world.session, world.district)
    await world.session.commit()
    await create(world)
    by = actor("CLAIM_ADMINISTRATOR", district=[world.district.id])
    assert not told(await create(world, by, healthFacilityCode=other.facility.code))


async def test_another_facilitys_claims_cannot_be_entered(world: World) -> None:
    other = await make_facility(world.session, world.district)
    await world.session.commit()
    assert told(await create(world, healthFacilityCode=other.code)) == [("NOT_FOUND", "healthFacilityCode")]


async def test_whatever_is_wrong_is_told_at_once(world: World) -> None:
    payload = await create(
        world,
        insuranceNumber="999",
        mainDiagnosisCode="XX",
        guarantee="G" * 51,
        items=[{"itemCode": "nope", "quantityProvided": "1"}, {"quantityProvided": "1"}],
        services=[{"serviceCode": world.clinic.services[0].code, "quantityProvided": "2"}],
    )
    assert set(told(payload)) == {
        ("TOO_LONG", "guarantee"),
        ("NOT_FOUND", "insuranceNumber"),
        ("UNKNOWN_CODE", "mainDiagnosisCode"),
        ("UNKNOWN_CODE", "items.0.itemCode"),
        ("REQUIRED", "items.1.itemId"),
        ("EXPLANATION_MISSING", "services.0.explanation"),
    }


async def test_a_thing_is_named_once(world: World) -> None:
    payload = await create(world, insureeId=world.patient.id)
    assert told(payload) == [("NAME_ONE", "insureeId")]


@pytest.mark.parametrize("quantity", ["0", "-1", "0.001"])
async def test_a_quantity_is_more_than_nothing(world: World, quantity: str) -> None:
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": quantity}]
    assert told(await create(world, items=items)) == [("QUANTITY_MISSING", "items.0.quantityProvided")]


async def test_a_price_is_not_negative(world: World) -> None:
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": "1", "priceAsked": "-1"}]
    assert told(await create(world, items=items)) == [("NEGATIVE", "items.0.priceAsked")]


async def test_five_secondary_diagnoses_are_too_many_rule_2_1(world: World) -> None:
    codes = [(await make_diagnosis(world.session)).code for _ in range(5)]
    await world.session.commit()
    assert told(await create(world, diagnosisCodes=codes)) == [("TOO_MANY_DIAGNOSES", "diagnosisCodes")]


async def test_of_very_many_errors_the_first_hundred_are_told_and_how_many_more_there_are(world: World) -> None:
    payload = await create(world, diagnosisCodes=[f"X{number}" for number in range(5000)])
    assert len(payload["errors"]) == 101
    last = payload["errors"][-1]
    assert (last["code"], last["message"]) == ("MORE_ERRORS", "4900 more things are wrong. Mend these first.")


async def test_more_lines_than_a_claim_holds_are_refused(world: World) -> None:
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": "1"}] * 201
    assert told(await create(world, items=items)) == [("TOO_MANY_LINES", "items")]


async def test_an_administrator_of_another_facility_is_not_found(world: World) -> None:
    other = await make_administrator(world.session, await make_facility(world.session, world.district))
    await world.session.commit()
    by = actor("CLAIM_ADMINISTRATOR", district=[world.district.id])
    assert told(await create(world, by, administratorId=other.id)) == [("NOT_FOUND", "administratorId")]


async def test_a_claim_without_a_code_needs_somebody_who_makes_codes(world: World) -> None:
    assert told(await create(world, code=None)) == [("REQUIRED", "code")]


async def test_a_change_keeps_what_was_not_sent(world: World) -> None:
    claim = (await create(world, guarantee="G1"))["claim"]
    payload = await world.change("updateClaim", claim, world.nurse(), services=[], explanation="Walked in")
    changed = payload["claim"]
    assert [line["item"]["code"] for line in changed["items"]] == [item.code for item in world.clinic.items]
    assert (changed["services"], changed["claimed"], changed["version"]) == ([], "6000.00", 2)


async def test_a_change_of_lines_numbers_them_anew(world: World) -> None:
    claim = (await create(world))["claim"]
    items = [{"itemCode": world.clinic.items[2].code, "quantityProvided": "1"}]
    changed = (await world.change("updateClaim", claim, world.nurse(), items=items))["claim"]
    assert [line["lineNo"] for line in (*changed["items"], *changed["services"])] == [1, 2, 3]
    assert changed["claimed"] == "11000.00"


async def test_a_change_of_something_needed_to_nothing_is_refused(world: World) -> None:
    claim = (await create(world))["claim"]
    payload = await world.change("updateClaim", claim, world.nurse(), dateFrom=None, code=None)
    assert set(told(payload)) == {("REQUIRED", "dateFrom"), ("REQUIRED", "code")}


async def test_a_change_based_on_an_old_version_is_stale_and_shows_the_claim(world: World) -> None:
    claim = (await create(world))["claim"]
    await world.change("updateClaim", claim, world.nurse(), guarantee="G2")
    payload = await world.change("updateClaim", claim, world.nurse(), guarantee="G3")
    assert (told(payload), payload["claim"]["version"]) == ([("STALE", "expectedVersion")], 2)


async def test_a_submitted_claim_is_neither_changed_nor_deleted_rule_2_5(world: World) -> None:
    claim = await world.submitted()
    for mutation in ("updateClaim", "deleteClaim"):
        assert told(await world.change(mutation, claim, world.nurse())) == [("CLAIM_NOT_EDITABLE", "id")]


async def test_a_deleted_claim_is_gone_and_its_code_is_free(world: World) -> None:
    claim = (await create(world))["claim"]
    assert not told(await world.change("deleteClaim", claim, world.nurse()))
    assert told(await world.change("deleteClaim", claim, world.nurse())) == [("NOT_FOUND", "id")]
    assert not told(await create(world))


async def test_whoever_enters_claims_does_not_review_them(world: World) -> None:
    claim = await world.submitted()
    document = "mutation($input: RejectClaimInput!) { rejectClaim(input: $input) { errors { code } } }"
    input = {"id": claim["id"], "expectedVersion": claim["version"], "reason": "No"}
    answer = await world.api(document, {"input": input}, actor=world.nurse())
    assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"
    answer = await world.api(CREATE, {"input": entered(world)}, actor=world.doctor())
    assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_a_facility_does_is_kept_in_the_history(world: World) -> None:
    claim = (await create(world))["claim"]
    rows = select(text("table_name")).select_from(text("core_history")).where(text("changes::text LIKE :id"))
    tables = await world.session.scalars(rows, {"id": f"%{claim['id']}%"})
    assert set(tables) == {"claim_claim", "claim_line"}


async def test_a_claim_of_many_lines_costs_as_many_statements_as_one_of_few(world: World) -> None:
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": "1"}]
    few = await world.api(CREATE, {"input": entered(world, items=items)}, actor=world.nurse())
    many = await world.api(CREATE, {"input": entered(world, code="2", items=items * 100)}, actor=world.nurse())
    assert not many.data["createClaim"]["errors"]
    assert few.statements == many.statements


async def test_claims_are_read_from_the_patient_and_from_the_facility(world: World) -> None:
    claim = await world.claim(on=date(2026, 6, 1))
    document = """query($number: String!, $facility: String!, $code: String!) {
        insuree(insuranceNumber: $number) { claims { nodes { id } } }
        healthFacility(code: $facility) { claims(filter: { status: { eq: ENTERED } }) { totalCount } }
        claim(code: $code, healthFacilityCode: $facility) { id }
    }"""
    variables = {
        "number": world.patient.insurance_number, "facility": world.clinic.facility.code, "code": claim.code,
    }  # fmt: skip
    by = actor("CLAIM_ADMINISTRATOR", "RECEPTIONIST", district=[world.district.id])
    answer = await world.api(document, variables, actor=by)
    assert answer.data == {
        "insuree": {"claims": {"nodes": [{"id": str(claim.id)}]}},
        "healthFacility": {"claims": {"totalCount": 1}},
        "claim": {"id": str(claim.id)},
    }


async def test_a_facility_sees_its_own_claims_only_with_their_patients_decision_3(world: World) -> None:
    own = await world.claim()
    await world.claim(clinic=await make_clinic(world.session, world.district))
    document = "{ claims { nodes { id insuree { insuranceNumber } items { lineNo } } } }"
    answer = await world.api(document, actor=world.nurse())
    [seen] = answer.data["claims"]["nodes"]
    assert (seen["id"], seen["insuree"]["insuranceNumber"]) == (str(own.id), world.patient.insurance_number)
    elsewhere = actor("MEDICAL_OFFICER", district=[world.facility_id])
    assert (await world.api(document, actor=elsewhere)).data["claims"]["nodes"] == []


async def test_claim_administrators_are_kept_by_scheme_administrators(world: World) -> None:
    by = actor("SCHEME_ADMINISTRATOR", district=[world.district.id])
    document = """mutation($input: CreateClaimAdministratorInput!) { createClaimAdministrator(input: $input) {
        claimAdministrator { id version code healthFacility { id } } errors { code path } } }"""
    input = {"code": "CA1", "lastName": "Massawe", "otherNames": "Rehema", "healthFacilityId": world.facility_id}
    made = (await world.api(document, {"input": input}, actor=by)).data["createClaimAdministrator"]
    assert made["claimAdministrator"]["healthFacility"] == {"id": str(world.facility_id)}
    again = (await world.api(document, {"input": input}, actor=by)).data["createClaimAdministrator"]
    assert again["errors"] == [{"code": "TAKEN", "path": ["code"]}]
    document = """mutation($input: DeleteClaimAdministratorInput!) { deleteClaimAdministrator(input: $input) {
        claimAdministrator { code } errors { code path } } }"""
    input = {"id": made["claimAdministrator"]["id"], "expectedVersion": 1}
    gone = (await world.api(document, {"input": input}, actor=by)).data["deleteClaimAdministrator"]
    assert gone["errors"] == []
    listed = await world.api("{ claimAdministrators { totalCount } }", actor=by)
    assert listed.data["claimAdministrators"]["totalCount"] == 0


async def test_what_the_scheme_agreed_to_and_how_the_patient_was_is_entered(world: World) -> None:
    told_besides: dict[str, Any] = {"preAuthorised": True, "patientConditionCode": "IMPROVED", "referralCode": "RF-12"}
    made = (await create(world, **told_besides))["claim"]
    query = "query($id: ID!) { claim(id: $id) { preAuthorised patientCondition { code name } referralCode } }"
    answer = await world.api(query, {"id": made["id"]}, actor=world.nurse())
    assert answer.data["claim"] == {
        "preAuthorised": True,
        "patientCondition": {"code": "IMPROVED", "name": "Improved"},
        "referralCode": "RF-12",
    }
    cleared = {"preAuthorised": False, "patientConditionCode": None, "referralCode": None}
    assert (await world.change("updateClaim", made, world.nurse(), **cleared))["errors"] == []
    answer = await world.api(query, {"id": made["id"]}, actor=world.nurse())
    assert answer.data["claim"] == {"preAuthorised": False, "patientCondition": None, "referralCode": None}


async def test_a_claim_is_not_agreed_to_unless_it_is_said(world: World) -> None:
    made = (await create(world))["claim"]
    answer = await world.api(
        "query($id: ID!) { claim(id: $id) { preAuthorised } }", {"id": made["id"]}, actor=world.nurse()
    )
    assert answer.data["claim"] == {"preAuthorised": False}
    payload = await world.change("updateClaim", made, world.nurse(), preAuthorised=None)
    assert told(payload) == [("REQUIRED", "preAuthorised")]


async def test_an_unknown_condition_and_a_long_referral_are_told(world: World) -> None:
    payload = await create(world, patientConditionCode="HAPPY", referralCode="x" * 51)
    assert told(payload) == [("TOO_LONG", "referralCode"), ("UNKNOWN_CODE", "patientConditionCode")]


async def test_codes_are_as_long_as_the_scheme_allows(world: World) -> None:
    assert told(await create(world, code="x" * 21)) == [("TOO_LONG", "code")]
    assert told(await create(world, code="x" * 20)) == []


@pytest.mark.profile("tests/modules/claim/generous.toml")
async def test_a_scheme_may_allow_longer_codes_and_ask_for_no_explanations(world: World) -> None:
    services = [{"serviceCode": world.clinic.services[0].code, "quantityProvided": "2"}]
    assert told(await create(world, code="x" * 31, services=services)) == [("TOO_LONG", "code")]
    assert told(await create(world, code="x" * 30, services=services)) == []
