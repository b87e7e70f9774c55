"""Server processes: how they are started, what they cost, and what wrk finds when it asks them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import orjson

ASK = Path(__file__).parent / "ask.lua"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0
"""Seconds that a server may take to answer for the first time."""


@dataclass(frozen=True)
class Server:
    """A server that listens, with all of its processes."""

    port: int
    pid: int
    started_in: float
    """Seconds from its start to its first answer."""

    def cpu(self) -> float:
        """Seconds that its processes have computed so far."""
        return sum(map(cpu_of, family(self.pid)))

    def memory(self) -> float:
        """The most memory that its processes ever had, in MB."""
        return sum(map(_most_memory, family(self.pid)))

    def ask(self, body: bytes, headers: Mapping[str, str]) -> bytes:
        """The answer to one request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", "/graphql", body, dict(headers))
            return connection.getresponse().read()
        finally:
            connection.close()


@dataclass(frozen=True)
class Load:
    """What a load of requests found; times in milliseconds, CPU for each request."""

    requests: int
    errors: int
    per_second: float
    p50: float
    p99: float
    server_cpu: float
    database_cpu: float
    memory: float

    @property
    def cpu(self) -> float:
        """CPU of the server and of PostgreSQL."""
        return self.server_cpu + self.database_cpu


@contextmanager
def server(
    command: Sequence[str], port: int, ready: str, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """A server that answers `ready`; stopped when the block ends."""
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=output, start_new_session=True
        )
        try:
            _wait(process, port, ready, log)
            yield Server(port, process.pid, time.monotonic() - began)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, ready: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", ready)
            if connection.getresponse().status < 500:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    raise SystemExit(f"A server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def load(
    asked: Server, database: int, bodies: Sequence[bytes], headers: Mapping[str, str], connections: int, seconds: float
) -> Load:
    """Send the bodies in turn over so many connections. `database`: the process id of PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        lines, told = Path(folder) / "bodies", Path(folder) / "headers"
        lines.write_bytes(b"\n".join(bodies))
        told.write_text("\n".join(f"{name}: {value}" for name, value in headers.items()))
        command = [wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "-s", str(ASK)]
        before = asked.cpu(), cpu_with_gone(database)
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{asked.port}/graphql"],
            env={**os.environ, "BODIES": str(lines), "HEADERS": str(told)},
            capture_output=True,
            check=True,
        )
        after = asked.cpu(), cpu_with_gone(database)
    found = orjson.loads(done.stderr.splitlines()[-1])
    requests = max(found["requests"], 1)
    return Load(
        requests=found["requests"],
        errors=found["errors"],
        per_second=requests / (found["microseconds"] / 1e6),
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        server_cpu=1000 * (after[0] - before[0]) / requests,
        database_cpu=1000 * (after[1] - before[1]) / requests,
        memory=asked.memory(),
    )


def each(asked: Server, database: int, bodies: Sequence[bytes], headers: Mapping[str, str]) -> Load:
    """Send each body once, one after the other; for what takes long and cannot be repeated."""
    before = asked.cpu(), cpu_with_gone(database)
    took = []
    for body in bodies:
        began = time.monotonic()
        asked.ask(body, headers)
        took.append(1000 * (time.monotonic() - began))
    after = asked.cpu(), cpu_with_gone(database)
    return Load(
        requests=len(bodies),
        errors=0,
        per_second=1000 * len(bodies) / sum(took),
        p50=sorted(took)[len(took) // 2],
        p99=max(took),
        server_cpu=1000 * (after[0] - before[0]) / len(bodies),
        database_cpu=1000 * (after[1] - before[1]) / len(bodies),
        memory=asked.memory(),
    )


def wrk() -> str:
    """The program that sends the requests."""
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit(
            "The benchmark of servers needs wrk. Debian, Ubuntu: apt-get install wrk; macOS: brew install wrk"
        )
    return found


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # gone meanwhile
            continue
        children.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
    found = [pid]
    for known in found:
        found.extend(children.get(known, ()))
    return found


def cpu_of(pid: int) -> float:
    """Seconds that a process has computed."""
    return sum(_times(pid)[:2])


def cpu_with_gone(pid: int) -> float:
    """Seconds that a process and its children have computed, those that are gone included."""
    return sum(_times(pid)) + sum(cpu_of(child) for child in family(pid)[1:])


def _times(pid: int) -> list[float]:
    """User and system time, and those of children that are gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return [0.0]
    return [int(ticks) / TICKS for ticks in fields[11:15]]


def _most_memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
