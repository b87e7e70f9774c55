from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.location.models import FacilityIdentifier, HealthFacility, Location
from modules.location.rules import FacilityStatus, LocationLevel
from modules.location.services import load_facilities, load_locations

AKHERI: dict[str, str] = {
    "region_code": "23", "region": "Arusha", "district_code": "233", "district": "Arumeru",
    "ward_code": "23306", "ward": "Akheri", "village_code": "2330601", "village": "Akheri",
}  # fmt: skip
NGURUMA = {**AKHERI, "village_code": "2330602", "village": "Nguruma"}
DISPENSARY: dict[str, str] = {
    "code": "D1", "name": "Akheri", "level_code": "D", "legal_form_code": "G", "care_type": "OUT_PATIENT",
    "district_code": "233", "HFR": "100123-4",
}  # fmt: skip


async def stored(session: AsyncSession, level: LocationLevel, code: str) -> Location:
    """A place as the table has it."""
    return (await session.scalars(select(Location).where(Location.level == level, Location.code == code))).one()


async def test_places_are_loaded_from_the_region_down(session: AsyncSession) -> None:
    loaded = await load_locations(session, [AKHERI, NGURUMA])
    assert (loaded.added, loaded.changed) == (5, 0)
    village = await stored(session, LocationLevel.VILLAGE, "2330602")
    ward = await stored(session, LocationLevel.WARD, "23306")
    district = await stored(session, LocationLevel.DISTRICT, "233")
    assert (village.name, village.parent_id, village.ward_id) == ("Nguruma", ward.id, ward.id)
    assert (village.district_id, village.village_id) == (district.id, village.id)
    assert (ward.region_id, ward.village_id) == (district.region_id, None)


async def test_a_load_may_be_repeated_and_brings_names_up_to_date(session: AsyncSession) -> None:
    await load_locations(session, [AKHERI, NGURUMA])
    again = await load_locations(session, [AKHERI, NGURUMA])
    assert (again.added, again.changed) == (0, 0)
    renamed = await load_locations(session, [AKHERI, {**NGURUMA, "village": "Nguruma Juu"}])
    assert (renamed.added, renamed.changed) == (0, 1)
    village = await stored(session, LocationLevel.VILLAGE, "2330602")
    assert (village.name, village.version) == ("Nguruma Juu", 2)


async def test_a_row_may_end_above_the_village(session: AsyncSession) -> None:
    loaded = await load_locations(session, [{**AKHERI, "ward_code": "", "ward": ""}])
    assert loaded.added == 2


async def test_a_place_that_lies_elsewhere_is_refused(session: AsyncSession) -> None:
    await load_locations(session, [AKHERI])
    with pytest.raises(ValueError, match="ward 23306 Akheri lies elsewhere already: move it"):
        await load_locations(session, [{**AKHERI, "district_code": "234", "district": "Meru"}])


async def test_facilities_are_loaded_and_brought_up_to_date(session: AsyncSession) -> None:
    await load_locations(session, [AKHERI])
    loaded = await load_facilities(session, [DISPENSARY, {**DISPENSARY, "code": "D2", "HFR": ""}])
    assert (loaded.added, loaded.changed) == (2, 0)
    changed = {**DISPENSARY, "status": "IDLE", "contract_from": "2024-01-01", "contract_to": "2024-12-31", "HFR": "7"}
    again = await load_facilities(session, [changed, {**DISPENSARY, "code": "D2", "HFR": ""}])
    assert (again.added, again.changed) == (0, 1)
    facility = (await session.scalars(select(HealthFacility).where(HealthFacility.code == "D1"))).one()
    assert (facility.status, facility.version) == (FacilityStatus.IDLE, 2)
    numbers = await session.execute(select(FacilityIdentifier.facility_id, FacilityIdentifier.value))
    assert numbers.all() == [(facility.id, "7")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"district_code": "999"}, "row 1: there is no district '999'"),
        ({"level_code": "Z"}, "row 1: Z is not a code of the lookup facility_level"),
        ({"name": " "}, "row 1: name is missing"),
        ({"care_type": "NIGHT"}, "row 1: 'NIGHT' is not a valid CareType"),
        ({"contract_from": "soon"}, "row 1: Invalid isoformat string"),
    ],
)
async def test_a_wrong_row_is_named(session: AsyncSession, wrong: dict[str, Any], told: str) -> None:
    await load_locations(session, [AKHERI])
    with pytest.raises(ValueError, match=told):
        await load_facilities(session, [{**DISPENSARY, **wrong}])
    assert await session.scalar(select(func.count()).select_from(HealthFacility)) == 0
