"""`/graphql`: GraphQL over HTTP, after that specification. What is said stays in `schema.execute`; how, is here."""

import asyncio
import logging
from collections.abc import Mapping
from functools import lru_cache

import orjson
from starlette.requests import Request
from starlette.responses import Response

from core.authentication import context_of, weight_of
from core.errors import BadRequest, Busy, RequestError
from core.metrics import OperationNames
from core.operation import Operation, changes_something, from_address, from_body
from schema.execute import execute

log = logging.getLogger("bima.http")

MASKED = "Something went wrong on our side. Try again; if it stays, report the request id."
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "INTERNAL": 500}


class HttpError(RequestError):
    """The request stops at the door: an HTTP status, the error's code and message, headers the status asks for."""

    def __init__(self, status: int, message: str, code: str = "BAD_REQUEST", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


async def graphql(request: Request) -> Response:
    """Answer one operation: POST, and GET for queries where the settings allow it.

    Whatever goes wrong is answered as a GraphQL error; an exception nobody expected is logged and masked.
    """
    media = media_type(request.headers.get("accept"))
    try:
        if media is None:
            raise HttpError(406, f"This answers {GRAPHQL_JSON} and {JSON}. Accept one of them.")
        require_ready(request)
        operation = await _operation(request)
        trusted = request.app.state.trusted
        if trusted is not None:
            operation = trusted.checked(operation)
        elif not operation.query:
            raise BadRequest(
                "`query` must be the text of a GraphQL document; this installation knows none by its hash."
            )
        return await _answer(request, operation, media)
    except Exception as error:  # noqa: BLE001 - told to the client; what nobody expected is logged
        failure = as_http(error, request)
        request.state.note.answer = failure.code
        return problem(failure, request.state.request_id, media or JSON)


async def _answer(request: Request, operation: Operation, media: str) -> Response:
    host = request.state.host
    ctx = await context_of(request)
    by_get = request.method != "POST"
    async with asyncio.timeout(host.settings.request_seconds):
        answer = await execute(
            host.schema, operation.query, operation.variables, operation.name, ctx, query_only=by_get
        )
    note = request.state.note
    note.statements = answer.statements
    if answer.operation is not None:
        name = answer.operation.node.name
        names: OperationNames = request.app.state.names
        note.kind = answer.operation.kind
        note.operation = names.label(name.value if name else None, signed_in=ctx.actor.id is not None)
    headers = {"cache-control": "no-store"}
    if answer.errors:
        told = [error["extensions"] for error in answer.errors]
        note.answer = told[0]["code"]
        if seconds := max(extensions.get("retryAfter", 0) for extensions in told):
            headers["retry-after"] = str(seconds)  # a field's own limit; the others may have been answered
    status = 200 if answer.executed or media == JSON else 400
    return Response(answer.body, status, headers, f"{media}; charset=utf-8")


async def _operation(request: Request) -> Operation:
    if request.method != "POST":
        operation = from_address(request.scope["query_string"])
        if changes_something(operation):
            raise HttpError(405, "Only queries may be sent by GET. Use POST.", allow="POST")
        return operation
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace('"', "").replace(" ", "")
    if kind.strip().lower() != JSON or charset not in ("", "charset=utf-8") or "content-encoding" in request.headers:
        raise HttpError(415, f"Send {JSON} in UTF-8, not compressed.")
    return from_body(await _body(request))


async def _body(request: Request) -> bytes:
    most = request.state.host.settings.body_bytes
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BadRequest(f"The body is larger than {most:,} bytes. Send less at a time.")
    return bytes(body)


def require_ready(request: Request) -> None:
    """Stop a request that came before the host can answer it.

    Raises:
        HttpError: 503 with what is missing.
    """
    if missing := request.app.state.readiness.missing:
        raise HttpError(503, f"Not ready yet: {missing}.", "INTERNAL", retry_after="2")


def as_http(error: Exception, request: Request) -> HttpError:
    """How an exception is told to the client; what nobody expected is logged and masked."""
    if isinstance(error, HttpError):
        return error
    if isinstance(error, Busy):
        return HttpError(429, str(error), error.code, retry_after=str(error.seconds))
    if isinstance(error, RequestError):
        status = _STATUS.get(error.code, 400)
        headers = {"www_authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}
        return HttpError(status, str(error), error.code, **headers)
    if isinstance(error, TimeoutError):
        return HttpError(503, "This took too long and was stopped. Ask for less at a time.", "LIMIT_EXCEEDED")
    log.error("request %s failed", request.state.request_id, exc_info=error)
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
