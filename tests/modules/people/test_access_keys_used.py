"""Other systems act with access keys: who holds one, where it counts, how often, and until when."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from io import StringIO

import orjson
import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from core import clock
from core.host import Host
from core.logs import JsonLines
from core.testing import Api, Change, Payload, counted
from modules.location.testing import make_district
from modules.people.models import AccessKey, Account
from modules.people.services.access import authenticate
from modules.people.services.key_texts import new_key
from modules.people.testing import make_account, make_key
from tests.modules.people.conftest import administrator, ask, asked, change_role, until

After = Callable[..., datetime]
Http = Callable[..., AsyncClient]
Make = Callable[..., Awaitable[Payload]]
Server = Callable[[], Awaitable[Starlette]]


ME = {"query": "{ me { username } }"}


async def test_a_key_acts_for_its_account(create_key: Make, http: Http, session: AsyncSession) -> None:
    made = await create_key(expiresOn="2030-01-31", requestsPerMinute=30)
    key, kept = made["key"], made["accessKey"]
    assert made["errors"] == []
    assert key.startswith(f"bima_{kept['publicId']}_")
    assert (kept["user"], kept["expiresOn"], kept["lastUsedAt"]) == ({"username": "gothomis"}, "2030-01-31", None)
    answer = await asked(http(), key)
    assert answer.json()["data"]["me"]["username"] == "gothomis"
    row = (await session.scalars(select(AccessKey))).one()
    assert row.last_used_at is not None


async def test_it_authenticates_where_files_are_sent_as_well(create_key: Make, http: Http) -> None:
    key = (await create_key())["key"]
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


NONSENSE = (
    "Bearer bima_", "Bearer bima_x", "Bearer " + "bima_" * 1000, "Bearer bima_é", "Bearer bima_\u0660",
    "Bearer ghp_16C7e42F292c6912E7710c838347Ae178B4a", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "Bearer", "Basic YmltYTpiaW1h", "bima_x", "",
)  # fmt: skip


async def test_nonsense_opens_nothing_and_asks_no_table(http: Http, host: Host) -> None:
    for header in NONSENSE:
        with counted(host) as statements:
            answer = await http().post("/graphql", json=ME, headers=[(b"authorization", header.encode())])
        assert answer.status_code == 401, header
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert "www-authenticate" in answer.headers
        assert not [sent for sent in statements if "people_" in sent], header


async def test_a_key_of_another_text_with_a_known_beginning_opens_nothing(create_key: Make, http: Http) -> None:
    key, other = (await create_key())["key"], new_key().text
    public, (_, _, secret) = key[:18], other.rpartition("_")
    assert (await asked(http(), f"{public}{secret}")).status_code == 401
    assert (await asked(http(), other)).status_code == 401
    assert (await asked(http(), key)).status_code == 200


async def test_a_key_in_the_address_a_cookie_or_another_header_is_not_read(create_key: Make, http: Http) -> None:
    key = (await create_key())["key"]
    for how in (
        {"params": {"access_token": key, "key": key, "authorization": f"Bearer {key}"}},
        {"headers": {"cookie": f"authorization=Bearer {key}; access_token={key}; session={key}"}},
        {"headers": {"x-api-key": key, "proxy-authorization": f"Bearer {key}"}},
    ):
        answer = await http().post("/graphql", json=ME, **how)
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED", how


async def test_revoking_in_one_process_acts_in_another_at_once(
    create_key: Make, change: Change, server: Server
) -> None:
    made, app = await create_key(), await server()
    assert (await ask(app, made["key"])).status_code == 200
    with counted(app.state.host) as statements:
        assert (await ask(app, made["key"])).status_code == 200
    assert not [sent for sent in statements if "people_access_key" in sent]
    before = app.state.actors.changes
    await change("revokeAccessKey", who=administrator(), id=made["accessKey"]["id"])
    await until(lambda: app.state.actors.changes > before)
    assert (await ask(app, made["key"])).status_code == 401


CHANGES = {
    "a key revoked": "UPDATE people_access_key SET revoked_at = now()",
    "another end": "UPDATE people_access_key SET expires_on = '2099-01-01'",
    "other rights": "UPDATE people_access_key SET rights = '{}'",
    "another rate": "UPDATE people_access_key SET requests_per_minute = 5",
    "the account deactivated": "UPDATE people_account SET active = false",
    "a key deleted": "DELETE FROM people_access_key",
}


async def test_whatever_changes_what_a_key_opens_is_heard_and_its_use_is_not(
    create_key: Make, session: AsyncSession, server: Server
) -> None:
    key, app = (await create_key())["key"], await server()
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
    create_key: Make, http: Http, session: AsyncSession, hospital: Account
) -> None:
    key = (await create_key())["key"]
    for active, status in ((False, 401), (True, 200)):
        (await session.get_one(Account, hospital.id)).active = active
        await session.commit()
        assert (await asked(http(), key)).status_code == status


async def test_a_key_is_good_until_its_last_day_is_over_where_the_scheme_is(
    create_key: Make, host: Host, session: AsyncSession, after: After
) -> None:
    zone = host.settings.timezone
    with clock.at(after()):
        key = (await create_key(expiresOn="2026-03-04"))["key"]
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


async def test_a_key_sees_what_its_account_sees(host: Host, session: AsyncSession) -> None:
    district = await make_district(session)
    account = await make_account(session, "gothomis", machine=True, grants=[("location", district.id)])
    _, key = await make_key(session, account)
    who = await authenticate(host, session, key)
    assert who is not None
    assert (who.unbounded, who.scopes) == (False, {"district": (district.id,)})


async def test_a_key_is_held_to_its_own_rate_and_told_when_to_come_again(
    create_key: Make, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rates.time.monotonic", lambda: 1000.0)
    slow, other = (await create_key(requestsPerMinute=2))["key"], (await create_key())["key"]
    client = http()
    assert [(await asked(client, slow)).status_code for _ in range(3)] == [200, 200, 429]
    refused = await asked(client, slow)
    assert refused.headers["retry-after"] == "30"
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert (await asked(client, other)).status_code == 200  # each key by itself


async def test_a_mutation_that_a_key_repeats_has_one_effect(
    create_key: Make, http: Http, api: Api, change: Change
) -> None:
    await change_role(api, change, rights=["people.role.create"])
    key = (await create_key())["key"]
    other = (await create_key())["key"]
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


async def test_a_line_of_the_log_tells_which_key_it_was_and_nothing_of_its_text(create_key: Make, http: Http) -> None:
    made, written = await create_key(), StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("bima.http")
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        await asked(http(), made["key"])
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    [line] = map(orjson.loads, written.getvalue().splitlines())
    assert line["device_id"] == made["accessKey"]["id"]
    assert made["key"][5:17] not in written.getvalue()
