"""Other systems act with access keys: made once, counted by themselves, revoked at once, and kept nowhere."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from core import Actor, clock, new_id
from core.host import Host
from core.testing import Api, actor, counted
from modules.location.testing import make_district
from modules.people.models import AccessKey, Account
from modules.people.services.access import authenticate
from modules.people.services.key_texts import new_key
from modules.people.testing import PASSWORD, make_account, make_key
from tests.modules.people.conftest import until

After = Callable[..., datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]
Http = Callable[..., AsyncClient]
Server = Callable[[], Awaitable[Starlette]]

CREATE = """mutation($input: CreateAccessKeyInput!) { createAccessKey(input: $input) {
    key accessKey { id publicId name rights requestsPerMinute expiresOn lastUsedAt user { username } createdBy { id } }
    errors { code path message } } }"""
REVOKE = """mutation($input: RevokeAccessKeyInput!) { revokeAccessKey(input: $input) {
    accessKey { revokedAt } errors { code path } } }"""
CREATE_USER = """mutation($input: CreateUserInput!) { createUser(input: $input) {
    user { id machine } errors { code path } } }"""
ME = {"query": "{ me { username rights } }"}


def administrator() -> Actor:
    return actor("SYSTEM_ADMINISTRATOR")


def codes(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]


@pytest.fixture
async def hospital(session: AsyncSession) -> Account:
    """The account of a hospital's system."""
    account = await make_account(session, "gothomis", roles=["SCHEME_ADMINISTRATOR"], machine=True)
    await session.commit()
    return account


@pytest.fixture
def create(api: Api, hospital: Account) -> Ask:
    """Makes a key as somebody: `await create(name="Mbeya")`."""

    async def create(who: Actor | None = None, **sent: Any) -> dict[str, Any]:
        given = {"userId": hospital.id, "name": "Mbeya", **sent}
        payload: dict[str, Any] = (await api(CREATE, {"input": given}, actor=who or administrator())).data[
            "createAccessKey"
        ]
        return payload

    return create


async def asked(client: AsyncClient, key: str, **headers: str) -> Any:
    return await client.post("/graphql", json=ME, headers={"authorization": f"Bearer {key}", **headers})


async def ask(app: Starlette, key: str) -> int:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bima") as client:
        answer = await asked(client, key)
    return int(answer.status_code)


async def test_a_key_acts_for_its_account(create: Ask, http: Http, session: AsyncSession) -> None:
    made = await create(expiresOn="2030-01-31", requestsPerMinute=30)
    key, kept = made["key"], made["accessKey"]
    assert made["errors"] == []
    assert key.startswith(f"bima_{kept['publicId']}_")
    assert (kept["user"], kept["expiresOn"], kept["lastUsedAt"]) == ({"username": "gothomis"}, "2030-01-31", None)
    answer = await asked(http(), key)
    assert answer.json()["data"]["me"]["username"] == "gothomis"
    row = (await session.scalars(select(AccessKey))).one()
    assert row.last_used_at is not None


async def test_it_authenticates_where_files_are_sent_as_well(create: Ask, http: Http) -> None:
    key = (await create())["key"]
    refused = await http().post("/files", content=b"no picture", headers={"authorization": "Bearer bima_nonsense"})
    assert refused.status_code == 401
    known = await http().post("/files", content=b"no picture", headers={"authorization": f"Bearer {key}"})
    assert known.status_code == 415


async def test_one_statement_tells_who_holds_a_key(host: Host, session: AsyncSession) -> None:
    _, key = await make_key(session, await make_account(session, "gothomis", machine=True))
    await session.commit()
    for statements_sent in (2, 1):  # the first use is written down
        async with host.db.session() as other:
            with counted(host) as statements:
                who = await authenticate(host, other, key)
        assert who is not None
        assert who.unbounded
        assert len([sent for sent in statements if "people_" in sent]) == statements_sent


@pytest.mark.parametrize(
    "header",
    [
        "Bearer bima_",
        "Bearer bima_x",
        "Bearer " + "bima_" * 1000,
        "Bearer bima_é".encode(),
        "Bearer bima_\udcff".encode("utf-8", "surrogateescape"),
        "Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "Bearer",
        "Basic YmltYTpiaW1h",
        "bima_x",
        "",
    ],
)
async def test_nonsense_opens_nothing_and_asks_no_table(http: Http, host: Host, header: str | bytes) -> None:
    with counted(host) as statements:
        answer = await http().post(
            "/graphql", json=ME, headers=[(b"authorization", header if isinstance(header, bytes) else header.encode())]
        )
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "www-authenticate" in answer.headers
    assert not [sent for sent in statements if "people_" in sent]


async def test_a_key_of_another_text_with_a_known_beginning_opens_nothing(create: Ask, http: Http) -> None:
    key, other = (await create())["key"], new_key().text
    public, (_, _, secret) = key[:18], other.rpartition("_")
    assert (await asked(http(), f"{public}{secret}")).status_code == 401
    assert (await asked(http(), other)).status_code == 401
    assert (await asked(http(), key)).status_code == 200


async def test_a_key_in_the_address_a_cookie_or_another_header_is_not_read(create: Ask, http: Http) -> None:
    key = (await create())["key"]
    for how in (
        {"params": {"access_token": key, "key": key, "authorization": f"Bearer {key}"}},
        {"headers": {"cookie": f"authorization=Bearer {key}; access_token={key}; session={key}"}},
        {"headers": {"x-api-key": key, "proxy-authorization": f"Bearer {key}"}},
    ):
        answer = await http().post("/graphql", json=ME, **how)
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", how


async def test_a_repeat_is_told_that_the_key_was_handed_out_and_which_to_revoke(
    create: Ask, session: AsyncSession
) -> None:
    who = administrator()
    first = await create(who, clientMutationId="once")
    second = await create(who, clientMutationId="once")
    assert codes(second) == [("KEY_HANDED_OUT", "clientMutationId")]
    assert (second["key"], second["accessKey"]) == (None, None)
    assert first["accessKey"]["id"] in second["errors"][0]["message"]
    assert codes(await create(who, clientMutationId="once", name="Iringa")) == [
        ("IDEMPOTENCY_MISMATCH", "clientMutationId")
    ]
    assert (await create(administrator(), clientMutationId="once"))["key"]  # somebody else's id is another one
    assert len((await session.scalars(select(AccessKey))).all()) == 2


async def test_of_two_that_come_at_once_one_gets_the_key(create: Ask, session: AsyncSession) -> None:
    who = administrator()
    answers = await asyncio.gather(*(create(who, clientMutationId="once") for _ in range(5)))
    assert len([answer for answer in answers if answer["key"]]) == 1
    assert [codes(answer) for answer in answers if not answer["key"]] == [[("KEY_HANDED_OUT", "clientMutationId")]] * 4
    assert len((await session.scalars(select(AccessKey))).all()) == 1


async def test_what_was_refused_may_be_mended_and_sent_again(create: Ask) -> None:
    who = administrator()
    assert codes(await create(who, clientMutationId="mended", name=" ")) == [("REQUIRED", "name")]
    assert (await create(who, clientMutationId="mended"))["key"]


async def test_a_client_may_choose_the_id_and_revoke_by_it(create: Ask, api: Api, http: Http) -> None:
    id = new_id()
    key = (await create(id=id))["key"]
    assert codes(await create(id=id)) == [("TAKEN", "id")]
    assert (await api(REVOKE, {"input": {"id": id}}, actor=administrator())).data["revokeAccessKey"]["errors"] == []
    answer = await asked(http(), key)
    assert answer.status_code == 401
    assert "revoked" in answer.json()["errors"][0]["message"]


async def test_two_who_revoke_at_once_both_are_told_the_same(create: Ask, api: Api) -> None:
    id = (await create())["accessKey"]["id"]
    answers = await asyncio.gather(*(api(REVOKE, {"input": {"id": id}}, actor=administrator()) for _ in range(4)))
    assert len({answer.data["revokeAccessKey"]["accessKey"]["revokedAt"] for answer in answers}) == 1
    assert [answer.data["revokeAccessKey"]["errors"] for answer in answers] == [[]] * 4


async def test_revoking_in_one_process_acts_in_another_at_once(create: Ask, api: Api, server: Server) -> None:
    made, app = await create(), await server()
    assert await ask(app, made["key"]) == 200
    with counted(app.state.host) as statements:
        assert await ask(app, made["key"]) == 200
    assert not [sent for sent in statements if "people_access_key" in sent]
    before = app.state.actors.changes
    await api(REVOKE, {"input": {"id": made["accessKey"]["id"]}}, actor=administrator())
    await until(lambda: app.state.actors.changes > before)
    assert await ask(app, made["key"]) == 401


CHANGES = {
    "a key revoked": "UPDATE people_access_key SET revoked_at = now()",
    "another end": "UPDATE people_access_key SET expires_on = '2099-01-01'",
    "other rights": "UPDATE people_access_key SET rights = '{}'",
    "another rate": "UPDATE people_access_key SET requests_per_minute = 5",
    "the account deactivated": "UPDATE people_account SET active = false",
    "a key deleted": "DELETE FROM people_access_key",
}


async def test_whatever_changes_what_a_key_opens_is_heard_and_its_use_is_not(
    create: Ask, session: AsyncSession, server: Server
) -> None:
    key, app = (await create())["key"], await server()
    await session.execute(text("UPDATE people_access_key SET last_used_at = now() - interval '1 day'"))
    await session.commit()
    changes = app.state.actors.changes
    for what, statement in CHANGES.items():
        await ask(app, key)
        before = app.state.actors.changes
        assert what != "a key revoked" or before == changes, "its use was written and nobody had to forget"
        await session.execute(text(statement))
        await session.commit()
        await until(lambda before=before: app.state.actors.changes > before)  # type: ignore[misc]
        assert app.state.actors.find(key) is None, what


async def test_a_deactivated_account_opens_nothing_until_it_is_active_again(
    create: Ask, http: Http, session: AsyncSession, hospital: Account
) -> None:
    key = (await create())["key"]
    for active, status in ((False, 401), (True, 200)):
        (await session.get_one(Account, hospital.id)).active = active
        await session.commit()
        assert (await asked(http(), key)).status_code == status


async def test_a_key_is_good_until_its_last_day_is_over_where_the_scheme_is(
    create: Ask, host: Host, session: AsyncSession, after: After
) -> None:
    zone = host.settings.timezone
    with clock.at(after()):
        key = (await create(expiresOn="2026-03-04"))["key"]
    midnight = datetime(2026, 3, 5, tzinfo=zone)
    with clock.at(midnight.replace(day=4, hour=23, minute=59, second=59)):
        who = await authenticate(host, session, key)
    assert who is not None
    assert who.valid_until == midnight  # no server remembers it longer
    with clock.at(midnight), pytest.raises(Exception, match="time is over"):
        await authenticate(host, session, key)


async def test_its_use_is_written_about_once_a_minute(host: Host, session: AsyncSession, after: After) -> None:
    row, key = await make_key(session, await make_account(session, "gothomis", machine=True))
    await session.commit()
    seen = []
    for seconds in (0, 10, 49, 50, 60, 99, 100):
        with clock.at(after(seconds=seconds)):
            async with host.db.session() as other:
                await authenticate(host, other, key)
        await session.refresh(row)
        assert row.last_used_at is not None
        seen.append((row.last_used_at - after()).seconds)
    assert seen == [0, 0, 0, 50, 50, 50, 100]


async def test_nobody_waits_while_a_key_is_being_changed(host: Host, session: AsyncSession) -> None:
    row, key = await make_key(session, await make_account(session, "gothomis", machine=True))
    await session.commit()
    await session.execute(select(AccessKey.id).where(AccessKey.id == row.id).with_for_update())
    async with asyncio.timeout(5), host.db.session() as other:
        assert await authenticate(host, other, key)
    await session.rollback()


async def test_a_key_has_those_of_its_rights_that_its_account_still_holds(
    create: Ask, host: Host, session: AsyncSession, hospital: Account
) -> None:
    held = sorted(right.name for right in host.rights if "SCHEME_ADMINISTRATOR" in right.roles)
    assert len(held) >= 1, "a role without rights tries nothing"
    made = await create(rights=[held[0], held[0]])
    assert made["accessKey"]["rights"] == [held[0]]
    who = await authenticate(host, session, made["key"])
    assert who is not None
    assert who.rights == {held[0]}
    everything = await authenticate(host, session, (await create())["key"])
    assert everything is not None
    assert everything.rights == set(held)
    await session.execute(text("DELETE FROM people_role_right WHERE right_name = :name"), {"name": held[0]})
    lost = await authenticate(host, session, made["key"])
    assert lost is not None
    assert lost.rights == frozenset()
    assert codes(await create(rights=[held[0], "people.user.create", "no.such.right"])) == [
        ("RIGHT_NOT_HELD", "rights.1"), ("UNKNOWN_CODE", "rights.2"),
    ]  # fmt: skip
    assert codes(await create(rights=[])) == [("REQUIRED", "rights")]


async def test_a_key_sees_what_its_account_sees(host: Host, session: AsyncSession) -> None:
    district = await make_district(session)
    account = await make_account(session, "gothomis", machine=True, grants=[("location", district.id)])
    _, key = await make_key(session, account)
    who = await authenticate(host, session, key)
    assert who is not None
    assert (who.unbounded, who.scopes) == (False, {"district": (district.id,)})


async def test_nobody_gives_a_key_more_than_they_hold(create: Ask, host: Host) -> None:
    [mine, *_] = sorted(right.name for right in host.rights if "SCHEME_ADMINISTRATOR" in right.roles)
    keeper = actor(rights=("people.access_key.create", "people.access_key.revoke"))
    assert {code for code, _ in codes(await create(keeper))} == {"RIGHT_BEYOND_YOURS"}
    assert codes(await create(keeper, rights=[mine])) == [("RIGHT_BEYOND_YOURS", "rights.0")]
    holder = actor(rights=("people.access_key.create", mine))
    assert (await create(holder, rights=[mine]))["key"]
    # Who may change accounts could give any of them any role, and so decides over everybody's rights.
    assert (await create(administrator()))["key"]


async def test_who_does_not_work_in_the_whole_country_makes_revokes_and_sees_no_key(
    create: Ask, api: Api, hospital: Account
) -> None:
    id = (await create())["accessKey"]["id"]
    bounded = actor("SYSTEM_ADMINISTRATOR", district=[new_id()])
    for document, sent in ((CREATE, {"userId": hospital.id, "name": "Mbeya"}), (REVOKE, {"id": id})):
        for who, code in ((bounded, "FORBIDDEN"), (actor("CLERK"), "FORBIDDEN")):
            answer = await api(document, {"input": sent}, actor=who)
            assert answer.errors[0]["extensions"]["code"] == code
    assert (await api("{ accessKeys { totalCount } }", actor=bounded)).data["accessKeys"]["totalCount"] == 0
    listed = await api("{ accessKeys { nodes { id } } }", actor=administrator())
    assert listed.data["accessKeys"]["nodes"] == [{"id": id}]


async def test_keys_are_for_systems_that_are_there_and_active(
    create: Ask, session: AsyncSession, hospital: Account
) -> None:
    person = await make_account(session)
    hospital.active = False
    await session.commit()
    assert codes(await create(userId=person.id)) == [("NOT_A_MACHINE", "userId")]
    assert codes(await create(userId=new_id())) == [("NOT_FOUND", "userId")]
    assert codes(await create()) == [("ACCOUNT_INACTIVE", "userId")]


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        ({"name": ""}, ("REQUIRED", "name")),
        ({"name": "x" * 101}, ("TOO_LONG", "name")),
        ({"expiresOn": "2020-01-01"}, ("EXPIRY_OUT_OF_RANGE", "expiresOn")),
        ({"expiresOn": "9999-12-31"}, ("EXPIRY_OUT_OF_RANGE", "expiresOn")),
        ({"requestsPerMinute": 0}, ("NEGATIVE", "requestsPerMinute")),
        ({"requestsPerMinute": -(2**31)}, ("NEGATIVE", "requestsPerMinute")),
    ],
)
async def test_what_makes_no_sense_is_told(create: Ask, sent: dict[str, Any], refused: tuple[str, str]) -> None:
    assert codes(await create(**sent)) == [refused]


async def test_a_key_is_held_to_its_own_rate_and_told_when_to_come_again(
    create: Ask, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rates.time.monotonic", lambda: 1000.0)
    slow, other = (await create(requestsPerMinute=2))["key"], (await create())["key"]
    client = http()
    assert [(await asked(client, slow)).status_code for _ in range(3)] == [200, 200, 429]
    refused = await asked(client, slow)
    assert refused.headers["retry-after"] == "30"
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert (await asked(client, other)).status_code == 200  # each key by itself


async def test_a_mutation_that_a_key_repeats_has_one_effect(create: Ask, http: Http, api: Api) -> None:
    await _with_right_to_make_roles(api)
    key = (await create())["key"]
    other = (await create())["key"]
    sent = {
        "query": "mutation($input: CreateRoleInput!) { createRole(input: $input) { role { id } errors { code } } }",
        "variables": {"input": {"code": "AUDITOR", "name": "Auditor", "clientMutationId": "from-gothomis"}},
    }
    answers = [
        (await http().post("/graphql", json=sent, headers={"authorization": f"Bearer {each}"})).json()
        for each in (key, key, other)
    ]
    assert answers[0]["data"]["createRole"]["errors"] == []
    assert answers[0] == answers[1] == answers[2]  # the account's ids, whichever of its keys sends them


async def _with_right_to_make_roles(api: Api) -> None:
    role = (await api('{ role(code: "SCHEME_ADMINISTRATOR") { id version } }', actor=administrator())).data["role"]
    change = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { errors { code } } }"
    sent = {"id": role["id"], "expectedVersion": role["version"], "rights": ["people.role.create"]}
    assert (await api(change, {"input": sent}, actor=administrator())).errors == []


async def test_a_key_s_text_and_hash_are_in_no_history_answer_kept_or_log(
    create: Ask, api: Api, http: Http, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await create(clientMutationId="kept nowhere")
    key, id = made["key"], made["accessKey"]["id"]
    await asked(http(), key)
    await asked(http(), key[:-1])
    await api(REVOKE, {"input": {"id": id}}, actor=administrator())
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


async def test_a_machine_has_no_password_in_any_way(
    api: Api, session: AsyncSession, sign_in: Ask, hospital: Account, host: Host, create: Ask, http: Http
) -> None:
    made = {"username": "gateway", "lastName": "GePG", "otherNames": "Gateway", "machine": True}
    refused = await api(CREATE_USER, {"input": made | {"password": PASSWORD}}, actor=administrator())
    assert codes(refused.data["createUser"]) == [("MACHINE_ACCOUNT", "password")]
    fine = await api(CREATE_USER, {"input": made}, actor=administrator())
    assert fine.data["createUser"]["user"]["machine"]
    update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { errors { code path } } }"
    sent = {"id": hospital.id, "expectedVersion": 1, "password": PASSWORD}
    answer = await api(update, {"input": sent}, actor=administrator())
    assert codes(answer.data["updateUser"]) == [("MACHINE_ACCOUNT", "password")]
    reset = (
        "mutation($input: CreatePasswordResetInput!) { createPasswordReset(input: $input) { errors { code path } } }"
    )
    answer = await api(reset, {"input": {"userId": hospital.id}}, actor=administrator())
    assert codes(answer.data["createPasswordReset"]) == [("MACHINE_ACCOUNT", "userId")]
    request = 'mutation { requestPasswordReset(input: {username: "gothomis"}) { errors { code } } }'
    assert (await api(request)).errors == []
    assert await session.scalar(text("SELECT count(*) FROM people_password_reset")) == 0
    for password in ("", PASSWORD):
        assert (await sign_in("gothomis", password))["errors"][0]["code"] == "SIGN_IN_FAILED"
    key = (await create())["key"]
    for own in (
        'changePassword(input: {currentPassword: "", newPassword: "a wholly new password"})',
        'enrolSecondFactor(input: {currentPassword: ""})',
    ):
        sent_by_key = {"query": f"mutation {{ {own} {{ errors {{ code }} }} }}"}
        told = (await http().post("/graphql", json=sent_by_key, headers={"authorization": f"Bearer {key}"})).json()
        assert [error["code"] for payload in told["data"].values() for error in payload["errors"]] == [
            "MACHINE_ACCOUNT"
        ]
    with pytest.raises(IntegrityError, match="ck_people_account_machine"):
        await session.execute(text("UPDATE people_account SET password_hash = 'x' WHERE username = 'gothomis'"))


async def test_a_machine_gets_no_role_that_needs_a_second_factor(api: Api, http: Http, create: Ask) -> None:
    key = (await create())["key"]
    assert (await asked(http(), key)).json()["data"]["me"]["rights"]
    role = (await api('{ role(code: "SCHEME_ADMINISTRATOR") { id version } }', actor=administrator())).data["role"]
    change = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { errors { code } } }"
    sent = {"id": role["id"], "expectedVersion": role["version"], "requiresSecondFactor": True}
    await api(change, {"input": sent}, actor=administrator())
    made = {
        "username": "gateway",
        "lastName": "X",
        "otherNames": "Y",
        "machine": True,
        "roleCodes": ["SCHEME_ADMINISTRATOR"],
    }
    refused = await api(CREATE_USER, {"input": made}, actor=administrator())
    assert codes(refused.data["createUser"]) == [("ROLE_NEEDS_SECOND_FACTOR", "roleCodes.0")]
    # One that had the role already may do nothing any more, like a person without the factor.
    roles = await http().post(
        "/graphql", json={"query": "{ users { totalCount } }"}, headers={"authorization": f"Bearer {key}"}
    )
    assert roles.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_what_a_removed_module_s_rights_were_is_forgotten(session: AsyncSession, host: Host, ctx: Any) -> None:
    from modules.people.services.seeding import forget_rights

    account = await make_account(session, "gothomis", roles=["SCHEME_ADMINISTRATOR"], machine=True)
    [right, *_] = sorted(right.name for right in host.rights if "SCHEME_ADMINISTRATOR" in right.roles)
    row, _ = await make_key(session, account, rights=[right])
    await forget_rights(session, [right, "no.such.right"])
    await session.refresh(row)
    assert row.rights == []  # and not null, which would be all of them


async def test_the_list_tells_who_made_a_key_and_when_it_was_used(create: Ask, api: Api, http: Http) -> None:
    key = (await create(name="Mbeya"))["key"]
    await create(name="Iringa")
    await asked(http(), key)
    asks = """{ accessKeys(search: "mbe") { nodes { name user { username } lastUsedAt expiresOn revokedAt } totalCount } }"""
    listed = (await api(asks, actor=administrator())).data["accessKeys"]
    [node] = listed["nodes"]
    assert node.pop("lastUsedAt")
    assert node == {"name": "Mbeya", "user": {"username": "gothomis"}, "expiresOn": None, "revokedAt": None}
    assert listed["totalCount"] == 1
