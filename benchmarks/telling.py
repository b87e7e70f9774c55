"""What the servers' benchmark tells: tables of ratios beside their targets, JSON, and a plot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.frame import Target, keep
from benchmarks.plots import DARK, GREY, LIGHT, PALE, Bar, bars
from benchmarks.processes import Load

SHOWN = 16
"""The number of connections that the targets and the plot are about; the tables and the JSON have all."""
MEMORY, START, P99 = 150.0, 1.5, 20.0
"""Targets: MB of a server process, seconds to the first answer, milliseconds for eligibility."""


@dataclass(frozen=True)
class Promise:
    """How many times another server's figures ours may be; throughput: must be at least."""

    server_cpu: float | None = None
    cpu: float | None = None
    throughput: float | None = None


PROMISES: Mapping[tuple[str, str], Promise] = {
    ("a member", "by hand"): Promise(server_cpu=1.25),
    ("50 families", "by hand"): Promise(server_cpu=1.25),
    ("100 claims", "by hand"): Promise(server_cpu=1.25),
    ("a member", "PostGraphile"): Promise(0.45, 0.6, 2),
    ("50 families", "PostGraphile"): Promise(0.15, 0.6, 2.5),
    ("100 claims", "PostGraphile"): Promise(0.12, 0.6, 2.5),
    ("50 families", "Strawberry, ORM"): Promise(throughput=30),
    ("100 claims", "Strawberry, ORM"): Promise(throughput=30),
}


@dataclass(frozen=True)
class Measured:
    """What a load of one question on one server found."""

    question: str
    server: str
    connections: int
    load: Load


@dataclass(frozen=True)
class Cold:
    """A start: seconds to the first answer, CPU seconds till then, and memory in MB."""

    seconds: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Servers:
    """What was measured, and on how much."""

    measured: Sequence[Measured]
    cold: Mapping[str, Cold]
    told: str

    @property
    def targets(self) -> Sequence[Target]:
        """The ratios that were promised, at 16 connections; eligibility, memory and start."""
        return list(self._targets())

    def _targets(self) -> Iterator[Target]:
        for one in self.measured:
            ours = self._ours(one)
            if one.connections == SHOWN and ours is not None:
                for name, ratio, bound, at_least in _held(one, ours):
                    yield Target(f"{one.question}: {name} beside {one.server}", ratio, bound, at_least)
        yield Target("memory of a server process, all that was asked", self._memory, MEMORY, unit="MB")
        yield Target("a cold start until the first answer", self.cold["Bima"].seconds, START, unit="s")

    @property
    def _memory(self) -> float:
        return max(one.load.memory for one in self.measured if one.server == "Bima")

    def show(self, console: Console) -> None:
        """Print a table for each number of connections: figures, and how many times the other's figure ours is."""
        for connections in sorted({one.connections for one in self.measured}):
            self._table(console, connections)
        spreads = sorted(one.load.spread for one in self.measured if one.load.rounds > 1)
        if spreads:
            middle, most = spreads[len(spreads) // 2], spreads[-1]
            console.print(f"CPU of the rounds differed by {middle:.0%} in the median, by {most:.0%} at most")
        for name, start in self.cold.items():
            seconds = f"{start.seconds:.2f} s ({start.cpu:.2f} s of CPU)"
            console.print(f"{name}: first answer after {seconds}, {start.memory:.0f} MB then")

    def _table(self, console: Console, connections: int) -> None:
        table = Table(
            "", "server", "req/s", "p50 ms", "p99 ms", "server CPU", "database CPU", "MB",
            "ours: server CPU", "all CPU", "req/s", "target",
            title=f"Servers, {self.told}, {connections} connections", caption="CPU in ms for each request",
        )  # fmt: skip
        for column in table.columns[2:11]:
            column.justify = "right"
        for one in self.measured:
            if one.connections != connections:
                continue
            told, ours = one.load, self._ours(one)
            ratios, promised = ["", "", ""], ""
            if ours is not None:
                ratios = [f"{ratio:.2f}" for ratio in _ratios(one, ours)]
                if connections == SHOWN:
                    promised = ", ".join(
                        f"{name} {'≥' if at_least else '≤'} {bound:g}"
                        + ("" if (ratio >= bound if at_least else ratio <= bound) else " missed")
                        for name, ratio, bound, at_least in _held(one, ours)
                    )
            if told.errors:
                promised = f"{told.errors} refused"
            table.add_row(
                one.question, one.server, f"{told.per_second:,.0f}", f"{told.p50:.1f}", f"{told.p99:.1f}",
                f"{told.server_cpu:.2f}", f"{told.database_cpu:.2f}", f"{told.memory:.0f}", *ratios, promised,
                style="bold" if one.server == "Bima" else None,
            )  # fmt: skip
        console.print(table)

    def _ours(self, other: Measured) -> Load | None:
        """Bima's load of what another server was asked as well."""
        found = (
            one.load
            for one in self.measured
            if (one.server, one.question, one.connections) == ("Bima", other.question, other.connections)
        )
        return None if other.server == "Bima" else next(found, None)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json` and `<name>.svg`."""
        keep(name, asdict(self), self)

    @property
    def plot(self) -> str:
        """Bars of CPU for each request, the server's part dark and PostgreSQL's light; longer ones are cut."""
        shown = [one for one in self.measured if one.connections == SHOWN and one.load.cpu]
        most = {one.question: 0.0 for one in shown}
        for one in shown:
            most[one.question] = max(most[one.question], one.load.cpu)
        lines = []
        for one in shown:
            dark, light = (DARK, LIGHT) if one.server == "Bima" else (GREY, PALE)
            parts = [
                (one.load.server_cpu / most[one.question], dark),
                (one.load.database_cpu / most[one.question], light),
            ]
            told = f"{one.load.server_cpu:.2f} + {one.load.database_cpu:.2f}"
            lines.append(Bar(f"{one.question}: {one.server}", parts, told))
        title = "CPU for each request in ms, server (dark) and PostgreSQL (light); each question has a scale of its own"
        return bars(title, lines, 1)


def _ratios(other: Measured, ours: Load) -> tuple[float, float, float]:
    theirs = other.load
    return (
        ours.server_cpu / theirs.server_cpu if theirs.server_cpu else 0.0,
        ours.cpu / theirs.cpu if theirs.cpu else 0.0,
        ours.per_second / theirs.per_second,
    )


def _held(other: Measured, ours: Load) -> Iterator[tuple[str, float, float, bool]]:
    """What was promised beside another server: its name, the ratio, the bound, and whether it is a lower one."""
    promise = PROMISES.get((other.question, other.server), Promise())
    server_cpu, cpu, throughput = _ratios(other, ours)
    for name, ratio, bound, at_least in (
        ("server CPU", server_cpu, promise.server_cpu, False),
        ("all CPU", cpu, promise.cpu, False),
        ("req/s", throughput, promise.throughput, True),
    ):
        if bound is not None:
            yield name, ratio, bound, at_least
