"""Around every request: its id, the security headers, the count of it, and a masked answer to any exception."""

import logging
import time
from collections.abc import Iterable
from http import HTTPMethod, HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from core import logs
from core.graphql_http import MASKED, HttpError, problem
from core.metrics import Metrics
from core.notes import Note
from core.tracing import traced

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.http")

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
"""What every answer carries unless its route says otherwise."""
_ALL = list(HEADERS.items())
METHODS = frozenset(HTTPMethod)
UNTOLD = ("/health/live", "/health/ready", "/metrics")
"""Routes that are asked every few seconds; they have a line only when something is wrong."""
GONE = 499
"""The status counted when the client hung up before the answer began."""


class Envelope:
    """Middleware that is plain ASGI: it stands in the way of every request, so it must cost nothing."""

    def __init__(self, app: ASGIApp, host: "Host", metrics: Metrics) -> None:
        self.app = app
        self.host = host
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = request_id_of(scope)
        note = Note(request_id)
        token = logs.current.set(note)
        scope.setdefault("state", {}).update(host=self.host, request_id=request_id, note=note)
        status = 0

        async def send_enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = enveloped(message["headers"], request_id)
            await send(message)

        with traced("request", note, _header(scope, b"traceparent"), "SERVER") as attributes:
            try:
                await self.app(scope, receive, send_enveloped)
            except Exception:
                note.answer = "INTERNAL"
                if status:
                    raise
                log.exception("request %s failed", request_id)
                await problem(HttpError(500, MASKED, "INTERNAL"), request_id)(scope, receive, send_enveloped)
            finally:
                seconds = time.perf_counter() - began
                route = getattr(scope.get("route"), "path", None) or "other"
                attributes["http.route"], attributes["http.response.status_code"] = route, status or GONE
                self.metrics.answered(route, status or GONE, note, seconds)
                _tell(scope["method"], route, status or GONE, note, seconds)
                logs.current.reset(token)


def enveloped(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
    """An answer's headers with those that every answer carries."""
    given = list(headers)
    ours = _ALL
    if not HEADERS.keys().isdisjoint([name for name, _ in given]):
        present = {name for name, _ in given}
        ours = [(name, value) for name, value in HEADERS.items() if name not in present]
    return [*given, *ours, (b"x-request-id", request_id.encode())]


def _tell(method: str, route: str, status: int, note: Note, seconds: float) -> None:
    """Write the request's line: its route, never its address, which may hold signatures and values."""
    level = logging.DEBUG if route in UNTOLD and status < HTTPStatus.BAD_REQUEST else logging.INFO
    if not log.isEnabledFor(level):
        return
    method = method if method in METHODS else "other"
    fields: dict[str, object] = {"method": method, "path": route, "status": status, "answer": note.answer}
    if note.operation:
        fields |= {"operation": note.operation, "kind": note.kind, "statements": note.statements}
    fields["duration_ms"] = round(seconds * 1000, 1)
    logs.tell(log, level, f"{method} {route}", fields)


def request_id_of(scope: Scope) -> str:
    """The client's `X-Request-Id` when it is a UUID, so that nothing odd reaches the logs; else a fresh one."""
    given = _header(scope, b"x-request-id")
    if given is not None:
        try:
            return str(UUID(given))
        except ValueError:
            pass
    return str(uuid4())  # a fifth of the time that Python's own takes


def _header(scope: Scope, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value.decode("latin-1"))
    return None
