"""Access keys of other systems are made and told once, narrowed, listed, revoked, and kept nowhere."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.host import Host
from core.testing import Api, Change, Payload, actor
from modules.people.models import AccessKey, Account
from modules.people.services.access import authenticate
from modules.people.services.seeding import forget_rights
from modules.people.testing import make_account, make_key
from tests.modules.people.conftest import HELD, administrator, asked

Http = Callable[..., AsyncClient]
Make = Callable[..., Awaitable[Payload]]


async def test_a_repeat_is_told_that_the_key_was_handed_out_and_which_to_revoke(
    create_key: Make, session: AsyncSession
) -> None:
    who = administrator()
    first = await create_key(who, clientMutationId="once")
    second = await create_key(who, clientMutationId="once")
    assert second.told == [("KEY_HANDED_OUT", "clientMutationId")]
    assert (second["key"], second["accessKey"]) == (None, None)
    assert first["accessKey"]["id"] in second["errors"][0]["message"]
    assert (await create_key(who, clientMutationId="once", name="Iringa")).told == [
        ("IDEMPOTENCY_MISMATCH", "clientMutationId")
    ]
    assert (await create_key(administrator(), clientMutationId="once"))["key"]  # somebody else's id is another one
    assert len((await session.scalars(select(AccessKey))).all()) == 2


async def test_of_two_that_come_at_once_one_gets_the_key(create_key: Make, session: AsyncSession) -> None:
    who = administrator()
    answers = await asyncio.gather(*(create_key(who, clientMutationId="once") for _ in range(5)))
    assert len([answer for answer in answers if answer["key"]]) == 1
    assert [answer.told for answer in answers if not answer["key"]] == [[("KEY_HANDED_OUT", "clientMutationId")]] * 4
    assert len((await session.scalars(select(AccessKey))).all()) == 1


async def test_what_was_refused_may_be_mended_and_sent_again(create_key: Make) -> None:
    who = administrator()
    assert (await create_key(who, clientMutationId="mended", name=" ")).told == [("REQUIRED", "name")]
    assert (await create_key(who, clientMutationId="mended"))["key"]


async def test_a_client_may_choose_the_id_and_revoke_by_it(create_key: Make, change: Change, http: Http) -> None:
    id = new_id()
    key = (await create_key(id=id))["key"]
    assert (await create_key(id=id)).told == [("TAKEN", "id")]
    assert (await change("revokeAccessKey", who=administrator(), id=id)).told == []
    answer = await asked(http(), key)
    assert answer.status_code == 401
    assert "revoked" in answer.json()["errors"][0]["message"]


async def test_two_who_revoke_at_once_both_are_told_the_same(create_key: Make, change: Change) -> None:
    id = (await create_key())["accessKey"]["id"]
    answers = await asyncio.gather(
        *(change("revokeAccessKey", "accessKey { revokedAt }", who=administrator(), id=id) for _ in range(4))
    )
    assert len({answer["accessKey"]["revokedAt"] for answer in answers}) == 1
    assert [answer.told for answer in answers] == [[]] * 4


async def test_a_key_has_those_of_its_rights_that_its_account_still_holds(
    create_key: Make, host: Host, session: AsyncSession, hospital: Account
) -> None:
    held = sorted(right.name for right in host.rights if HELD in right.roles)
    assert len(held) >= 1, "a role without rights tries nothing"
    made = await create_key(rights=[held[0], held[0]])
    assert made["accessKey"]["rights"] == [held[0]]
    who = await authenticate(host, session, made["key"])
    assert who is not None
    assert who.rights == {held[0]}
    everything = await authenticate(host, session, (await create_key())["key"])
    assert everything is not None
    assert everything.rights == set(held)
    await session.execute(text("DELETE FROM people_role_right WHERE right_name = :name"), {"name": held[0]})
    lost = await authenticate(host, session, made["key"])
    assert lost is not None
    assert lost.rights == frozenset()
    assert (await create_key(rights=[held[0], "people.user.create", "no.such.right"])).told == [
        ("RIGHT_NOT_HELD", "rights.1"), ("UNKNOWN_CODE", "rights.2"),
    ]  # fmt: skip
    assert (await create_key(rights=[])).told == [("REQUIRED", "rights")]


async def test_nobody_gives_a_key_more_than_they_hold(create_key: Make, host: Host) -> None:
    [mine, *_] = sorted(right.name for right in host.rights if HELD in right.roles)
    keeper = actor(rights=("people.access_key.create", "people.access_key.revoke"))
    assert {code for code, _ in (await create_key(keeper)).told} == {"RIGHT_BEYOND_YOURS"}
    assert (await create_key(keeper, rights=[mine])).told == [("RIGHT_BEYOND_YOURS", "rights.0")]
    holder = actor(rights=("people.access_key.create", mine))
    assert (await create_key(holder, rights=[mine]))["key"]
    # Who may change accounts could give any of them any role, and so decides over everybody's rights.
    assert (await create_key(administrator()))["key"]


async def test_who_does_not_work_in_the_whole_country_makes_revokes_and_sees_no_key(
    create_key: Make, api: Api, hospital: Account
) -> None:
    id = (await create_key())["accessKey"]["id"]
    bounded = actor("SYSTEM_ADMINISTRATOR", district=[new_id()])
    for field in (
        f'createAccessKey(input: {{userId: "{hospital.id}", name: "X"}})',
        f'revokeAccessKey(input: {{id: "{id}"}})',
    ):
        for who in (bounded, actor("CLERK")):
            answer = await api(f"mutation {{ {field} {{ errors {{ code }} }} }}", actor=who)
            assert answer.errors[0]["extensions"]["code"] == "FORBIDDEN"
    assert (await api("{ accessKeys { totalCount } }", actor=bounded)).data["accessKeys"]["totalCount"] == 0
    listed = await api("{ accessKeys { nodes { id revokedAt } } }", actor=administrator())
    assert listed.data["accessKeys"]["nodes"] == [{"id": id, "revokedAt": None}]


async def test_keys_are_for_systems_that_are_there_and_active(
    create_key: Make, session: AsyncSession, hospital: Account
) -> None:
    person = await make_account(session)
    hospital.active = False
    await session.commit()
    assert (await create_key(userId=person.id)).told == [("NOT_A_MACHINE", "userId")]
    assert (await create_key(userId=new_id())).told == [("NOT_FOUND", "userId")]
    assert (await create_key()).told == [("ACCOUNT_INACTIVE", "userId")]


WRONG: tuple[tuple[dict[str, Any], tuple[str, str]], ...] = (
    ({"name": ""}, ("REQUIRED", "name")),
    ({"name": "x" * 101}, ("TOO_LONG", "name")),
    ({"expiresOn": "2020-01-01"}, ("EXPIRY_OUT_OF_RANGE", "expiresOn")),
    ({"expiresOn": "9999-12-31"}, ("EXPIRY_OUT_OF_RANGE", "expiresOn")),
    ({"requestsPerMinute": 0}, ("NEGATIVE", "requestsPerMinute")),
    ({"requestsPerMinute": -(2**31)}, ("NEGATIVE", "requestsPerMinute")),
)


async def test_what_makes_no_sense_is_told(create_key: Make) -> None:
    for sent, refused in WRONG:
        assert (await create_key(**sent)).told == [refused]


async def test_a_key_s_text_and_hash_are_in_no_history_answer_kept_or_log(
    create_key: Make, change: Change, http: Http, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await create_key(clientMutationId="kept nowhere")
    key, id = made["key"], made["accessKey"]["id"]
    await asked(http(), key)
    await asked(http(), key[:-1])
    await change("revokeAccessKey", who=administrator(), id=id)
    await asked(http(), key)
    row = (await session.scalars(select(AccessKey))).one()
    stored = [caplog.text]
    for table in ("core_history", "core_idempotency", "procrastinate_jobs", "people_access_key"):
        stored += await session.scalars(text(f"SELECT t::text FROM {table} t"))
    assert [each for each in stored if key.rpartition("_")[2] in each] == []
    assert len([each for each in stored if row.key_hash.hex() in each]) == 1, "but in its own row"
    select_history = "SELECT action, changes FROM core_history WHERE table_name = 'people_access_key' ORDER BY id"
    history = (await session.execute(text(select_history))).all()
    assert [action for action, _ in history] == ["I", "U"]
    assert set(history[1].changes) == {"revoked_at"}
    assert not {"key_hash", "last_used_at"} & set(history[0].changes)


async def test_what_a_removed_module_s_rights_were_is_forgotten(session: AsyncSession, host: Host) -> None:
    account = await make_account(session, "gothomis", roles=[HELD], machine=True)
    [right, *_] = sorted(right.name for right in host.rights if HELD in right.roles)
    row, _ = await make_key(session, account, rights=[right])
    await forget_rights(session, [right, "no.such.right"])
    await session.refresh(row)
    assert row.rights == []  # and not null, which would be all of them


async def test_the_list_tells_who_made_a_key_and_when_it_was_used(create_key: Make, api: Api, http: Http) -> None:
    key = (await create_key(name="Mbeya"))["key"]
    await create_key(name="Iringa")
    await asked(http(), key)
    asks = """{ accessKeys(search: "mbe") { nodes { name user { username } lastUsedAt expiresOn revokedAt } totalCount } }"""
    listed = (await api(asks, actor=administrator())).data["accessKeys"]
    [node] = listed["nodes"]
    assert node.pop("lastUsedAt")
    assert node == {"name": "Mbeya", "user": {"username": "gothomis"}, "expiresOn": None, "revokedAt": None}
    assert listed["totalCount"] == 1
