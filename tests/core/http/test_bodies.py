"""Bodies and addresses that are not what they should be."""

import httpx
import pytest

from core.graphql_http import GRAPHQL_JSON, JSON
from tests.core.http.calling import post, refusal

pytestmark = pytest.mark.profile("tests/core/bare.toml")


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
