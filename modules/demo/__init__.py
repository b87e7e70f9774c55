"""A country to try Bima out in: `bima demo load` fills a database, `bima demo walk` tells the story of a scheme."""

from typing import TYPE_CHECKING

from core import Manifest, hook
from modules.demo import commands as commands_

if TYPE_CHECKING:
    import click

manifest = Manifest(
    name="demo",
    title="Invented data, and a walk through the scheme",
    version="1.0",
    needs=(
        "people", "location", "insuree", "product", "medical", "policy", "contribution", "claim", "valuation",
        "settlement",
    ),
)  # fmt: skip


@hook
def commands(cli: "click.Group") -> None:
    """`bima demo`."""
    cli.add_command(commands_.demo)
