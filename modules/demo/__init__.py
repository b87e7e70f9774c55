"""A country to try Bima out in: `bima demo load` fills a database, `bima demo walk` tells the story of a policy."""

from typing import TYPE_CHECKING

from core import Manifest, hook

if TYPE_CHECKING:
    import click

manifest = Manifest(
    name="demo",
    title="Invented data, and a walk through the scheme",
    version="1.0",
    needs=(
        "people", "location", "insuree", "product", "medical", "policy", "contribution", "claim", "valuation",
    ),
)  # fmt: skip


@hook
def commands(cli: "click.Group") -> None:
    """`bima demo`."""
    from modules.demo.commands import demo

    cli.add_command(demo)
