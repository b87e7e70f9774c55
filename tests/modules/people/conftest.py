"""Devices that sign in, for the tests of this folder."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.host import Host
from core.testing import Api
from modules.people.services.access import SignedIn, authenticate
from modules.people.testing import PASSWORD

PROFILE = "tests/modules/people/places.toml"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
    accessToken refreshToken deviceToken expiresAt user { username } errors { code message path } } }"""
REFRESH = """mutation($input: RefreshSessionInput!) { refreshSession(input: $input) {
    accessToken refreshToken deviceToken errors { code path } } }"""


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
        assert found is not None
        return found

    return holder
