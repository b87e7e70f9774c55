from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.location.models import Location
from modules.location.testing import make_district, make_facility, make_region, make_village, make_ward


async def ask(api: Api, document: str, **variables: Any) -> Any:
    """The data that somebody without rights or scopes is answered."""
    reply = await api(document, variables, actor=actor(unbounded=False))
    assert reply.errors == []
    return reply.data


async def test_places_and_facilities_are_open_to_every_account_and_to_nobody_else(
    api: Api, session: AsyncSession
) -> None:
    await make_facility(session)
    await session.commit()
    document = "{ locations { totalCount } healthFacilities { totalCount } }"
    assert await ask(api, document) == {"locations": {"totalCount": 2}, "healthFacilities": {"totalCount": 1}}
    reply = await api(document)
    assert {error["extensions"]["code"] for error in reply.errors} == {"UNAUTHENTICATED"}


async def test_a_place_tells_where_it_lies_and_what_lies_in_it(api: Api, session: AsyncSession) -> None:
    region = await make_region(session, name="Arusha")
    district = await make_district(session, region, name="Arumeru")
    ward = await make_ward(session, district, name="Akheri")
    for name in ("Patandi", "Nguruma"):
        await make_village(session, ward, name=name)
    await session.commit()
    document = """query($id: ID!) { location(id: $id) {
        level path parent { name } region { name } district { name } ward { name }
        children { nodes { name path } } } }"""
    assert await ask(api, document, id=ward.id) == {
        "location": {
            "level": "WARD",
            "path": "Arusha / Arumeru / Akheri",
            "parent": {"name": "Arumeru"},
            "region": {"name": "Arusha"},
            "district": {"name": "Arumeru"},
            "ward": {"name": "Akheri"},
            "children": {
                "nodes": [
                    {"name": "Nguruma", "path": "Arusha / Arumeru / Akheri / Nguruma"},
                    {"name": "Patandi", "path": "Arusha / Arumeru / Akheri / Patandi"},
                ]
            },
        }
    }


async def test_a_place_is_found_by_its_code_and_level(api: Api, session: AsyncSession) -> None:
    await make_region(session, code="23", name="Arusha")
    await make_district(session, code="23", name="Arumeru")
    await session.commit()
    document = "query($code: String, $level: LocationLevel) { location(code: $code, level: $level) { name } }"
    assert await ask(api, document, code="23", level="DISTRICT") == {"location": {"name": "Arumeru"}}
    reply = await api(document, {"code": "23"}, actor=actor())
    assert [error["extensions"]["code"] for error in reply.errors] == ["BAD_REQUEST"]


async def test_a_facility_is_found_by_its_code(api: Api, session: AsyncSession) -> None:
    facility = await make_facility(session, code="D1")
    await session.commit()
    document = "query($id: ID, $code: String) { healthFacility(id: $id, code: $code) { code } }"
    assert await ask(api, document, code="D1") == {"healthFacility": {"code": "D1"}}
    assert await ask(api, document, id=facility.id) == {"healthFacility": {"code": "D1"}}
    reply = await api(document, actor=actor())
    assert [error["extensions"]["code"] for error in reply.errors] == ["BAD_REQUEST"]


@pytest.mark.parametrize("level", ["region", "district", "ward", "village"])
async def test_within_takes_the_whole_subtree(api: Api, session: AsyncSession, level: str) -> None:
    village = await make_village(session)
    await make_village(session)
    await session.commit()
    place = getattr(village, f"{level}_id")
    document = """query($place: ID!) { locations(filter: { parent: { within: $place }, level: { eq: VILLAGE } }) {
        nodes { id } } }"""
    found = await ask(api, document, place=place)
    assert found["locations"]["nodes"] == ([] if level == "village" else [{"id": str(village.id)}])


async def test_facilities_within_a_region(api: Api, session: AsyncSession) -> None:
    facility = await make_facility(session)
    await make_facility(session)
    district = await session.get_one(Location, facility.location_id)
    await session.commit()
    document = "query($place: ID!) { healthFacilities(filter: { location: { within: $place } }) { nodes { id } } }"
    found = await ask(api, document, place=district.region_id)
    assert found["healthFacilities"]["nodes"] == [{"id": str(facility.id)}]


async def test_places_are_searched_by_name_and_code(api: Api, session: AsyncSession) -> None:
    await make_region(session, name="Arusha", code="23")
    await make_region(session, name="Dodoma", code="41")
    await session.commit()
    document = "query($text: String) { locations(search: $text) { nodes { name } } }"
    for text in ("arU", "23"):
        assert await ask(api, document, text=text) == {"locations": {"nodes": [{"name": "Arusha"}]}}


async def test_a_page_of_places_with_their_paths_is_one_statement(api: Api, session: AsyncSession) -> None:
    for _ in range(30):
        await make_village(session)
    await session.commit()
    reply = await api(
        "{ locations(first: 50) { nodes { path parent { name } children { totalCount } } } }", actor=actor()
    )
    assert len(reply.data["locations"]["nodes"]) == 50
    assert reply.statements == 1
