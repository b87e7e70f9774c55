"""`bima`: the command line. The host's own commands are in `core.commands`; modules add theirs by their hook.

For the commands of modules: `host()` is the host, `run(work)` carries work out in a transaction, `print_json` and
`print_table` print data, `subgroup` joins a group that several modules fill.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from core.settings import StartError

if TYPE_CHECKING:
    from core.context import Context
    from core.host import Host

T = TypeVar("T")


class Stopped(click.ClickException):
    """A command that cannot go on: one line for the user, exit code 1."""


class Misconfigured(click.ClickException):
    """Bima cannot start as it is set up: one line for the user, exit code 2, as for a wrong option."""

    exit_code = 2


class CommandLine(click.Group):
    """The commands of the host at once; those of the modules only when one is asked for that is not the host's own."""

    asked = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command. When the modules cannot be loaded, the host's own, and why."""
        try:
            self._ask_modules(ctx)
        except Misconfigured as error:
            self.epilog = f"The modules' commands are missing: {error.message}"
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in self.commands:
            self._ask_modules(ctx)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run what was asked for; known failures are told in one line."""
        try:
            return super().invoke(ctx)
        except StartError as error:
            raise Misconfigured(str(error)) from error
        except Exception as error:
            if unreachable := _unreachable(error):
                raise Stopped(unreachable) from error
            raise

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command.

        Raises:
            StartError: another command has its name.
        """
        name = name or cmd.name or ""
        if self.commands.get(name, cmd) is not cmd:
            raise StartError(f'Two commands are named "bima {name}": rename one in its module.')
        super().add_command(cmd, name)

    def _ask_modules(self, ctx: click.Context) -> None:
        if self.asked:
            return
        self.asked = True
        from core.hooks import implementations

        try:
            for implementation in implementations(host(ctx), "commands"):
                implementation.function(cli=self)
        except StartError as error:
            raise Misconfigured(str(error)) from error


def command_line() -> CommandLine:
    """A fresh command line: which commands it has depends on the modules that are enabled where it runs."""
    from core import commands

    cli = CommandLine("bima", help="Bima: the system a health-insurance scheme runs on.")
    click.version_option(package_name="bima", prog_name="bima")(cli)
    for command in commands.ALL:
        cli.add_command(command)
    return cli


def main() -> None:
    """Run the command line of this process."""
    command_line()(prog_name="bima")


def host(ctx: click.Context | None = None) -> "Host":
    """The host of the command under way, loaded when first asked for.

    Raises:
        StartError: it cannot be put together; the command line tells it and exits with 2.
    """
    from core.host import Host
    from core.settings import load_settings

    root = (ctx or click.get_current_context()).find_root()
    if root.obj is None:
        root.obj = Host(load_settings())
    loaded: Host = root.obj
    return loaded


def run(work: "Callable[[Context], Awaitable[T]]") -> T:
    """Carry out work as Bima itself, in one transaction, on tables that are up to date.

    `removed = run(services.tidy)`, where `async def tidy(ctx: Context) -> int`.
    """
    return asyncio.run(_run(host(), work))


async def _run(host: "Host", work: "Callable[[Context], Awaitable[T]]") -> T:
    from core.context import SYSTEM, Context
    from core.db import new_id
    from core.history import sign

    await bring_up_to_date(host)
    await host.start()
    try:
        async with host.db.session() as session:
            ctx = Context(host, SYSTEM, request_id=str(new_id()), _session=session)
            await sign(session, ctx)
            return await work(ctx)
    finally:
        await host.stop()


async def bring_up_to_date(host: "Host") -> None:
    """Run the migrations in development; in production they are run on purpose, so only look.

    Raises:
        Stopped: some are pending.
    """
    from core.pending import pending

    if host.settings.mode == "development":
        from core.migrate import upgrade

        await upgrade(host)
    elif waiting := await pending(host):
        raise Stopped(f"Migrations of {', '.join(waiting)} are pending. Run `bima migrate` first.")


def subgroup(cli: click.Group, name: str, help: str) -> click.Group:
    """The group of this name below `cli`, made when no module made it before: `bima import` is filled by several."""
    found = cli.commands.get(name)
    if found is None:
        found = click.Group(name, help=help)
        cli.add_command(found)
    assert isinstance(found, click.Group), f"bima {name} is a command, not a group"
    return found


def print_json(data: Any) -> None:
    """Print data for other programs."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print data for people."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(str, row))
    Console().print(table)


def _unreachable(error: Exception) -> str:
    """The one line for a database that does not answer; empty for any other failure."""
    import psycopg
    from sqlalchemy.exc import OperationalError

    cause = error.orig if isinstance(error, OperationalError) else error
    if not isinstance(cause, psycopg.OperationalError):
        return ""
    reason = str(cause).strip().splitlines()[0]
    return f"The database does not answer: {reason}. Check BIMA_DATABASE_URL, and that PostgreSQL runs."
