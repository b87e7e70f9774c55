"""Devices that sign in, for the tests of this folder."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette

from core import Actor, clock
from core.host import Host
from core.http import create_app
from core.testing import Api, Change, Payload, actor
from modules.people.models import Account
from modules.people.services.access import SignedIn, authenticate
from modules.people.testing import PASSWORD, make_account

PROFILE = "tests/modules/people/places.toml"
Ask = Callable[..., Awaitable[dict[str, Any]]]
Holder = Callable[..., Awaitable[SignedIn]]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
    accessToken refreshToken deviceToken expiresAt user { username } errors { code message path } } }"""
REFRESH = """mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
    accessToken refreshToken deviceToken errors { code path } } }"""

ENROL = """mutation($password: String!) { enrolSecondFactor(input: { currentPassword: $password }) {
    secret uri errors { code path } } }"""
CONFIRM = """mutation($code: String!) { activateSecondFactor(input: { code: $code }) {
    recoveryCodes errors { code path } } }"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here loads the modules of `places.toml`."""
    for item in items:
        if "modules/people" in item.path.as_posix():
            item.add_marker(pytest.mark.profile(PROFILE))


@pytest.fixture
def noon() -> datetime:
    """The moment at which tests begin that let time pass."""
    return NOON


@pytest.fixture
def after() -> Callable[..., datetime]:
    """So long after noon: `after(minutes=2)`."""
    return lambda **duration: NOON + timedelta(**duration)


@pytest.fixture
def sign_in(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Signs a device in: `await sign_in("asha")`."""

    async def sign_in(
        username: str = "asha", password: str = PASSWORD, device: str = "Phone", **more: Any
    ) -> dict[str, Any]:
        sent = {"username": username, "password": password, "deviceName": device, **more}
        payload: dict[str, Any] = (await api(SIGN_IN, {"input": sent})).data["signIn"]
        return payload

    return sign_in


@pytest.fixture
def refresh(api: Api) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Refreshes a session: `await refresh(payload)`."""

    async def refresh(tokens: dict[str, Any], device: str = "Phone") -> dict[str, Any]:
        sent = {"refreshToken": tokens["refreshToken"], "deviceName": device}
        payload: dict[str, Any] = (await api(REFRESH, {"input": sent})).data["refreshSession"]
        return payload

    return refresh


@pytest.fixture
def holder(host: Host) -> Callable[..., Awaitable[SignedIn]]:
    """Who holds an access token: `await holder(payload)`."""

    async def holder(tokens: dict[str, Any]) -> SignedIn:
        async with host.db.session() as session:
            found = await authenticate(host, session, tokens["accessToken"])
        assert isinstance(found, SignedIn)
        return found

    return holder


async def until(happened: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - what happens is another process's
            await asyncio.sleep(0.005)


@pytest.fixture
async def server(host: Host) -> AsyncIterator[Callable[[], Awaitable[Starlette]]]:
    """Starts another server process, as far as it knows accounts, on the test's database."""
    running: list[tuple[Host, asyncio.Task[None]]] = []

    async def start() -> Starlette:
        if not host.settings.prepare_statements:
            pytest.skip("behind such a pooler nobody hears of changes: accounts are read with each request")
        other = host.on(host.database_url)
        await other.start()
        app = create_app(other)
        app.state.readiness.missing = ""
        running.append((other, asyncio.create_task(app.state.actors.listen(other))))
        await until(lambda: app.state.actors.listening)
        return app

    yield start
    for other, listening in running:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await other.stop()


def shown(secret: str) -> str:
    """What an authenticator app shows now."""
    return TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(clock.now().timestamp())).decode()


@pytest.fixture
def set_up(api: Api, sign_in: Ask, holder: Holder) -> Ask:
    """Sets a second factor up for asha: the secret and the recovery codes."""

    async def set_up() -> dict[str, Any]:
        asha = await holder(await sign_in())
        begun = (await api(ENROL, {"password": PASSWORD}, actor=asha)).data["enrolSecondFactor"]
        done = (await api(CONFIRM, {"code": shown(begun["secret"])}, actor=asha)).data["activateSecondFactor"]
        assert done["errors"] == []
        return {**begun, **done, "actor": asha}

    return set_up


HELD = "SCHEME_ADMINISTRATOR"
"""The role of the hospital's system: one that holds rights in the modules of these tests."""
MADE = "key accessKey { id publicId name rights requestsPerMinute expiresOn lastUsedAt user { username } }"


def administrator() -> Actor:
    """Somebody who manages accounts."""
    return actor("SYSTEM_ADMINISTRATOR")


async def asked(client: AsyncClient, key: str, query: str = "{ me { username rights } }") -> Response:
    """What a server answers whoever sends an access token or a key."""
    return await client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {key}"})


async def ask(app: Starlette, key: str) -> Response:
    """The same of a server process of its own."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bima") as client:
        return await asked(client, key)


async def change_role(api: Api, change: Change, **input: Any) -> None:
    """Change the role of the hospital's system."""
    role = (await api(f'{{ role(code: "{HELD}") {{ id version }} }}', actor=administrator())).data["role"]
    done = await change("updateRole", who=administrator(), id=role["id"], expectedVersion=role["version"], **input)
    assert done.told == []


@pytest.fixture
async def hospital(session: AsyncSession) -> Account:
    """The account of a hospital's system."""
    account = await make_account(session, "gothomis", roles=[HELD], machine=True)
    await session.commit()
    return account


@pytest.fixture
def create_key(change: Change, hospital: Account) -> Callable[..., Awaitable[Payload]]:
    """Makes a key of the hospital as somebody: `await create_key(name="Mbeya")`."""

    async def create_key(who: Actor | None = None, **sent: Any) -> Payload:
        given = {"userId": hospital.id, "name": "Mbeya", **sent}
        return await change("createAccessKey", MADE, who=who or administrator(), **given)

    return create_key
