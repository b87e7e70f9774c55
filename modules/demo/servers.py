"""A database of the walk's own, and real servers on it: `bima serve` in another process, on a free port."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from core.cli import Stopped
from core.postgres import Postgres
from core.settings import Settings

DATABASE = "bima_demo_walk_"
"""Followed by the number of the process, so that two walks never meet."""
START_SECONDS = 120
STOP_SECONDS = 30
LOG_LINES = 15
"""Of a server that failed, the end of what it logged."""


@contextmanager
def leaving_well() -> Iterator[None]:
    """Told to stop, leave the ordinary way while the block runs, so that its servers and its database go too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def fresh_database(settings: Settings) -> Iterator[str]:
    """The address of an empty database that only the walk uses, dropped afterwards.

    It is made on the server that the settings name, or on the embedded one.

    Raises:
        Stopped: the account may not create databases there.
    """
    name = f"{DATABASE}{os.getpid()}"
    if settings.database_url is None:
        server = Postgres(settings.data_dir / "postgres")
        try:
            with _database(server.url(), name):
                yield server.url(name)
        finally:
            server.release()
    else:
        parts = urlsplit(settings.database_url)
        with _database(settings.database_url, name):
            yield urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def serving(database_url: str, at: datetime | None = None) -> Iterator[str]:
    """The address of `bima serve` on the database while the block runs; `at` stops its clock at a moment.

    Raises:
        Stopped: it does not get ready; with the end of its log.
    """
    port = _free_port()
    moment = at.isoformat() if at else ""
    command = [sys.executable, "-m", "modules.demo.serve", moment, "serve", "--port", str(port)]
    with tempfile.TemporaryFile("w+") as log:
        environment = os.environ | {"BIMA_DATABASE_URL": database_url}
        server = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            if not _ready(server, address):
                log.seek(0)
                told = "".join(log.readlines()[-LOG_LINES:])
                raise Stopped(f"The server did not start:\n{told}")
            yield address
        finally:
            _stop(server)


@contextmanager
def _database(maintenance_url: str, name: str) -> Iterator[None]:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        with psycopg.connect(maintenance_url, autocommit=True) as connection:
            _tidy(connection)
            connection.execute(drop)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise Stopped(
            "The walk needs a database of its own, and the account of BIMA_DATABASE_URL may not create one. "
            "Allow it (ALTER ROLE ... CREATEDB), or leave BIMA_DATABASE_URL out."
        ) from error
    try:
        yield
    finally:
        with psycopg.connect(maintenance_url, autocommit=True) as connection:
            connection.execute(drop)


def _tidy(connection: "psycopg.Connection[Any]") -> None:
    """Drop what walks left that were killed; what is in use stays."""
    found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (DATABASE,))
    for (name,) in found.fetchall():
        if not _is_alive(int(name.removeprefix(DATABASE))):
            with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.communicate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _ready(server: "subprocess.Popen[bytes]", address: str) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False
