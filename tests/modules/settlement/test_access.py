from dataclasses import replace
from typing import Any

import pytest

from core.testing import actor
from modules.claim.testing import make_clinic
from modules.location.testing import make_district
from modules.settlement.testing import listed
from tests.modules.settlement.scheme import PREVIEW, YEAR, Scheme, codes, nodes

RUNS = "{ batchRuns { totalCount } }"
STATEMENTS = (
    "{ facilityStatements { nodes { amountToPay batchRun { year month } claims { nodes { claim { code } } } } } }"
)


async def seen(scheme: Scheme, query: str, who: Any, **variables: Any) -> Any:
    answer = await scheme.api(query, variables, actor=who)
    assert answer.errors == [], answer
    return next(iter(answer.data.values()))


async def test_another_regions_accountant_gets_and_sees_nothing(scheme: Scheme) -> None:
    stranger = scheme.somebody(await make_district(scheme.session))
    await scheme.claim(listed(500))
    run = await scheme.run()
    [statement] = nodes(run)
    assert codes(await scheme.try_run(6, stranger)) == [("NOT_FOUND", "locationId")]
    assert codes(await scheme.confirm(run, stranger)) == [("NOT_FOUND", "id")]
    assert codes(await scheme.undo(run, stranger)) == [("NOT_FOUND", "id")]
    await scheme.confirm(run)
    assert codes(await scheme.pay(statement, who=stranger)) == [("NOT_FOUND", "statementId")]
    assert await seen(scheme, RUNS, stranger) == {"totalCount": 0}
    assert await seen(scheme, STATEMENTS, stranger) == {"nodes": []}
    one = "query($id: ID!) { batchRun(id: $id) { id } }"
    assert await seen(scheme, one, stranger, id=run["id"]) is None
    assert await seen(scheme, RUNS, scheme.accountant) == {"totalCount": 1}


async def test_another_region_is_not_previewed(scheme: Scheme) -> None:
    stranger = scheme.somebody(await make_district(scheme.session))
    await scheme.session.commit()
    place = {"location": scheme.region.id, "year": YEAR, "month": 5}
    answer = await scheme.api(PREVIEW, place, actor=stranger)
    assert [error["extensions"]["code"] for error in answer.errors] == ["BAD_REQUEST"]


async def test_a_region_is_settled_by_who_works_in_all_of_it(scheme: Scheme) -> None:
    other = await make_district(scheme.session, scheme.region)
    await scheme.session.commit()
    assert codes(await scheme.try_run()) == [("NOT_FOUND", "locationId")]
    whole = scheme.somebody(scheme.district, other)
    assert codes(await scheme.try_run(who=whole)) == []
    assert await seen(scheme, RUNS, scheme.accountant) == {"totalCount": 0}
    assert await seen(scheme, RUNS, whole) == {"totalCount": 1}


async def test_national_products_are_settled_at_headquarters_only_decision_33(scheme: Scheme) -> None:
    assert codes(await scheme.try_run(locationId=None)) == [("NOT_FOUND", "locationId")]
    assert codes(await scheme.try_run(who=actor("ACCOUNTANT"), locationId=None)) == []
    assert await seen(scheme, RUNS, scheme.accountant) == {"totalCount": 0}


@pytest.mark.parametrize("level", ["ward_id", "village_id"])
async def test_wards_and_villages_have_no_runs(scheme: Scheme, level: str) -> None:
    family = scheme.family
    village = await scheme.session.get_one(type(scheme.district), family.location_id)
    payload = await scheme.try_run(who=actor("ACCOUNTANT"), locationId=getattr(village, level))
    assert codes(payload) == [("NOT_FOUND", "locationId")]


async def test_a_facility_sees_its_own_statement_once_it_is_confirmed(scheme: Scheme) -> None:
    other = await make_clinic(scheme.session, scheme.district)
    claim = await scheme.claim(listed(500))
    await scheme.claim(listed(70), clinic=other)
    run = await scheme.run()
    assert await seen(scheme, STATEMENTS, scheme.nurse()) == {"nodes": []}
    await scheme.confirm(run)
    statement = {
        "amountToPay": "500.00", "batchRun": {"year": YEAR, "month": 5},
        "claims": {"nodes": [{"claim": {"code": claim.code}}]},
    }  # fmt: skip
    assert await seen(scheme, STATEMENTS, scheme.nurse()) == {"nodes": [statement]}
    of_facility = "query($id: ID!) { healthFacility(id: $id) { statements { nodes { amountToPay } } } }"
    for clinic, expected in ((scheme.clinic, [{"amountToPay": "500.00"}]), (other, [])):
        found = await seen(scheme, of_facility, scheme.nurse(), id=clinic.facility.id)
        assert found == {"statements": {"nodes": expected}}


async def test_a_facility_sees_the_run_of_its_claim_but_not_what_others_get(scheme: Scheme) -> None:
    claim = await scheme.claim(listed(500))
    run = await scheme.confirmed()
    assert (await scheme.look(claim, scheme.nurse()))["batchRun"] == {"id": run["id"]}
    total = "query($id: ID!) { claim(id: $id) { batchRun { amountToPay } } }"
    answer = await scheme.api(total, {"id": claim.id}, actor=scheme.nurse())
    assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_whoever_has_the_right_for_a_part_only_sees_the_totals_of_that_part(scheme: Scheme) -> None:
    other = await make_clinic(scheme.session, scheme.district)
    claim = await scheme.claim(listed(500))
    await scheme.claim(listed(700), clinic=other)
    await scheme.confirmed()
    total = "query($id: ID!) { claim(id: $id) { batchRun { amountToPay claimCount } } }"
    nurse = scheme.nurse()
    both = replace(nurse, rights=nurse.rights | {"settlement.batch_run.read"})
    seen = (await scheme.api(total, {"id": claim.id}, actor=both)).data["claim"]["batchRun"]
    assert seen == {"amountToPay": "500.00", "claimCount": 1}
    whole = (await scheme.api(total, {"id": claim.id}, actor=actor("ACCOUNTANT", "MEDICAL_OFFICER"))).data
    assert whole["claim"]["batchRun"] == {"amountToPay": "1200.00", "claimCount": 2}


async def test_who_pays_for_care_elsewhere_sees_the_statement_of_that_facility(scheme: Scheme) -> None:
    elsewhere = await make_clinic(scheme.session)
    await scheme.claim(listed(500), clinic=elsewhere)
    run = await scheme.confirmed()
    assert [each["amountToPay"] for each in nodes(run)] == ["500.00"]
    assert (await scheme.pay(nodes(run)[0]))["errors"] == []
    there = actor("ACCOUNTANT", district=[elsewhere.facility.location_id])
    assert [each["amountToPay"] for each in (await seen(scheme, STATEMENTS, there))["nodes"]] == ["500.00"]


@pytest.mark.parametrize(
    ("mutation", "input"),
    [
        ("runBatch", {"year": YEAR, "month": 5}),
        ("confirmBatchRun", {"id": "01975d0e-0000-7000-8000-000000000000", "expectedVersion": 1}),
        ("undoBatchRun", {"id": "01975d0e-0000-7000-8000-000000000000", "expectedVersion": 1}),
        ("recordFacilityPayment", {"statementId": "01975d0e-0000-7000-8000-000000000000", "reference": "T1"}),
        (
            "recordAdjustment",
            {"claimId": "01975d0e-0000-7000-8000-000000000000", "amount": "1", "reason": "Wrong price"},
        ),
    ],
)
async def test_only_accountants_settle(scheme: Scheme, mutation: str, input: dict[str, Any]) -> None:
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}"
    for role in ("CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER", "MANAGER"):
        answer = await scheme.api(document, {"input": input}, actor=actor(role))
        assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]


async def test_a_manager_sees_statements_but_no_runs(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    await scheme.confirmed()
    manager = scheme.somebody(role="MANAGER")
    short = "{ facilityStatements { nodes { amountToPay } } }"
    assert await seen(scheme, short, manager) == {"nodes": [{"amountToPay": "500.00"}]}
    answer = await scheme.api(RUNS, actor=manager)
    assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]
