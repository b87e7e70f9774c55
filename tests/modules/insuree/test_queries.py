from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, ErrorCode, clock, hook
from core.host import Host
from core.testing import Api, actor
from modules.insuree.models import Insuree
from modules.insuree.testing import SPOUSE, chf_number, make_family, make_insuree, make_officer
from modules.location.testing import make_village

CHECK = """query($number: String!, $id: ID) {
    insuranceNumberCheck(insuranceNumber: $number, insureeId: $id) { valid code } }"""


async def ask(api: Api, document: str, who: Actor | None = None, **variables: Any) -> Any:
    """The data that a clerk of the whole country is answered, or somebody else."""
    reply = await api(document, variables, actor=who or actor("CLERK"))
    assert reply.errors == []
    return reply.data


async def test_people_are_seen_by_district_or_village_and_nowhere_else_rule_2_3_10(
    api: Api, session: AsyncSession
) -> None:
    village, other = await make_village(session), await make_village(session)
    family = await make_family(session, village, members=2)
    await make_family(session, other, members=2)
    await session.commit()
    document = """query($id: ID!, $head: ID!) { families { nodes { id } totalCount } insurees { totalCount }
        family(id: $id) { id } insuree(id: $head) { id } node(id: $head) { id } }"""
    ids = {"id": family.id, "head": family.head_id}
    assert village.district_id is not None
    assert other.district_id is not None
    for who in (actor("CLERK", district=[village.district_id]), actor("ENROLMENT_OFFICER", village=[village.id])):
        seen = await ask(api, document, who, **ids)
        assert seen["families"] == {"nodes": [{"id": str(family.id)}], "totalCount": 1}
        assert (seen["insurees"]["totalCount"], seen["node"]["id"]) == (2, str(family.head_id))
    for who in (
        actor("CLERK", district=[other.district_id]),
        actor("ENROLMENT_OFFICER", village=[other.id]),
    ):
        seen = await ask(api, document, who, **ids)
        assert (seen["families"]["totalCount"], seen["insurees"]["totalCount"]) == (1, 2)
        assert seen["family"] is seen["insuree"] is seen["node"] is None
    seen = await ask(api, document, actor("CLERK", unbounded=False), **ids)
    assert (seen["families"]["totalCount"], seen["insurees"]["totalCount"]) == (0, 0)


async def test_families_and_people_need_their_rights(api: Api) -> None:
    reply = await api("{ families { totalCount } }", actor=actor("MANAGER"))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
    assert (await api("{ insurees { totalCount } }", actor=actor("RECEPTIONIST"))).errors == []


async def test_a_family_shows_its_members_the_head_first(api: Api, session: AsyncSession) -> None:
    family = await make_family(session, members=3)
    gone = await make_insuree(session, family)
    gone.ended_at = clock.now()
    await session.commit()
    document = """query($id: ID!) { family(id: $id) { memberCount head { isHead age } location { path }
        members { nodes { isHead birthDate age gender { name } relation { code name } } } } }"""
    with clock.at(datetime(2024, 5, 4, 12, tzinfo=UTC)):
        found = (await ask(api, document, id=family.id))["family"]
    assert found["memberCount"] == 3
    assert found["head"] == {"isHead": True, "age": 38}
    head, spouse, child = found["members"]["nodes"]
    assert (head["relation"], spouse["relation"]) == (None, {"code": SPOUSE, "name": "Spouse"})
    assert [member["age"] for member in (head, spouse, child)] == [38, 34, 12]


async def test_fifty_families_with_heads_are_one_statement(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    for _ in range(6):
        await make_family(session, village, members=2)
    await session.commit()
    document = """{ families(first: 50) { nodes {
        memberCount location { path } head { insuranceNumber gender { name } age }
        members { nodes { lastName } } } } }"""
    reply = await api(document, actor=actor("CLERK"))
    assert len(reply.data["families"]["nodes"]) == 6
    assert reply.statements == 1


async def test_deleted_families_are_shown_by_id_only(api: Api, session: AsyncSession) -> None:
    family = await make_family(session)
    family.ended_at = clock.now()
    await session.commit()
    document = "query($id: ID!) { families { totalCount } family(id: $id) { endedAt } }"
    found = await ask(api, document, id=family.id)
    assert found["families"]["totalCount"] == 0
    assert found["family"]["endedAt"] is not None


async def test_a_person_is_found_by_the_number_he_or_she_has_now(api: Api, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    former = await make_insuree(session, family, insurance_number=chf_number(7070707))
    former.ended_at = clock.now()
    await session.flush()
    current = await make_insuree(session, family, insurance_number=former.insurance_number)
    await session.commit()
    document = "query($number: String) { insuree(insuranceNumber: $number) { id insuranceNumber } }"
    found = await ask(api, document, number="070707070")
    assert found == {"insuree": {"id": str(current.id), "insuranceNumber": "070707070"}}
    assert await ask(api, document, number="100000014") == {"insuree": None}
    reply = await api(document, actor=actor("CLERK"))
    assert [error["extensions"]["code"] for error in reply.errors] == ["BAD_REQUEST"]


async def test_people_are_searched_by_number_and_names_in_any_order(api: Api, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    juma = await make_insuree(session, family, last_name="Mollel", other_names="Juma Ali")
    await session.commit()
    document = "query($text: String) { insurees(search: $text) { nodes { id } } }"
    for text in ("juma mollel", "moll", juma.insurance_number[2:7] + " ali"):
        assert await ask(api, document, text=text) == {"insurees": {"nodes": [{"id": str(juma.id)}]}}
    assert await ask(api, document, text="juma mushi") == {"insurees": {"nodes": []}}


async def test_families_within_a_ward(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    family = await make_family(session, village, members=1)
    await make_family(session, members=1)
    await session.commit()
    document = "query($place: ID!) { families(filter: { location: { within: $place } }) { nodes { id } } }"
    assert await ask(api, document, place=village.ward_id) == {"families": {"nodes": [{"id": str(family.id)}]}}


async def test_numbers_are_checked_before_they_are_given_rule_2_2(api: Api, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    number = await session.scalar(select(Insuree.insurance_number).where(Insuree.id == family.head_id))
    await session.commit()

    async def check(number: str | None, **variables: Any) -> tuple[bool, str | None]:
        answer = (await ask(api, CHECK, number=number, **variables))["insuranceNumberCheck"]
        return answer["valid"], answer["code"]

    for valid in ("070707070", "100000014", "123456782"):
        assert await check(valid) == (True, None)
    assert await check(" ") == (False, "REQUIRED")
    assert await check("12345678") == (False, "INSURANCE_NUMBER_LENGTH")
    assert await check("123456781") == (False, "INSURANCE_NUMBER_CHECK_DIGIT")
    assert await check(number) == (False, "INSURANCE_NUMBER_TAKEN")
    assert await check(number, id=family.head_id) == (True, None)


FUNDS = ErrorCode("RESERVED_NUMBER", en="{number} is reserved.", sw="{number} imetengwa.", fr="{number} est réservé.")


class Reserved:
    """A country where a number stands for families that others pay for."""

    @hook
    def check_insurance_number(self, number: str) -> ErrorCode | None:
        return FUNDS if number == "000000000" else None


@pytest.fixture
def reserved(host: Host) -> Iterator[None]:
    """That country, for the time of the test."""
    plugin = Reserved()
    host.plugins.register(plugin)
    yield
    host.plugins.unregister(plugin)


@pytest.mark.usefixtures("reserved")
async def test_a_country_may_refuse_more_numbers_rule_2_2_2(api: Api) -> None:
    document = "query($number: String!) { insuranceNumberCheck(insuranceNumber: $number) { code message } }"
    found = await ask(api, document, number="000000000")
    assert found == {"insuranceNumberCheck": {"code": "RESERVED_NUMBER", "message": "000000000 is reserved."}}


async def test_officers_are_listed_for_everybody_and_by_village(api: Api, session: AsyncSession) -> None:
    village, other = await make_village(session), await make_village(session)
    officer = await make_officer(session, village, code="E00005", valid_to=date(2030, 1, 1))
    await make_officer(session, other)
    await session.commit()
    document = """query($village: ID) {
        enrolmentOfficers(villageId: $village) { nodes { code villages { nodes { id } } } }
        enrolmentOfficer(code: "E00005") { id } }"""
    found = await ask(api, document, actor(), village=village.id)
    assert found["enrolmentOfficers"]["nodes"] == [{"code": "E00005", "villages": {"nodes": [{"id": str(village.id)}]}}]
    assert found["enrolmentOfficer"] == {"id": str(officer.id)}
