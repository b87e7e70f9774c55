"""Whoever looks up a single person outside his or her own work leaves a trace; lists leave none (decision 8)."""

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.history import HistoryRow
from core.testing import Api, actor
from modules.insuree.models import EnrolmentOfficer, Insuree, OfficerVillage
from modules.insuree.testing import make_family

BY_NUMBER = "query($n: String!) { insuree(insuranceNumber: $n) { id } }"
BY_ID = "query($id: ID!) { insuree(id: $id) { id } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
LIST = "{ insurees { nodes { id } } families { nodes { members { nodes { id } } } } }"
LOG = """query($f: AuditEntryFilter) { auditLog(filter: $f) {
  nodes { at action actorId requestId tableName rowId changes } } }"""


async def somebody(session: AsyncSession) -> Insuree:
    family = await make_family(session)
    await session.commit()
    return (await session.scalars(select(Insuree).where(Insuree.family_id == family.id))).first()  # type: ignore[return-value]


async def read(session: AsyncSession) -> list[HistoryRow]:
    query = select(HistoryRow).where(HistoryRow.action == "R").order_by(HistoryRow.id)
    return list(await session.scalars(query))


async def test_a_look_up_is_noted_with_who_and_how(api: Api, session: AsyncSession) -> None:
    asha = await somebody(session)
    clerk = actor("CLERK", district=[asha.district_id])
    reply = await api(BY_NUMBER, {"n": asha.insurance_number}, actor=clerk)
    assert (reply.errors, reply.statements) == ([], 1)
    await api(BY_ID, {"id": asha.id}, actor=clerk)
    await api(NODE, {"id": asha.id}, actor=clerk)
    noted = await read(session)
    assert [(note.table_name, note.row_id, note.actor_id) for note in noted] == [
        ("insuree_insuree", asha.id, clerk.id)
    ] * 3
    assert [note.changes for note in noted] == [
        {"field": "insuree", "by": ["insuranceNumber"]},
        {"field": "insuree", "by": ["id"]},
        {"field": "node", "by": ["id"]},
    ]
    assert all(note.request_id for note in noted)


async def test_fifty_at_once_leave_fifty_notes_in_few_transactions(api: Api, session: AsyncSession) -> None:
    asha = (await somebody(session)).id
    clerks = [actor("CLERK") for _ in range(50)]
    assert (await api(BY_ID, {"id": new_id()}, actor=clerks[0])).errors == []  # which plans it
    await session.execute(text("LOCK TABLE core_history IN EXCLUSIVE MODE"))  # as if the disk were slow
    asked = [asyncio.create_task(api(BY_ID, {"id": asha}, actor=clerk)) for clerk in clerks]
    await asyncio.sleep(0.3)
    await session.rollback()
    assert all(reply.data["insuree"]["id"] == str(asha) for reply in await asyncio.gather(*asked))
    noted = await read(session)
    assert {note.actor_id for note in noted} == {clerk.id for clerk in clerks}
    assert len(noted) == len({note.request_id for note in noted}) == 50
    assert len({note.at for note in noted}) <= 10, "one transaction has one moment"


async def test_what_cannot_be_noted_is_not_answered(api: Api, session: AsyncSession) -> None:
    asha = await somebody(session)
    noted_never = actor("CLERK")
    forbid = f"ALTER TABLE core_history ADD CHECK (actor_id <> '{noted_never.id}' OR action <> 'R')"
    await session.execute(text(forbid))
    await session.commit()
    document = "query($id: ID!) { insuree(id: $id) { id lastName } }"
    whoever = [noted_never, actor("CLERK"), noted_never, actor("CLERK")]
    replies = await asyncio.gather(*(api(document, {"id": asha.id}, actor=who) for who in whoever))
    for reply in replies[::2]:
        assert (reply.data, reply.errors[0]["extensions"]["code"]) == ({"insuree": None}, "INTERNAL")
        assert asha.last_name.encode() not in reply.body
    assert [reply.data["insuree"]["lastName"] for reply in replies[1::2]] == [asha.last_name] * 2
    assert {note.actor_id for note in await read(session)} == {whoever[1].id, whoever[3].id}


async def test_no_answer_leaves_before_its_note_is_committed(api: Api, session: AsyncSession) -> None:
    asha = (await somebody(session)).id
    await session.execute(text("LOCK TABLE core_history IN EXCLUSIVE MODE"))
    asked = [asyncio.create_task(api(BY_ID, {"id": asha}, actor=actor("CLERK"))) for _ in range(3)]
    await asyncio.sleep(0.3)
    assert not any(task.done() for task in asked)
    asked[0].cancel()  # as when the server is stopped, or the request takes too long
    await session.rollback()
    replies = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(replies[0], asyncio.CancelledError)
    assert all(reply.data["insuree"]["id"] == str(asha) for reply in replies[1:])  # type: ignore[union-attr]
    assert len(await read(session)) >= 2


async def test_lists_and_what_lies_below_another_row_leave_no_trace(api: Api, session: AsyncSession) -> None:
    await somebody(session)
    assert (await api(LIST, actor=actor("CLERK"))).errors == []
    assert await read(session) == []


FILTERED = "query($f: InsureeFilter) { insurees(filter: $f) { %s } }"
NESTED = "query($f: InsureeFilter) { families { nodes { members(filter: $f) { nodes { id } } } } }"
EXACT = [
    ({"insuranceNumber": {"eq": "NUMBER"}}, ["filter.insuranceNumber"]),
    ({"insuranceNumber": {"in": ["NUMBER", "1"]}}, ["filter.insuranceNumber"]),
    ({"insuranceNumber": {"gte": "NUMBER", "lte": "NUMBER"}}, ["filter.insuranceNumber"]),
    ({"not": {"insuranceNumber": {"ne": "NUMBER"}}}, ["filter.insuranceNumber"]),
    ({"or": [{"phone": {"startsWith": "0712345678"}}]}, ["filter.phone"]),
    ({"phone": {"eq": "0712345678"}, "idNumber": {"eq": "19850505-21"}}, ["filter.idNumber", "filter.phone"]),
    ({"email": {"contains": "asha@"}}, ["filter.email"]),
]


@pytest.mark.parametrize(
    ("document", "filter", "by"),
    [(FILTERED % "totalCount", *each) for each in EXACT]
    + [(FILTERED % "nodes { id }", *EXACT[0]), (NESTED, *EXACT[0])],
)
async def test_a_list_narrowed_by_what_identifies_is_a_look_up(
    api: Api, session: AsyncSession, document: str, filter: dict[str, Any], by: list[str]
) -> None:
    asha = await somebody(session)
    asha.phone, asha.id_number, asha.email = "0712345678", "19850505-21", "asha@example.org"
    await session.commit()
    sent = orjson.loads(orjson.dumps(filter).replace(b"NUMBER", asha.insurance_number.encode()))
    clerk = actor("CLERK", district=[asha.district_id])
    reply = await api(document, {"f": sent}, actor=clerk)
    assert (reply.errors, reply.statements) == ([], 1)
    [note] = await read(session)
    assert (note.table_name, note.row_id, note.actor_id) == ("insuree_insuree", asha.id, clerk.id)
    assert note.changes == {"field": "members" if document is NESTED else "insurees", "by": by}
    assert asha.insurance_number not in str(note.changes)


async def test_a_whole_number_in_a_search_is_a_look_up_and_a_name_is_not(api: Api, session: AsyncSession) -> None:
    asha = await somebody(session)
    search = "query($s: String) { insurees(search: $s) { totalCount } }"
    await api(search, {"s": "Mushi Asha"}, actor=actor("CLERK"))
    await api(search, {"s": asha.insurance_number[:6]}, actor=actor("CLERK"))
    assert await read(session) == []
    await api(search, {"s": f"mushi {asha.insurance_number}"}, actor=actor("CLERK"))
    [note] = await read(session)
    assert (note.row_id, note.changes) == (asha.id, {"field": "insurees", "by": ["search"]})


async def test_what_finds_many_is_a_list_and_whoever_lies_elsewhere_is_not_looked_up(
    api: Api, session: AsyncSession
) -> None:
    family = await make_family(session, members=11)
    await session.commit()
    person = (await session.scalars(select(Insuree).where(Insuree.family_id == family.id))).first()
    assert person is not None
    many = {"insuranceNumber": {"startsWith": person.insurance_number[:2]}}
    assert (await api(FILTERED % "totalCount", {"f": many}, actor=actor("CLERK"))).data["insurees"]["totalCount"] == 11
    exact = {"insuranceNumber": {"eq": person.insurance_number}}
    reply = await api(FILTERED % "totalCount", {"f": exact}, actor=actor("CLERK", district=[new_id()]))
    assert reply.data == {"insurees": {"totalCount": 0}}
    assert await read(session) == []
    await api(FILTERED % "nodes { id }", {"f": {"lastName": {"eq": person.last_name}}}, actor=actor("CLERK"))
    assert await read(session) == []


async def test_who_is_not_found_or_not_seen_leaves_no_trace(api: Api, session: AsyncSession) -> None:
    asha = await somebody(session)
    await api(BY_ID, {"id": new_id()}, actor=actor("CLERK"))
    reply = await api(BY_ID, {"id": asha.id}, actor=actor("CLERK", district=[new_id()]))
    assert reply.data == {"insuree": None}
    assert await read(session) == []


async def test_an_officer_of_the_village_leaves_no_trace_and_one_of_another_does(
    api: Api, session: AsyncSession
) -> None:
    asha = await somebody(session)
    officer = actor("ENROLMENT_OFFICER", village=[asha.village_id])
    row = EnrolmentOfficer(
        code="E1", last_name="Moshi", other_names="Juma", valid_from=clock.today(), account_id=officer.id
    )
    session.add(row)
    await session.flush()
    session.add(OfficerVillage(officer_id=row.id, village_id=asha.village_id))
    await session.commit()
    await api(BY_ID, {"id": asha.id}, actor=officer)
    assert await read(session) == []
    await api(BY_ID, {"id": asha.id}, actor=actor("ENROLMENT_OFFICER", village=[asha.village_id]))
    assert len(await read(session)) == 1


async def test_the_audit_log_is_narrowed_to_an_account_an_object_and_a_time(api: Api, session: AsyncSession) -> None:
    asha = await somebody(session)
    clerk, other, auditor = actor("CLERK"), actor("CLERK"), actor("SYSTEM_ADMINISTRATOR")
    await api(BY_ID, {"id": asha.id}, actor=clerk)
    await api(BY_ID, {"id": asha.id}, actor=other)

    async def log(filter: dict[str, Any]) -> list[dict[str, Any]]:
        reply = await api(LOG, {"f": filter}, actor=auditor)
        assert reply.errors == []
        return list(reply.data["auditLog"]["nodes"])

    [entry] = await log({"actorId": {"eq": clerk.id}})
    assert (entry["action"], entry["tableName"], entry["rowId"]) == ("R", "insuree_insuree", str(asha.id))
    assert {each["action"] for each in await log({"rowId": {"eq": asha.id}})} >= {"I", "R"}
    assert len(await log({"rowId": {"eq": asha.id}, "action": {"eq": "R"}})) == 2
    assert await log({"at": {"gt": "2100-01-01T00:00:00Z"}}) == []


async def test_the_audit_log_needs_its_right_and_who_sees_a_part_of_the_country_sees_his_own(
    api: Api, session: AsyncSession
) -> None:
    asha = await somebody(session)
    await api(BY_ID, {"id": asha.id}, actor=actor("CLERK"))
    reply = await api(LOG, actor=actor("CLERK"))
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"
    district = actor("SYSTEM_ADMINISTRATOR", "CLERK", district=[asha.district_id])
    assert (await api(LOG, actor=district)).data["auditLog"]["nodes"] == []
    await api(BY_ID, {"id": asha.id}, actor=district)
    [own] = (await api(LOG, actor=district)).data["auditLog"]["nodes"]
    assert own["actorId"] == str(district.id)
