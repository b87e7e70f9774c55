"""How often one may ask."""

from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from core import Actor, rates
from core.http import create_app
from tests.core.http.calling import bare, client_of, post, ready, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


@pytest.fixture
def often(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """An application where an account may ask three times a minute, a device twice and an address four times."""
    limits = {"account": 3, "device": 2, "address": 4}
    app = create_app(bare(pytestconfig, **{f"{who}_requests_per_minute": most for who, most in limits.items()}))
    monkeypatch.setattr("core.rates.time.monotonic", lambda: app.state.now)
    app.state.now = 1000.0
    return ready(app)


async def tries(app: Starlette, **headers: str) -> tuple[int, httpx.Response]:
    """How often a client may ask until it is refused, and the refusal."""
    async with client_of(app) as client:
        client.headers.update(headers)
        for count in range(10):
            answer = await post(client, {"query": "{ __typename }"})
            if answer.status_code == 429:
                return count, answer
    raise AssertionError("it was never refused")


async def test_an_account_may_ask_so_often_and_then_later(often: Starlette) -> None:
    count, answer = await tries(often, authorization="Bearer good")
    assert (count, refusal(answer), answer.headers["retry-after"]) == (3, (429, "RATE_LIMITED"), "20")
    often.state.now += 19
    assert (await tries(often, authorization="Bearer good"))[0] == 0
    often.state.now += 1
    assert (await tries(often, authorization="Bearer good"))[0] == 1
    often.state.now += 3600
    assert (await tries(often, authorization="Bearer good"))[0] == 3


async def test_a_device_may_ask_so_often(often: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Actor, "device", UUID(int=1))
    count, answer = await tries(often, authorization="Bearer good")
    assert (count, answer.headers["retry-after"]) == (2, "30")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer guessed"}])
async def test_strangers_of_an_address_may_ask_so_often_and_accounts_there_still_may(
    often: Starlette, headers: dict[str, str]
) -> None:
    assert (await tries(often, **headers))[0] == 4
    assert (await tries(often, authorization="Bearer good"))[0] == 3


async def test_nobody_else_waits_for_one_who_asks_too_often() -> None:
    allowance = rates.Allowance(2)
    assert [bool(allowance.wait("a")) for _ in range(3)] == [False, False, True]
    assert [bool(allowance.wait("b")) for _ in range(3)] == [False, False, True]
    assert not any(rates.Allowance(0).wait("a") for _ in range(1000))


async def test_so_many_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_KEYS", 10)
    allowance = rates.Allowance(1)
    for key in range(100):
        allowance.wait(key)
    assert list(allowance.paid) == list(range(90, 100))
