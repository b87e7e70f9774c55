"""Databases for tests: a migrated template per set of modules and version of the code, and copies of it."""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from core.host import Host
from core.migrate import SCRIPTS, upgrade
from core.postgres import Postgres

TEMPLATE = "bima_template_"
COPY = "bima_copy_"
KEPT = 12
"""Templates of other versions and profiles that stay for the next run."""


class Templates:
    """The migrated databases of a server, and copies of them.

    One thread does the work, so that the next copy is made, and the last one dropped, while a test runs.
    """

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.connection: psycopg.Connection[Any] = psycopg.connect(server.url(), autocommit=True)
        self.thread = ThreadPoolExecutor(1, "templates")
        self.names: dict[int, str] = {}
        self.ready: dict[str, Future[str]] = {}
        self.dropped: list[Future[None]] = []
        self.numbers = count(1)

    def __enter__(self) -> Self:
        self._tidy()
        return self

    def __exit__(self, *error: object) -> None:
        for copy in self.ready.values():
            self._drop(copy.result())
        for dropped in self.dropped:
            dropped.result()
        self.thread.shutdown()
        self.connection.close()

    @contextmanager
    def copy(self, host: Host) -> Iterator[str]:
        """The address of a fresh database for the host's modules, dropped afterwards."""
        if id(host) not in self.names:
            self.names[id(host)] = self.thread.submit(self._template, host).result()
        template = self.names[id(host)]
        copy = self.ready.pop(template, None) or self.thread.submit(self._copy, template)
        name = copy.result()
        self.ready[template] = self.thread.submit(self._copy, template)
        try:
            yield self.server.url(name)
        finally:
            self._drop(name)

    @contextmanager
    def twin(self, url: str) -> Iterator[str]:
        """The address of a copy of a database of the server that nobody is connected to, dropped afterwards."""
        name = self.thread.submit(self._copy, str(conninfo_to_dict(url)["dbname"])).result()
        try:
            yield self.server.url(name)
        finally:
            self._drop(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database without any table, dropped afterwards."""
        name = self.thread.submit(self._copy, "template0").result()
        try:
            yield self.server.url(name)
        finally:
            self._drop(name)

    def _drop(self, name: str) -> None:
        self.dropped.append(self.thread.submit(self._do, "DROP DATABASE {} WITH (FORCE)", name))

    def _copy(self, template: str) -> str:
        name = f"{COPY}{os.getpid()}_{next(self.numbers)}"
        # Copying files beats writing them to the log: 34 against 96 ms for 80 tables, measured with fsync off.
        self._do("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def _template(self, host: Host) -> str:
        name = f"{TEMPLATE}{_version(host)}"
        # Held until the connection closes: nobody tidies away a template that is in use.
        self._lock("pg_advisory_lock_shared", name)
        if name in self._databases(TEMPLATE):
            return name
        self._lock("pg_advisory_unlock_shared", name)
        self._lock("pg_advisory_lock", name)
        try:
            if name not in self._databases(TEMPLATE):
                # Built under another name, so that an interrupted attempt is never taken for the whole.
                unfinished = f"unfinished_{name}"
                self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", unfinished)
                self._do("CREATE DATABASE {}", unfinished)
                asyncio.run(upgrade(host.on(self.server.url(unfinished))))
                self._do("ALTER DATABASE {} RENAME TO {}", unfinished, name)
            self._lock("pg_advisory_lock_shared", name)
        finally:
            self._lock("pg_advisory_unlock", name)
        return name

    def _tidy(self) -> None:
        """Drop what killed test runs left, and templates nobody is likely to use again."""
        for name in self._databases(COPY):
            if not _is_alive(int(name.removeprefix(COPY).split("_")[0])):
                self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        for name in self._databases(TEMPLATE)[:-KEPT]:
            if self._lock("pg_try_advisory_lock", name):
                self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
                self._lock("pg_advisory_unlock", name)

    def _lock(self, function: str, name: str) -> bool:
        answer = self.connection.execute(
            SQL("SELECT {}(hashtext(%s))").format(Identifier(function)), (name,)
        ).fetchone()
        return bool(answer and answer[0])

    def _databases(self, prefix: str) -> list[str]:
        found = self.connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", (prefix,)
        )
        return [name for (name,) in found]

    def _do(self, command: str, *names: str) -> None:
        self.connection.execute(SQL(command).format(*map(Identifier, names)))


def _version(host: Host) -> str:
    """A hash of everything that decides what a migrated database holds: the code, the modules and their settings."""
    digest = hashlib.sha256(repr((host.settings.modules, host.settings.tables)).encode())
    for folder in (SCRIPTS, *(module.folder for module in host.modules)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
