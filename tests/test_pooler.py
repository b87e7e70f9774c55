"""The API behind a pooler that gives connections away between transactions."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.postgres import OWNER, UNPRIVILEGED
from core.templates import Templates
from core.testing import POOLER_PORT

SETTINGS = """
[databases]
* = host={server}

[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {sockets}
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 500
logfile = {log}
"""
ROOT = Path(__file__).parent.parent
MANY = 100
LEFT_OUT = ("demo",)
"""Loading a country copies rows as the tables' owner, which is no business of a pooler's."""


@pytest.fixture
def pooler(tmp_path: Path, _templates: Templates) -> Iterator[Path]:
    """pgbouncer in transaction mode before the tests' PostgreSQL; the directory of its socket."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "This audit needs pgbouncer (Debian, Ubuntu: apt install pgbouncer)."
    users, settings, log = tmp_path / "users.txt", tmp_path / "pgbouncer.ini", tmp_path / "log"
    users.write_text(f'"{OWNER}" ""\n')
    server = _templates.server.sockets
    settings.write_text(SETTINGS.format(server=server, port=POOLER_PORT, sockets=server, users=users, log=log))
    log.touch()
    who = {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}
    if who:
        for path in (*tmp_path.parents[:3], tmp_path):
            path.chmod(0o755)
        log.chmod(0o666)
    process = subprocess.Popen([program, "-q", settings], **who)  # type: ignore[call-overload]
    socket = server / f".s.PGSQL.{POOLER_PORT}"
    while not socket.exists():
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)
    yield server
    assert log.read_text().count("login attempt") > MANY, "the tests went past the pooler"
    process.terminate()
    process.wait()


@pytest.mark.audit
def test_the_api_works_behind_a_pooler_in_transaction_mode(pooler: Path) -> None:
    folders = [path for path in (ROOT / "tests" / "modules").iterdir() if path.is_dir() and path.name not in LEFT_OUT]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        "--pooler",
    ]
    done = subprocess.run([*command, pooler, *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
