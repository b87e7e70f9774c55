"""Servers side by side, on the same data and machine, asked the same over HTTP by wrk.

Bima as it is deployed (one process, in production mode, with accounts, rights, scopes, limits and audit) against a bare
ASGI handler with hand-written statements, PostGraphile 5, and Strawberry with SQLAlchemy's ORM and dataloaders. Before
anything is timed, all must give the same JSON. They take turns, so that a ratio never comes from two different minutes.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from compileall import compile_dir
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psycopg
from rich.progress import track

from benchmarks import postgraphile
from benchmarks.data import OFFICE, ONE, SCOPE, column, families, places, put_back
from benchmarks.frame import ROOT, Bench
from benchmarks.processes import Asking, Server, cpu_of, free_port, in_turns, server, wrk
from benchmarks.questions import Question, questions
from benchmarks.telling import Cold, Measured, Servers
from benchmarks.writing import CONNECTIONS, NEEDED, writes
from modules.people.testing import PASSWORD

STARTS = 3
"""How often a server is started; what is told is the middle."""
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken errors { message } } }"
SECRET = "of the benchmarks, and of nothing else whatever"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Contender:
    """A server, and how it is asked."""

    name: str
    running: Server
    body: Callable[[Question, Mapping[str, Any]], dict[str, Any] | None]
    """The request for a question with its variables; None where it has no answer."""
    account: Callable[[Question], str] | None = None
    """The account that asks, where it has accounts."""

    def headers(self, question: Question) -> dict[str, str]:
        """The headers of a request."""
        return JSON if self.account is None else signed_in(self.running, self.account(question))

    def bodies(self, question: Question) -> list[bytes]:
        """The requests for all variables of a question; none where it has no answer."""
        asked = [self.body(question, variables) for variables in question.variables]
        return [orjson.dumps(body) for body in asked if body is not None]


async def run(bench: Bench) -> Servers:
    """Start the servers on a region, compare their answers, and measure them."""
    wrk()
    async with bench.data.copy(bench.scales[1]) as url:
        return await asyncio.to_thread(_measured, bench, url)


def _measured(bench: Bench, url: str) -> Servers:
    seen = places(url)
    place, districts = seen[0], [str(each.district) for each in seen]
    told = f"{families(url):,} families, {column(url, 'SELECT count(*) FROM claim_claim')[0]:,} claims"
    database = postmaster(url)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        again = [_started(bima(url, folder)) for _ in range(STARTS - 1)]
        ours = stack.enter_context(bima(url, folder))
        asked = questions(url, place, lambda body: data_of(ours.running, body, signed_in(ours.running, ONE)))
        contenders = [ours, *(stack.enter_context(one) for one in _others(bench, url, folder, districts, asked))]
        cold = {one.name: _cold(one) for one in contenders}
        cold[ours.name] = _middle([cold[ours.name], *again])
        for question in asked:
            _compare(question, contenders)
        found = []
        for question in track(asked, "Reads"):
            answering = [one for one in contenders if one.bodies(question)]
            requests = [Asking(one.running, one.bodies(question), one.headers(question)) for one in answering]
            for connections, loads in in_turns(requests, database, CONNECTIONS):
                for one, load in zip(answering, loads, strict=True):
                    if load.errors:
                        raise SystemExit(f"{one.name} answers {question.name} with errors: {load.errors}")
                    found.append(Measured(question.name, one.name, connections, load))
        waiting = put_back(url, NEEDED, [each.district for each in seen[:SCOPE]])
        for name, connections, load in track(
            writes(ours.running, database, url, place, waiting, signed_in(ours.running, OFFICE)), "Writes", total=14
        ):
            found.append(Measured(name, ours.name, connections, load))
    return Servers(found, cold, told)


def _started(contender: Any) -> Cold:
    with contender as one:
        return _cold(one)


def _cold(one: Contender) -> Cold:
    return Cold(one.running.started_in, cpu_of(one.running.pid), one.running.memory())


def _middle(starts: Sequence[Cold]) -> Cold:
    return Cold(*(median(figures) for figures in zip(*map(astuple, starts), strict=True)))


def postmaster(url: str) -> int:
    """The process of PostgreSQL that all others come from."""
    with psycopg.connect(url) as connection:  # which keeps its process alive
        return parent(connection.info.backend_pid)


def parent(pid: int) -> int:
    """The process that started a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def signed_in(running: Server, name: str, password: str = PASSWORD) -> dict[str, str]:
    """Headers with a fresh access token of an account."""
    body = {"query": SIGN_IN, "variables": {"input": {"username": name, "password": password}}}
    return {**JSON, "authorization": f"Bearer {data_of(running, body, JSON)['signIn']['accessToken']}"}


def data_of(running: Server, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    """What a server answers; an answer with errors stops the benchmark."""
    answer = orjson.loads(running.ask(orjson.dumps(body), headers))
    if answer.get("errors"):
        raise SystemExit(f"A server answers {str(body)[:300]} with {str(answer['errors'])[:1000]}")
    return answer["data"]


def _compare(question: Question, contenders: Sequence[Contender]) -> None:
    """Refuse to measure answers that differ."""
    for variables in (question.variables[0], question.variables[-1]):
        answers = {}
        for one in contenders:
            body = one.body(question, variables)
            if body is not None:
                answers[one.name] = data_of(one.running, body, one.headers(question))
        expected = answers.pop("Bima")
        for name, answer in answers.items():
            other = name == "PostGraphile"
            told = question.comparable(expected) if other else expected
            if (question.comparable(answer) if other else answer) != told:
                raise SystemExit(f"{name} answers {question.name} otherwise:\n{str(answer)[:1500]}\n{str(told)[:1500]}")


# The contenders


@contextmanager
def bima(url: str, folder: Path) -> Iterator[Contender]:
    """Bima as it is deployed, in one process."""
    # pip writes bytecode when it installs a package. A working copy may lack it, and compiling takes 12 MB and 0.2 s.
    for package in ("core", "modules", "schema"):
        compile_dir(ROOT / package, quiet=1)
    port = free_port()
    environment = {
        "BIMA_DATABASE_URL": url,
        "BIMA_MODE": "production",
        "BIMA_SECRET": SECRET,
        "BIMA_DATA_DIR": str(folder / "data"),
        # A single account asks here for a whole region: it is counted, but never stopped.
        "BIMA_ACCOUNT_REQUESTS_PER_MINUTE": "100000000",
        "BIMA_DEVICE_REQUESTS_PER_MINUTE": "100000000",
        "BIMA_POLICY__VERIFICATIONS_PER_MINUTE": "0",
    }
    command = [str(Path(sys.executable).parent / "bima"), "serve", "--port", str(port)]
    with server(command, port, "/health/ready", environment, folder / "bima.log") as running:
        yield Contender(
            "Bima",
            running,
            lambda question, variables: {"query": question.document, "variables": variables},
            lambda question: ONE if question.district else OFFICE,
        )


def _others(bench: Bench, url: str, folder: Path, districts: Sequence[str], asked: Sequence[Question]) -> Iterator[Any]:
    yield _bare(url, folder, districts, asked)
    if bench.all_servers:
        yield _orm(url, folder, districts)
        yield _postgraphile(url, folder, districts)


@contextmanager
def _bare(url: str, folder: Path, districts: Sequence[str], asked: Sequence[Question]) -> Iterator[Contender]:
    port = free_port()
    statements = {question.name: question.sql for question in asked if question.sql is not None}
    environment = {"BARE_DATABASE": url, "BARE_SQL": orjson.dumps(statements).decode()}
    with server(_uvicorn("bare", port), port, "/", environment, folder / "bare.log") as running:

        def body(question: Question, variables: Mapping[str, Any]) -> dict[str, Any] | None:
            if question.sql is None:
                return None
            seen = "{" + ",".join(districts[: 1 if question.district else SCOPE]) + "}"
            return {
                "query": question.name,
                "variables": {"districts": seen, **(question.plain or (lambda v: v))(variables)},
            }

        yield Contender("by hand", running, body)


@contextmanager
def _orm(url: str, folder: Path, districts: Sequence[str]) -> Iterator[Contender]:
    port = free_port()
    environment = {"ORM_DATABASE": url, "ORM_DISTRICTS": ",".join(districts[:SCOPE])}
    with server(_uvicorn("orm", port), port, "/", environment, folder / "orm.log") as running:
        yield Contender(
            "Strawberry, ORM",
            running,
            lambda question, variables: {"query": question.document, "variables": variables} if question.orm else None,
        )


@contextmanager
def _postgraphile(url: str, folder: Path, districts: Sequence[str]) -> Iterator[Contender]:
    port = free_port()
    with server(postgraphile.command(url, port), port, "/", {}, folder / "postgraphile.log") as running:

        def body(question: Question, variables: Mapping[str, Any]) -> dict[str, Any] | None:
            if question.postgraphile is None:
                return None
            return {"query": question.postgraphile, "variables": {"districts": districts[:SCOPE], **variables}}

        yield Contender("PostGraphile", running, body)


def _uvicorn(name: str, port: int) -> list[str]:
    where = f"benchmarks.contenders.{name}:app"
    settings = ["--port", str(port), "--log-level", "warning", "--no-access-log", "--no-server-header"]
    return [sys.executable, "-m", "uvicorn", "--app-dir", str(ROOT), *settings, where]
