"""Whether a server lives and is ready."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from core.health import what_is_missing
from core.host import Host
from core.http import create_app
from tests.core.http.calling import bare, client_of, post, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


async def test_a_server_answers_from_the_first_moment_and_says_what_is_missing(pytestconfig: pytest.Config) -> None:
    app = create_app(bare(pytestconfig, mode="production", secret="s" * 32))

    async def has_looked() -> bool:
        return bool(app.state.readiness.missing == "the database does not answer")

    async with app.router.lifespan_context(app), client_of(app) as client:
        assert (await client.get("/health/live")).status_code == 200
        await until(has_looked)
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["missing"]) == (503, "the database does not answer")
        answer = await post(client, {"query": "{ __typename }"})
        assert refusal(answer) == (503, "INTERNAL")
        assert "the database does not answer" in answer.text


async def test_a_server_that_lost_its_database_lives_and_is_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).status_code == 200
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert answer.json()["missing"] == "the database does not answer"


async def test_a_server_waits_for_its_migrations(pytestconfig: pytest.Config, empty_database_url: str) -> None:
    missing = await what_is_missing(bare(pytestconfig, database_url=empty_database_url))
    assert missing == "migrations of core are pending, run `bima migrate`"


async def test_a_server_with_its_database_is_ready_and_runs_jobs(host: Host) -> None:
    app = create_app(host.on(host.database_url))

    async def is_ready() -> bool:
        return not app.state.readiness.missing

    async def worker_is_there() -> bool:
        async with host.db.pool.connection() as connection:
            cursor = await connection.execute("SELECT id FROM procrastinate_workers")
            return await cursor.fetchone() is not None

    async with app.router.lifespan_context(app), client_of(app) as client:
        await until(is_ready)
        assert (await client.get("/health/ready")).json() == {"status": "ready"}
        answer = await post(client, {"query": "{ modules { name } }"})
        assert answer.json() == {"data": {"modules": [{"name": "core"}]}}
        await until(worker_is_there)
    async with client_of(app) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["missing"]) == (503, "the server is shutting down")


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await found():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen within ten seconds")
