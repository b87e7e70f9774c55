"""The log of a production: lines of JSON that name the request and the account, and nothing that people sent."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import TypeAdapter
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import Actor, BadRequest, Context, logs, new_id
from core.authentication import context_of
from core.host import Host
from core.http import create_app
from core.jobs import defer
from core.module import Job
from core.settings import StartError, load_settings
from core.testing import Doorkeeper
from core.worker import worker

pytestmark = pytest.mark.profile("tests/core/bare.toml")

SECRETS = ("Neema", "0712345678", "hunter2", "eyJhbGciOi", "4711", "1990-13-45")
"""What the requests below carry: a name, a number, a password, a token, a signature, a date."""


@pytest.fixture
def told() -> Iterator[StringIO]:
    """The log as a production writes it, of all libraries and at every level."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def lines(told: StringIO, **wanted: Any) -> list[dict[str, Any]]:
    every = [json.loads(line) for line in told.getvalue().splitlines()]
    return [line for line in every if all(line.get(name) == value for name, value in wanted.items())]


FAILING = {
    "twice": "INSERT INTO core_lookup (id, created_at, updated_at, version, kind, code, names, data, sort_order, active)"
    " SELECT gen_random_uuid(), now(), now(), 1, :phone, :name, '{}', '{}', 1, true FROM generate_series(1, 2)",
    "null": "INSERT INTO core_lookup (id, kind, code) VALUES (gen_random_uuid(), :phone, :name)",
    "syntax": "SELECT CAST(:date AS text)::date, :name, :phone",
    "raised": "DO $$ BEGIN RAISE EXCEPTION 'Neema 0712345678' USING DETAIL = 'hunter2'; END $$",
}


async def failing(request: Request) -> Response:
    """Fails as the path says, with values in the exception's text."""
    ctx = await context_of(request)
    how = request.path_params["how"]
    if how == "python":
        SECRETS.index("Neema 0712345678 hunter2")
    if how == "pydantic":
        TypeAdapter(int).validate_python("Neema 0712345678")
    if how == "chain":
        try:
            int("Neema 0712345678")
        except ValueError as error:
            raise RuntimeError("Neema") from error
    async with ctx.host.db.session() as session:
        given = {"name": "Neema", "phone": "0712345678", "date": "1990-13-45"}
        await session.execute(text(FAILING[how]), given if how != "raised" else {})
    return Response()


@pytest.fixture
async def client(host: Host) -> AsyncIterator[httpx.AsyncClient]:
    routes, host.routes = host.routes, (*host.routes, Route("/failing/{how}", failing, methods=["POST"]))
    app = create_app(host)
    host.routes = routes
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)
    doorkeeper.known["eyJhbGciOi"] = Actor(id=ASHA, name="Neema")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"authorization": "Bearer eyJhbGciOi"}
    async with httpx.AsyncClient(transport=transport, base_url="http://bima", headers=headers) as client:
        yield client
    host.plugins.unregister(doorkeeper)


ASHA = new_id()


def holds_no_secret(told: StringIO) -> None:
    assert [secret for secret in SECRETS if secret in told.getvalue()] == []


@pytest.mark.parametrize("how", ["twice", "null", "syntax", "raised", "python", "pydantic", "chain"])
async def test_an_exception_is_told_without_the_values_it_holds(
    client: httpx.AsyncClient, told: StringIO, how: str
) -> None:
    answer = await client.post(f"/failing/{how}?signature=4711", content=b"Neema hunter2")
    assert answer.status_code == 500
    [line] = lines(told, level="error")
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["account_id"] == str(ASHA)
    assert line["exception"]["type"]
    assert any("test_logs:" in at and at.endswith(" failing") for at in line["exception"]["at"])
    holds_no_secret(told)


async def test_a_violated_constraint_is_told_by_its_name(client: httpx.AsyncClient, told: StringIO) -> None:
    await client.post("/failing/twice")
    [line] = lines(told, level="error")
    assert line["exception"]["type"] == "sqlalchemy.exc.IntegrityError"
    assert line["exception"]["cause"]["message"] == "23505, constraint uq_core_lookup_kind_code, table core_lookup"


async def test_a_request_has_one_line_with_what_was_done_and_nothing_that_was_sent(
    client: httpx.AsyncClient, told: StringIO
) -> None:
    add = "mutation Add($input: CreateLookupInput!) { createLookup(input: $input) { errors { code } } }"
    values = {"kind": "0712345678", "code": "hunter2", "names": [{"language": "en", "name": "Neema"}]}
    await client.post("/graphql?signature=4711", json={"query": add, "variables": {"input": values}})
    written = 'query Codes { lookups(kind: "Neema") { phone: code } }'
    answer = await client.post("/graphql", json={"query": written})
    await client.post("/graphql", json={"query": 'query of_0712345678 { lookups(kind: "Neema") { code } }'})
    await client.post("/graphql", json={"query": '{ lookups(kind: "Neema", hunter2: 1) { code } }'})
    await client.post("/graphql", content=b'{"query": "Neema')
    await client.request("NEEMA-4711", "/0712345678/hunter2")
    await client.get("/graphql", params={"query": '{ lookups(kind: "Neema") { code } }'})
    [line] = lines(told, operation="Codes")
    assert line.pop("duration_ms") > 0
    assert line.pop("time")
    assert line == {
        "level": "info", "logger": "bima.http", "message": "POST /graphql", "method": "POST", "path": "/graphql",
        "request_id": answer.headers["x-request-id"], "account_id": str(ASHA), "status": 200, "answer": "ok",
        "operation": "Codes", "kind": "query", "statements": 1,
    }  # fmt: skip
    assert [(line.get("operation"), line["method"], line["answer"]) for line in lines(told, logger="bima.http")] == [
        ("Add", "POST", "FORBIDDEN"),
        ("Codes", "POST", "ok"),
        ("other", "POST", "ok"),
        (None, "POST", "BAD_REQUEST"),
        (None, "POST", "BAD_REQUEST"),
        (None, "other", "ok"),
        ("unnamed", "GET", "ok"),
    ]
    holds_no_secret(told)


async def test_probes_have_no_line_while_all_is_well(client: httpx.AsyncClient, told: StringIO) -> None:
    await client.get("/health/live")
    assert lines(told, logger="bima.http") == []
    client._transport.app.state.readiness.missing = "something"  # type: ignore[attr-defined]
    await client.get("/health/ready")
    assert [line["status"] for line in lines(told, logger="bima.http")] == [503]


async def test_a_failing_job_is_told_without_its_arguments(host: Host, ctx: Context, told: StringIO) -> None:
    async def call(ctx: Context, whom: str) -> None:
        raise RuntimeError(f"{whom} cannot be reached")

    host.jobs, before = (*host.jobs, Job("core.call", call)), host.jobs
    try:
        order = await defer(ctx, "core.call", whom="Neema 0712345678")
        await ctx.session.commit()
        await worker(host, wait=False, signals=False)
    finally:
        host.jobs = before
    [line] = lines(told, job="core.call")
    assert (line["request_id"], line["status"]) == (str(order), "failed")
    assert line["exception"]["type"] == "RuntimeError"
    assert any(line["logger"].startswith("procrastinate") for line in lines(told))
    holds_no_secret(told)


async def test_what_libraries_fill_into_their_lines_is_left_out(told: StringIO) -> None:
    logging.getLogger("somebody.else").warning("cannot send to %s", "0712345678")

    failed = {"message": "Task exception was never retrieved", "exception": RuntimeError("Neema"), "task": "hunter2"}
    asyncio.get_running_loop().default_exception_handler(failed)
    assert [line["message"] for line in lines(told)] == ["cannot send to %s", "Task exception was never retrieved"]
    holds_no_secret(told)


def test_what_cannot_hold_values_is_told_whole() -> None:
    def message(error: Exception) -> object:
        return logs.exception(error).get("message")

    assert message(StartError("Set BIMA_SECRET.")) == "Set BIMA_SECRET."
    assert message(FileNotFoundError(2, "No such file or directory", "Neema")) == "No such file or directory"
    assert message(BadRequest("Neema is wrong")) == "BAD_REQUEST"
    assert message(ValueError("Neema")) is None
    with pytest.raises(psycopg.OperationalError) as raised:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/none")
    assert "Connection refused" in str(message(raised.value))
    group = logs.exception(ExceptionGroup("Neema", [ValueError("Neema"), KeyError("Neema")]))
    assert [each["type"] for each in group["of"]] == ["ValueError", "KeyError"]
    assert "Neema" not in json.dumps(group)


def test_the_last_words_of_a_process_hold_no_values() -> None:
    code = (
        "from core import logs; from core.settings import load_settings; from pathlib import Path;"
        "logs.to_stderr(load_settings(Path(), {}, profile='tests/core/bare.toml', mode='production', secret='s' * 32));"
        "int('Neema 0712345678')"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    [line] = [json.loads(line) for line in ended.stderr.splitlines()]
    assert (line["level"], line["exception"]["type"]) == ("critical", "ValueError")
    assert "0712345678" not in ended.stderr


def test_a_log_that_was_set_up_before_gets_every_line_of_a_production(
    told: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logs.to_stderr(load_settings(Path(), {}, profile="tests/core/bare.toml", mode="production", secret="s" * 32))
    logs.tell(logging.getLogger("bima.http"), logging.INFO, "GET /somewhere", {"status": 200})
    assert [line["status"] for line in lines(told, message="GET /somewhere")] == [200]
