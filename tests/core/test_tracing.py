"""Traces: requests, their root fields and jobs, in the trace that the client began; names of ours and no value."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from io import StringIO

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, tracing
from core.host import Host
from core.http import create_app
from core.jobs import defer
from core.lookups import LookupRow
from core.module import Job
from core.settings import StartError
from core.testing import Doorkeeper, actor
from core.worker import worker
from schema.spans import span
from tests.core.test_logs import lines, told

pytestmark = pytest.mark.profile("tests/core/bare.toml")

__all__ = ["told"]
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def traces() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace_with(provider)
    yield exporter
    tracing.trace_with(None)
    provider.shutdown()


@pytest.fixture
async def client(host: Host) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(host)
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)
    headers = {"authorization": f"Bearer {doorkeeper.token_of(actor(rights=('core.lookup.update',)))}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bima", headers=headers) as client:
        yield client
    host.plugins.unregister(doorkeeper)


def by_name(traces: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {each.name: each for each in traces.get_finished_spans()}


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


async def test_a_request_its_fields_and_its_mutations_are_spans_of_the_callers_trace(
    client: httpx.AsyncClient, session: AsyncSession, traces: InMemorySpanExporter
) -> None:
    session.add(LookupRow(kind="colour", code="RED", names={"en": "Red"}, data={}))
    await session.commit()
    add = """mutation Add { createLookup(input: {kind: "colour", code: "Neema", names: [{language: "en", name: "0712345678"}]})
        { lookup { code } errors { code } } }"""
    headers = {"traceparent": CALLER, "tracestate": "who=Neema"}
    answer = await client.post("/graphql", json={"query": add}, headers=headers)
    assert answer.json()["data"]["createLookup"]["errors"] == []
    read = 'query Codes { neema: lookups(kind: "colour") { code } modules { name } }'
    await client.post("/graphql?signature=4711", json={"query": read}, headers=headers)
    spans = by_name(traces)
    assert set(spans) == {
        "mutation Add", "Mutation.createLookup", "Lookup", "query Codes", "Query.lookups", "Query.modules"
    }  # fmt: skip
    request = spans["mutation Add"]
    assert parent_of(request) == int("b7ad6b7169203331", 16)
    assert parent_of(spans["Mutation.createLookup"]) == id_of(request)
    assert parent_of(spans["Lookup"]) == id_of(spans["Mutation.createLookup"])
    assert parent_of(spans["Query.lookups"]) == id_of(spans["query Codes"])
    attributes = dict(request.attributes or {})
    assert attributes.pop("bima.account_id")
    assert attributes == {
        "http.route": "/graphql", "http.response.status_code": 200, "bima.answer": "ok",
        "bima.request_id": answer.headers["x-request-id"],
        "graphql.operation.name": "Add", "graphql.operation.type": "mutation",
    }  # fmt: skip
    written = "".join(each.to_json() for each in traces.get_finished_spans())
    assert [secret for secret in ("Neema", "0712345678", "4711", "neema", "RED") if secret in written] == []


async def test_a_failure_is_a_span_without_the_exceptions_text(
    client: httpx.AsyncClient, traces: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError("Neema 0712345678")

    monkeypatch.setattr(Context, "read", fails)
    await client.post("/graphql", json={"query": 'query Codes { lookups(kind: "colour") { code } }'})
    request, field = by_name(traces)["query Codes"], by_name(traces)["Query.lookups"]
    assert request.status.status_code is StatusCode.ERROR
    assert (request.attributes or {})["bima.answer"] == "INTERNAL"
    assert "Neema" not in request.to_json() + field.to_json()


async def test_what_a_client_sends_as_its_trace_may_be_anything(
    client: httpx.AsyncClient, traces: InMemorySpanExporter
) -> None:
    for parent in ("", "00-Neema-0712345678-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5_000):
        answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"traceparent": parent})
        assert answer.status_code == 200
    assert [each.parent for each in traces.get_finished_spans() if each.name == "query unnamed"] == [None] * 4


async def test_a_job_continues_the_trace_that_ordered_it_and_its_lines_name_it(
    host: Host, ctx: Context, traces: InMemorySpanExporter, told: StringIO
) -> None:
    async def call(ctx: Context, whom: str) -> None:
        with span("core.calling"):
            pass

    host.jobs, before = (*host.jobs, Job("core.call", call)), host.jobs
    try:
        with span("ordering"):
            await defer(ctx, "core.call", whom="Neema")
        await ctx.session.commit()
        await worker(host, wait=False, signals=False)
    finally:
        host.jobs = before
    spans = by_name(traces)
    assert parent_of(spans["core.call"]) == id_of(spans["ordering"])
    assert parent_of(spans["core.calling"]) == id_of(spans["core.call"])
    trace = spans["ordering"].get_span_context()
    assert trace is not None
    [line] = lines(told, job="core.call")
    assert line["trace_id"] == f"{trace.trace_id:032x}"
    assert "Neema" not in "".join(each.to_json() for each in traces.get_finished_spans())


def test_where_nobody_traces_nothing_is_imported() -> None:
    code = (
        "import sys; from pathlib import Path; import core.commands, core.worker; from core import tracing;"
        "from core.host import Host; from core.http import create_app; from core.settings import load_settings;"
        "host = Host(load_settings(Path(), {}, profile='tests/core/bare.toml')); create_app(host);"
        "tracing.start(host.settings); tracing.flush();"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


async def test_without_the_libraries_it_says_what_to_type(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    settings = host.settings.model_copy(update={"traces_url": "http://collector:4318/v1/traces"})
    with pytest.raises(StartError, match="pip install 'bima\\[telemetry\\]'"):
        tracing.start(settings)
