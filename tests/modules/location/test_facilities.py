from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, UserErrors, new_id
from core.host import Host
from core.testing import Api, Change, actor
from modules.location.facilities import create_facility
from modules.location.inputs import CreateHealthFacilityInput
from modules.location.models import HealthFacility, Location
from modules.location.rules import CareType
from modules.location.settings import Settings
from modules.location.testing import make_district, make_facility, make_village

FACILITY = """healthFacility {
    id code name level { code name } legalForm { code } careType status location { id } contractFrom contractTo version
    identifiers { system { code } value } catchments { nodes { location { name } percent } }
}"""


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation: as an administrator of the whole country, and answers the facility, unless told otherwise."""
    return partial(change, fields=FACILITY, who=actor("SCHEME_ADMINISTRATOR"))


def dispensary(district: Location, **fields: Any) -> dict[str, Any]:
    """What creating a dispensary takes."""
    needed = {"code": "D1", "name": "Akheri", "levelCode": "D", "legalFormCode": "G", "careType": "OUT_PATIENT"}
    return {**needed, "locationId": district.id, **fields}


async def test_a_facility_is_added_with_its_numbers_and_catchments(change: Any, session: AsyncSession) -> None:
    district, village = await make_district(session), await make_village(session, name="Nguruma")
    await session.commit()
    payload = await change(
        "createHealthFacility",
        **dispensary(district, contractFrom="2024-01-01", contractTo="2024-12-31"),
        identifiers=[{"systemCode": "HFR", "value": " 100123-4 "}],
        catchments=[{"locationId": village.id, "percent": "62.5"}],
    )
    assert payload["errors"] == []
    facility = payload["healthFacility"]
    assert facility["level"] == {"code": "D", "name": "Dispensary"}
    assert (facility["status"], facility["version"]) == ("ACTIVE", 1)
    assert facility["identifiers"] == [{"system": {"code": "HFR"}, "value": "100123-4"}]
    assert facility["catchments"]["nodes"] == [{"location": {"name": "Nguruma"}, "percent": "62.50"}]


async def test_a_list_that_is_sent_replaces_the_one_that_was_and_one_left_out_stays_rule_1_2_8(
    change: Any, session: AsyncSession
) -> None:
    facility, village = await make_facility(session), await make_village(session)
    await session.commit()
    own = {"id": facility.id, "expectedVersion": 1}
    numbers = [{"systemCode": "HFR", "value": "1"}, {"systemCode": "NHIF", "value": "2"}]
    await change("updateHealthFacility", **own, identifiers=numbers, catchments=[{"locationId": village.id}])
    payload = await change("updateHealthFacility", **own, identifiers=numbers[:1])
    assert [number["value"] for number in payload["healthFacility"]["identifiers"]] == ["1"]
    assert [share["percent"] for share in payload["healthFacility"]["catchments"]["nodes"]] == ["100.00"]
    payload = await change("updateHealthFacility", **own, catchments=None)
    assert payload["healthFacility"]["catchments"]["nodes"] == []


async def test_all_problems_of_a_facility_are_told_at_once_rule_1_2_7(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    payload = await change(
        "createHealthFacility",
        **dispensary(village, name="", levelCode="Z", contractFrom="2024-01-01"),
        identifiers=[{"systemCode": "HFR", "value": "1"}, {"systemCode": "HFR", "value": ""}],
        catchments=[{"locationId": village.district_id, "percent": "100.5"}],
    )
    assert payload.told == [
        ("REQUIRED", "name"),
        ("CONTRACT_INCOMPLETE", "contractTo"),
        ("UNKNOWN_CODE", "levelCode"),
        ("WRONG_LEVEL", "locationId"),
        ("NAMED_TWICE", "identifiers.1.systemCode"),
        ("REQUIRED", "identifiers.1.value"),
        ("NOT_FOUND", "catchments.0.locationId"),
        ("PERCENT_OUT_OF_RANGE", "catchments.0.percent"),
    ]


async def test_a_contract_ends_after_it_starts_rule_1_2_6(change: Any, session: AsyncSession) -> None:
    facility = await make_facility(session, contract_from=date(2024, 1, 1), contract_to=date(2024, 12, 31))
    await session.commit()
    own = {"id": facility.id, "expectedVersion": 1}
    payload = await change("updateHealthFacility", **own, contractTo="2023-12-31")
    assert payload.told == [("DATES_REVERSED", "contractTo")]
    payload = await change("updateHealthFacility", **own, contractFrom=None)
    assert payload.told == [("CONTRACT_INCOMPLETE", "contractFrom")]
    payload = await change("updateHealthFacility", **own, contractFrom=None, contractTo=None)
    assert payload["healthFacility"]["contractTo"] is None


async def test_a_scheme_may_ask_for_contract_dates_rule_1_2_6(
    ctx: Context, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    district = await make_district(session)
    strict = Settings(contract_dates_mandatory=True)
    monkeypatch.setattr(Host, "module_settings", lambda host, kind: strict)
    input = CreateHealthFacilityInput(
        code="D1",
        name="Akheri",
        level_code="D",
        legal_form_code="G",
        care_type=CareType.BOTH,
        location_id=district.id,
    )
    with pytest.raises(UserErrors, match="CONTRACT_INCOMPLETE"):
        await create_facility(ctx, input)


async def test_codes_of_facilities_and_numbers_in_registers_are_unique(change: Any, session: AsyncSession) -> None:
    facility = await make_facility(session, code="D1")
    district = await session.get_one(Location, facility.location_id)
    await session.commit()
    assert (await change("createHealthFacility", **dispensary(district))).told == [("TAKEN", "code")]
    number = [{"systemCode": "HFR", "value": "1"}]
    await change("updateHealthFacility", id=facility.id, expectedVersion=1, identifiers=number)
    other = dispensary(district, code="D2", identifiers=number)
    assert [code for code, _ in (await change("createHealthFacility", **other)).told] == ["TAKEN"]


async def test_facilities_are_changed_only_where_the_actor_works(api: Api, session: AsyncSession) -> None:
    facility = await make_facility(session)
    await session.commit()
    document = (
        "mutation($input: UpdateHealthFacilityInput!) { updateHealthFacility(input: $input) { errors { code } } }"
    )
    input = {"id": facility.id, "expectedVersion": 1, "name": "X"}
    elsewhere = actor("SCHEME_ADMINISTRATOR", district=[new_id()])
    reply = await api(document, {"input": input}, actor=elsewhere)
    assert reply.data["updateHealthFacility"]["errors"] == [{"code": "NOT_FOUND"}]
    there = actor("SCHEME_ADMINISTRATOR", district=[facility.location_id])
    reply = await api(document, {"input": input}, actor=there)
    assert reply.data["updateHealthFacility"]["errors"] == []


async def test_a_facility_without_records_is_deleted_with_its_numbers(change: Any, session: AsyncSession) -> None:
    facility, village = await make_facility(session), await make_village(session)
    await session.commit()
    number = [{"systemCode": "HFR", "value": "1"}]
    own = {"id": facility.id, "expectedVersion": 1}
    await change("updateHealthFacility", **own, identifiers=number, catchments=[{"locationId": village.id}])
    payload = await change("deleteHealthFacility", **own)
    assert payload == {"healthFacility": None, "errors": []}
    session.expunge_all()
    assert await session.get(HealthFacility, facility.id) is None
