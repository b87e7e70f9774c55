"""Several officers work on the same people at the same time."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import CHILD, chf_number, make_family, make_insuree
from modules.location.models import Location
from modules.location.testing import make_district, make_village
from tests.modules.meanwhile import holding, started

WRITING_PEOPLE = "LOCK TABLE insuree_insuree IN SHARE MODE"
WRITING_FAMILIES = "LOCK TABLE insuree_family IN SHARE MODE"
THE_FAMILY = "SELECT id FROM insuree_family WHERE id = :id FOR UPDATE"


def person(number: str, **fields: Any) -> dict[str, Any]:
    """What registers somebody."""
    needed = {"lastName": "Mushi", "otherNames": "Asha", "birthDate": "1985-05-05", "genderCode": "F"}
    return {**needed, "insuranceNumber": number, **fields}


def household(village_id: UUID, *numbers: str) -> dict[str, Any]:
    """A head and children with these numbers."""
    head, *children = numbers
    members = [person(number, relationCode=CHILD) for number in children]
    return {"locationId": village_id, "head": person(head), "members": members}


async def members(session: AsyncSession, family: Family) -> list[Insuree]:
    """The members of a family, the head first."""
    own = select(Insuree).where(Insuree.family_id == family.id).order_by(Insuree.is_head.desc(), Insuree.id)
    return list(await session.scalars(own))


async def test_of_two_officers_who_give_one_number_the_second_is_told_where_it_lies(
    change: Any, session: AsyncSession, host: Host
) -> None:
    village, number = await make_village(session), chf_number()
    await session.commit()
    async with holding(session, WRITING_PEOPLE):
        new = (household(village.id, number), household(village.id, chf_number(), number))
        sent = [asyncio.ensure_future(change("createFamily", input)) for input in new]
        await started(host, *sent)
    first, second = [answer["errors"] for answer in await asyncio.gather(*sent)]
    assert sorted([first, second]) in (
        [[], [("INSURANCE_NUMBER_TAKEN", "head.insuranceNumber")]],
        [[], [("INSURANCE_NUMBER_TAKEN", "members.0.insuranceNumber")]],
    )
    assert await session.scalar(select(func.count()).select_from(Family)) == 1


async def test_families_with_the_same_numbers_do_not_wait_for_each_other_in_a_circle(
    change: Any, session: AsyncSession, host: Host
) -> None:
    family = await make_family(session)
    a, b, c = chf_number(), chf_number(), chf_number()
    await session.commit()
    # Somebody else is about to take the number that both have in the middle, and does not in the end.
    await make_insuree(session, family, insurance_number=c)
    new = (household(family.location_id, a, c, b), household(family.location_id, b, c, a))
    sent = [asyncio.ensure_future(change("createFamily", input)) for input in new]
    await started(host, *sent)
    await session.rollback()
    codes = [[code for code, _ in answer["errors"]] for answer in await asyncio.gather(*sent)]
    assert sorted(codes) == [[], ["INSURANCE_NUMBER_TAKEN"]]


async def test_of_two_who_change_the_head_at_once_one_is_stale(change: Any, session: AsyncSession, host: Host) -> None:
    family = await make_family(session)
    _, first, second, _ = await members(session, family)
    await session.commit()
    async with holding(session, THE_FAMILY, id=family.id):
        sent = [
            asyncio.ensure_future(
                change("changeFamilyHead", {"id": family.id, "expectedVersion": 1, "headId": head.id})
            )
            for head in (first, second)
        ]
        await started(host, *sent)
    answers = await asyncio.gather(*sent)
    assert sorted(answer["errors"] for answer in answers) == [[], [("STALE", "expectedVersion")]]
    [head] = await session.scalars(select(Insuree.id).where(Insuree.family_id == family.id, Insuree.is_head))
    # Both see the head that won: the one who lost is shown the family as it is.
    assert [answer["object"]["head"]["id"] for answer in answers] == [str(head)] * 2


async def test_a_family_sent_twenty_times_is_one_family_with_one_answer(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    input = {**household(village.id, chf_number(), chf_number()), "clientMutationId": "phone-1"}
    document = """mutation($input: CreateFamilyInput!) { createFamily(input: $input) {
        family { id memberCount members { nodes { id insuranceNumber } } } clientMutationId errors { code } } }"""
    officer = actor("ENROLMENT_OFFICER")
    replies = await asyncio.gather(*(api(document, {"input": input}, actor=officer) for _ in range(20)))
    assert len({reply.body for reply in replies}) == 1
    assert replies[0].data["createFamily"]["errors"] == []
    assert replies[0].data["createFamily"]["family"]["memberCount"] == 2
    assert await session.scalar(select(func.count()).select_from(Family)) == 1
    assert await session.scalar(select(func.count()).select_from(Insuree)) == 2


async def test_a_person_who_has_moved_meanwhile_is_stale(change: Any, session: AsyncSession, host: Host) -> None:
    family, other, third = [await make_family(session) for _ in range(3)]
    *_, child = await members(session, family)
    await session.commit()
    away = {"id": child.id, "expectedVersion": 1, "relationCode": CHILD}
    async with holding(session, THE_FAMILY, id=family.id):
        sent = [
            asyncio.ensure_future(change("moveInsuree", {**away, "familyId": where.id})) for where in (other, third)
        ]
        await started(host, *sent)
    errors = sorted(answer["errors"] for answer in await asyncio.gather(*sent))
    assert errors == [[], [("STALE", "expectedVersion")]]


async def test_a_family_enrolled_while_its_district_changes_follows(
    change: Any, api: Api, session: AsyncSession, host: Host
) -> None:
    village, district = await make_village(session), await make_district(session)
    await session.commit()
    document = "mutation($input: MoveLocationInput!) { moveLocation(input: $input) { errors { code } } }"
    move = {"id": village.ward_id, "expectedVersion": 1, "parentId": district.id}
    async with holding(session, WRITING_FAMILIES):
        enrolling = asyncio.ensure_future(change("createFamily", household(village.id, chf_number())))
        await started(host, enrolling)
        moving = asyncio.ensure_future(api(document, {"input": move}, actor=actor("SYSTEM_ADMINISTRATOR")))
        await started(host, enrolling, moving)
    assert (await enrolling)["errors"] == []
    assert (await moving).data["moveLocation"]["errors"] == []
    for model in (Family, Insuree):
        assert (await session.scalars(select(model.district_id))).all() == [district.id]
    there = await session.get_one(Location, village.id, populate_existing=True)
    assert there.district_id == district.id
