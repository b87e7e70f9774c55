"""The command line: run the benchmarks named, all by default, and tell what they found."""

import asyncio
from importlib import import_module

import click
from rich.console import Console

from benchmarks.frame import bench

NAMES = ("claims", "reads")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--claims", default=10_000, show_default=True, help="How many claims the benchmark of claims hands in.")
def main(names: tuple[str, ...], claims: int) -> None:
    """Measure Bima against other ways of doing the same. Results go to benchmarks/results."""
    console = Console()
    with bench(claims) as place:
        for name in names or NAMES:
            result = asyncio.run(import_module(f"benchmarks.{name}").run(place))
            result.show(console)
            result.save(name)


if __name__ == "__main__":
    main()
