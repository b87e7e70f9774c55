"""What every benchmark stands on: a throwaway database, a host on it, measuring, and telling the result."""

import os
import platform
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, new_id
from core.history import sign
from core.host import Host
from core.postgres import Postgres
from core.settings import load_settings
from core.templates import Templates

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
"""The moment at which everything happens."""
RESULTS = Path(__file__).parent / "results"


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

    def show(self, console: Console) -> None:
        """Print it as a table."""
        table = Table("", "unit", self.ours, self.other, "ratio", title=self.title, caption="; ".join(self.notes))
        for column in table.columns[2:]:
            column.justify = "right"
        for row in self.rows:
            table.add_row(row.what, row.unit, _rounded(row.ours), _rounded(row.other), f"{row.ratio:.2f}")
        console.print(table)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json`."""
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        told = {**asdict(self), "rows": rows, "cores": os.cpu_count(), "python": platform.python_version()}
        (RESULTS / f"{name}.json").write_bytes(
            orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )


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
    claims: int
    quick: bool = False
    """A district's data instead of a region's, and shorter loads."""
    all_servers: bool = True
    """Whether PostGraphile and Strawberry with the ORM are measured too."""
    country: str | None = None
    """The address of a database with the people of a country."""

    @property
    def seconds(self) -> float:
        """How long a load of requests lasts."""
        return 1 if self.quick else 4

    @asynccontextmanager
    async def host(self) -> AsyncIterator[Host]:
        """A started host on a fresh database, gone afterwards."""
        with self.templates.copy(self.modules) as url:
            host = self.modules.on(url)
            await host.start()
            try:
                yield host
            finally:
                await host.stop()

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
        with tempfile.TemporaryDirectory() as data, Templates(server) as templates:
            modules = Host(load_settings(ROOT, {}, data_dir=Path(data)))
            yield Bench(templates, modules, server=server.directory, **options)
    finally:
        server.release()


@asynccontextmanager
async def working(host: Host, actor: Actor) -> AsyncIterator[Context]:
    """A context whose transaction is committed when the block ends, signed for the history as a request's is."""
    async with host.db.session() as session:
        ctx = Context(host, actor, request_id=str(new_id()), _session=session)
        await sign(session, ctx)
        yield ctx


async def rows_of(session: AsyncSession, query: Any) -> list[Any]:
    """All rows of a query, to compare."""
    return [tuple(row) for row in await session.execute(query)]


def memory() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _times(pid: str) -> tuple[int, ...]:
    """Ticks that a process computed, in user and kernel mode, and that those of its children did that are gone."""
    try:
        return tuple(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
    except FileNotFoundError:
        return (0, 0, 0, 0)


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
