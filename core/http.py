"""The application: `create_app(host)` makes lists of routes and middleware and hands them to Starlette."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core import gauges, graphiql, health, logs, tracing
from core.actors import Actors
from core.authentication import Door
from core.documents import TrustedDocuments
from core.envelope import Envelope
from core.errors import RequestError
from core.garbage import uncollected
from core.graphql_http import GraphQL, HttpError, as_http, problem
from core.metrics import CONTENT_TYPE, Metrics, OperationNames
from core.rates import Rates
from core.readiness import Readiness
from core.settings import load_settings

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.http")

GRAPHQL = "/graphql"
WORKER_AGAIN_SECONDS = 5.0
"""How long the worker inside a development server rests after a failure."""
CORS: Any = {
    "allow_methods": ("GET", "POST"),
    "allow_headers": ("Authorization", "Content-Type", "Traceparent", "X-Request-Id"),
    "expose_headers": ("Retry-After", "X-Request-Id"),
    "max_age": 3600,
}
"""What pages of the allowed origins may send and read."""


def create_app(host: "Host", *, one_of_several: bool = False) -> Starlette:
    """The web application of a host. Its state carries `host`, `metrics` and `readiness`.

    `one_of_several`: others of the same port answer until this one can.
    """
    trusted = host.settings.trusted_documents
    door = Door(host, Actors(), Rates(host.settings))
    readiness, measured = Readiness(), Metrics()
    documents = TrustedDocuments(trusted) if trusted is not None else None
    answering = GraphQL(door, readiness, OperationNames(trusted=trusted is not None), documents)
    methods = ["POST", "GET"] if host.settings.mode == "development" else ["POST"]
    route = Route(GRAPHQL, answering, methods=methods)
    app = Starlette(
        routes=[route, *_routes(host)],
        middleware=_middleware(host, measured, route),
        exception_handlers={HTTPException: _not_answered, RequestError: _refused},
        lifespan=_lifespan,
    )
    app.state.host = host
    app.state.metrics = measured
    app.state.readiness = readiness
    app.state.one_of_several = one_of_several
    app.state.actors = door.actors
    app.state.rates = door.rates
    return app


@uncollected()
def application() -> Starlette:
    """The application of the installation in the working directory; each server process makes its own."""
    from core.host import Host

    settings = load_settings()
    logs.to_stderr(settings)
    tracing.start(settings)
    return create_app(Host(settings), one_of_several=True)


def _routes(host: "Host") -> list[BaseRoute]:
    return [
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
        Route("/metrics", metrics),
        *((Route("/schema.graphql", sdl), *graphiql.ROUTES) if host.settings.explained else ()),
        *host.routes,
    ]


def _middleware(host: "Host", measured: Metrics, route: Route) -> list[Middleware]:
    origins = host.settings.origins_allowed
    return [
        Middleware(Envelope, host=host, metrics=measured),
        *([Middleware(CORSMiddleware, allow_origins=origins, **CORS)] if origins else ()),
        Middleware(Straight, route=route),
    ]


class Straight:
    """Middleware that answers what is asked most before the router looks for it."""

    def __init__(self, app: ASGIApp, route: Route) -> None:
        self.app = app
        self.route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] == "http" and scope["path"] == GRAPHQL and scope["method"] == "POST":
            scope["route"] = self.route
            await self.route.endpoint(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def metrics(request: Request) -> Response:
    """What Prometheus collects: for those who hold the token or, when there is none, for callers on this machine."""
    _check_may_measure(request)
    state = request.app.state
    found = [] if state.readiness.missing else await gauges.look_up(state.host)
    return Response(state.metrics.text(found), headers={"content-type": CONTENT_TYPE})


def _check_may_measure(request: Request) -> None:
    token = request.state.host.settings.metrics_token
    if token is None:
        if request.client is None or not is_loopback(request.client.host):
            raise HttpError(403, "Set BIMA_METRICS_TOKEN to read this from another machine.", "FORBIDDEN")
    elif not compare_digest(
        request.headers.get("authorization", "").encode("latin-1"), f"Bearer {token.get_secret_value()}".encode()
    ):
        raise HttpError(
            401, "Send the metrics' token as `Authorization: Bearer`.", "UNAUTHENTICATED", www_authenticate="Bearer"
        )


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a socket of this machine has no such address
        return False


async def sdl(request: Request) -> Response:
    """The schema of the enabled modules, in GraphQL's own language."""
    return PlainTextResponse(request.state.host.schema.sdl())


async def _not_answered(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return problem(HttpError(error.status_code, error.detail, **headers), request.state.request_id)


async def _refused(request: Request, error: Exception) -> Response:
    """What a route refuses is answered like what GraphQL refuses."""
    failure = as_http(error, request.state.request_id)
    request.state.note.answer = failure.code
    return problem(failure, request.state.request_id)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    """Answer from the first moment and get ready meanwhile; one of several gets ready first, where that is all."""
    work = asyncio.create_task(_run(app.state.host, app.state))
    try:
        if app.state.one_of_several:
            await app.state.readiness.known.wait()
        yield
    finally:
        app.state.readiness.missing = "the server is shutting down"
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await app.state.host.stop()
        await asyncio.to_thread(tracing.flush)


async def _run(host: "Host", state: State) -> None:
    """Start the host and listen to what accounts may do; in development, run its jobs in this process too."""
    await health.prepare(host, state.readiness)
    if state.readiness.missing:
        return
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(state.actors.listen(host))
        tasks.create_task(gauges.watch(host, state.metrics))
        tasks.create_task(_work(host))


async def _work(host: "Host") -> None:
    if host.settings.mode != "development":
        return
    from core.worker import worker

    while True:
        try:
            await worker(host, signals=False)
        except Exception:
            log.exception("the worker failed; it starts again in %s seconds", WORKER_AGAIN_SECONDS)
        await asyncio.sleep(WORKER_AGAIN_SECONDS)
