"""What is shown to strangers: GraphiQL, the schema and the metrics."""

import httpx
import pytest
from graphql import build_schema, parse, validate

from core.http import create_app
from tests.core.http.calling import bare, client_of, in_production, post, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


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


async def test_graphiql_opens_with_examples_of_the_modules_that_are_on(client: httpx.AsyncClient) -> None:
    schema = build_schema((await client.get("/schema.graphql")).text)
    tabs = (await client.get("/graphiql/tabs.json")).json()
    assert any("query modules" in tab["query"] for tab in tabs)
    for tab in tabs:
        assert validate(schema, parse(tab["query"])) == []


async def test_production_has_no_graphiql(pytestconfig: pytest.Config) -> None:
    app = create_app(bare(pytestconfig, mode="production", secret="s" * 32))
    async with client_of(app) as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.get("/graphiql/start.js")).status_code == 404
        assert (await client.get("/graphiql/tabs.json")).status_code == 404


async def test_the_schema_can_be_fetched(client: httpx.AsyncClient) -> None:
    answer = await client.get("/schema.graphql")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "type Query {" in answer.text
