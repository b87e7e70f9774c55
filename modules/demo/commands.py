"""`bima demo`: a country to try Bima out in."""

import click

from core.cli import Stopped, host, print_table, run
from modules.demo import loading
from modules.demo.accounts import PASSWORD
from modules.demo.files import rows


@click.group()
def demo() -> None:
    """Load invented data, or walk through a whole scheme once."""
    if host().settings.mode == "production":
        raise Stopped("The demo is invented data with known passwords: it never goes into production.")


@demo.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is data already.")
def load(if_empty: bool) -> None:
    """Load registers, products, accounts, and families with policies and claims.

    Loading again brings the registers up to date and leaves everything else as it is.
    """
    if if_empty and not run(loading.is_empty):
        click.echo("There is data already: nothing was loaded.")
        return
    run(loading.load_all)
    _show_accounts()


def _show_accounts() -> None:
    click.echo()
    print_table(
        ("account", "role", "works in"),
        [(row["username"], row["role"], f"{row['place'].lower()} {row['code']}".strip()) for row in rows("accounts")],
    )
    click.echo(f"\nThe password of every account is {PASSWORD}")
