"""`/files`: sending a file, and fetching one by a signed link."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from tempfile import SpooledTemporaryFile
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.authentication import context_of
from core.files.content import JPEG, read_content
from core.files.links import PATH, is_valid
from core.files.models import FileKind, FileRow
from core.files.services import keep_file
from core.graphql_http import HttpError, require_ready
from core.module import SIGNED_IN

log = logging.getLogger("bima.http")

AROUND = 64 * 1024
"""Bytes that a form may have around its file."""
IN_MEMORY = 256 * 1024
"""Bytes of a file that are held in memory while it comes; more goes to a temporary file."""
READERS = CapacityLimiter(2)
"""Pictures that are decoded at a time; each may take a hundred megabytes of memory."""


async def upload(request: Request) -> Response:
    """Keep the file in the body, which is the file itself or a form with it, and answer `{"fileId": ...}`.

    `?kind=photo` or `?kind=document` says what it is for; if not said, a picture is a photo and a PDF a document.
    """
    require_ready(request)
    ctx = await context_of(request)
    ctx.require(SIGNED_IN)
    kind = _kind(request)
    settings = ctx.host.settings
    try:
        async with asyncio.timeout(settings.file_seconds):
            sent = await _received(request, settings.file_bytes)
            try:
                content = await to_thread.run_sync(read_content, sent.file, kind, settings, limiter=READERS)
            finally:
                await sent.close()
    except TimeoutError as error:
        told = "The file did not come in time. Send a smaller one, or try again on a better line."
        raise HttpError(408, told, "LIMIT_EXCEEDED") from error
    except ClientDisconnect as error:
        raise HttpError(400, "The connection ended before the file did.") from error
    file = await keep_file(ctx, content)
    return JSONResponse({"fileId": str(file.id)}, 201, {"cache-control": "no-store"})


async def download(request: Request) -> Response:
    """The file that a signed link leads to."""
    require_ready(request)
    host, asked, id = request.state.host, request.query_params, request.path_params["id"]
    if not is_valid(host.settings, id, asked.get("expires", ""), asked.get("signature", "")):
        raise HttpError(403, "This link is not valid, or not any more. Ask for a fresh one.", "FORBIDDEN")
    async with host.db.session() as session:
        file: FileRow | None = await session.get(FileRow, id)
    if file is None:
        raise HttpError(404, "This file is not there any more.")
    try:
        content = await host.files.open(file.name)
    except FileNotFoundError as error:
        log.exception("the content of the file %s is lost", id)
        raise HttpError(404, "This file is not there any more.") from error
    return StreamingResponse(content, headers=_headers(file))


ROUTES = (Route(PATH, upload, methods=["POST"]), Route(f"{PATH}/{{id:uuid}}", download))


def _kind(request: Request) -> FileKind | None:
    told = request.query_params.get("kind")
    if told is None:
        return None
    try:
        return FileKind(told.upper())
    except ValueError as error:
        raise HttpError(400, f"`kind` is one of {', '.join(FileKind).lower()}.") from error


async def _received(request: Request, most: int) -> UploadFile:
    """The file in the body of a request. What is larger than `most` bytes is not read to its end."""
    if "content-encoding" in request.headers:
        raise HttpError(415, "Send the file as it is, not compressed.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent = await (_from_form if kind == "multipart/form-data" else _from_body)(request, most)
    if not sent.size or sent.size > most:
        await sent.close()
        raise _too_large(most) if sent.size else HttpError(400, "The file is empty. Send it again.")
    return sent


async def _from_body(request: Request, most: int) -> UploadFile:
    file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by whoever gets it
    sent = UploadFile(file, size=0)
    try:
        async for piece in _limited(request, most, most):
            await sent.write(piece)
        await sent.seek(0)
    except BaseException:
        await sent.close()
        raise
    return sent


async def _from_form(request: Request, most: int) -> UploadFile:
    parser = MultiPartParser(request.headers, _limited(request, most + AROUND, most), max_files=1, max_fields=10)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HttpError(400, f"The form cannot be read: {error.message}") from error
    for value in form.values():
        if isinstance(value, UploadFile):
            return value
    for unfinished in parser._files_to_close_on_error:  # the parser itself does not see that a form was cut off
        unfinished.close()
    raise HttpError(400, "There is no whole file in the form. Send it again.")


async def _limited(request: Request, most: int, told: int) -> AsyncGenerator[bytes, None]:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise _too_large(told)
    came = 0
    async for piece in request.stream():
        came += len(piece)
        if came > most:
            raise _too_large(told)
        yield piece


def _too_large(most: int) -> HttpError:
    return HttpError(413, f"The file is larger than {most:,} bytes. Send a smaller one.", "LIMIT_EXCEEDED")


def _headers(file: FileRow) -> dict[str, str]:
    # A browser shows pictures, which were made here, and saves everything else.
    shown, ending = ("inline", "jpg") if file.media_type == JPEG else ("attachment", "pdf")
    return {
        "content-type": file.media_type,
        "content-length": str(file.size),
        "content-disposition": f'{shown}; filename="{file.id}.{ending}"',
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
