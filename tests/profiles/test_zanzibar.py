"""Zanzibar: everybody has a card, and what facilities did is recorded; nothing is sold, bought or paid for."""

from datetime import date

import psycopg

from core import Actor
from core.host import Host
from core.testing import Api, Change
from modules.location.testing import make_village
from tests.modules.claim.test_picking import pick
from tests.modules.claim.world import World

INSURANCE = ("product", "policy", "policies", "contribution", "payer", "premium", "eligibility")

ENTER = "mutation($input: CreateClaimInput!) { createClaim(input: $input) { claim { id } errors { code path } } }"
SUBMIT = "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { results { claim { status } } } }"


def named(names: set[str]) -> list[str]:
    """Those that speak of insurance."""
    return sorted(name for name in names if any(word in name.lower() for word in INSURANCE))


async def test_no_type_field_argument_or_value_of_the_schema_speaks_of_products_policies_or_contributions(
    host: Host,
) -> None:
    names: set[str] = set()
    for type_ in host.schema._schema.type_map.values():
        fields = getattr(type_, "fields", {})
        names |= {type_.name, *fields, *getattr(type_, "values", ())}
        names |= {argument for field in fields.values() for argument in getattr(field, "args", ())}
    assert named(names) == []
    assert named({right.name for right in host.rights}) == []


def test_no_table_or_column_of_the_database_speaks_of_them(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
    assert named({name for row in columns for name in row}) == []


async def test_a_household_gets_its_cards_and_a_visit_is_recorded_reviewed_and_counted(
    api: Api, change: Change, everybody: Actor, scheme: World
) -> None:
    village = await make_village(scheme.session)
    await scheme.session.commit()
    head = {"lastName": "Juma", "otherNames": "Mwanaidi", "birthDate": "1990-01-31", "genderCode": "F"}
    made = await change(
        "createFamily", "family { head { id } }", locationId=village.id, head={**head, "insuranceNumber": "ZNZ-1"}
    )
    assert made["errors"] == []
    patient = made["family"]["head"]["id"]
    clinic = scheme.clinic
    given = {
        "code": "Z-1", "healthFacilityId": clinic.facility.id, "insureeId": patient, "dateFrom": "2026-06-10",
        "claimedOn": "2026-06-10", "mainDiagnosisId": clinic.diagnosis.id, "careType": "OUT_PATIENT",
        "services": [{"serviceId": clinic.services[0].id, "quantityProvided": "1", "priceAsked": "5000"}],
    }  # fmt: skip
    entered = await api(ENTER, {"input": given}, actor=scheme.nurse())
    assert entered.data["createClaim"]["errors"] == []
    ids = [entered.data["createClaim"]["claim"]["id"]]
    submitted = await api(SUBMIT, {"input": {"ids": ids}}, actor=scheme.nurse())
    assert submitted.data["submitClaims"]["results"] == [{"claim": {"status": "CHECKED"}}], "no policy is asked for"
    assert (await pick(scheme, ids=ids, mode="ALL"))["counts"] == (1, 1, 0)
    use = "query($id: ID!) { insuree(id: $id) { claims { totalCount nodes { status approved services { service { code } } } } } }"
    recorded = (await api(use, {"id": patient}, actor=everybody)).data["insuree"]["claims"]
    service = {"service": {"code": clinic.services[0].code}}
    assert recorded == {
        "totalCount": 1,
        "nodes": [{"status": "CHECKED", "approved": "5000.00", "services": [service]}],
    }


async def test_care_that_lies_in_the_future_is_refused_here_too(scheme: World) -> None:
    claim = await scheme.submitted(on=date(2027, 1, 1))
    assert (claim["status"], claim["rejectionReason"]) == ("REJECTED", "IN_FUTURE")
