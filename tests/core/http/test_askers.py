"""Who asks, and in which language."""

import httpx
import pytest

from core import Context
from core.authentication import language_of
from tests.core.http.calling import ASHA, post, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


async def test_an_access_token_says_who_asks(client: httpx.AsyncClient, executed: list[Context]) -> None:
    client.headers["authorization"] = "Bearer good"
    await post(client, {"query": "{ a }"})
    assert executed[0].actor is ASHA


async def test_without_a_token_nobody_asks(client: httpx.AsyncClient, executed: list[Context]) -> None:
    await post(client, {"query": "{ a }"})
    assert executed[0].actor.id is None


@pytest.mark.parametrize("header", ["Bearer expired", "Bearer unknown", "Bearer", "Basic YTpi", ""])
async def test_a_bad_token_is_401(client: httpx.AsyncClient, executed: list[Context], header: str) -> None:
    client.headers["authorization"] = header
    answer = await post(client, {"query": "{ a }"})
    assert refusal(answer) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert executed == []


async def test_a_route_of_a_module_learns_who_asks(client: httpx.AsyncClient) -> None:
    headers = {"authorization": "bearer good", "accept-language": "sw"}
    answer = await client.get("/who", headers=headers)
    assert answer.json() == {"name": "asha", "language": "sw", "request": answer.headers["x-request-id"]}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("sw-TZ, en;q=0.5", "sw"),
        ("de, fr;q=0.8, en;q=0.7", "fr"),
        ("en;q=0.2, sw;q=0.9", "sw"),
        ("FR", "fr"),
        ("de", "en"),
        ("sw;q=0, *", "en"),
        ("sw;q=x", "en"),
    ],
)
def test_the_language_is_the_best_liked_of_ours(accepted: str, language: str) -> None:
    assert language_of(accepted) == language
