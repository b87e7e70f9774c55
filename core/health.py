"""`/health`: whether the process lives, and whether it may be sent requests yet."""

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.garbage import OF_REQUESTS, give_back_large_blocks, spare_what_is_loaded
from core.pending import pending
from core.readiness import Readiness

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.http")

PROBE_SECONDS = 2.0
"""How long the database may take to answer a probe."""
SWITCH_SECONDS = 0.001
"""How long a thread that reads a document may compute before the event loop has its turn."""
AGAIN_SECONDS = 1.0
"""How long to wait before looking again for what is missing."""


async def prepare(host: "Host", readiness: Readiness) -> None:
    """Start the host once the database answers and its migrations are done; tell meanwhile what is missing."""
    while missing := await what_is_missing(host):
        await _not_yet(readiness, missing)
    try:
        await host.start()
    except Exception:
        log.exception("a module could not start")
        readiness.tell("a module could not start, see the log")
        return
    await asyncio.to_thread(settle, host)
    readiness.tell("")


def settle(host: "Host") -> None:
    """Compose the schema before the first request needs it, and make sure that nothing keeps all requests waiting.

    Garbage collections would go through all of it again and again, a fifth of a second each: it is left out of them.
    """
    _ = host.schema
    sys.setswitchinterval(SWITCH_SECONDS)
    spare_what_is_loaded(OF_REQUESTS)
    give_back_large_blocks()


async def what_is_missing(host: "Host") -> str:
    """Why the database cannot be used yet, with what to do; empty when it can."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            waiting = await pending(host)
    except (TimeoutError, OSError, OperationalError, psycopg.OperationalError):
        return "the database does not answer"
    return f"migrations of {', '.join(waiting)} are pending, run `bima migrate`" if waiting else ""


async def _not_yet(readiness: Readiness, missing: str) -> None:
    if missing != readiness.missing:
        log.warning("not ready: %s", missing)
    readiness.tell(missing)
    await asyncio.sleep(AGAIN_SECONDS)


async def live(request: Request) -> Response:
    """The process answers. Nothing else is looked at: a lost database is no reason to kill it."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """Whether requests may come: 200, or 503 with what is missing."""
    missing = request.app.state.readiness.missing or await _lost(request.state.host)
    if missing:
        return JSONResponse({"status": "not ready", "missing": missing}, 503, {"retry-after": "2"})
    return JSONResponse({"status": "ready"})


async def _lost(host: "Host") -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS), host.db.readers.connection() as connection:
            await connection.execute("SELECT 1")
    except (TimeoutError, psycopg.OperationalError):
        return "the database does not answer"
    return ""
