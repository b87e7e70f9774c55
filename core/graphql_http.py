"""`/graphql`: GraphQL over HTTP, after that specification. What is said stays in `schema.execute`; how, is here."""

import asyncio
import logging
from collections.abc import Mapping
from functools import lru_cache

import orjson
import psycopg
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.authentication import Door, weight_of
from core.documents import TrustedDocuments
from core.errors import BadRequest, Busy, RequestError
from core.metrics import OperationNames
from core.notes import Note
from core.operation import Operation, changes_something, from_address, from_body
from core.readiness import Readiness
from schema.errors import request_error
from schema.execute import execute
from schema.run import Answer

log = logging.getLogger("bima.http")

MASKED = "Something went wrong on our side. Try again; if it stays, report the request id."
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
JSON_BYTES = JSON.encode()
AT_ONCE = 0.1
"""Seconds within which a body came at once."""
_CONTENT_TYPES = {media: f"{media}; charset=utf-8".encode() for media in (JSON, GRAPHQL_JSON)}
_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "INTERNAL": 500}


class HttpError(RequestError):
    """The request stops at the door: an HTTP status, the error's code and message, headers the status asks for."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class GraphQL:
    """Answers one operation: POST, and GET for queries where the settings allow it.

    Whatever goes wrong is answered as a GraphQL error; an exception nobody expected is logged and masked. It is plain
    ASGI, for a request's own objects cost as much as the rest of what is done for it here.
    """

    def __init__(
        self, door: Door, readiness: Readiness, names: OperationNames, trusted: TrustedDocuments | None
    ) -> None:
        self.door = door
        self.readiness = readiness
        self.names = names
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, value)
        note: Note = scope["state"]["note"]
        media = media_type(_text(headers, b"accept"))
        try:
            if media is None:
                raise HttpError(406, f"This answers {GRAPHQL_JSON} and {JSON}. Accept one of them.")
            check_ready(self.readiness)
            answer = await self._in_time(scope, headers, receive, note)
        except Exception as error:  # noqa: BLE001 - told to the client; what nobody expected is logged
            failure = as_http(error, note.request_id)
            note.answer = failure.code
            await problem(failure, note.request_id, media or JSON)(scope, receive, send)
            return
        status = 200 if answer.executed or media == JSON else 400
        told = [
            (b"content-type", _CONTENT_TYPES[media]),
            (b"content-length", b"%d" % len(answer.body)),
            (b"cache-control", b"no-store"),
        ]
        if answer.errors:
            extensions = [error["extensions"] for error in answer.errors]
            note.answer = extensions[0]["code"]
            if seconds := max(each.get("retryAfter", 0) for each in extensions):
                # A field's own limit; the others may have been answered.
                told.append((b"retry-after", b"%d" % seconds))
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": answer.body})

    async def _in_time(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, note: Note) -> Answer:
        """The answer. The request has its time to arrive, and the same again to be carried out."""
        seconds = self.door.host.settings.request_seconds
        arrived = False
        try:
            async with asyncio.timeout(seconds) as limit:
                operation = await self._operation(scope, headers, receive)
                arrived = True
                until = asyncio.get_running_loop().time() + seconds
                if until - (limit.when() or 0) > AT_ONCE:  # else one timer serves, and timers cost
                    limit.reschedule(until)
                return await self._answer(scope, headers, operation, note)
        except TimeoutError as error:
            if arrived:
                raise
            told = f"The body did not arrive within {seconds:g} seconds. Send it again."
            raise HttpError(408, told, "LIMIT_EXCEEDED", connection="close") from error

    async def _operation(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Operation:
        if scope["method"] != "POST":
            operation = from_address(scope["query_string"])
            if changes_something(operation):
                raise HttpError(405, "Only queries may be sent by GET. Use POST.", allow="POST")
        else:
            if headers.get(b"content-type") != JSON_BYTES or b"content-encoding" in headers:
                _check_content(headers)
            operation = from_body(await _body(receive, self.door.host.settings.body_bytes))
        if self.trusted is not None:
            return self.trusted.checked(operation)
        if not operation.query:
            raise BadRequest(
                "`query` must be the text of a GraphQL document; this installation knows none by its hash."
            )
        return operation

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], operation: Operation, note: Note) -> Answer:
        host, client = self.door.host, scope.get("client")
        ctx = await self.door.context(
            note,
            _text(headers, b"authorization"),
            _text(headers, b"accept-language"),
            client[0] if client else "",
        )
        by_get = scope["method"] != "POST"
        answer = await execute(
            host.schema, operation.query, operation.variables, operation.name, ctx, query_only=by_get
        )
        note.statements = answer.statements
        if answer.operation is not None:
            name = answer.operation.node.name
            note.kind = answer.operation.kind
            note.operation = self.names.label(name.value if name else None, signed_in=ctx.actor.id is not None)
        return answer


def _text(headers: dict[bytes, bytes], name: bytes) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _check_content(headers: dict[bytes, bytes]) -> None:
    kind, _, parameters = headers.get(b"content-type", b"").decode("latin-1").partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if kind.strip().lower() != JSON or charset not in ("", "charset=utf-8") or b"content-encoding" in headers:
        raise HttpError(415, f"Send {JSON} in UTF-8, not compressed.")


async def _body(receive: Receive, most: int) -> bytes:
    pieces: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece = message.get("body", b"")
        pieces.append(piece)
        length += len(piece)
        if length > most:
            raise BadRequest(f"The body is larger than {most:,} bytes. Send less at a time.")
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def require_ready(request: Request) -> None:
    """Stop a request that came before the host can answer it.

    Raises:
        HttpError: 503 with what is missing.
    """
    check_ready(request.app.state.readiness)


def check_ready(readiness: Readiness) -> None:
    """The same, of what the server still waits for."""
    if readiness.missing:
        raise HttpError(503, f"Not ready yet: {readiness.missing}.", "INTERNAL", retry_after="2")


def as_http(error: Exception, request_id: str) -> HttpError:
    """How an exception is told to the client; what nobody expected is logged and masked.

    What the database says comes here from the door and from routes; an operation tells it in its answer.
    """
    if isinstance(error, HttpError):
        return error
    if isinstance(error, SQLAlchemyError | psycopg.Error):
        error = request_error(error)
    if isinstance(error, Busy):
        return HttpError(429, str(error), error.code, retry_after=str(error.seconds))
    if isinstance(error, RequestError):
        status = _STATUS.get(error.code, 400)
        headers = {"www_authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}
        return HttpError(status, str(error), error.code, **headers)
    if isinstance(error, TimeoutError):
        return HttpError(503, "This took too long and was stopped. Ask for less at a time.", "LIMIT_EXCEEDED")
    log.error("request %s failed", request_id, exc_info=error)
    return HttpError(500, MASKED, "INTERNAL")


def problem(failure: HttpError, request_id: str, media: str = JSON) -> Response:
    """The answer to a request that was not carried out: a GraphQL error with its code and the request's id."""
    extensions = {"code": failure.code, "requestId": request_id}
    body = orjson.dumps({"errors": [{"message": str(failure), "extensions": extensions}]})
    headers = {"cache-control": "no-store", **failure.headers}
    return Response(body, failure.status, headers, f"{media}; charset=utf-8")


@lru_cache(maxsize=256)
def media_type(accept: str | None) -> str | None:
    """Which of our two media types an `Accept` header likes best; None when neither will do.

    JSON where the client does not care; where it likes both alike, the newer type, whose HTTP statuses tell more.
    """
    weights = _weights(accept or "*/*")
    anything = weights.get("application/*", weights.get("*/*", 0.0))
    json, graphql_json = weights.get(JSON, anything), weights.get(GRAPHQL_JSON, anything)
    if not json and not graphql_json:
        return None
    newer = graphql_json > json or (graphql_json == json and GRAPHQL_JSON in weights)
    return GRAPHQL_JSON if newer else JSON


def _weights(accept: str) -> Mapping[str, float]:
    elements = (element.partition(";") for element in accept.split(","))
    return {kind.strip().lower(): weight_of(parameters) for kind, _, parameters in elements}
