"""What the servers' benchmark tells: tables of ratios, JSON, and a plot."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.processes import Load

RESULTS = Path(__file__).parent / "results"
SHOWN = 16
"""The number of connections that the table and the plot show; the JSON has all."""


@dataclass(frozen=True)
class Measured:
    """What a load of one question on one server found."""

    question: str
    server: str
    connections: int
    load: Load


@dataclass(frozen=True)
class Servers:
    """What was measured. `cold`: seconds to the first answer, CPU seconds till then, and memory in MB."""

    measured: Sequence[Measured]
    cold: dict[str, tuple[float, float, float]]
    families: int

    def show(self, console: Console) -> None:
        """Print tables: each server's figures, and how many times the other's figure ours is."""
        title = f"Servers, {self.families:,} families, {3 * self.families:,} claims, {SHOWN} connections"
        table = Table(
            "", "server", "req/s", "p50 ms", "p99 ms", "server CPU", "database CPU", "MB",
            "ours: server CPU", "all CPU", "req/s", title=title, caption="CPU in ms for each request",
        )  # fmt: skip
        for column in table.columns[2:]:
            column.justify = "right"
        shown = {one.question for one in self.measured if one.connections == SHOWN}
        for one in self.measured:
            if one.connections != SHOWN and one.question in shown:
                continue
            told, ours = one.load, self._ours(one)
            ratios = ["", "", ""]
            if one.server != "Bima" and ours is not None:
                ratios = [
                    f"{ours.server_cpu / told.server_cpu:.2f}",
                    f"{ours.cpu / told.cpu:.2f}",
                    f"{ours.per_second / told.per_second:.2f}",
                ]
            table.add_row(
                one.question, one.server, f"{told.per_second:,.0f}", f"{told.p50:.1f}", f"{told.p99:.1f}",
                f"{told.server_cpu:.2f}", f"{told.database_cpu:.2f}", f"{told.memory:.0f}", *ratios,
                style="bold" if one.server == "Bima" else None,
            )  # fmt: skip
        console.print(table)
        for name, (seconds, cpu, memory) in self.cold.items():
            console.print(f"{name}: first answer after {seconds:.1f} s ({cpu:.1f} s of CPU), {memory:.0f} MB then")

    def _ours(self, other: Measured) -> Load | None:
        found = (
            one.load
            for one in self.measured
            if (one.server, one.question, one.connections) == ("Bima", other.question, other.connections)
        )
        return next(found, None)

    def save(self, name: str) -> None:
        """Keep it as `results/<name>.json` and `<name>.svg`."""
        told = {**asdict(self), "day": date.today(), "cores": os.cpu_count(), "python": platform.python_version()}  # noqa: DTZ011
        (RESULTS / f"{name}.json").write_bytes(
            orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
        (RESULTS / f"{name}.svg").write_text(self.plot())

    def plot(self) -> str:
        """Bars of CPU for each request, the server's part dark and PostgreSQL's light; longer ones are cut."""
        bars = [one for one in self.measured if one.connections == SHOWN]
        most = 2 * max((one.load.cpu for one in bars if one.server == "Bima"), default=1)
        lines = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{30 + 22 * len(bars)}" '
                'font-family="sans-serif" font-size="12">'
            ),
            '<text x="10" y="18">CPU for each request in ms: server (dark), PostgreSQL (light)</text>',
        ]
        for index, one in enumerate(bars):
            y = 30 + 22 * index
            server = min(one.load.server_cpu / most, 1) * 480
            database = min(one.load.database_cpu / most * 480, 480 - server)
            dark, light = ("#14532d", "#86efac") if one.server == "Bima" else ("#374151", "#d1d5db")
            lines += [
                f'<text x="10" y="{y + 13}">{escape(f"{one.question}: {one.server}")}</text>',
                f'<rect x="320" y="{y}" width="{server:.1f}" height="17" fill="{dark}"/>',
                f'<rect x="{320 + server:.1f}" y="{y}" width="{database:.1f}" height="17" fill="{light}"/>',
                f'<text x="{325 + server + database:.1f}" y="{y + 13}">{one.load.cpu:.2f}</text>',
            ]
        return "\n".join([*lines, "</svg>", ""])
