"""What goes wrong inside is masked, logged and stopped."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from core import graphql_http
from core.http import create_app
from schema.run import Answer
from tests.core.http.calling import bare, client_of, post, ready, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


async def test_an_unexpected_exception_is_masked_and_logged(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def execute(*arguments: Any, **rest: Any) -> Answer:
        raise RuntimeError("the secret is 4711")

    monkeypatch.setattr(graphql_http, "execute", execute)
    with caplog.at_level(logging.ERROR):
        answer = await post(client, {"query": "{ __typename }"})
    assert refusal(answer) == (500, "INTERNAL")
    assert "4711" not in answer.text
    assert answer.headers["x-request-id"] in caplog.text
    assert "the secret is 4711" in caplog.text


async def test_an_exception_in_a_route_of_a_module_is_masked_and_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/broken/1")
    assert refusal(answer) == (500, "INTERNAL")
    assert "4711" not in answer.text
    assert "the secret is 4711" in caplog.text


async def test_a_request_that_takes_too_long_is_stopped(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = asyncio.Event()

    async def execute(*arguments: Any, **rest: Any) -> Answer:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        raise AssertionError

    monkeypatch.setattr(graphql_http, "execute", execute)
    async with client_of(ready(create_app(bare(pytestconfig, request_seconds=0.1)))) as client:
        assert refusal(await post(client, {"query": "{ __typename }"})) == (503, "LIMIT_EXCEEDED")
    assert stopped.is_set()
