"""Servers side by side, on the same data and machine, asked the same over HTTP by wrk.

Bima as it is deployed (one process, in production mode, with accounts, rights, scopes, limits and audit) against a bare
ASGI handler with hand-written statements, PostGraphile 5, and Strawberry with SQLAlchemy's ORM and dataloaders. Before
anything is timed, all must give the same JSON. The machine may do other work: CPU for each request is what to compare.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
from rich.progress import track
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import postgraphile
from benchmarks.filling import Place, fill
from benchmarks.frame import ROOT, Bench
from benchmarks.processes import Server, cpu_of, free_port, load, server, wrk
from benchmarks.questions import Question, questions
from benchmarks.telling import Measured, Servers
from benchmarks.writing import writes
from core.host import Host
from modules.people.testing import PASSWORD, make_account

ROLES = ("CLERK", "ENROLMENT_OFFICER", "SCHEME_ADMINISTRATOR", "CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER", "ACCOUNTANT")
DISTRICTS = 7
SCOPE = 3
"""Districts whose rows the office sees."""
REGION = 35_000
"""Families of a region of mainland Tanzania. There are three claims for each."""
DISTRICT = 5_000
CONNECTIONS = (1, 16, 64)
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
    """Fill a region, start the servers, compare their answers, and measure them."""
    wrk()
    start = date.today() - timedelta(days=200)  # noqa: DTZ011 - the servers' own today
    families = DISTRICT if bench.quick else REGION
    async with bench.host() as host:
        places = await fill(host, families, 3 * families, DISTRICTS, start)
        await accounts(host, places)
        return await asyncio.to_thread(_measured, bench, host.db.url, places, families)


async def accounts(host: Host, places: Sequence[Place]) -> None:
    """Accounts of one district and of three."""
    async with AsyncSession(host.db.engine) as session:
        for name, count in (("district", 1), ("office", SCOPE)):
            grants = [("location", place.district.id) for place in places[:count]]
            await make_account(session, name, roles=ROLES, grants=grants)
        await session.commit()


def _measured(bench: Bench, url: str, places: Sequence[Place], families: int) -> Servers:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with psycopg.connect(url) as connection:
            [database] = connection.execute("SELECT pg_backend_pid()").fetchone() or [0]
            postmaster = parent(database)
        districts = [str(place.district.id) for place in places]
        ours = stack.enter_context(bima(url, folder))
        asked = questions(url, places[0], lambda body: data_of(ours.running, body, signed_in(ours.running, "district")))
        contenders = [ours, *(stack.enter_context(one) for one in _others(bench, url, folder, districts, asked))]
        cold = {one.name: (one.running.started_in, cpu_of(one.running.pid), one.running.memory()) for one in contenders}
        for question in asked:
            _compare(question, contenders)
        found = []
        for question in track(asked, "Reads"):
            for one in contenders:
                bodies = one.bodies(question)
                if bodies:
                    headers = one.headers(question)
                    load(one.running, postmaster, bodies, headers, 4, 1)  # caches and prepared statements
                    for connections in CONNECTIONS:
                        measured = load(one.running, postmaster, bodies, headers, connections, bench.seconds)
                        if measured.errors:
                            raise SystemExit(f"{one.name} answers {question.name} with errors: {measured.errors}")
                        found.append(Measured(question.name, one.name, connections, measured))
        token = signed_in(ours.running, "office")
        for name, connections, measured in writes(ours.running, postmaster, url, places[0], token, bench.seconds):
            found.append(Measured(name, ours.name, connections, measured))
    return Servers(found, cold, families)


def parent(pid: int) -> int:
    """The process that started a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def signed_in(running: Server, name: str) -> dict[str, str]:
    """Headers with a fresh access token of an account."""
    body = {"query": SIGN_IN, "variables": {"input": {"username": name, "password": PASSWORD}}}
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
            lambda question: "district" if question.district else "office",
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
