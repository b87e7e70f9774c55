"""What `/metrics` tells: of operations, the database, jobs, the seal and the process; few labels, whatever comes."""

import asyncio
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.mmap_dict import MmapedDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, gauges, new_id
from core.host import Host
from core.http import create_app
from core.metrics import MOST_NAMES, TOGETHER, Metrics, OperationNames
from core.testing import Doorkeeper
from tests.core.prometheus import of, read
from tests.core.test_cli import free_port, process_settings, started, stopped

pytestmark = pytest.mark.profile("tests/core/bare.toml")

__all__ = ["process_settings"]


@pytest.fixture
async def client(host: Host) -> AsyncIterator[httpx.AsyncClient]:
    """The application on the test's database, and the doorkeeper's only account."""
    app = create_app(host)
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)
    headers = {"authorization": f"Bearer {doorkeeper.token_of(Actor(id=new_id(), name='asha'))}"}
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://bima", headers=headers) as client:
        yield client
    host.plugins.unregister(doorkeeper)


async def ask(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.post("/graphql", json={"query": query})
    assert "data" in answer.json() or "errors" in answer.json()


async def test_operations_are_counted_by_name_and_answer(client: httpx.AsyncClient) -> None:
    await ask(client, 'query Codes { lookups(kind: "gender") { code } }')
    await ask(client, 'query Codes { lookups(kind: "gender") { code } }')
    await ask(client, "{ __typename }")
    await ask(client, 'mutation Add { createLookup(input: {kind: "a", code: "b", names: []}) { errors { code } } }')
    await ask(client, "query Codes { nothing }")  # refused: no operation was carried out
    told = read(await client.get("/metrics"))
    assert of(told, "bima_operations_total", operation="Codes", answer="ok") == 2
    assert of(told, "bima_operation_seconds_count", operation="Codes") == 2
    assert of(told, "bima_operations_total", operation="unnamed", answer="ok") == 1
    assert of(told, "bima_operations_total", operation="Add", answer="FORBIDDEN") == 1
    assert of(told, "bima_errors_total", code="BAD_REQUEST") == 1
    assert of(told, "bima_statements_total") == 2


def test_names_of_operations_are_bounded_and_none_holds_a_number() -> None:
    names = OperationNames(trusted=False)
    assert names.label("SignIn", signed_in=False) == "other"  # a stranger makes no name known
    assert names.label("SignIn", signed_in=True) == "SignIn"
    assert names.label("SignIn", signed_in=False) == "SignIn"
    assert names.label("of_0712345678", signed_in=True) == "other"
    told = {names.label(f"Q{number // 100}_{number % 100}", signed_in=True) for number in range(3 * MOST_NAMES)}
    assert len(told) == MOST_NAMES  # all but SignIn are new, and `other`
    assert names.label("Late", signed_in=True) == "other"


def test_all_trusted_documents_are_told_by_their_names() -> None:
    names = OperationNames(trusted=True)
    letters = [f"Q{number // 100}_{number % 100}" for number in range(3 * MOST_NAMES)]
    assert [names.label(name, signed_in=False) for name in letters] == letters


async def test_the_database_its_jobs_and_the_seal_are_told(
    client: httpx.AsyncClient, host: Host, session: AsyncSession
) -> None:
    await session.execute(text("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('claim', 'claim.x')"))
    await session.execute(
        text(
            "INSERT INTO core_history (at, table_name, row_id, action, changes) VALUES (now() - interval '1 hour', 't', gen_random_uuid(), 'I', '{}')"
        )
    )
    await session.commit()
    watching = gauges.Gauges(host, client._transport.app.state.metrics)  # type: ignore[attr-defined]
    await ask(client, 'query Codes { lookups(kind: "gender") { code } }')
    await ask(client, 'query Codes { lookups(kind: "gender") { code } }')
    async with host.db.pool.connection():
        watching.look()
    told = read(await client.get("/metrics"))
    assert of(told, "bima_jobs", queue="claim", state="todo") == 1
    lag, seconds = of(told, "bima_seal_lag_rows"), of(told, "bima_seal_lag_seconds")
    assert lag is not None
    assert lag >= 1
    assert seconds is not None
    assert seconds >= 3_600
    assert of(told, "bima_database_connections", pool="reading", state="used") == 1
    assert of(told, "bima_database_connections", pool="writing", state="used") == 0
    assert of(told, "bima_database_waiting") == 0
    assert of(told, "bima_plans_total", found="made") is not None
    assert (of(told, "bima_plans_total", found="kept") or 0) >= 1
    assert (of(told, "bima_plans_kept") or 0) >= 1
    assert (of(told, "bima_documents_kept") or 0) >= 1
    assert (of(told, "bima_process_memory_bytes") or 0) > 10_000_000
    watching.look()  # what was told is not counted again
    again = read(await client.get("/metrics"))
    assert of(again, "bima_plans_total", found="kept") == of(told, "bima_plans_total", found="kept")


async def test_without_the_database_the_process_still_tells_of_itself(client: httpx.AsyncClient, host: Host) -> None:
    await host.db.pool.close()
    told = read(await client.get("/metrics"))
    assert of(told, "bima_process_memory_bytes") is not None
    assert not [name for name, _ in told if name.startswith(("bima_jobs", "bima_seal"))]


async def test_a_loop_that_is_kept_from_its_work_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gauges, "EACH_SECONDS", 0.01)
    metrics = Metrics()
    watching = asyncio.create_task(gauges.watch(host, metrics))
    await asyncio.sleep(0.005)
    block(0.3)
    await asyncio.sleep(0.02)
    watching.cancel()
    slow = re.search(r'lag_seconds_bucket\{le="0.25"\} (\S+)', metrics.text())
    every = re.search(r'lag_seconds_bucket\{le="\+Inf"\} (\S+)', metrics.text())
    assert slow is not None
    assert every is not None
    assert float(every[1]) - float(slow[1]) == 1


def block(seconds: float) -> None:
    time.sleep(seconds)


def left_over(folder: Path) -> list[Path]:
    return [path for path in folder.glob("bima-metrics-*") if path not in BEFORE]


BEFORE = list(Path(tempfile.gettempdir()).glob("bima-metrics-*"))


def test_a_process_that_ended_uses_nothing_any_more_and_its_counts_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOGETHER, str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid in (ended.pid, os.getpid()):
        for kind in ("gauge_livesum", "gauge_liveall", "counter"):
            MmapedDict(str(tmp_path / f"{kind}_{pid}.db")).close()  # type: ignore[no-untyped-call]
    Metrics().text()
    assert sorted(path.name for path in tmp_path.glob("gauge*")) == [
        f"gauge_liveall_{os.getpid()}.db",
        f"gauge_livesum_{os.getpid()}.db",
    ]
    assert (tmp_path / f"counter_{ended.pid}.db").exists()


async def test_several_server_processes_answer_together(process_settings: dict[str, str]) -> None:
    port = free_port()
    production = process_settings | {"BIMA_MODE": "production", "BIMA_SECRET": "s" * 32}
    server = started(production, "serve", "--port", str(port), "--workers", "2")
    sent = 0
    try:
        limits = httpx.Limits(max_keepalive_connections=0)  # a connection each time, so that both processes answer
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits) as client:
            for _ in range(600):
                try:
                    told = read(await client.get("/metrics"))
                    sent += (await client.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
                except httpx.TransportError:
                    told = {}
                if len([name for name, _ in told if name == "bima_process_memory_bytes"]) == 2 and sent > 20:
                    break
                await asyncio.sleep(0.05)
            told = read(await client.get("/metrics"))
            again = read(await client.get("/metrics"))
            await client.get(f"/files/{new_id()}", params={"expires": "1", "signature": "4711-secret"})
            await client.get("/graphql", params={"query": '{ a(phone: "4711-secret") }'})
            await client.get("/4711-secret")
    finally:
        code, output = stopped(server)
    assert of(told, "bima_operations_total", operation="unnamed", answer="ok") == sent, output
    assert of(again, "bima_operations_total", operation="unnamed", answer="ok") == sent
    assert len([name for name, _ in told if name == "bima_process_memory_bytes"]) == 2
    assert code in (0, -signal.SIGTERM), output
    assert TOGETHER not in os.environ
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert [(line["path"], line["status"]) for line in lines if line.get("method") == "GET"] == [
        ("/files/{id:uuid}", 403),
        ("/graphql", 405),
        ("other", 404),
    ]
    assert "4711" not in output
    assert not left_over(Path(tempfile.gettempdir()))
