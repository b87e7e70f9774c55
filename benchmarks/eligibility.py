"""What every facility asks for every patient: whether somebody is covered. And what a policy costs, as an office asks.

Bima alone, as it is deployed, over HTTP. Beside each load stands the machine's load average before it: where that is
more than a few, other work went on, and only CPU says something.
"""

import asyncio
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.data import OFFICE, Place, families, places
from benchmarks.frame import Bench, Target, keep
from benchmarks.plots import DARK, GREY, LIGHT, Bar, bars
from benchmarks.processes import Asking, Load, in_turns, wrk
from benchmarks.questions import ELIGIBILITY, Question, questions
from benchmarks.servers import bima, data_of, postmaster, signed_in
from benchmarks.telling import P99, SHOWN
from benchmarks.writing import CONNECTIONS
from modules.demo.accounts import PASSWORD as OF_THE_DEMO
from modules.people.testing import PASSWORD

CLERK = "accountant", OF_THE_DEMO
"""Who asks in a database that `bima demo load` filled."""
COVERED = "covered"
CARE = """query($number: String!, $service: String, $on: Date) {
  eligibility(insuranceNumber: $number, serviceCode: $service, on: $on) {
    covered reason insuree { otherNames lastName birthDate gender { name } photo { url } }
    policy { product { name } expiresOn status } service { covered reason remaining earliestOn }
    remaining { ceiling visits admissions } } }"""


@dataclass(frozen=True)
class Asked:
    """What a load of one question found, and how busy the machine was before it."""

    scale: str
    question: str
    connections: int
    busy: float
    load: Load


@dataclass(frozen=True)
class Answers:
    """What was measured."""

    asked: Sequence[Asked]
    families: Mapping[str, int]
    """How many there are, by scale."""

    @property
    def targets(self) -> Sequence[Target]:
        """The time within which whoever is covered is told so."""
        return [
            Target(f"{one.question}: p99 at {SHOWN} connections, {one.scale}", one.load.p99, P99, unit="ms")
            for one in self.asked
            if one.connections == SHOWN and one.question == COVERED
        ]

    def show(self, console: Console) -> None:
        """Print a table."""
        told = ", ".join(f"{number:,} families ({name})" for name, number in self.families.items())
        table = Table(
            "", "scale", "connections", "req/s", "p50 ms", "p99 ms", "server CPU", "database CPU", "MB", "load average",
            title=f"Eligibility, {told}", caption="CPU in ms for each request",
        )  # fmt: skip
        for column in table.columns[2:]:
            column.justify = "right"
        for one in self.asked:
            told = one.load
            table.add_row(
                one.question, one.scale, str(one.connections), f"{told.per_second:,.0f}", f"{told.p50:.1f}",
                f"{told.p99:.1f}", f"{told.server_cpu:.2f}", f"{told.database_cpu:.2f}", f"{told.memory:.0f}",
                f"{one.busy:.1f}",
            )  # fmt: skip
        console.print(table)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json` and `<name>.svg`."""
        keep(name, asdict(self), self)

    @property
    def plot(self) -> str:
        """Bars of p50, and of what comes on top of it until p99, at 16 connections; longer ones are cut."""
        shown = [one for one in self.asked if one.connections == SHOWN]
        lines = [
            Bar(
                f"{one.question}, {one.scale}",
                [(one.load.p50, DARK), (one.load.p99 - one.load.p50, LIGHT if one.load.p99 <= P99 else GREY)],
                f"{one.load.p50:.1f}; {one.load.p99:.1f}",
            )
            for one in shown
        ]
        return bars(f"Milliseconds at {SHOWN} connections: p50 (dark) and p99 (light)", lines, 5 * P99, P99)


async def run(bench: Bench) -> Answers:
    """Start Bima on a region, and on the country where there is one, and ask it."""
    wrk()
    asked: list[Asked] = []
    scale = bench.scales[1].name
    async with bench.data.copy(bench.scales[1]) as url:
        many = {scale: families(url)}
        asked += await asyncio.to_thread(_measured, url, scale, (OFFICE, PASSWORD))
    if bench.country:
        many["country"] = families(bench.country)
        asked += await asyncio.to_thread(_measured, bench.country, "country", CLERK)
    return Answers(asked, many)


def _measured(url: str, scale: str, account: tuple[str, str]) -> list[Asked]:
    place, database = places(url)[0], postmaster(url)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(bima(url, folder))
        headers = signed_in(ours.running, *account)
        found = []
        asked = _questions(url, place, lambda body: data_of(ours.running, body, headers))
        busy = os.getloadavg()[0]
        requests = [Asking(ours.running, ours.bodies(one), headers) for one in asked]
        for connections, loads in in_turns(requests, database, CONNECTIONS):
            for question, load in zip(asked, loads, strict=True):
                if load.errors:
                    raise SystemExit(f"{question.name} is answered with errors: {load.errors}")
                found.append(Asked(scale, question.name, connections, busy, load))
    return found


def _questions(url: str, place: Place, ask: object) -> list[Question]:
    known = {each.name: each for each in questions(url, place, ask)}  # type: ignore[arg-type]
    numbers = [variables["number"] for variables in known["eligibility"].variables]
    long_ago = "2001-01-01"
    return [
        Question(COVERED, ELIGIBILITY, [{"number": number} for number in numbers]),
        Question("covered, for a service", CARE, [{"number": number, "service": place.service} for number in numbers]),
        Question("not covered", CARE, [{"number": number, "on": long_ago} for number in numbers]),
        Question("nobody's number", ELIGIBILITY, [{"number": f"{number}0"} for number in numbers]),
        known["quote"],
    ]
