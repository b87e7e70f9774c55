"""`bima user`: accounts from the command line, the first one above all."""

import sys
from uuid import UUID

import click

from core import Context, UserError, UserErrors
from core.cli import Stopped, run
from modules.people import services
from modules.people.models import NATIONAL


@click.command()
@click.argument("username")
@click.option("--last-name", default="", help="The family name; the user name when absent.")
@click.option("--other-names", default="", help="The other names; the user name when absent.")
@click.option("--role", "roles", multiple=True, metavar="CODE", help="A role it has, such as CLERK.")
@click.option("--location", "locations", multiple=True, type=UUID, help="The id of a place it works in.")
@click.option("--facility", "facilities", multiple=True, type=UUID, help="The id of a facility it works at.")
@click.option("--national", is_flag=True, help="It works in the whole country.")
@click.option("--language", type=click.Choice(["en", "sw", "fr"]), help="What the user reads.")
@click.option("--machine", is_flag=True, help="It is another system's: it gets keys by `bima user key create`.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def create(
    username: str,
    last_name: str,
    other_names: str,
    roles: tuple[str, ...],
    locations: tuple[UUID, ...],
    facilities: tuple[UUID, ...],
    national: bool,
    language: str | None,
    machine: bool,
    password_stdin: bool,
) -> None:
    """Create an account. Without --location, --facility or --national it sees nothing.

    --role, --location and --facility may be given more than once.
    """
    grants: list[tuple[str, UUID | None]] = [("location", id) for id in locations]
    grants += [("health_facility", id) for id in facilities]
    grants += [(NATIONAL, None)] if national else []
    password = None if machine else _password(password_stdin)

    async def work(ctx: Context) -> UUID:
        await services.check_grants(ctx, grants)
        account = await services.create_account(
            ctx.session,
            username,
            last_name=last_name or username,
            other_names=other_names or username,
            roles=roles,
            grants=grants,
            password=password,
            machine=machine,
            language=language or ctx.host.settings.languages[0],
        )
        return account.id

    try:
        id = run(work)
    except (UserError, UserErrors) as error:
        raise Stopped(told(error)) from error
    click.echo(f"Created the account {username} ({id}).")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def told(error: UserError | UserErrors) -> str:
    """What is wrong, in one line."""
    errors = error.errors if isinstance(error, UserErrors) else [error]
    return " ".join(f"{'.'.join(found.path)}: {found.code.message('en', found.parameters)}" for found in errors)
