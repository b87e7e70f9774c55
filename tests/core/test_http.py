"""The outside of the server: GraphQL over HTTP, health, metrics, and that nothing sent to it brings it down."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import Actor, Context, Unauthenticated, graphql_http, hook, new_id, rates
from core.authentication import context_of, language_of
from core.graphql_http import GRAPHQL_JSON, JSON, media_type
from core.health import what_is_missing
from core.host import Host
from core.http import create_app
from core.metrics import Metrics
from core.notes import Note
from core.settings import load_settings
from schema.execute import Answer
from tests.core.prometheus import of, read

pytestmark = pytest.mark.profile("tests/core/bare.toml")

ASHA = Actor(id=new_id(), name="asha")


class Keys:
    """A module that knows two access tokens."""

    @hook
    async def authenticate(self, token: str) -> Actor | None:
        if token == "expired":
            raise Unauthenticated("The access token has expired. Sign in again.")
        return ASHA if token == "good" else None


async def who(request: Request) -> Response:
    ctx = await context_of(request)
    return JSONResponse({"name": ctx.actor.name, "language": ctx.language, "request": ctx.request_id})


async def broken(request: Request) -> Response:
    raise RuntimeError("the secret is 4711")


def bare(pytestconfig: pytest.Config, **settings: Any) -> Host:
    settings = {"profile": "tests/core/bare.toml", "database_url": "postgresql://nobody@127.0.0.1:1/none", **settings}
    host = Host(load_settings(pytestconfig.rootpath, {}, **settings))
    host.plugins.register(Keys(), "keys")
    host.routes = (Route("/who", who), Route("/broken/{id}", broken))
    return host


@pytest.fixture
def app(pytestconfig: pytest.Config) -> Starlette:
    """The application of a host that is ready; none of these tests reaches the database."""
    return ready(create_app(bare(pytestconfig, body_bytes=10_000)))


def ready(app: Starlette) -> Starlette:
    app.state.readiness.missing = ""
    return app


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bima")


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[Context]:
    """The contexts in which operations were executed; each is answered with its query and variables."""
    contexts: list[Context] = []

    async def execute(schema: Any, query: str, variables: Any, name: str | None, ctx: Context, **rest: Any) -> Answer:
        contexts.append(ctx)
        return Answer(json.dumps({"data": {"query": query, "variables": variables, "name": name}}).encode(), True, 2)

    monkeypatch.setattr(graphql_http, "execute", execute)
    return contexts


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of an answer that is a GraphQL error which names its request."""
    [error] = answer.json()["errors"]
    assert UUID(error["extensions"]["requestId"]) == UUID(answer.headers["x-request-id"])
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


async def post(client: httpx.AsyncClient, body: Any, accept: str = GRAPHQL_JSON) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/graphql", content=content, headers={"content-type": JSON, "accept": accept})


# Content negotiation and statuses, after the GraphQL-over-HTTP specification.


@pytest.mark.parametrize("accept", [GRAPHQL_JSON, JSON])
async def test_a_query_is_answered_in_the_accepted_media_type(client: httpx.AsyncClient, accept: str) -> None:
    answer = await post(client, {"query": "{ __typename }"}, accept)
    assert (answer.status_code, answer.json()) == (200, {"data": {"__typename": "Query"}})
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{JSON}, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{JSON};q=0.9, {GRAPHQL_JSON};q=0.8", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        ("text/html, */*;q=0.1", JSON),
        ("text/html", None),
        (f"{JSON};q=0", None),
        (f"{JSON};q=high", None),
    ],
)
def test_the_media_type_is_what_the_client_likes_best(accept: str | None, chosen: str | None) -> None:
    assert media_type(accept) == chosen


@pytest.mark.parametrize(("accept", "status"), [(GRAPHQL_JSON, 400), (JSON, 200)])
@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "query($kind: String!) { lookups(kind: $kind) { code } }", "variables": {"kind": 7}},
        {"query": "query A { __typename } query B { __typename }"},
    ],
    ids=["syntax", "validation", "coercion", "operation"],
)
async def test_a_request_error_is_400_only_in_the_newer_media_type(
    client: httpx.AsyncClient, body: Any, accept: str, status: int
) -> None:
    assert refusal(await post(client, body, accept)) == (status, "BAD_REQUEST")


async def test_an_unknown_media_type_is_406(client: httpx.AsyncClient) -> None:
    assert refusal(await post(client, {"query": "{ __typename }"}, "text/html")) == (406, "BAD_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [{}, {"content-type": "text/plain"}, {"content-type": f"{JSON}; charset=latin-1"}, {"content-encoding": "gzip"}],
    ids=["none", "text", "charset", "compressed"],
)
async def test_another_content_type_is_415(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    if "content-encoding" in headers:
        headers = {"content-type": JSON, **headers}
    answer = await client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert refusal(answer) == (415, "BAD_REQUEST")


async def test_a_query_may_come_by_get_in_development(client: httpx.AsyncClient, executed: list[Context]) -> None:
    parameters = {"query": "query Q($a: Int) { __typename }", "variables": '{"a": 1}', "operationName": "Q"}
    answer = await client.get("/graphql", params=parameters)
    assert answer.json()["data"] == {"query": parameters["query"], "variables": {"a": 1}, "name": "Q"}


@pytest.mark.parametrize("kind", ["mutation", "subscription"])
async def test_a_change_by_get_is_405(client: httpx.AsyncClient, executed: list[Context], kind: str) -> None:
    answer = await client.get("/graphql", params={"query": f"query A {{ a }} {kind} B {{ b }}", "operationName": "B"})
    assert refusal(answer) == (405, "BAD_REQUEST")
    assert answer.headers["allow"] == "POST"
    assert executed == []


async def test_get_is_405_in_production(pytestconfig: pytest.Config) -> None:
    app = ready(create_app(bare(pytestconfig, mode="production", secret="s" * 32)))
    async with client_of(app) as client:
        assert refusal(await client.get("/graphql", params={"query": "{ __typename }"})) == (405, "BAD_REQUEST")
        assert (await post(client, {"query": "{ __typename }"})).status_code == 200


async def test_another_method_is_405_and_another_path_404(client: httpx.AsyncClient) -> None:
    assert refusal(await client.put("/graphql")) == (405, "BAD_REQUEST")
    assert refusal(await client.get("/nowhere")) == (404, "BAD_REQUEST")


# Bodies that are not what they should be.


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"query": "\xff"}',
        b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ __typename }", "variables": {"a": NaN}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\u0000"}}',
        b'{"query": "{ __typename }", "variables": {"\\u0000": 1}}',
        b'{"query": "{ __typename }", "variables": {"a": "\\\\\\u0000"}}',
        b'{"query": "{ __typename }", "variables": {"a": Infinity}}',
        b'{"query": "{ __typename }", "query": "{ a }"}',
        b'{"query": "{ __typename }", "variables": {"a": [{"b": 1, "\\u0062": 2}]}}',
        b'{"query": "{ __typename } \\u0000"}',
        b'{"query": "{ lookups(kind: \\"a\\\\u0000\\") { code } }"}',
        b'{"query": "{ lookups(kind: \\"a\\\\u{00}\\") { code } }"}',
        b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 65 + b"]" * 65 + b"}}",
        b"[" * 5_000 + b"]" * 5_000,
        b'{"query": "{ __typename }", "x": "' + b"x" * 10_000 + b'"}',
        b'"{ __typename }"',
        b'[{"query": "{ __typename }"}]',
        b"null",
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": " "}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "extensions": []}',
    ],
)  # fmt: skip
@pytest.mark.parametrize("accept", [GRAPHQL_JSON, JSON])
async def test_a_malformed_body_is_a_clean_400(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    assert refusal(await post(client, body, accept)) == (400, "BAD_REQUEST")
    assert (await post(client, {"query": "{ __typename }"})).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["", "query=%ff", "query=%00", "query={a}&query={b}", "query={a}&variables={", "query={a}&variables=[]", "q=1"],
)
async def test_a_malformed_address_is_a_clean_400(client: httpx.AsyncClient, address: str) -> None:
    assert refusal(await client.get(f"/graphql?{address}")) == (400, "BAD_REQUEST")


# What goes wrong inside.


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


# Who asks, and in which language.


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


# Around every request.


async def test_the_request_id_of_the_client_is_kept_when_it_is_a_uuid(client: httpx.AsyncClient) -> None:
    id = str(uuid4())
    answer = await client.get("/health/live", headers={"x-request-id": id})
    assert answer.headers["x-request-id"] == id
    answer = await client.get("/health/live", headers={"x-request-id": "x\tforged line"})
    assert UUID(answer.headers["x-request-id"])


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nowhere", "/broken/1", "/"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (await post(client, {"query": "{ __typename }"})).headers["cache-control"] == "no-store"


async def test_a_page_of_an_allowed_origin_may_call_the_api(pytestconfig: pytest.Config) -> None:
    app = ready(create_app(bare(pytestconfig, origins_allowed=["https://app.example.org"])))
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "authorization, content-type"}
    async with client_of(app) as client:
        answer = await client.options("/graphql", headers={"origin": "https://app.example.org", **ask})
        assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
        answer = await client.options("/graphql", headers={"origin": "https://elsewhere.example.org", **ask})
        assert "access-control-allow-origin" not in answer.headers


async def test_without_allowed_origins_no_other_page_may(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ a }"}, headers={"origin": "https://app.example.org"})
    assert "access-control-allow-origin" not in answer.headers


# How often one may ask.


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


# GraphiQL, the schema, health and metrics.


def in_production(pytestconfig: pytest.Config, **settings: Any) -> Starlette:
    return ready(create_app(bare(pytestconfig, mode="production", secret="s" * 32, **settings)))


async def test_production_does_not_show_its_schema_unless_told_to(pytestconfig: pytest.Config) -> None:
    query = {"query": "{ __schema { __typename } }"}
    async with client_of(in_production(pytestconfig)) as client:
        assert (await client.get("/schema.graphql")).status_code == 404
        assert refusal(await post(client, query)) == (400, "BAD_REQUEST")
    async with client_of(in_production(pytestconfig, introspection=True)) as client:
        assert (await client.get("/schema.graphql")).status_code == 200
        assert (await client.get("/")).status_code == 200
        assert (await post(client, query)).status_code == 200


async def test_metrics_are_for_this_machine_or_for_the_token(pytestconfig: pytest.Config) -> None:
    elsewhere = httpx.ASGITransport(in_production(pytestconfig), client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://bima") as client:
        assert refusal(await client.get("/metrics")) == (403, "FORBIDDEN")
    async with client_of(in_production(pytestconfig)) as client:
        assert (await client.get("/metrics")).status_code == 200
    async with client_of(in_production(pytestconfig, metrics_token="m" * 20)) as client:
        assert refusal(await client.get("/metrics")) == (401, "UNAUTHENTICATED")
        assert refusal(await client.get("/metrics", headers={b"authorization": "Bearer é".encode()})) == (
            401,
            "UNAUTHENTICATED",
        )
        assert (await client.get("/metrics", headers={"authorization": "Bearer " + "m" * 20})).status_code == 200


async def test_graphiql_loads_nothing_from_outside(client: httpx.AsyncClient) -> None:
    page = await client.get("/", headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    sources = [part.split('"')[0] for part in page.text.replace("src=", "href=").split('href="')[1:]]
    assert len(sources) == 7
    for source in sources:
        assert source == "data:," or (await client.get(source)).status_code == 200


async def test_production_has_no_graphiql(pytestconfig: pytest.Config) -> None:
    app = create_app(bare(pytestconfig, mode="production", secret="s" * 32))
    async with client_of(app) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.get("/graphiql/start.js")).status_code == 404


async def test_the_schema_can_be_fetched(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema.graphql")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "type Query {" in answer.text


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


async def test_metrics_count_requests_and_errors(client: httpx.AsyncClient, executed: list[Context]) -> None:
    await post(client, {"query": "{ a }"})
    await post(client, {"query": "{ a }"})
    await post(client, b"{")
    await client.get("/broken/17")
    await client.get("/no/such/path")
    answer = await client.get("/metrics")
    told = read(answer)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert of(told, "bima_requests_total", path="/graphql", status="200") == 2
    assert of(told, "bima_requests_total", path="/broken/{id}", status="500") == 1
    assert of(told, "bima_requests_total", path="other", status="404") == 1
    assert of(told, "bima_errors_total", code="BAD_REQUEST") == 1
    assert of(told, "bima_errors_total", code="INTERNAL") == 1
    assert of(told, "bima_request_seconds_count", path="/graphql") == 3


async def test_metrics_count_answers_with_errors_by_their_code(client: httpx.AsyncClient) -> None:
    await post(client, {"query": '{ node(id: "018f0000-0000-7000-8000-000000000000") { id } }'})
    await post(client, {"query": "{ __typename }"})
    told = read(await client.get("/metrics"))
    assert {labels: count for (name, labels), count in told.items() if name == "bima_errors_total"} == {
        frozenset({("code", "UNAUTHENTICATED")}): 1
    }


def test_latency_falls_into_every_bucket_it_fits() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.003, 99.0):
        metrics.answered("/graphql", 200, Note(), seconds)
    lines = metrics.text().splitlines()
    assert 'bima_request_seconds_bucket{le="0.001",path="/graphql"} 1.0' in lines
    assert 'bima_request_seconds_bucket{le="0.005",path="/graphql"} 2.0' in lines
    assert 'bima_request_seconds_bucket{le="10.0",path="/graphql"} 2.0' in lines
    assert 'bima_request_seconds_bucket{le="+Inf",path="/graphql"} 3.0' in lines
