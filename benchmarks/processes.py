"""Server processes: how they are started, what they cost, and what wrk finds when it asks them."""

import math
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import orjson

ASK = Path(__file__).parent / "ask.lua"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0
"""Seconds that a server may take to answer for the first time."""
PAUSE = 0.04
"""Seconds between two looks whether a server is still computing."""
TRIES = 30
"""How often somebody asks again who is told to."""
QUIET = 3
"""How often it must be found resting, so that one that waits for a busy machine is not taken for one that is done."""
ROUNDS = 3
"""How often each server is asked the same; what is told is the middle."""
SECONDS = 1
"""How long a load of requests lasts."""
SLOW = 1.2
"""How often each connection is to be answered at least in a load, on the average."""
WARM = 4
"""Connections over which servers are warmed."""


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
        """The most memory that its processes had since `forget_memory`, in MB."""
        return sum(map(_most_memory, family(self.pid)))

    def forget_memory(self) -> None:
        """Begin to look for the most memory anew."""
        for pid in family(self.pid):
            with suppress(OSError):  # gone meanwhile, or no Linux: then it is the most it ever had
                Path(f"/proc/{pid}/clear_refs").write_text("5")

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
    rounds: int = 1
    """How many loads it is the middle of."""
    spread: float = 0
    """By how much the CPU of these differed from the least to the most, of the middle one."""

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


@dataclass(frozen=True)
class Asking:
    """Requests of one kind to a server: their bodies are sent in turn."""

    running: Server
    bodies: Sequence[bytes]
    headers: Mapping[str, str]
    refused: str = ""
    """What only an answer has that says no."""


def in_turns(asked: Sequence[Asking], database: int, connections: Sequence[int]) -> Iterator[tuple[int, list[Load]]]:
    """What each of them takes over so many connections, in the middle of several rounds in which they take turns.

    Each is warmed first. What answers too few in a second for its connections is asked for longer, once.
    """
    warmed = [load(one, database, WARM, SECONDS) for one in asked]
    for many in connections:
        found: list[list[Load]] = [[] for _ in asked]
        for turn in range(ROUNDS):
            for at, one in enumerate(asked):
                seconds = math.ceil(SLOW * many / warmed[at].per_second)
                if turn == 0 or seconds <= SECONDS:
                    found[at].append(load(one, database, many, max(seconds, SECONDS)))
        yield many, [middle(loads) for loads in found]


def middle(loads: Sequence[Load]) -> Load:
    """The median of each figure; requests and errors are added up."""
    told = {
        each.name: median(getattr(one, each.name) for one in loads)
        for each in fields(Load)
        if each.name not in ("requests", "errors", "rounds", "spread")
    }
    cpu = sorted(one.cpu for one in loads)
    spread = (cpu[-1] - cpu[0]) / median(cpu) if cpu[0] else 0.0
    requests, errors = sum(one.requests for one in loads), sum(one.errors for one in loads)
    return Load(requests, errors, **told, rounds=len(loads), spread=spread)


def load(asked: Asking, database: int, connections: int, seconds: float) -> Load:
    """Send requests over so many connections. `database`: the process id of PostgreSQL.

    wrk leaves when its time is over; the requests that are under way then, one on each connection, are still answered,
    and what they cost counts.
    """
    with tempfile.TemporaryDirectory() as folder:
        lines, told = Path(folder) / "bodies", Path(folder) / "headers"
        lines.write_bytes(b"\n".join(asked.bodies))
        told.write_text("\n".join(f"{name}: {value}" for name, value in asked.headers.items()))
        command = [wrk(), "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "60s", "-s", str(ASK)]
        running = asked.running
        running.forget_memory()
        before = running.cpu(), cpu_with_gone(database)
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{running.port}/graphql"],
            env={**os.environ, "BODIES": str(lines), "HEADERS": str(told), "REFUSED": asked.refused},
            capture_output=True,
            check=True,
        )
        found = orjson.loads(done.stderr.splitlines()[-1])
        per_second = max(found["requests"], 1) / (found["microseconds"] / 1e6)
        after = settled(running, database, 0.5 + 3 * connections / per_second)
    answered = found["requests"] + connections
    return Load(
        requests=found["requests"],
        errors=found["errors"],
        per_second=per_second,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        server_cpu=1000 * (after[0] - before[0]) / answered,
        database_cpu=1000 * (after[1] - before[1]) / answered,
        memory=running.memory(),
    )


def settled(running: Server, database: int, seconds: float) -> tuple[float, float]:
    """The CPU that a server and PostgreSQL have computed, as soon as they are done with what is under way.

    `seconds`: how long that may take at most; PostgreSQL may have other work.
    """
    until = time.monotonic() + seconds
    now, quiet = (running.cpu(), cpu_with_gone(database)), 0
    while quiet < QUIET and time.monotonic() < until:
        time.sleep(PAUSE)
        before, now = now, (running.cpu(), cpu_with_gone(database))
        quiet = quiet + 1 if sum(now) - sum(before) < 1.5 / TICKS else 0
    return now


def each(asked: Asking, database: int, connections: int) -> Load:
    """Send each body once, over so many connections; for what takes long and cannot be repeated.

    Who is told to come again, because all are busy, does so after a second.
    """
    running = asked.running
    running.forget_memory()
    before = running.cpu(), cpu_with_gone(database)

    def ask(body: bytes) -> tuple[float, bool]:
        began, well = time.monotonic(), False
        for _ in range(TRIES):
            answer = running.ask(body, asked.headers)
            well = asked.refused.encode() not in answer and b'"data":{' in answer[:20]
            if well:
                break
            time.sleep(1)
        return 1000 * (time.monotonic() - began), well

    began = time.monotonic()
    with ThreadPoolExecutor(connections) as clients:
        answers = list(clients.map(ask, asked.bodies))
    seconds = time.monotonic() - began
    after = running.cpu(), cpu_with_gone(database)
    took = [milliseconds for milliseconds, _ in answers]
    return Load(
        requests=len(took),
        errors=sum(not well for _, well in answers),
        per_second=len(took) / seconds,
        p50=median(took),
        p99=max(took),
        server_cpu=1000 * (after[0] - before[0]) / len(took),
        database_cpu=1000 * (after[1] - before[1]) / len(took),
        memory=running.memory(),
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
