"""What every benchmark stands on: databases, a host on them, measuring, and telling the result."""

import os
import platform
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.data import DISTRICT, REGION, WARD, Data
from benchmarks.working import started
from core.host import Host
from core.postgres import Postgres
from core.settings import load_settings
from core.templates import Templates
from modules.demo.country.scale import Scale

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Target:
    """A promise (`docs/decisions/0030`) beside what was measured."""

    what: str
    measured: float
    bound: float
    at_least: bool = False
    unit: str = "times"

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def promise(self) -> str:
        """The bound as it is shown."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


@dataclass(frozen=True)
class Row:
    """One comparison: a figure of ours beside the other way's."""

    what: str
    unit: str
    ours: float
    other: float

    @property
    def ratio(self) -> float:
        """How many times the other's figure ours is."""
        return self.ours / self.other


@dataclass(frozen=True)
class Result:
    """What a benchmark found. `ours` and `other` name the two ways; `notes` say how big and on what."""

    title: str
    ours: str
    other: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    targets: Sequence[Target] = ()
    plot: str = ""
    """An image of it, as SVG, where it has one."""

    def show(self, console: Console) -> None:
        """Print it as a table."""
        table = Table("", "unit", self.ours, self.other, "ratio", title=self.title, caption="; ".join(self.notes))
        for column in table.columns[2:]:
            column.justify = "right"
        for row in self.rows:
            table.add_row(row.what, row.unit, rounded(row.ours), rounded(row.other), f"{row.ratio:.2f}")
        console.print(table)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json`, and the plot as `<name>.svg`."""
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        keep(
            name, {"title": self.title, "ours": self.ours, "other": self.other, "rows": rows, "notes": self.notes}, self
        )


class Told(Protocol):
    """What a benchmark gives back."""

    @property
    def targets(self) -> Sequence[Target]:
        """The promises that it looked at."""

    @property
    def plot(self) -> str:
        """An image of it, as SVG, where it has one."""

    def show(self, console: Console) -> None:
        """Print it."""

    def save(self, name: str) -> None:
        """Keep it."""


def keep(name: str, found: Mapping[str, Any], told: Told) -> None:
    """Write what was found, its targets and the machine to `results/<name>.json`, and its plot to `<name>.svg`."""
    targets = [{**asdict(target), "holds": target.holds} for target in told.targets]
    machine = {
        "day": date.today(),  # noqa: DTZ011
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "python": platform.python_version(),
    }
    text = orjson.dumps(
        {**found, "targets": targets, **machine}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )
    (RESULTS / f"{name}.json").write_bytes(text)
    if told.plot:
        (RESULTS / f"{name}.svg").write_text(told.plot)


@dataclass
class Stopwatch:
    """Seconds that passed, and seconds of them that this process computed; running until its block ends."""

    wall: float = 0
    cpu: float = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Add what the block takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu


@dataclass(frozen=True)
class Bench:
    """Where benchmarks run: databases of the default profile on a server with PostgreSQL's own settings."""

    templates: Templates
    modules: Host
    server: Path
    """The directory of the PostgreSQL server."""
    data: Data
    claims: int
    quick: bool = False
    """A district's data instead of a region's."""
    all_servers: bool = True
    """Whether PostGraphile and Strawberry with the ORM are measured too."""
    country: str | None = None
    """The address of a database that `bima demo load --scale country` filled."""

    @property
    def scales(self) -> tuple[Scale, Scale]:
        """How many people there are: few, and as many as the benchmarks ask."""
        return (WARD, DISTRICT) if self.quick else (DISTRICT, REGION)

    @asynccontextmanager
    async def host(self) -> AsyncIterator[Host]:
        """A started host on a fresh database, gone afterwards."""
        with self.templates.copy(self.modules) as url:
            async with started(self.modules.on(url)) as host:
                yield host

    def database_seconds(self) -> float:
        """Seconds that the processes of PostgreSQL have computed so far; always 0 where there is no /proc."""
        if not Path("/proc").is_dir():
            return 0
        postmaster = (self.server / "data" / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        gone = sum(_times(postmaster)[2:])
        return (gone + sum(sum(_times(pid)[:2]) for pid in (postmaster, *children))) / os.sysconf("SC_CLK_TCK")


@contextmanager
def bench(**options: Any) -> Iterator[Bench]:
    """A server for benchmarks; it stops with the last process that uses it."""
    server = Postgres(Path(tempfile.gettempdir()) / f"bima-benchmarks-{os.geteuid()}")
    try:
        with tempfile.TemporaryDirectory() as folder, Templates(server) as templates, ExitStack() as kept:
            modules = Host(load_settings(ROOT, {}, data_dir=Path(folder)))
            yield Bench(templates, modules, server.directory, Data(templates, modules, kept), **options)
    finally:
        server.release()


def memory() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _times(pid: str) -> tuple[int, ...]:
    """Ticks that a process computed, in user and kernel mode, and that those of its children did that are gone."""
    try:
        return tuple(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
    except FileNotFoundError:
        return (0, 0, 0, 0)


def rounded(value: float) -> str:
    """Three figures of it, or all before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
