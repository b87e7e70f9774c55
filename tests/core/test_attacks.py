"""What graphql-cop looks for is not found in production: its checks, by its names."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from core.host import Host
from core.http import create_app
from core.settings import load_settings


@pytest.fixture(scope="module")
def production(pytestconfig: pytest.Config) -> Host:
    """The whole scheme in production, without a database."""
    url = "postgresql://nobody@127.0.0.1:1/none"
    return Host(load_settings(pytestconfig.rootpath, {}, mode="production", secret="s" * 32, database_url=url))


@pytest.fixture
async def client(production: Host) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(production)
    app.state.readiness.missing = ""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bima") as client:
        yield client


async def answer(client: httpx.AsyncClient, query: Any) -> Any:
    sent = query if isinstance(query, list) else {"query": query}
    reply = await client.post("/graphql", json=sent)
    assert reply.status_code < 500
    return reply.json()


async def test_the_right_query_is_answered(client: httpx.AsyncClient) -> None:
    assert await answer(client, "query cop { __typename }") == {"data": {"__typename": "Query"}}


async def test_alias_overloading(client: httpx.AsyncClient) -> None:
    assert "data" not in await answer(client, "{" + " ".join(f"alias{n}:__typename" for n in range(101)) + "}")


async def test_array_based_query_batching(client: httpx.AsyncClient) -> None:
    told = await answer(client, [{"query": "query cop { __typename }"}] * 10)
    assert isinstance(told, dict)
    assert "data" not in told


async def test_circular_query_by_introspection(client: httpx.AsyncClient) -> None:
    circle = "fields { type { " * 5 + "name" + " } }" * 5
    assert "data" not in await answer(client, f"query cop {{ __schema {{ types {{ {circle} }} }} }}")


async def test_directive_overloading(client: httpx.AsyncClient) -> None:
    told = await answer(client, "query cop { __typename " + "@aa" * 10 + " }")
    assert "data" not in told
    told = await answer(client, "query cop { __typename " + "@aa" * 1000 + " }")
    assert len(told["errors"]) == 1


async def test_field_duplication(client: httpx.AsyncClient) -> None:
    assert "data" not in await answer(client, "query cop {" + " __typename" * 500 + "}")


async def test_field_suggestions(client: httpx.AsyncClient) -> None:
    for query in ("query cop { __schema { directive } }", "{ famillies { nodes { id } } }", "{ families(fist: 1) { nodes { id } } }"):  # fmt: skip
        assert "Did you mean" not in str(await answer(client, query))


@pytest.mark.parametrize("query", ["query cop { __typename }", "mutation cop { __typename }"])
async def test_queries_and_mutations_by_get(client: httpx.AsyncClient, query: str) -> None:
    reply = await client.get("/graphql", params={"query": query})
    assert (reply.status_code, "data" in reply.json()) == (405, False)


async def test_forms_that_any_page_may_send(client: httpx.AsyncClient) -> None:
    reply = await client.post("/graphql", data={"query": "query cop { __typename }"})
    assert (reply.status_code, "data" in reply.json()) == (415, False)


@pytest.mark.parametrize("path", ["/", "/graphiql", "/playground", "/console", "/graphql"])
async def test_graphiql(client: httpx.AsyncClient, path: str) -> None:
    reply = await client.get(path, headers={"accept": "text/html"})
    assert reply.status_code in (404, 405, 406)
    assert "graphiql" not in reply.text.lower()
    assert "playground" not in reply.text.lower()


async def test_introspection(client: httpx.AsyncClient) -> None:
    for query in ("query cop { __schema { types { name fields { name } } } }", '{ __type(name: "Family") { name } }'):
        assert "data" not in await answer(client, query)


async def test_trace_mode(client: httpx.AsyncClient) -> None:
    assert "extensions" not in await answer(client, "query cop { __typename }")


async def test_unhandled_errors(client: httpx.AsyncClient) -> None:
    for query in ("qwerty cop { abc }", "query cop { abc }", "{ families { nodes { id } } }"):
        told = str(await answer(client, query))
        assert "Traceback" not in told
        assert "exception" not in told.lower()
