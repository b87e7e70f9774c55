"""`bima demo`: a country to try Bima out in. What the commands need is imported when one of them runs."""

import sys
from functools import partial

import click

from core.cli import Stopped, host, print_table, run
from modules.demo.country.scale import SCALES

PLAIN_WIDTH = 110
"""Characters of a line where there is no terminal."""


@click.group()
def demo() -> None:
    """Load invented data, or walk through a whole scheme once."""
    if host().settings.mode == "production":
        raise Stopped("The demo is invented data with known passwords: it never goes into production.")


@demo.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is data already.")
@click.option("--scale", type=click.Choice([scale.name for scale in SCALES]), help="As many people as there are.")
def load(if_empty: bool, scale: str | None) -> None:
    """Load registers, products, accounts, and families with policies and claims.

    Loading again brings the registers up to date and leaves everything else as it is. With a scale, a district, a
    region or the whole country has all its facilities, families and claims; that takes a database without families
    and, on a server of your own, an account that is a superuser.
    """
    from modules.demo import judging, loading

    if if_empty and not run(loading.is_empty):
        click.echo("There is data already: nothing was loaded.")
        return
    if scale is not None:
        if not run(partial(loading.load_scale, name=scale)):
            raise Stopped("There are families already. Take an empty database: set BIMA_DATA_DIR to a new directory.")
    elif run(loading.load_all):
        run(judging.judge)
    _show_accounts()


@demo.command()
def walk() -> None:
    """Walk once through the whole scheme, from families' enrolment to the facilities' payment.

    Real servers are started on a database and ports of their own; all are gone afterwards.
    """
    from rich.console import Console

    from modules.demo.walk import tell_all

    tell_all(host(), Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH))


def _show_accounts() -> None:
    from modules.demo.accounts import PASSWORD
    from modules.demo.files import rows

    places = ((row, f"{row['place'].lower()} {row['code']}".strip()) for row in rows("accounts"))
    click.echo()
    print_table(("account", "role", "works in"), [(row["username"], row["role"], place) for row, place in places])
    click.echo(f"\nThe password of every account is {PASSWORD}")
