"""Applications of a bare host without a database, and how their answers are read."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import Actor, Unauthenticated, hook, new_id
from core.authentication import context_of
from core.graphql_http import GRAPHQL_JSON, JSON
from core.host import Host
from core.http import create_app
from core.settings import load_settings

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


def ready(app: Starlette) -> Starlette:
    app.state.readiness.missing = ""
    return app


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bima")


def in_production(pytestconfig: pytest.Config, **settings: Any) -> Starlette:
    return ready(create_app(bare(pytestconfig, mode="production", secret="s" * 32, **settings)))


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of an answer that is a GraphQL error which names its request."""
    [error] = answer.json()["errors"]
    assert UUID(error["extensions"]["requestId"]) == UUID(answer.headers["x-request-id"])
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


async def post(client: httpx.AsyncClient, body: Any, accept: str = GRAPHQL_JSON) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/graphql", content=content, headers={"content-type": JSON, "accept": accept})
