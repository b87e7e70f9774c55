"""The command line: run the benchmarks, and tell what they found."""

import asyncio
from importlib import import_module

import click
from rich.console import Console

from benchmarks.frame import bench

NAMES = ("claims", "hostile", "flatness", "servers", "eligibility")


@click.command()
@click.option("--only", type=click.Choice(NAMES), multiple=True, help="Only this benchmark; all by default.")
@click.option("--quick", is_flag=True, help="A district's data instead of a region's, and loads of a second.")
@click.option("--only-python", is_flag=True, help="Only Bima and the hand-written handler; no npm.")
@click.option("--country", help="Where `bima demo load --scale country` filled a database, for `flatness`.")
@click.option("--claims", default=3_000, show_default=True, help="How many claims the benchmark of claims hands in.")
def main(only: tuple[str, ...], quick: bool, only_python: bool, country: str | None, claims: int) -> None:
    """Measure Bima against other ways of doing the same. Results go to benchmarks/results."""
    console = Console(width=170)
    claims = min(claims, 1000) if quick else claims
    with bench(claims=claims, quick=quick, all_servers=not only_python, country=country) as place:
        for name in only or NAMES:
            result = asyncio.run(import_module(f"benchmarks.{name}").run(place))
            result.show(console)
            result.save(name)


if __name__ == "__main__":
    main()
