"""Server processes remember who holds an access token, and forget it at once when anything about it changes."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from core import Actor, clock
from core.host import Host
from core.http import create_app
from core.testing import counted
from modules.location.testing import make_district, make_region
from modules.people.models import Account
from modules.people.testing import make_account
from tests.modules.people.conftest import ask, until

Ask = Callable[..., Awaitable[dict[str, Any]]]
Actors = Callable[..., Actor]

Server = Callable[[], Awaitable[Starlette]]


async def test_an_account_is_read_once_and_then_known(session: AsyncSession, sign_in: Ask, server: Server) -> None:
    await make_account(session)
    await session.commit()
    phone, app = await sign_in(), await server()
    with counted(app.state.host) as statements:
        for _ in range(3):
            assert (await ask(app, phone["accessToken"])).json()["data"]["me"]["username"] == "asha"
    assert len([sent for sent in statements if "people_account" in sent]) == 1


async def test_deactivation_in_one_process_acts_in_another_at_once(
    session: AsyncSession, api: Any, actor: Actors, sign_in: Ask, server: Server
) -> None:
    account = await make_account(session)
    await make_account(session, "juma")
    await session.commit()
    phone, other, app = await sign_in(), await sign_in("juma"), await server()
    assert (await ask(app, phone["accessToken"])).status_code == 200
    assert (await ask(app, other["accessToken"])).status_code == 200
    before = app.state.actors.changes
    deactivate = "mutation($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { active } } }"
    sent = {"id": account.id, "expectedVersion": 1}
    assert (await api(deactivate, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))).errors == []
    await until(lambda: app.state.actors.changes > before)
    assert (await ask(app, phone["accessToken"])).status_code == 401
    with counted(app.state.host) as statements:
        assert (await ask(app, other["accessToken"])).status_code == 200
    assert not [sent for sent in statements if "people_account" in sent]  # who was not concerned is still known


CHANGES = {
    "a right of a role": "DELETE FROM people_role_right",
    "the roles of an account": "DELETE FROM people_account_role",
    "a grant": "DELETE FROM people_grant",
    "a device signed out": "UPDATE people_session SET ended_at = now()",
    "a device deleted": "DELETE FROM people_session",
    "a password to be changed": "UPDATE people_account SET must_change_password = true",
    "a place that moves": "UPDATE location_location SET region_id = region_id",
}


async def test_whatever_changes_what_an_account_may_do_is_heard(
    session: AsyncSession, sign_in: Ask, server: Server
) -> None:
    region = await make_region(session)
    district = await make_district(session, region)
    await make_account(session, roles=["CLERK"], grants=[("location", district.id)])
    await session.commit()
    phone, app = await sign_in(), await server()
    for what, statement in CHANGES.items():
        await ask(app, phone["accessToken"])
        before = app.state.actors.changes
        await session.execute(text(statement))
        await session.rollback()
        assert app.state.actors.changes == before, f"{what} was not committed"
        await session.execute(text(statement))
        await session.commit()
        await until(lambda before=before: app.state.actors.changes > before)  # type: ignore[misc]
        assert app.state.actors.find(phone["accessToken"]) is None, what


async def test_a_refreshed_device_makes_nobody_forget(
    session: AsyncSession, sign_in: Ask, refresh: Ask, server: Server
) -> None:
    account = await make_account(session)
    await session.commit()
    phone, app = await sign_in(), await server()
    before = app.state.actors.changes
    await refresh(phone)
    account.phone = "0754"
    await session.commit()
    account.must_change_password = True
    await session.commit()
    await until(lambda: app.state.actors.changes > before)
    assert app.state.actors.changes == before + 1


async def test_without_the_listening_connection_nothing_is_remembered(
    session: AsyncSession, sign_in: Ask, server: Server
) -> None:
    account = await make_account(session)
    await session.commit()
    phone, app = await sign_in(), await server()
    await ask(app, phone["accessToken"])
    assert app.state.actors.find(phone["accessToken"])
    await session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"))
    await until(lambda: not app.state.actors.listening)
    assert (await ask(app, phone["accessToken"])).status_code == 200
    assert app.state.actors.find(phone["accessToken"]) is None
    await session.execute(text("ALTER TABLE people_account DISABLE TRIGGER core_actors"))
    (await session.get_one(Account, account.id)).active = False
    await session.commit()
    assert (await ask(app, phone["accessToken"])).status_code == 401
    await until(lambda: app.state.actors.listening)


async def test_what_was_read_before_a_change_is_not_remembered_after_it(
    session: AsyncSession, sign_in: Ask, holder: Any, server: Server
) -> None:
    await make_account(session)
    await session.commit()
    phone, app = await sign_in(), await server()
    who, before = await holder(phone), app.state.actors.changes
    app.state.actors.forget(who.id)
    app.state.actors.remember(phone["accessToken"], who, before)
    assert app.state.actors.find(phone["accessToken"]) is None


async def test_an_access_token_is_not_remembered_longer_than_it_holds(
    session: AsyncSession, sign_in: Ask, holder: Any, after: Any, server: Server
) -> None:
    await make_account(session)
    await session.commit()
    app = await server()
    with clock.at(after()):
        phone = await sign_in()
    with clock.at(after(minutes=14, seconds=30)):
        who = await holder(phone)
        app.state.actors.remember(phone["accessToken"], who, app.state.actors.changes)
    with clock.at(after(minutes=14, seconds=59)):
        assert app.state.actors.find(phone["accessToken"]) is who
    with clock.at(after(minutes=15)):
        assert app.state.actors.find(phone["accessToken"]) is None


async def test_behind_a_pooler_that_shares_connections_nobody_listens(host: Host) -> None:
    host.settings = host.settings.model_copy(update={"prepare_statements": False})
    app = create_app(host)
    await app.state.actors.listen(host)
    assert not app.state.actors.listening
