"""Enrolment officers sign in, and find themselves."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.testing import Api, actor
from modules.insuree.testing import make_officer
from modules.location.testing import make_village
from modules.people.testing import make_account

ME = "{ me { enrolmentOfficer { code villages { nodes { name } } } } }"
ACCOUNTS = "{ enrolmentOfficers { nodes { code user { username } } } }"
CREATE = """mutation($input: CreateEnrolmentOfficerInput!) { createEnrolmentOfficer(input: $input) {
    enrolmentOfficer { user { username } } errors { code path } } }"""
UPDATE = """mutation($input: UpdateEnrolmentOfficerInput!) { updateEnrolmentOfficer(input: $input) {
    enrolmentOfficer { user { username } } errors { code path } } }"""
OFFICER = {"code": "E00005", "lastName": "Kimaro", "otherNames": "Neema"}
ADMINISTRATORS = ("SCHEME_ADMINISTRATOR", "SYSTEM_ADMINISTRATOR")


async def test_an_officer_who_signs_in_finds_himself_and_his_villages(api: Api, session: AsyncSession) -> None:
    account, other = await make_account(session, "neema"), await make_account(session, "asha")
    await make_officer(session, await make_village(session, name="Patandi"), code="E1", account_id=account.id)
    await make_officer(session, await make_village(session))
    await session.commit()
    found = await api(ME, actor=replace(actor(), id=account.id))
    assert found.data["me"]["enrolmentOfficer"] == {"code": "E1", "villages": {"nodes": [{"name": "Patandi"}]}}
    nobody = await api(ME, actor=replace(actor(), id=other.id))
    assert nobody.data["me"]["enrolmentOfficer"] is None


async def test_an_officers_account_is_shown_to_those_who_may_see_accounts(api: Api, session: AsyncSession) -> None:
    account = await make_account(session, "neema")
    await make_officer(session, code="E1", account_id=account.id)
    await make_officer(session, code="E2")
    await session.commit()
    for role, shown in (("SYSTEM_ADMINISTRATOR", {"username": "neema"}), ("MANAGER", None)):
        reply = await api(ACCOUNTS, actor=actor(role))
        officers = {node["code"]: node["user"] for node in reply.data["enrolmentOfficers"]["nodes"]}
        assert (reply.errors, officers) == ([], {"E1": shown, "E2": None})


async def test_an_officer_gets_only_an_account_that_is_there(api: Api, session: AsyncSession) -> None:
    account = await make_account(session, "neema")
    await session.commit()

    async def send(document: str, **fields: Any) -> dict[str, Any]:
        reply = await api(document, {"input": fields}, actor=actor(*ADMINISTRATORS))
        assert reply.errors == []
        [payload] = reply.data.values()
        return {"user": None, **(payload["enrolmentOfficer"] or {}), "errors": payload["errors"]}

    unknown = {"user": None, "errors": [{"code": "NOT_FOUND", "path": ["userId"]}]}
    assert await send(CREATE, **OFFICER, userId=new_id()) == unknown
    id = new_id()
    known = {"user": {"username": "neema"}, "errors": []}
    assert await send(CREATE, **OFFICER, id=id, userId=account.id) == known
    assert await send(UPDATE, id=id, expectedVersion=1, userId=new_id()) == unknown
    assert await send(UPDATE, id=id, expectedVersion=1, userId=None) == {"user": None, "errors": []}
