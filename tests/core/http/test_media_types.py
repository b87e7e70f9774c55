"""What may be sent and is answered, after the GraphQL-over-HTTP specification."""

from typing import Any

import httpx
import pytest

from core import Context
from core.graphql_http import GRAPHQL_JSON, JSON, media_type
from core.http import create_app
from tests.core.http.calling import bare, client_of, post, ready, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


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
