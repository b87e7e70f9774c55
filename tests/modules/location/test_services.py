from functools import partial
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, UserError, new_id
from core.testing import Api, Change, actor
from modules.location.rules import LocationLevel
from modules.location.services import place
from modules.location.testing import make_district, make_region, make_village, make_ward

ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"
PLACE = "location { id code name level path version }"


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation: as an administrator of the whole country, and answers the place, unless told otherwise."""
    return partial(change, fields=PLACE, who=actor(ADMINISTRATOR))


async def test_a_country_is_built_from_the_region_down(change: Any) -> None:
    above: dict[str, Any] = {}
    for level in LocationLevel:
        payload = await change("createLocation", code=level[0], name=level.title(), level=level, **above)
        assert payload.told == []
        above = {"parentId": payload["location"]["id"]}
    assert payload["location"]["path"] == "Region / District / Ward / Village"
    assert payload["location"]["version"] == 1


async def test_a_place_lies_exactly_one_level_below_its_parent_rule_1_1(change: Any, session: AsyncSession) -> None:
    region, district = await make_region(session), await make_district(session)
    await session.commit()
    village: dict[str, Any] = {"code": "X", "name": "X", "level": "VILLAGE"}
    assert (await change("createLocation", **village, parentId=district.id)).told == [("WRONG_LEVEL", "parentId")]
    assert (await change("createLocation", **village)).told == [("REQUIRED", "parentId")]
    assert (await change("createLocation", **village, parentId=new_id())).told == [("NOT_FOUND", "parentId")]
    region_in_region: dict[str, Any] = {"code": "X", "name": "X", "level": "REGION", "parentId": region.id}
    assert (await change("createLocation", **region_in_region)).told == [("REGION_HAS_NO_PARENT", "parentId")]


async def test_codes_are_unique_within_a_level_rule_1_1(change: Any, session: AsyncSession) -> None:
    district = await make_district(session, code="23")
    await make_region(session, code="01")
    await session.commit()
    same = await change("createLocation", code="01", name="Arusha", level="REGION")
    assert same.told == [("TAKEN", "code")]
    assert (await change("createLocation", code="23", name="Arusha", level="REGION")).told == []
    ward: dict[str, Any] = {"code": "23", "name": "Akheri", "level": "WARD", "parentId": district.id}
    assert (await change("createLocation", **ward)).told == []


async def test_all_problems_of_an_input_are_told_at_once(change: Any) -> None:
    payload = await change("createLocation", code="  ", name="x" * 101, level="WARD", malePopulation=-1)
    assert payload.told == [
        ("REQUIRED", "code"),
        ("TOO_LONG", "name"),
        ("NEGATIVE", "malePopulation"),
        ("REQUIRED", "parentId"),
    ]


async def test_absent_keeps_and_null_clears_decision_6(change: Any, session: AsyncSession) -> None:
    village = await make_village(session, male_population=10, female_population=12)
    await session.commit()
    fields = "location { name malePopulation femalePopulation population version } errors { code path }"
    payload = await change("updateLocation", fields=fields, id=village.id, expectedVersion=1, femalePopulation=None)
    kept = {"name": village.name, "malePopulation": 10, "femalePopulation": None, "population": 10, "version": 2}
    assert payload == {"location": kept, "errors": []}
    assert (await change("updateLocation", fields=fields, id=village.id, expectedVersion=2, name=None)).told == [
        ("REQUIRED", "name")
    ]


async def test_a_change_of_an_old_version_is_stale_and_shows_the_place_as_it_is_decision_5(
    change: Any, session: AsyncSession
) -> None:
    village = await make_village(session)
    await session.commit()
    await change("updateLocation", id=village.id, expectedVersion=1, name="Nguruma")
    payload = await change("updateLocation", id=village.id, expectedVersion=1, name="Patandi")
    assert payload.told == [("STALE", "expectedVersion")]
    assert payload["location"]["name"] == "Nguruma"


async def test_population_is_null_where_nobody_has_counted_rule_1_2_2(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    reply = await api("query($id: ID!) { location(id: $id) { population } }", {"id": village.id}, actor=actor())
    assert reply.data == {"location": {"population": None}}


async def test_regions_and_districts_need_a_right_of_their_own_rule_1_2_1(api: Api, session: AsyncSession) -> None:
    ward = await make_ward(session)
    await session.commit()
    somebody = actor(rights=("location.location.create",))
    document = "mutation($input: CreateLocationInput!) { createLocation(input: $input) { errors { code } } }"
    region = {"code": "X", "name": "X", "level": "REGION"}
    reply = await api(document, {"input": region}, actor=somebody)
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
    village = {"code": "X", "name": "X", "level": "VILLAGE", "parentId": ward.id}
    reply = await api(document, {"input": village}, actor=somebody)
    assert reply.data == {"createLocation": {"errors": []}}


async def test_nobody_writes_where_he_does_not_work(change: Any, session: AsyncSession) -> None:
    village, ward = await make_village(session), await make_ward(session)
    await session.commit()
    assert ward.district_id is not None
    local = actor(ADMINISTRATOR, district=[ward.district_id])
    elsewhere: dict[str, Any] = {"id": village.id, "expectedVersion": 1}
    assert (await change("updateLocation", who=local, **elsewhere, name="X")).told == [("NOT_FOUND", "id")]
    assert (await change("deleteLocation", who=local, **elsewhere)).told == [("NOT_FOUND", "id")]
    added: dict[str, Any] = {"code": "X", "name": "X", "level": "VILLAGE"}
    assert (await change("createLocation", who=local, **added, parentId=village.ward_id)).told == [
        ("NOT_FOUND", "parentId")
    ]
    assert (await change("createLocation", who=local, **added, parentId=ward.id)).told == []


async def test_a_place_is_found_by_those_who_work_there(ctx: Context, session: AsyncSession) -> None:
    village = await make_village(session)
    found = await place(ctx, village.id, "locationId", level=LocationLevel.VILLAGE)
    assert (found.village_id, found.ward_id) == (village.id, village.parent_id)
    ctx.actor = Actor(scopes={"district": (new_id(),)})
    with pytest.raises(UserError, match="NOT_FOUND"):
        await place(ctx, village.id, "locationId")
