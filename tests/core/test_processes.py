"""Several server processes behind one port: connections add up, all hear what changes, none is missed when it dies."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.db import most_connections
from modules.people.models import Account
from modules.people.testing import PASSWORD, make_account, make_key
from tests.core.serving import PROFILE, server, until

pytestmark = [pytest.mark.audit, pytest.mark.profile(PROFILE)]

PROCESSES, POOL = 2, 2
ME = "{ me { username } }"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { code } } }"
SIGN_OUT = "mutation($input: SignOutInput!) { signOut(input: $input) { errors { code } } }"
SERVED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'served'"
WAITING = f"{SERVED} AND wait_event_type = 'Lock'"
LISTENING = f"{SERVED} AND query LIKE 'LISTEN%'"


@dataclass
class Servers:
    """A `bima serve` of several processes, and a look at its database."""

    process: asyncio.subprocess.Process
    address: str
    database: psycopg.AsyncConnection[Any]

    @asynccontextmanager
    async def client(self, token: str = "") -> AsyncIterator[httpx.AsyncClient]:
        """A client of one connection."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        limits = httpx.Limits(max_connections=1)
        settings: dict[str, Any] = {"headers": headers, "limits": limits, "timeout": 60, "verify": False}
        async with httpx.AsyncClient(base_url=self.address, **settings) as client:
            yield client

    async def ask(self, query: str, token: str = "", **variables: Any) -> httpx.Response:
        """One request by a connection of its own, which any of the processes may take."""
        async with self.client(token) as client:
            return await client.post("/graphql", json={"query": query, "variables": variables})

    async def ask_all(self, query: str, token: str) -> Sequence[httpx.Response]:
        """Ask so often that each process has some of it: of what comes at once the one that wakes first takes all."""
        return [await self.ask(query, token) for _ in range(24)]

    async def ask_until(
        self, waiting: int, sending: Iterator[Callable[[], Awaitable[httpx.Response]]]
    ) -> list["asyncio.Task[httpx.Response]"]:
        """Ask, one a moment after the other, until so many statements wait for a lock, and some more for these."""
        asked: list[asyncio.Task[httpx.Response]] = []
        while await self.look(WAITING) < waiting or len(asked) < 2 * waiting:
            assert len(asked) < 200, "they did not come to wait"
            asked.append(asyncio.ensure_future(next(sending)()))
            await asyncio.sleep(0.03)
        return asked

    async def first_answer(self) -> int:
        """What the first process that listens says of itself."""
        for _ in range(3000):
            try:
                async with self.client() as client:
                    return (await client.get("/health/ready")).status_code
            except httpx.TransportError:
                await asyncio.sleep(0.02)
        raise AssertionError("nobody listened within a minute")

    async def ids(self) -> set[int]:
        """The processes that are at work."""
        try:
            async with self.client() as client:
                told = (await client.get("/metrics")).text
        except httpx.TransportError:
            return set()
        return {int(pid) for pid in re.findall(r'bima_process_memory_bytes\{pid="(\d+)"', told)}

    async def are_whole(self) -> bool:
        """Whether all processes are at work, and hear what changes."""
        return bool(len(await self.ids()) == PROCESSES == await self.look(LISTENING))

    async def look(self, query: str) -> Any:
        """A value from the database."""
        row = await (await self.database.execute(query)).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture
async def servers(database_url: str, tmp_path: Path) -> AsyncIterator[Servers]:
    looking = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
    settings: dict[str, object] = {f"{who}_requests_per_minute": 0 for who in ("account", "device", "address")}
    served = f"{database_url}&application_name=served"
    own = server(served, tmp_path, "--workers", str(PROCESSES), pool_size=POOL, **settings)
    async with looking, own as (process, address):
        servers = Servers(process, address, looking)
        assert await servers.first_answer() == 200
        await until(servers.are_whole)
        yield servers


@pytest.fixture
async def token(session: AsyncSession, servers: Servers) -> str:
    await make_account(session)
    await session.commit()
    answer = await servers.ask(SIGN_IN, input={"username": "asha", "password": PASSWORD})
    return str(answer.json()["data"]["signIn"]["accessToken"])


@asynccontextmanager
async def locked(database_url: str) -> AsyncIterator[None]:
    """Somebody is at the accounts and their sessions, so that whoever wants to read them waits."""
    async with await psycopg.AsyncConnection.connect(database_url) as other:
        await other.execute("LOCK TABLE people_account, people_session IN ACCESS EXCLUSIVE MODE")
        yield


def is_running(id: int) -> bool:
    return Path(f"/proc/{id}").exists()


def statuses(answers: Sequence[httpx.Response]) -> set[tuple[int, bool]]:
    return {(answer.status_code, "errors" in answer.json()) for answer in answers}


async def test_connections_add_up_and_who_comes_beyond_them_waits_and_is_answered(
    servers: Servers, token: str, database_url: str
) -> None:
    await servers.ask_all(ME, token)  # all processes know who it is
    most = 0

    async def look() -> None:
        nonlocal most
        while True:
            most = max(most, await servers.look(SERVED))
            await asyncio.sleep(0.01)

    looking = asyncio.create_task(look())
    async with locked(database_url):
        sending: list[Callable[[], Awaitable[httpx.Response]]] = [
            lambda: servers.ask(ME, token),
            lambda: servers.ask(SIGN_OUT, token, input={"deviceId": str(new_id())}),
            lambda: servers.ask(SIGN_IN, input={"username": "nobody", "password": "x"}),
        ]
        asked = await servers.ask_until(PROCESSES * most_connections(POOL), cycle(sending))
    assert statuses(await asyncio.gather(*asked)) == {(200, False)}
    looking.cancel()
    assert most == PROCESSES * (most_connections(POOL) + 1)


async def test_a_process_that_is_killed_is_replaced_and_nobody_else_notices(servers: Servers, token: str) -> None:
    before = await servers.ids()
    ended, told = asyncio.Event(), []
    broken: list[int] = []

    async def go_on_asking() -> None:
        """By one connection, for as long as it holds, then by another."""
        mine = 0
        async with servers.client(token) as client:
            while not ended.is_set():
                try:
                    told.append(await client.post("/graphql", json={"query": ME}))
                except httpx.TransportError:
                    mine += 1
        broken.append(mine)

    async def come_and_go() -> None:
        """By a connection for each request."""
        mine = 0
        while not ended.is_set():
            try:
                told.append(await servers.ask(ME, token))
            except httpx.TransportError:
                mine += 1
        broken.append(mine)

    asking = [asyncio.create_task(ask()) for ask in (go_on_asking, come_and_go) for _ in range(8)]
    await asyncio.sleep(1)
    killed = min(before)
    os.kill(killed, signal.SIGKILL)

    async def is_replaced() -> bool:
        now = await servers.ids()
        return len(now) == PROCESSES and killed not in now

    await until(is_replaced)
    await asyncio.sleep(1)
    ended.set()
    await asyncio.gather(*asking)
    assert before - {killed} < await servers.ids()
    assert statuses(told) == {(200, False)}
    assert len(told) > 100
    assert set(broken) == {0, 1}  # those whose request or connection it had, once; the others never


async def test_what_changes_is_heard_by_all(servers: Servers, token: str, session: AsyncSession) -> None:
    hospital = await make_account(session, "hospital", machine=True)
    _, key = await make_key(session, hospital)
    await session.commit()
    for opened in (token, key):
        assert statuses(await servers.ask_all(ME, opened)) == {(200, False)}
    # What is not announced is not noticed: every process goes by what it remembers.
    await session.execute(text("ALTER TABLE people_account DISABLE TRIGGER core_actors"))
    await session.execute(text("UPDATE people_account SET active = false WHERE username IN ('asha', 'hospital')"))
    await session.commit()
    for opened in (token, key):
        assert statuses(await servers.ask_all(ME, opened)) == {(200, False)}
    await session.execute(text("ALTER TABLE people_account ENABLE TRIGGER core_actors"))
    await session.execute(text("UPDATE people_account SET active = false WHERE username = 'asha'"))
    await session.execute(text("UPDATE people_access_key SET revoked_at = now()"))
    await session.commit()
    await asyncio.sleep(0.2)
    for opened in (token, key):
        assert statuses(await servers.ask_all(ME, opened)) == {(401, True)}


async def test_wrong_passwords_are_counted_by_all_together(servers: Servers, session: AsyncSession) -> None:
    account: Account = await make_account(session)
    await session.commit()
    wrong = {"username": account.username, "password": "not this one"}
    answers = await asyncio.gather(*(servers.ask(SIGN_IN, input=wrong) for _ in range(20)))
    told = [answer.json()["data"]["signIn"]["errors"][0]["code"] for answer in answers]
    assert sorted(told) == ["SIGN_IN_FAILED"] * 5 + ["TOO_MANY_TRIES"] * 15


async def test_told_to_stop_they_answer_what_was_asked_and_end(servers: Servers, token: str, database_url: str) -> None:
    await servers.ask_all(ME, token)
    ids = await servers.ids()
    async with locked(database_url):
        asked = await servers.ask_until(PROCESSES * POOL, repeat(lambda: servers.ask(ME, token)))
        servers.process.send_signal(signal.SIGTERM)

        async def is_refused() -> bool:
            try:
                async with httpx.AsyncClient(base_url=servers.address, timeout=1, verify=False) as late:
                    await late.get("/health/live")
            except httpx.ConnectError:
                return True
            except httpx.TransportError:
                pass
            return False

        await until(is_refused)
        assert not any(each.done() for each in asked)
    assert statuses(await asyncio.gather(*asked)) == {(200, False)}
    assert await asyncio.wait_for(servers.process.wait(), 30) in (0, -signal.SIGTERM)
    assert not any(is_running(id) for id in ids)
    assert await servers.look(SERVED) == 0
