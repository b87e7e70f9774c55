"""What is counted of requests."""

import httpx
import pytest

from core import Context
from core.metrics import Metrics
from core.notes import Note
from tests.core.http.calling import post
from tests.core.prometheus import of, read

pytestmark = pytest.mark.profile("tests/core/bare.toml")


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
