import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import CHILD, SPOUSE, chf_number, make_family, make_insuree
from modules.location.models import Location
from modules.location.testing import make_facility, make_village


def person(**fields: Any) -> dict[str, Any]:
    """What registering somebody takes."""
    needed = {
        "insuranceNumber": chf_number(),
        "lastName": "Mushi",
        "otherNames": "Asha",
        "birthDate": "1985-05-05",
        "genderCode": "F",
    }
    return {**needed, **fields}


def household(village: Location, size: int = 2, **fields: Any) -> dict[str, Any]:
    """A head and children to enrol."""
    children = [person(birthDate="2012-03-03", relationCode=CHILD) for _ in range(size - 1)]
    return {"locationId": village.id, "head": person(), "members": children, **fields}


async def test_a_family_is_enrolled_with_its_head_and_members_at_once(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    enrolled = await change("createFamily", household(village, 3, familyTypeCode="H", membershipCategoryCode="POOR"))
    assert enrolled["errors"] == []
    family = enrolled["object"]
    assert family["memberCount"] == 3
    head, *others = family["members"]["nodes"]
    assert (head["id"], head["isHead"], head["relation"]) == (family["head"]["id"], True, None)
    assert [(other["isHead"], other["relation"]) for other in others] == [(False, {"code": CHILD})] * 2
    row = await session.get_one(Family, UUID(family["id"]))
    assert (row.village_id, row.district_id, row.membership_category_code) == (village.id, village.district_id, "POOR")
    places = select(Insuree.village_id, Insuree.district_id).where(Insuree.family_id == row.id).distinct()
    assert (await session.execute(places)).all() == [(village.id, village.district_id)]


async def test_statements_do_not_grow_with_the_family(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    couple = await change("createFamily", household(village, 2))
    clan = await change("createFamily", household(village, 20))
    assert couple["errors"] == clan["errors"] == []
    assert couple["statements"] == clan["statements"] <= 12


async def test_clients_make_the_ids(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    ids = [new_id() for _ in range(3)]
    new = household(village, id=ids[0], head=person(id=ids[1]), members=[person(id=ids[2], relationCode=SPOUSE)])
    family = (await change("createFamily", new))["object"]
    assert [family["id"], *(member["id"] for member in family["members"]["nodes"])] == [str(id) for id in ids]
    again = await change("createFamily", household(village, id=ids[0]))
    assert again["errors"] == [("TAKEN", "id")]


async def test_a_family_has_exactly_one_head_rule_2_3_1(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    family = await make_family(session, village)
    detached = await make_insuree(session, family)
    detached.family_id = None
    await session.commit()
    new = household(village)
    assert (await change("createFamily", {**new, "head": None}))["errors"] == [("HEAD_MISSING", "head")]
    assert (await change("createFamily", {**new, "headId": detached.id}))["errors"] == [("TWO_HEADS", "headId")]


async def test_somebody_registered_without_a_family_may_head_a_new_one(change: Any, session: AsyncSession) -> None:
    village, old = await make_village(session), await make_family(session)
    detached = await make_insuree(session, old)
    detached.family_id = None
    await session.commit()
    enrolled = await change("createFamily", {"locationId": village.id, "headId": detached.id})
    assert enrolled["object"]["head"] == {"id": str(detached.id)}
    await session.refresh(detached)
    assert (detached.is_head, detached.village_id, detached.district_id) == (True, village.id, village.district_id)
    again = await change("createFamily", {"locationId": village.id, "headId": detached.id})
    assert again["errors"] == [("IN_ANOTHER_FAMILY", "headId")]


async def test_all_problems_of_a_family_are_told_at_once_rule_2_3_2_and_13(change: Any, session: AsyncSession) -> None:
    village, other = await make_village(session), await make_family(session)
    taken = await session.scalar(select(Insuree.insurance_number).where(Insuree.id == other.head_id))
    facility = await make_facility(session)
    await session.commit()
    tomorrow = date.fromordinal(clock.today().toordinal() + 1)
    twice = chf_number()
    members = [
        person(insuranceNumber=taken, birthDate=tomorrow, relationCode="99"),
        person(insuranceNumber=twice, relationCode=CHILD, lastName=" "),
        person(insuranceNumber=twice, currentVillageId=village.ward_id, firstServicePointId=facility.id),
    ]
    head = person(insuranceNumber="070707071", genderCode="X", firstServicePointId=new_id())
    new = household(village, head=head, members=members, locationId=village.ward_id, familyTypeCode="?")
    assert (await change("createFamily", new))["errors"] == [
        ("UNKNOWN_CODE", "familyTypeCode"),
        ("WRONG_LEVEL", "locationId"),
        ("INSURANCE_NUMBER_CHECK_DIGIT", "head.insuranceNumber"),
        ("DATE_IN_FUTURE", "members.0.birthDate"),
        ("REQUIRED", "members.1.lastName"),
        ("REQUIRED", "members.2.relationCode"),
        ("UNKNOWN_CODE", "head.genderCode"),
        ("UNKNOWN_CODE", "members.0.relationCode"),
        ("INSURANCE_NUMBER_TAKEN", "members.0.insuranceNumber"),
        ("INSURANCE_NUMBER_TAKEN", "members.2.insuranceNumber"),
        ("NOT_FOUND", "members.2.currentVillageId"),
        ("NOT_FOUND", "head.firstServicePointId"),
    ]
    assert await session.scalar(select(func.count()).select_from(Family)) == 1


async def test_of_two_families_with_one_number_at_once_one_wins_rule_2_2_1(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    number = chf_number()
    both = await asyncio.gather(
        change("createFamily", household(village, head=person(insuranceNumber=number))),
        change("createFamily", household(village, members=[person(insuranceNumber=number, relationCode=SPOUSE)])),
    )
    lost = [answer["errors"] for answer in both if answer["errors"]]
    assert lost in (
        [[("INSURANCE_NUMBER_TAKEN", "head.insuranceNumber")]],
        [[("INSURANCE_NUMBER_TAKEN", "members.0.insuranceNumber")]],
    )
    assert await session.scalar(select(func.count()).select_from(Family)) == 1


async def test_a_number_taken_since_it_was_checked_is_told_where_it_stands(change: Any, session: AsyncSession) -> None:
    village, family = await make_village(session), await make_family(session)
    await session.commit()
    rival = await make_insuree(session, family)
    members = [person(relationCode=CHILD), person(insuranceNumber=rival.insurance_number, relationCode=CHILD)]
    waiting = asyncio.create_task(change("createFamily", household(village, members=members)))
    await until_somebody_waits(session)
    await session.commit()
    assert (await waiting)["errors"] == [("INSURANCE_NUMBER_TAKEN", "members.1.insuranceNumber")]


async def until_somebody_waits(session: AsyncSession) -> None:
    """Return once another transaction waits for this session's."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
    for _ in range(500):
        if await session.scalar(waiting):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_a_confirmation_that_needs_a_number_has_one(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    new = household(village, confirmationTypeCode="A")
    assert (await change("createFamily", new))["errors"] == [("REQUIRED", "confirmationNumber")]
    family = (await change("createFamily", {**new, "confirmationNumber": "17/2024"}))["object"]
    cleared = {"id": family["id"], "expectedVersion": 1, "confirmationTypeCode": "B", "confirmationNumber": None}
    assert (await change("updateFamily", cleared))["errors"] == [("REQUIRED", "confirmationNumber")]
    without = {"id": family["id"], "expectedVersion": 1, "confirmationNumber": None}
    assert (await change("updateFamily", without))["errors"] == [("REQUIRED", "confirmationNumber")]
    other = {**cleared, "confirmationTypeCode": "D"}
    assert (await change("updateFamily", other))["errors"] == []


async def test_a_family_that_moves_takes_its_members_along(change: Any, session: AsyncSession, listener: Any) -> None:
    family, village = await make_family(session), await make_village(session)
    await session.commit()
    kept = {"id": family.id, "expectedVersion": 1, "address": "Next to the church"}
    assert (await change("updateFamily", kept))["errors"] == []
    assert listener.heard == []
    moved = await change("updateFamily", {"id": family.id, "expectedVersion": 2, "locationId": village.id})
    assert (moved["errors"], moved["object"]["version"]) == ([], 3)
    assert listener.heard == [("family_moved", family.id)]
    await session.refresh(family)
    assert (family.address, family.village_id, family.district_id) == (
        "Next to the church",
        village.id,
        village.district_id,
    )
    places = select(Insuree.village_id, Insuree.district_id).where(Insuree.family_id == family.id).distinct()
    assert (await session.execute(places)).all() == [(village.id, village.district_id)]


async def test_a_family_is_deleted_with_its_members_or_without_rule_2_3_8(
    change: Any, session: AsyncSession, listener: Any
) -> None:
    together, apart = await make_family(session, members=3), await make_family(session, members=3)
    numbers = select(Insuree.insurance_number).where(Insuree.family_id == together.id)
    number = (await session.scalars(numbers)).first()
    village = await session.get_one(Location, apart.location_id)
    await session.commit()
    ended = await change("deleteFamily", {"id": together.id, "expectedVersion": 1, "members": "DELETE"})
    assert (ended["object"]["memberCount"], ended["object"]["endedAt"] is None) == (0, False)
    ended = await change("deleteFamily", {"id": apart.id, "expectedVersion": 1, "members": "DETACH"})
    assert ended["object"]["memberCount"] == 0
    assert listener.heard == [("family_ended", together.id), ("family_ended", apart.id)]
    left = await session.scalars(select(Insuree).where(Insuree.ended_at.is_(None)))
    assert {(one.family_id, one.is_head, one.district_id) for one in left} == {(None, False, apart.district_id)}
    # A number is free again once its holder's registration has ended.
    assert (await change("createFamily", household(village, head=person(insuranceNumber=number))))["errors"] == []
    gone = {"id": together.id, "expectedVersion": 2, "address": "x"}
    assert (await change("updateFamily", gone))["errors"] == [("NOT_FOUND", "id")]


async def test_another_member_becomes_the_head_rule_2_3_7(change: Any, session: AsyncSession) -> None:
    family, other = await make_family(session, members=2), await make_family(session)
    spouse = (await session.scalars(select(Insuree).where(Insuree.relation_code == SPOUSE))).first()
    assert spouse is not None
    await session.commit()
    new = {"id": family.id, "expectedVersion": 1, "headId": spouse.id, "previousHeadRelationCode": SPOUSE}
    stranger = await change("changeFamilyHead", {**new, "headId": other.head_id})
    assert stranger["errors"] == [("NOT_A_MEMBER", "headId")]
    changed = await change("changeFamilyHead", new)
    assert changed["errors"] == []
    assert changed["object"]["head"] == {"id": str(spouse.id)}
    first, second = changed["object"]["members"]["nodes"]
    assert (first["id"], first["relation"], second["relation"]) == (str(spouse.id), None, {"code": SPOUSE})
    assert [first["isHead"], second["isHead"]] == [True, False]


async def test_a_member_is_added_to_a_family(change: Any, session: AsyncSession, listener: Any) -> None:
    family = await make_family(session, members=1)
    await session.commit()
    added = await change("addInsuree", person(familyId=family.id, relationCode=CHILD))
    assert added["errors"] == []
    assert added["object"]["family"] == {"id": str(family.id)}
    assert listener.heard == [("member_added", UUID(added["object"]["id"]))]
    lost = await change("addInsuree", person(familyId=new_id(), relationCode=CHILD))
    assert lost["errors"] == [("NOT_FOUND", "familyId")]


async def test_a_member_leaves_the_family_or_the_scheme_rule_2_3_5(
    change: Any, session: AsyncSession, listener: Any
) -> None:
    family = await make_family(session, members=1)
    child, adult = await make_insuree(session, family), await make_insuree(session, family)
    await session.commit()
    removed = await change("removeInsuree", {"id": child.id, "expectedVersion": 1})
    assert (removed["object"]["family"], removed["object"]["endedAt"]) == (None, None)
    removed = await change("removeInsuree", {"id": adult.id, "expectedVersion": 1, "leaving": "DELETE"})
    assert removed["object"]["endedAt"] is not None
    assert listener.heard == [("member_left", family.id)] * 2
    await session.refresh(child)
    assert (child.village_id, child.district_id) == (family.village_id, family.district_id)


async def test_the_head_neither_leaves_nor_moves_rule_2_3_5_and_6(change: Any, session: AsyncSession) -> None:
    family, other = await make_family(session), await make_family(session)
    await session.commit()
    head = {"id": family.head_id, "expectedVersion": 1}
    assert (await change("removeInsuree", head))["errors"] == [("IS_HEAD", "id")]
    moved = await change("moveInsuree", {**head, "familyId": other.id, "relationCode": "7"})
    assert moved["errors"] == [("IS_HEAD", "id")]


async def test_a_person_joins_another_family_rule_2_3_6(change: Any, session: AsyncSession, listener: Any) -> None:
    old, new = await make_family(session), await make_family(session)
    child = await make_insuree(session, old)
    await session.commit()
    move = {"id": child.id, "expectedVersion": 1, "familyId": new.id, "relationCode": "?"}
    assert (await change("moveInsuree", move))["errors"] == [("UNKNOWN_CODE", "relationCode")]
    moved = await change("moveInsuree", {**move, "relationCode": "7"})
    assert (moved["object"]["family"], moved["object"]["relation"]) == ({"id": str(new.id)}, {"code": "7"})
    assert listener.heard == [("member_left", old.id), ("member_added", child.id)]
    await session.refresh(child)
    assert (child.village_id, child.district_id) == (new.village_id, new.district_id)


async def test_inactive_and_dead_need_a_reason_for_that_and_a_date_rule_2_3_3(
    change: Any, session: AsyncSession, listener: Any
) -> None:
    family = await make_family(session, members=1)
    child = await make_insuree(session, family)
    await session.commit()
    own = {"id": child.id, "expectedVersion": 1}
    dead = {**own, "status": "DEAD"}
    tomorrow = date.fromordinal(clock.today().toordinal() + 1)
    for lacking, problem in (
        ({}, ("REQUIRED", "statusReasonCode")),
        ({"statusReasonCode": "?"}, ("UNKNOWN_CODE", "statusReasonCode")),
        ({"statusReasonCode": "MOVED", "statusOn": "2024-01-01"}, ("STATUS_REASON_MISMATCH", "statusReasonCode")),
        ({"statusReasonCode": "DEATH"}, ("REQUIRED", "statusOn")),
        ({"statusReasonCode": "DEATH", "statusOn": tomorrow}, ("DATE_IN_FUTURE", "statusOn")),
    ):
        assert (await change("updateInsuree", {**dead, **lacking}))["errors"] == [problem]
    answer = await change("updateInsuree", {**dead, "statusReasonCode": "DEATH", "statusOn": "2024-01-01"})
    assert answer["errors"] == []
    assert (await change("updateInsuree", {**own, "expectedVersion": 2, "phone": "0681333045"}))["errors"] == []
    answer = await change("updateInsuree", {**own, "expectedVersion": 3, "status": "ACTIVE"})
    assert answer["errors"] == []
    alive = answer["object"]
    assert (alive["status"], alive["statusReason"], alive["statusOn"]) == ("ACTIVE", None, None)
    assert listener.heard == [("member_status_changed DEAD", child.id), ("member_status_changed ACTIVE", child.id)]


async def test_what_prices_rest_on_is_told_when_it_is_corrected(
    change: Any, session: AsyncSession, listener: Any
) -> None:
    family = await make_family(session, members=1)
    child = await make_insuree(session, family)
    await session.commit()
    own, home = {"id": child.id}, {"id": family.id}
    await change("updateInsuree", {**own, "expectedVersion": 1, "lastName": "Mollel", "birthDate": child.birth_date})
    await change("updateFamily", {**home, "expectedVersion": 1, "address": "Moshi"})
    assert listener.heard == []
    told = [("family_corrected", family.id)]
    for number, (mutation, input) in enumerate(
        (
            ("updateInsuree", {**own, "expectedVersion": 2, "birthDate": "2011-01-01"}),
            ("updateInsuree", {**own, "expectedVersion": 3, "relationCode": "7"}),
            ("updateFamily", {**home, "expectedVersion": 2, "membershipCategoryCode": "POOR"}),
            (
                "changeFamilyHead",
                {**home, "expectedVersion": 3, "headId": child.id, "previousHeadRelationCode": SPOUSE},
            ),
        ),
        start=1,
    ):
        assert (await change(mutation, input))["errors"] == []
        assert listener.heard == told * number


async def test_a_persons_own_number_is_not_taken(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    child, other = await make_insuree(session, family), await make_insuree(session, family)
    await session.commit()
    same = {"id": child.id, "expectedVersion": 1, "insuranceNumber": child.insurance_number, "lastName": "Mollel"}
    assert (await change("updateInsuree", same))["errors"] == []
    taken = {"id": child.id, "expectedVersion": 2, "insuranceNumber": other.insurance_number}
    assert (await change("updateInsuree", taken))["errors"] == [("INSURANCE_NUMBER_TAKEN", "insuranceNumber")]
    missing = {"id": child.id, "expectedVersion": 2, "insuranceNumber": "", "genderCode": None}
    assert (await change("updateInsuree", missing))["errors"] == [
        ("REQUIRED", "insuranceNumber"),
        ("REQUIRED", "genderCode"),
    ]


async def test_members_but_the_head_keep_a_relation(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    child = await make_insuree(session, family)
    await session.commit()
    cleared = {"expectedVersion": 1, "relationCode": None}
    assert (await change("updateInsuree", {**cleared, "id": child.id}))["errors"] == [("REQUIRED", "relationCode")]
    assert (await change("updateInsuree", {**cleared, "id": family.head_id}))["errors"] == []


async def test_a_change_of_an_old_version_is_stale(change: Any, session: AsyncSession) -> None:
    family = await make_family(session)
    await session.commit()
    await change("updateFamily", {"id": family.id, "expectedVersion": 1, "address": "A"})
    stale = await change("updateFamily", {"id": family.id, "expectedVersion": 1, "address": "B"})
    assert stale["errors"] == [("STALE", "expectedVersion")]
    assert stale["object"]["version"] == 2
    deleted = await change("deleteFamily", {"id": family.id, "expectedVersion": 1, "members": "DELETE"})
    assert deleted["errors"] == [("STALE", "expectedVersion")]


async def test_a_clerk_of_another_district_finds_nobody(change: Any, session: AsyncSession) -> None:
    family, village = await make_family(session), await make_village(session)
    child = await make_insuree(session, family)
    await session.commit()
    assert village.district_id is not None
    clerk = actor("CLERK", district=[village.district_id])
    own = {"expectedVersion": 1}
    for mutation, input, path in (
        ("updateFamily", {"id": family.id, **own, "address": "x"}, "id"),
        ("deleteFamily", {"id": family.id, **own, "members": "DELETE"}, "id"),
        ("changeFamilyHead", {"id": family.id, **own, "headId": child.id}, "id"),
        ("addInsuree", person(familyId=family.id, relationCode=CHILD), "familyId"),
        ("updateInsuree", {"id": child.id, **own, "phone": "1"}, "id"),
        ("removeInsuree", {"id": child.id, **own}, "id"),
        ("createFamily", household(await session.get_one(Location, family.location_id)), "locationId"),
    ):
        assert (await change(mutation, input, who=clerk))["errors"] == [("NOT_FOUND", path)]
    assert (await change("createFamily", household(village), who=clerk))["errors"] == []


async def test_enrolling_needs_the_right(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    document = "mutation($input: CreateFamilyInput!) { createFamily(input: $input) { errors { code } } }"
    reply = await api(document, {"input": household(village)}, actor=actor("ACCOUNTANT"))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
