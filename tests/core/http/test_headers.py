"""What every answer carries, and which pages elsewhere may read it."""

from uuid import UUID, uuid4

import httpx
import pytest

from core.http import create_app
from tests.core.http.calling import bare, client_of, post, ready

pytestmark = pytest.mark.profile("tests/core/bare.toml")


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
