"""What every facility asks for every patient: whether somebody is covered. And what a policy costs, as an office asks.

Bima alone, as it is deployed, over HTTP. Beside each load stands the machine's load average before it: where that is
more than a few, other work went on, and only CPU says something.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import orjson
import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks.filling import Place, fill
from benchmarks.frame import RESULTS, Bench
from benchmarks.processes import Load, load, wrk
from benchmarks.questions import ELIGIBILITY, Question, questions
from benchmarks.servers import CONNECTIONS, DISTRICT, DISTRICTS, REGION, accounts, bima, data_of, parent, signed_in

CARE = """query($number: String!, $service: String, $on: Date) {
  eligibility(insuranceNumber: $number, serviceCode: $service, on: $on) {
    covered reason insuree { otherNames lastName birthDate gender { name } photo { url } }
    policy { product { name } expiresOn status } service { covered reason remaining earliestOn }
    remaining { ceiling visits admissions } } }"""


@dataclass(frozen=True)
class Asked:
    """What a load of one question found, and how busy the machine was before it."""

    question: str
    connections: int
    busy: float
    load: Load


@dataclass(frozen=True)
class Answers:
    """What was measured."""

    asked: Sequence[Asked]
    families: int

    def show(self, console: Console) -> None:
        """Print a table."""
        table = Table(
            "", "connections", "req/s", "p50 ms", "p99 ms", "server CPU", "database CPU", "load average",
            title=f"Eligibility, {self.families:,} families", caption="CPU in ms for each request",
        )  # fmt: skip
        for column in table.columns[1:]:
            column.justify = "right"
        for one in self.asked:
            told = one.load
            table.add_row(
                one.question, str(one.connections), f"{told.per_second:,.0f}", f"{told.p50:.1f}", f"{told.p99:.1f}",
                f"{told.server_cpu:.2f}", f"{told.database_cpu:.2f}", f"{one.busy:.1f}",
            )  # fmt: skip
        console.print(table)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json`."""
        (RESULTS / f"{name}.json").write_bytes(
            orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )


async def run(bench: Bench) -> Answers:
    """Fill a region, start Bima, and ask it."""
    wrk()
    start = date.today() - timedelta(days=200)  # noqa: DTZ011 - the server's own today
    families = DISTRICT if bench.quick else REGION
    async with bench.host() as host:
        places = await fill(host, families, 3 * families, DISTRICTS, start)
        await accounts(host, places)
        asked = await asyncio.to_thread(_measured, bench, host.db.url, places[0])
    return Answers(asked, families)


def _measured(bench: Bench, url: str, place: Place) -> list[Asked]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        with psycopg.connect(url) as connection:
            [backend] = connection.execute("SELECT pg_backend_pid()").fetchone() or [0]
            postmaster = parent(backend)
        ours = stack.enter_context(bima(url, folder))
        headers = signed_in(ours.running, "office")
        found = []
        for question in _questions(url, place, lambda body: data_of(ours.running, body, headers)):
            bodies = ours.bodies(question)
            load(ours.running, postmaster, bodies, headers, 16, 1)  # caches and prepared statements
            for connections in CONNECTIONS:
                busy = os.getloadavg()[0]
                measured = load(ours.running, postmaster, bodies, headers, connections, bench.seconds)
                if measured.errors:
                    raise SystemExit(f"{question.name} is answered with errors: {measured.errors}")
                found.append(Asked(question.name, connections, busy, measured))
    return found


def _questions(url: str, place: Place, ask: object) -> list[Question]:
    known = {each.name: each for each in questions(url, place, ask)}  # type: ignore[arg-type]
    numbers = [variables["number"] for variables in known["eligibility"].variables]
    service = place.clinic.services[0].code
    long_ago = "2001-01-01"
    return [
        Question("covered", ELIGIBILITY, [{"number": number} for number in numbers]),
        Question("covered, for a service", CARE, [{"number": number, "service": service} for number in numbers]),
        Question("not covered", CARE, [{"number": number, "on": long_ago} for number in numbers]),
        Question("nobody's number", ELIGIBILITY, [{"number": f"{number}0"} for number in numbers]),
        known["quote"],
    ]
