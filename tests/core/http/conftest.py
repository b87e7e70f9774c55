"""An application of a bare host, and a client of it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from core import Context, graphql_http
from core.http import create_app
from schema.run import Answer
from tests.core.http.calling import bare, client_of, ready


@pytest.fixture
def app(pytestconfig: pytest.Config) -> Starlette:
    """The application of a host that is ready; none of these tests reaches the database."""
    return ready(create_app(bare(pytestconfig, body_bytes=10_000)))


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
