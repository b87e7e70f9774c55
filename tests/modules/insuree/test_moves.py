from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.testing import actor, change_of
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family, make_officer
from modules.location.models import Location
from modules.location.testing import make_district, make_village


async def place_change(host: Host, mutation: str, **input: Any) -> list[str]:
    """The codes of the errors of a change of a place, sent by a system administrator."""
    payload = await change_of(host)(mutation, who=actor("SYSTEM_ADMINISTRATOR"), **input)
    return [code for code, _ in payload.told]


async def test_families_and_people_follow_the_ward_that_moves(host: Host, session: AsyncSession) -> None:
    family, untouched, district = await make_family(session), await make_family(session), await make_district(session)
    village = await session.get_one(Location, family.location_id)
    await session.commit()
    assert await place_change(host, "moveLocation", id=village.ward_id, expectedVersion=1, parentId=district.id) == []
    for one, where in ((family, district.id), (untouched, untouched.district_id)):
        await session.refresh(one)
        assert one.district_id == where
        members = select(Insuree.district_id).where(Insuree.family_id == one.id).distinct()
        assert (await session.scalars(members)).all() == [where]


async def test_a_place_with_families_people_or_officers_is_not_deleted(host: Host, session: AsyncSession) -> None:
    village, other = await make_village(session), await make_village(session)
    await make_family(session, village)
    await make_officer(session, other)
    await session.commit()
    for place in (village, other):
        assert await place_change(host, "deleteLocation", id=place.id, expectedVersion=1) == ["LOCATION_IN_USE"]


async def test_a_village_with_families_stays_a_village(host: Host, session: AsyncSession) -> None:
    family, district = await make_family(session), await make_district(session)
    village = await session.get_one(Location, family.location_id)
    await session.commit()
    risen = {"id": village.ward_id, "expectedVersion": 1, "parentId": district.region_id}
    assert await place_change(host, "moveLocation", **risen) == ["LEVEL_IN_USE"]


async def test_families_follow_their_village_when_its_district_becomes_a_ward(
    host: Host, session: AsyncSession
) -> None:
    family, other = await make_family(session), await make_district(session)
    await session.commit()
    sunk = {"id": family.district_id, "expectedVersion": 1, "parentId": other.id}
    assert await place_change(host, "moveLocation", **sunk) == []
    await session.refresh(family)
    village = await session.get_one(Location, family.location_id, populate_existing=True)
    assert (family.district_id, village.district_id, village.ward_id) == (other.id, other.id, sunk["id"])
