"""A server process as it is run: what it answers while it starts and stops, and when its database is lost."""

import asyncio
import signal
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.core.serving import PROFILE, server, until

SIGN_IN = 'mutation { signIn(input: { username: "nobody", password: "x" }) { errors { code } } }'


@pytest.mark.profile(PROFILE)
async def test_a_server_that_is_told_to_stop_finishes_what_it_began_and_takes_no_more(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        server(database_url, tmp_path) as (process, address),
        httpx.AsyncClient(base_url=address, timeout=60) as client,
        await psycopg.AsyncConnection.connect(database_url) as other,
    ):

        async def is_ready() -> bool:
            try:
                return (await client.get("/health/ready")).status_code == 200
            except httpx.TransportError:
                return False

        async def somebody_waits() -> bool:
            cursor = await other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            row = await cursor.fetchone()
            return bool(row and row[0])

        await until(is_ready)
        await other.execute("LOCK TABLE people_account IN ACCESS EXCLUSIVE MODE")
        begun = asyncio.create_task(client.post("/graphql", json={"query": SIGN_IN}))
        await until(somebody_waits)
        process.send_signal(signal.SIGTERM)

        async def refuses() -> bool:
            try:
                async with httpx.AsyncClient(base_url=address) as late:
                    await late.get("/health/live")
            except httpx.TransportError:
                return True
            return False

        await until(refuses)
        assert not begun.done()
        await other.rollback()
        answer = await begun
        assert answer.json() == {"data": {"signIn": {"errors": [{"code": "SIGN_IN_FAILED"}]}}}
        assert await asyncio.wait_for(process.wait(), 30) in (0, -signal.SIGTERM)
