"""The registers of places and facilities from files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context
from core.imports import BadCell, BadRowsError, Line, Loaded, Register, load
from modules.location.models import FacilityIdentifier, HealthFacility, Location
from modules.location.rules import CareType, FacilityStatus, LocationLevel
from modules.location.services import FACILITIES, LOCATIONS

AKHERI: dict[str, str] = {
    "region_code": "23", "region": "Arusha", "district_code": "233", "district": "Arumeru",
    "ward_code": "23306", "ward": "Akheri", "village_code": "2330601", "village": "Akheri",
}  # fmt: skip
NGURUMA = {**AKHERI, "village_code": "2330602", "village": "Nguruma"}
DISPENSARY: dict[str, str] = {
    "code": "D1", "name": "Akheri", "level_code": "D", "legal_form_code": "G", "care_type": "O", "district_code": "233",
    "hfr": "100123-4",
}  # fmt: skip


async def loaded(ctx: Context, register: Register, *rows: Mapping[str, str], skip_bad: bool = False) -> Loaded:
    lines = [Line(number, row) for number, row in enumerate(rows, start=2)]
    return (await load(ctx, register, lines, skip_bad=skip_bad)).loaded


async def refused(ctx: Context, register: Register, *rows: Mapping[str, str]) -> list[BadCell]:
    with pytest.raises(BadRowsError) as raised:
        await loaded(ctx, register, *rows)
    return list(raised.value.problems)


async def stored(session: AsyncSession, level: LocationLevel, code: str) -> Location:
    """A place as the table has it."""
    return (await session.scalars(select(Location).where(Location.level == level, Location.code == code))).one()


async def test_places_are_loaded_from_the_region_down(ctx: Context, session: AsyncSession) -> None:
    assert await loaded(ctx, LOCATIONS, AKHERI, NGURUMA) == Loaded(created=5)
    village = await stored(session, LocationLevel.VILLAGE, "2330602")
    ward = await stored(session, LocationLevel.WARD, "23306")
    district = await stored(session, LocationLevel.DISTRICT, "233")
    assert (village.name, village.parent_id, village.ward_id) == ("Nguruma", ward.id, ward.id)
    assert (village.district_id, village.village_id) == (district.id, village.id)
    assert (ward.region_id, ward.village_id) == (district.region_id, None)


async def test_a_load_may_be_repeated_and_brings_names_up_to_date(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, LOCATIONS, AKHERI, NGURUMA)
    assert await loaded(ctx, LOCATIONS, AKHERI, NGURUMA) == Loaded(unchanged=5)
    renamed = await loaded(ctx, LOCATIONS, AKHERI, {**NGURUMA, "village": "Nguruma Juu"})
    assert renamed == Loaded(updated=1, unchanged=4)
    village = await stored(session, LocationLevel.VILLAGE, "2330602")
    assert (village.name, village.version) == ("Nguruma Juu", 2)


async def test_a_new_village_is_hung_below_the_ward_that_is_there(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    assert await loaded(ctx, LOCATIONS, NGURUMA) == Loaded(created=1, unchanged=3)
    ward = await stored(session, LocationLevel.WARD, "23306")
    assert (await stored(session, LocationLevel.VILLAGE, "2330602")).parent_id == ward.id


async def test_a_row_may_end_above_the_village(ctx: Context) -> None:
    above = {**AKHERI, "ward_code": "", "ward": "", "village_code": "", "village": ""}
    assert await loaded(ctx, LOCATIONS, above) == Loaded(created=2)


@pytest.mark.parametrize(
    ("wrong", "column", "message"),
    [
        ({"region_code": "", "region": ""}, "region_code", "is missing"),
        ({"village": ""}, "village", "is missing"),
        ({"village_code": ""}, "village_code", "is missing"),
        (
            {"ward_code": "", "ward": ""},
            "village_code",
            "2330601 Akheri lies in nothing: the cells before it are empty",
        ),
        ({"village_code": "2" * 21}, "village_code", "has 21 characters; at most 20 fit"),
    ],
)
async def test_a_place_has_a_code_a_name_and_a_parent(
    ctx: Context, wrong: dict[str, str], column: str, message: str
) -> None:
    problems = await refused(ctx, LOCATIONS, NGURUMA, {**AKHERI, **wrong})
    assert problems[0] == BadCell(3, column, message)


async def test_a_village_that_lies_elsewhere_already_is_a_bad_row(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    moved = {**AKHERI, "ward_code": "23399", "ward": "Meru"}
    [problem] = await refused(ctx, LOCATIONS, NGURUMA, moved)
    assert problem == BadCell(
        3, "village_code", "2330601 Akheri lies elsewhere already: move it there, then load again"
    )
    assert await loaded(ctx, LOCATIONS, NGURUMA, moved, skip_bad=True) == Loaded(created=1, unchanged=3)
    assert (await stored(session, LocationLevel.VILLAGE, "2330601")).version == 1


async def test_two_lines_that_disagree_about_a_place_are_not_both_right(ctx: Context) -> None:
    other_name = {**NGURUMA, "ward": "Akeri"}
    other_place = {**NGURUMA, "district_code": "234", "district": "Meru"}
    assert await refused(ctx, LOCATIONS, AKHERI, other_name, other_place) == [
        BadCell(3, "ward", "23306 is Akheri in line 2"),
        BadCell(4, "ward_code", "23306 Akheri lies elsewhere in line 2"),
    ]


async def test_facilities_are_loaded_and_brought_up_to_date(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    other = {**DISPENSARY, "code": "D2", "hfr": ""}
    assert await loaded(ctx, FACILITIES, DISPENSARY, other) == Loaded(created=2)
    assert await loaded(ctx, FACILITIES, DISPENSARY, other) == Loaded(unchanged=2)
    dates = {"contract_from": "2024-01-01", "contract_to": "2024-12-31"}
    changed = {**DISPENSARY, "status": "IDLE", "care_type": "B", **dates, "hfr": "7"}
    again = await loaded(ctx, FACILITIES, changed, {**other, "status": "", "contract_from": "", "contract_to": ""})
    assert again == Loaded(updated=1, unchanged=1)
    facility = (await session.scalars(select(HealthFacility).where(HealthFacility.code == "D1"))).one()
    assert (facility.status, facility.care_type, facility.version) == (FacilityStatus.IDLE, CareType.BOTH, 2)
    numbers = await session.execute(select(FacilityIdentifier.facility_id, FacilityIdentifier.value))
    assert numbers.all() == [(facility.id, "7")]


async def test_a_column_that_the_file_does_not_have_changes_nothing(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    await loaded(ctx, FACILITIES, {**DISPENSARY, "phone": "0681333045", "status": "DELISTED"})
    assert await loaded(ctx, FACILITIES, DISPENSARY) == Loaded(unchanged=1)
    facility = (await session.scalars(select(HealthFacility))).one()
    assert (facility.phone, facility.status) == ("0681333045", FacilityStatus.DELISTED)
    assert await loaded(ctx, FACILITIES, {**DISPENSARY, "phone": ""}) == Loaded(updated=1)


@pytest.mark.parametrize(
    ("wrong", "column", "message"),
    [
        ({"district_code": "999"}, "district_code", "999 is not one of 233"),
        ({"level_code": "Z"}, "level_code", "Z is not one of C, D, H"),
        ({"sub_level_code": "Z"}, "sub_level_code", "Z is not one of I, N, R"),
        ({"legal_form_code": ""}, "legal_form_code", "is missing"),
        ({"name": " "}, "name", "is missing"),
        ({"care_type": "OUT_PATIENT"}, "care_type", "OUT_PATIENT is not one of B, I, O"),
        ({"status": "OPEN"}, "status", "OPEN is not one of ACTIVE, DELISTED, IDLE, INACTIVE"),
        ({"contract_from": "soon"}, "contract_from", "soon is not a date, YYYY-MM-DD"),
        ({"contract_from": "2024-01-01"}, "contract_to", "is missing: a contract has two dates"),
        (
            {"contract_from": "2024-01-01", "contract_to": "2024-01-01"},
            "contract_to",
            "is not after contract_from",
        ),
        ({"code": "D0"}, "hfr", "100123-4 is the number of D1"),
        ({"code": "D1"}, "code", "D1 stands in line 2 already"),
    ],
)
async def test_what_is_wrong_with_a_facility_is_told(
    ctx: Context, session: AsyncSession, wrong: dict[str, Any], column: str, message: str
) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    number = {} if column == "hfr" else {"hfr": "100999-0"}
    problems = await refused(ctx, FACILITIES, DISPENSARY, {**DISPENSARY, "code": "D9", **number, **wrong})
    assert problems == [BadCell(3, column, message)]
    assert await session.scalar(select(func.count()).select_from(HealthFacility)) == 0


async def test_a_number_of_a_facility_that_is_there_already_is_taken(ctx: Context) -> None:
    await loaded(ctx, LOCATIONS, AKHERI)
    await loaded(ctx, FACILITIES, DISPENSARY)
    assert await refused(ctx, FACILITIES, {**DISPENSARY, "code": "D2"}) == [
        BadCell(2, "hfr", "100123-4 is the number of D1")
    ]


def test_both_are_imported_from_files(cli: Callable[..., Result], tmp_path: Path) -> None:
    for name, row in (("locations", AKHERI), ("facilities", DISPENSARY)):
        (tmp_path / name).write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        done = cli("import", name, str(tmp_path / name))
        assert done.exit_code == 0, done.output
    assert done.stdout == "health facilities: 1 new, 0 changed, 0 as before.\n"
