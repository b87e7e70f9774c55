import asyncio
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, hook, new_id
from core.host import Host
from core.testing import Api, Change, actor
from modules.location.hooks import Use
from modules.location.inputs import CreateLocationInput
from modules.location.models import Location, path_of
from modules.location.rules import LocationLevel
from modules.location.services import create_location
from modules.location.testing import make_district, make_facility, make_region, make_village, make_ward

Told = list[tuple[str, str]]


class Changes:
    """Moves and deletes places through the API, as a system administrator unless told otherwise."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self.statements = 0
        self.messages: list[str] = []

    async def move(self, place: Location, parent: Location, who: Actor | None = None, version: int = 1) -> Told:
        """The codes of what is wrong with the move, and where they lie."""
        return await self._send("moveLocation", who, id=place.id, expectedVersion=version, parentId=parent.id)

    async def delete(self, place: Location, heir: Location | None = None) -> Told:
        """The codes of what is wrong with the deletion, and where they lie."""
        parent_id = heir.id if heir is not None else None
        return await self._send("deleteLocation", None, id=place.id, expectedVersion=1, newParentId=parent_id)

    async def _send(self, mutation: str, who: Actor | None, **input: Any) -> Told:
        payload = await self.change(mutation, who=who or actor("SYSTEM_ADMINISTRATOR"), **input)
        self.statements, self.messages = payload.statements, [error["message"] for error in payload["errors"]]
        return payload.told


@pytest.fixture
def changes(change: Change) -> Changes:
    """What moves and deletes places."""
    return Changes(change)


async def told_of(session: AsyncSession, places: Iterable[Location]) -> list[tuple[LocationLevel, list[str], int]]:
    """Level, names of the path and version of the places, as the table has them now."""
    await session.commit()
    session.expire_all()
    names = {place.id: place.name for place in await session.scalars(select(Location))}
    found = []
    for place in places:
        path = path_of(place)
        assert place.parent_id == (path[-2] if len(path) > 1 else None)
        found.append((place.level, [names[id] for id in path], place.version))
    return found


async def branch(session: AsyncSession, name: str) -> tuple[Location, Location, Location, Location]:
    """A region with a district, a ward and a village, each named after it: `A region` to `A village`."""
    region = await make_region(session, name=f"{name} region")
    district = await make_district(session, region, name=f"{name} district")
    ward = await make_ward(session, district, name=f"{name} ward")
    return region, district, ward, await make_village(session, ward, name=f"{name} village")


async def test_what_lies_in_a_moved_place_goes_along(changes: Changes, session: AsyncSession) -> None:
    _, district, ward, village = await branch(session, "A")
    other, other_district, _, untouched = await branch(session, "B")
    await session.commit()
    assert await changes.move(ward, other_district) == []
    assert await told_of(session, [ward, village, untouched]) == [
        ("WARD", ["B region", "B district", "A ward"], 2),
        ("VILLAGE", ["B region", "B district", "A ward", "A village"], 2),
        ("VILLAGE", ["B region", "B district", "B ward", "B village"], 1),
    ]
    assert await changes.move(district, other) == []
    assert await told_of(session, [district, ward]) == [
        ("DISTRICT", ["B region", "A district"], 2),
        ("WARD", ["B region", "B district", "A ward"], 2),
    ]


async def test_a_place_that_rises_takes_its_levels_along_rule_1_2_5(changes: Changes, session: AsyncSession) -> None:
    region, _, ward, village = await branch(session, "A")
    await session.commit()
    assert await changes.move(ward, region) == []
    assert await told_of(session, [ward, village]) == [
        ("DISTRICT", ["A region", "A ward"], 2),
        ("WARD", ["A region", "A ward", "A village"], 2),
    ]


async def test_what_would_lie_below_a_village_becomes_one_beside_it_rule_1_2_5(
    changes: Changes, session: AsyncSession
) -> None:
    _, district, ward, village = await branch(session, "A")
    _, other, _, _ = await branch(session, "B")
    await session.commit()
    assert await changes.move(district, other) == []
    assert await told_of(session, [district, ward, village]) == [
        ("WARD", ["B region", "B district", "A district"], 2),
        ("VILLAGE", ["B region", "B district", "A district", "A ward"], 2),
        ("VILLAGE", ["B region", "B district", "A district", "A village"], 2),
    ]


async def test_a_region_can_become_a_district_of_another_one(changes: Changes, session: AsyncSession) -> None:
    region, district, ward, village = await branch(session, "A")
    other = await make_region(session, name="B region")
    await session.commit()
    assert await changes.move(region, other) == []
    assert [path for _, path, _ in await told_of(session, [region, district, ward, village])] == [
        ["B region", "A region"],
        ["B region", "A region", "A district"],
        ["B region", "A region", "A district", "A ward"],
        ["B region", "A region", "A district", "A village"],
    ]


async def test_a_place_does_not_come_to_lie_in_itself_or_in_a_village(changes: Changes, session: AsyncSession) -> None:
    region, district, ward, village = await branch(session, "A")
    other = await make_village(session)
    await session.commit()
    for place, parent in ((district, district), (district, village), (region, ward), (village, village)):
        assert await changes.move(place, parent) == [("LOCATION_IN_ITSELF", "parentId")]
    assert await changes.move(district, other) == [("WRONG_LEVEL", "parentId")]


async def test_places_with_one_code_change_levels_one_after_the_other(changes: Changes, session: AsyncSession) -> None:
    region = await make_region(session, name="A")
    ward = await make_ward(session, name="B", code="7")
    village = await make_village(session, ward, name="C", code="7")
    await session.commit()
    assert await changes.move(ward, region) == []
    assert await changes.move(ward, await session.get_one(Location, village.district_id), version=2) == []
    levels = await told_of(session, [ward, village])
    assert [(level, path[-1]) for level, path, _ in levels] == [("WARD", "B"), ("VILLAGE", "C")]


async def test_a_code_that_is_taken_on_the_new_level_stops_the_move(changes: Changes, session: AsyncSession) -> None:
    region = await make_region(session)
    ward = await make_ward(session, name="Akheri", code="7")
    await make_district(session, code="7")
    await session.commit()
    assert await changes.move(ward, region) == [("LEVEL_HAS_CODE", "parentId")]
    assert "Akheri would become a DISTRICT, and another DISTRICT has its code 7" in changes.messages[0]


async def test_two_codes_that_meet_on_one_level_stop_the_move(changes: Changes, session: AsyncSession) -> None:
    district = await make_district(session)
    ward = await make_ward(session, district, code="7")
    await make_village(session, ward, code="7")
    await session.commit()
    assert await changes.move(district, await make_other(session)) == [("LEVEL_HAS_CODE", "parentId")]


async def make_other(session: AsyncSession) -> Location:
    """A district elsewhere."""
    other = await make_district(session)
    await session.commit()
    return other


async def test_a_district_with_facilities_stays_a_district(changes: Changes, session: AsyncSession) -> None:
    _, district, _, village = await branch(session, "A")
    other_region, other, _, _ = await branch(session, "B")
    await make_facility(session, district)
    await session.commit()
    assert await changes.move(district, other) == [("LEVEL_IN_USE", "parentId")]
    assert "A district would become a WARD, but health facilities belong to it as a DISTRICT" in changes.messages[0]
    assert await changes.move(district, other_region) == []
    assert [path for _, path, _ in await told_of(session, [village])] == [
        ["B region", "A district", "A ward", "A village"]
    ]


class Villages:
    """A module whose rows lie in villages, and which hears of moves."""

    def __init__(self) -> None:
        self.used: set[UUID] = set()
        self.asked: list[set[UUID]] = []
        self.moved: list[UUID] = []

    @hook
    async def location_in_use(self, location_ids: list[UUID]) -> list[Use] | None:
        self.asked.append(set(location_ids))
        return [Use(id, "clinics") for id in location_ids if id in self.used]

    @hook
    async def locations_moved(self, location: Location) -> None:
        self.moved.append(location.id)


@pytest.fixture
def villages(host: Host) -> Iterator[Villages]:
    """Such a module, at work."""
    plugin = Villages()
    host.plugins.register(plugin, "villages-of-test")
    yield plugin
    host.plugins.unregister(plugin)


async def test_other_modules_are_asked_only_of_places_that_get_another_level(
    changes: Changes, session: AsyncSession, villages: Villages
) -> None:
    _, district, ward, village = await branch(session, "A")
    _, other, _, _ = await branch(session, "B")
    villages.used.add(village.id)
    await session.commit()
    assert await changes.move(district, other) == []
    assert villages.asked == [{district.id, ward.id}]
    assert villages.moved == [other.id], "its village lies beside the place that moved"


async def test_places_that_keep_their_levels_are_not_asked_for(
    changes: Changes, session: AsyncSession, villages: Villages
) -> None:
    _, _, ward, village = await branch(session, "A")
    villages.used.update((ward.id, village.id))
    await session.commit()
    assert await changes.move(ward, await make_other(session)) == []
    assert (villages.asked, villages.moved) == ([], [ward.id])


async def test_moving_takes_as_many_statements_for_many_places_as_for_one(
    changes: Changes, session: AsyncSession
) -> None:
    wards = {size: await make_ward(session) for size in (1, 20)}
    for size, ward in wards.items():
        for _ in range(size):
            await make_village(session, ward)
    district, region = await make_district(session), await make_region(session)
    await session.commit()
    for parent, version in ((district, 1), (region, 2)):
        counted = set()
        for ward in wards.values():
            assert await changes.move(ward, parent, version=version) == []
            counted.add(changes.statements)
        assert len(counted) == 1


async def test_districts_are_made_by_those_who_may(api: Api, session: AsyncSession) -> None:
    region, _, ward, _ = await branch(session, "A")
    await session.commit()
    document = "mutation($input: MoveLocationInput!) { moveLocation(input: $input) { errors { code } } }"
    input = {"id": ward.id, "expectedVersion": 1, "parentId": region.id}
    reply = await api(document, {"input": input}, actor=actor(rights=("location.location.move",)))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]


async def test_nobody_moves_places_from_or_to_where_he_does_not_work(changes: Changes, session: AsyncSession) -> None:
    _, district, ward, _ = await branch(session, "A")
    _, other, _, _ = await branch(session, "B")
    await session.commit()
    for district_id, path in ((district.id, "parentId"), (other.id, "id")):
        local = actor("SYSTEM_ADMINISTRATOR", district=[district_id])
        assert await changes.move(ward, other, who=local) == [("NOT_FOUND", path)]


async def test_what_is_put_into_a_place_while_it_moves_goes_along(
    api: Api, host: Host, changes: Changes, session: AsyncSession
) -> None:
    _, _, ward, _ = await branch(session, "A")
    region, _, _, _ = await branch(session, "B")
    await session.commit()
    putting = Context(host, actor("SYSTEM_ADMINISTRATOR"), _session=session)
    added = CreateLocationInput(code="X", name="X village", level=LocationLevel.VILLAGE, parent_id=ward.id)
    village = await create_location(putting, added)
    moving = asyncio.create_task(changes.move(ward, region))
    done, _ = await asyncio.wait([moving], timeout=0.5)
    assert done == set(), "the move waits for what is being put there"
    await session.commit()
    assert await moving == []
    assert await told_of(session, [village]) == [("WARD", ["B region", "A ward", "X village"], 2)]


async def test_an_empty_place_is_deleted(changes: Changes, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    assert await changes.delete(village) == []
    session.expunge_all()
    assert await session.get(Location, village.id) is None


async def test_a_place_with_children_is_deleted_only_when_another_one_takes_them_over_rule_1_2_4(
    changes: Changes, session: AsyncSession, villages: Villages
) -> None:
    _, district, ward, village = await branch(session, "A")
    _, other, heir, _ = await branch(session, "B")
    await session.commit()
    assert await changes.delete(ward) == [("LOCATION_HAS_CHILDREN", "newParentId")]
    assert await changes.delete(ward, ward) == [("LOCATION_HAS_CHILDREN", "newParentId")]
    assert await changes.delete(ward, other) == [("WRONG_LEVEL", "newParentId")]
    assert await changes.delete(ward, heir) == []
    assert villages.moved == [heir.id]
    assert await told_of(session, [village]) == [("VILLAGE", ["B region", "B district", "B ward", "A village"], 2)]
    empty = await make_ward(session, district, name="C ward")
    await make_village(session, empty, name="C village")
    await session.commit()
    assert await changes.delete(district, other) == []
    assert [path for _, path, _ in await told_of(session, [empty])] == [["B region", "B district", "C ward"]]


async def test_a_place_in_use_is_not_deleted_rule_1_2_4(
    changes: Changes, session: AsyncSession, villages: Villages
) -> None:
    facility, village = await make_facility(session), await make_village(session)
    villages.used.add(village.id)
    await session.commit()
    district = await session.get_one(Location, facility.location_id)
    assert await changes.delete(district) == [("LOCATION_IN_USE", "id")]
    assert "health facilities belong to it" in changes.messages[0]
    assert await changes.delete(village) == [("LOCATION_IN_USE", "id")]


async def test_a_place_that_is_not_there_neither_moves_nor_goes(changes: Changes, session: AsyncSession) -> None:
    ward, gone = await make_ward(session), Location(id=new_id())
    await session.commit()
    assert await changes.move(gone, ward) == [("NOT_FOUND", "id")]
    assert await changes.move(ward, gone) == [("NOT_FOUND", "parentId")]
    assert await changes.move(ward, gone, version=2) == [("STALE", "expectedVersion")]
    assert await changes.delete(ward, gone) == [("NOT_FOUND", "newParentId")]
