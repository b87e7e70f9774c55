"""Many at once before a server that has few connections."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.http import create_app
from modules.people.testing import PASSWORD, make_account

MANY = 12
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { code } } }"
RESET = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { errors { code } } }"
REQUEST = "mutation($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { errors { code } } }"
CHANGE = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }"


@pytest.fixture
async def client(host: Host) -> AsyncIterator[AsyncClient]:
    """A client of a server with two connections for changes and one beside them."""
    small = host.on(host.database_url)
    small.settings = small.settings.model_copy(update={"pool_size": 2, "request_seconds": 10})
    await small.start()
    app = create_app(small)
    app.state.readiness.missing = ""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://bima") as client:
        yield client
    await small.stop()


async def at_once(client: AsyncClient, document: str, inputs: list[dict[str, Any]], **headers: str) -> list[str]:
    """The first error's code of each answer."""

    async def ask(input: dict[str, Any]) -> str:
        sent = {"query": document, "variables": {"input": input}}
        answer = (await client.post("/graphql", json=sent, headers=headers)).json()
        assert "errors" not in answer, answer
        [payload] = answer["data"].values()
        return str(payload["errors"][0]["code"]) if payload["errors"] else ""

    return list(await asyncio.gather(*map(ask, inputs)))


async def test_tokens_that_are_guessed_at_once_are_each_refused(client: AsyncClient) -> None:
    guesses = [{"token": f"guess-{number}", "newPassword": "mlima mrefu wa theluji"} for number in range(MANY)]
    assert await at_once(client, RESET, guesses) == ["RESET_TOKEN_INVALID"] * MANY


async def test_resets_that_are_asked_for_at_once_are_each_ordered(client: AsyncClient) -> None:
    assert await at_once(client, REQUEST, [{"username": f"nobody{number}"} for number in range(MANY)]) == [""] * MANY


async def test_tries_that_are_sent_with_an_id_at_once_are_each_counted(
    client: AsyncClient, session: AsyncSession
) -> None:
    """Their transactions have begun with the id when the try is counted."""
    await make_account(session)
    await session.commit()
    sent = {"query": SIGN_IN, "variables": {"input": {"username": "asha", "password": PASSWORD}}}
    token = (await client.post("/graphql", json=sent)).json()["data"]["signIn"]["accessToken"]
    wrong = {"currentPassword": "not this one", "newPassword": "mlima mrefu wa theluji"}
    inputs = [{**wrong, "clientMutationId": f"try-{number}"} for number in range(MANY)]
    told = await at_once(client, CHANGE, inputs, authorization=f"Bearer {token}")
    assert sorted(told) == ["PASSWORD_WRONG"] * 5 + ["TOO_MANY_TRIES"] * (MANY - 5)
