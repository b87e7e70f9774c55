"""What goes wrong while a schema is built (`DeclarationError`) or a request is answered (`RequestError`)."""

import logging
from typing import Any

import psycopg
from graphql import GraphQLError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

log = logging.getLogger("bima")

ONCE_MORE = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
"""Two transactions that were in each other's way: one of them goes on, the other one may be done again at once."""
IN_THE_WAY = (*ONCE_MORE, psycopg.errors.LockNotAvailable)
CROWDED_SECONDS = 5
"""When to come again if more came than the connections are enough for."""
PROGRAM_LIMIT = "54"
"""The class of PostgreSQL's errors that say: too many columns, too many arguments, too complex."""


class DeclarationError(Exception):
    """A type, a field or an extension is declared in a way that cannot work; says which and why."""


class RequestError(Exception):
    """Ends an operation: `code` becomes `extensions.code` of the GraphQL error."""

    code = "BAD_REQUEST"


class BadRequest(RequestError):
    """The request cannot be understood."""


class Unauthenticated(RequestError):
    """Nobody is signed in, or the access token is not valid any more."""

    code = "UNAUTHENTICATED"


class Forbidden(RequestError):
    """The account lacks the right."""

    code = "FORBIDDEN"


class LimitExceeded(RequestError):
    """The request asks for more than one may ask at a time."""

    code = "LIMIT_EXCEEDED"


class Busy(RequestError):
    """Too much was asked for in a short time. `seconds`: when to try again."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, seconds: int = 1) -> None:
        super().__init__(message)
        self.seconds = seconds


def crowded() -> Busy:
    """What is told to who waited for a connection in vain."""
    told = f"More is asked for just now than can be answered. Try again in {CROWDED_SECONDS} s."
    return Busy(told, CROWDED_SECONDS)


class Conflict(RequestError):
    """Others were changing the same, so nothing was written. `seconds`: when to send it again."""

    code = "CONFLICT"
    seconds = 1


class Internal(RequestError):
    """Our own fault; the log has the details."""

    code = "INTERNAL"


def request_error(error: BaseException) -> RequestError:
    """The `RequestError` that tells the client of any exception; what is our own fault goes to the log, masked."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, NoConnectionFree):
        return crowded()
    if isinstance(error, IN_THE_WAY):
        return Conflict("Others are changing the same just now, so nothing was written. Send it again in a moment.")
    if isinstance(error, psycopg.errors.QueryCanceled):
        return LimitExceeded("This took too long. Ask for less at a time.")
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(PROGRAM_LIMIT):
        return LimitExceeded("This is more than the database takes at a time. Ask for less at a time.")
    if isinstance(error, PoolTimeout) or (isinstance(error, psycopg.OperationalError) and _is_gone(error)):
        log.error("the database does not answer", exc_info=error)
        return Internal("The database does not answer. Try again in a moment.")
    if isinstance(error, psycopg.DataError):
        return BadRequest("A value is not valid where it is used.")
    log.error("unexpected error", exc_info=error)
    return Internal("Something went wrong on our side. Try again; if it stays, report the request id.")


def may_be_done_again(error: BaseException | None) -> bool:
    """Whether a transaction that failed before its commit may well succeed at once: it was in another's way, or its
    connection was lost."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, ONCE_MORE) or (isinstance(cause, psycopg.OperationalError) and _is_gone(cause))


def _is_gone(error: psycopg.OperationalError) -> bool:
    """Whether the connection is lost or never came about: no state, class 08, or the server is going down."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))


def refused(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """What is wrong with a document or its variables, as JSON."""
    extensions = error.extensions or {}
    return {**error.formatted, "extensions": {"code": "BAD_REQUEST", **extensions, "requestId": request_id}}


def failed(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """What went wrong with a field, as JSON; what is our own fault is masked."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        return refused(error, request_id)
    told = request_error(cause)
    extensions: dict[str, Any] = {"code": told.code, "requestId": request_id}
    if isinstance(told, Busy | Conflict):
        extensions["retryAfter"] = told.seconds
    return {**error.formatted, "message": str(told), "extensions": extensions}
