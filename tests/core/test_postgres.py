"""The embedded PostgreSQL: started once, shared by processes, stopped by the last."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import psycopg
import pytest

from core.postgres import THROWAWAY, Postgres
from core.settings import StartError

TELL_ITS_AGE = """
import sys
from pathlib import Path
import psycopg
from core.postgres import THROWAWAY, Postgres

server = Postgres(Path(sys.argv[1]), THROWAWAY)
with psycopg.connect(server.ensure("bima")) as connection:
    print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
input()
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory outside of pytest's own, which other accounts may not pass."""
    folder = Path(tempfile.mkdtemp(prefix="bima-server-"))
    yield folder / "postgres"
    shutil.rmtree(folder)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_server_starts_is_joined_and_stops_with_its_last_user(directory: Path) -> None:
    first = Postgres(directory, THROWAWAY)
    second = Postgres(directory)
    url = first.url()
    first.release()
    assert answers(url)
    second.release()
    assert not answers(url)


def test_its_data_stay_for_the_next_start(directory: Path) -> None:
    server = Postgres(directory, THROWAWAY)
    with psycopg.connect(server.ensure("bima")) as connection:
        connection.execute("CREATE TABLE kept ()")
    server.release()
    server = Postgres(directory)
    with psycopg.connect(server.ensure("bima")) as connection:
        connection.execute("SELECT * FROM kept")
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    server.release()


def test_processes_that_start_it_at_once_share_it(directory: Path) -> None:
    command = [sys.executable, "-c", TELL_ITS_AGE, str(directory)]
    started = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) for _ in range(3)]
    times = {process.stdout.readline() for process in started if process.stdout}
    for process in started:
        process.communicate("\n")
    assert len(times) == 1
    assert "20" in times.pop()


def test_it_listens_on_no_network(directory: Path) -> None:
    server = Postgres(directory, THROWAWAY)
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    server.release()
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_long_path_still_finds_room_for_its_socket(directory: Path) -> None:
    server = Postgres(directory / ("deep" * 25), THROWAWAY)
    assert answers(server.url())
    server.release()
    shutil.rmtree(server.sockets)


def test_why_it_cannot_start_is_told_with_the_way_out(directory: Path) -> None:
    Postgres(directory, THROWAWAY).release()
    with pytest.raises(
        StartError, match=r'unrecognized configuration parameter "no_such_thing".*Set BIMA_DATABASE_URL'
    ):
        Postgres(directory, {"no_such_thing": "1"})


def test_a_folder_that_cannot_be_made_is_told_with_the_way_out(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "file").touch()
    with pytest.raises(StartError, match=r"cannot start: Not a directory \(.*file/data\).*Set BIMA_DATABASE_URL"):
        Postgres(directory / "file" / "data", THROWAWAY)
