"""The command line: run the benchmarks, and tell what they found."""

import asyncio
import time
from collections.abc import Sequence
from importlib import import_module

import click
from rich.console import Console
from rich.table import Table

from benchmarks.frame import Target, Told, bench, rounded

NAMES = ("claims", "hostile", "flatness", "eligibility", "servers")


@click.command()
@click.option("--only", type=click.Choice(NAMES), multiple=True, help="Only this benchmark; all by default.")
@click.option("--quick", is_flag=True, help="A district's data instead of a region's.")
@click.option("--only-python", is_flag=True, help="Only Bima and the hand-written handler; no npm.")
@click.option(
    "--country",
    help="Where `bima demo load --scale country` filled a database, for `flatness` and `eligibility`. "
    "They leave notes of whom they looked up there.",
)
@click.option("--claims", default=3_000, show_default=True, help="How many claims the benchmark of claims hands in.")
def main(only: tuple[str, ...], quick: bool, only_python: bool, country: str | None, claims: int) -> None:
    """Measure Bima against other ways of doing the same. Results go to benchmarks/results."""
    console = Console(width=170)
    claims = min(claims, 1000) if quick else claims
    began = time.monotonic()
    targets: list[Target] = []
    failed: list[str] = []
    with bench(claims=claims, quick=quick, all_servers=not only_python, country=country) as place:
        for name in only or NAMES:
            try:
                result: Told = asyncio.run(import_module(f"benchmarks.{name}").run(place))
            except SystemExit as stopped:
                console.print(f"[bold red]{name}: {stopped}")
                failed.append(name)
                continue
            result.show(console)
            result.save(name)
            targets += result.targets
    _tell(console, targets, time.monotonic() - began)
    if failed:
        raise SystemExit(f"Without a result: {', '.join(failed)}")


def _tell(console: Console, targets: Sequence[Target], seconds: float) -> None:
    """Print each target beside what was measured, and in one line which are missed."""
    table = Table("target", "unit", "measured", "promised", "", title="Targets")
    for column in table.columns[2:4]:
        column.justify = "right"
    for one in targets:
        style = None if one.holds else "bold red"
        table.add_row(
            one.what, one.unit, rounded(one.measured), one.promise, "holds" if one.holds else "missed", style=style
        )
    console.print(table)
    missed = [f"{one.what} ({rounded(one.measured)}, {one.promise})" for one in targets if not one.holds]
    console.print(f"{len(targets)} targets in {seconds / 60:.1f} minutes; missed: {'; '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
