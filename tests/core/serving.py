"""Applications on a port of this machine: in this process, for clients that are no Python, or in one of its own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from core.heads import LimitedHeads

ROOT = Path(__file__).parent.parent.parent
PROFILE = "tests/modules/people/places.toml"
"""The profile of servers in a process of their own."""


class Quiet(uvicorn.Server):
    """A server that leaves the signals to the tests."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """The address of the application while it is served; its own start-up is left out."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Quiet(uvicorn.Config(app, http=LimitedHeads, lifespan="off", log_config=None, server_header=False))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def server(
    database_url: str, folder: Path, *options: str, **settings: object
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`bima serve` in production, in a process of its own, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {
        "BIMA_MODE": "production",
        "BIMA_SECRET": "s" * 40,
        "BIMA_DATABASE_URL": database_url,
        "BIMA_PROFILE": str(ROOT / PROFILE),
        "BIMA_DATA_DIR": str(folder),
        **{f"BIMA_{name.upper()}": str(value) for name, value in settings.items()},
    }
    command = (sys.executable, "-c", "from core.cli import main; main()", "serve", "--port", str(port), *options)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **own}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with the processes that it started
        await process.wait()


async def until(found: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to come true."""
    for _ in range(1200):
        if await found():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen within a minute")
