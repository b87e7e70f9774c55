"""`bima module`: which modules there are, and switching them on and off, removing them and making new ones."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from core.cli import Stopped, host, print_table
from core.host import Host
from core.loading import available, load_module
from core.new_module import new_module
from core.pending import connected
from core.presence import known_modules
from core.removing import count_rows, described, remove
from core.switching import Brings, Plan, plan, plan_off, plan_on

TOML = Path("bima.toml")
SHOWN = 6
"""Names of one kind that a plan shows; of more it says how many there are."""
RESTART = "Restart `bima serve` and `bima worker`: those that run have the modules that they were started with."

yes = click.option("--yes", is_flag=True, help="Go on without asking.")


@click.group()
def module() -> None:
    """Switch modules on and off, remove them, make new ones."""


@module.command("list")
def list_() -> None:
    """Show every module there is: whether it is on, and what it needs."""
    found = asyncio.run(_known(host()))
    enabled = {module.name: module for module in host().modules}
    offered = available()
    rows = []
    for name in sorted(
        offered, key=lambda name: (name not in enabled, list(enabled).index(name) if name in enabled else 0, name)
    ):
        module = enabled.get(name) or load_module(name, offered, "it is installed")
        state = "on" if name in enabled else "off"
        if name not in enabled and name in found:
            since = found[name]
            state = f"off since {since:%Y-%m-%d}, data kept" if since else "off, run bima migrate"
        needs = ", ".join(module.manifest.needs)
        rows.append((name, module.manifest.version, state, needs, module.manifest.title, module.source))
    print_table(("module", "version", "state", "needs", "title", "source"), rows)


@module.command()
@click.argument("names", nargs=-1, required=True)
@yes
def enable(names: Sequence[str], yes: bool) -> None:
    """Switch modules on, with all that they need: migrate the database and write bima.toml.

    Nothing is lost that a module kept from an earlier time: it catches up with what happened while it was off.
    """
    after, also = plan_on(host(), names)
    _ = after.schema
    changes = asyncio.run(plan(host(), after, names, also))
    click.echo(f"To be switched on: {_joined(each.name for each in changes.changed)}.")
    for each in changes.changed:
        _tell(changes, each, on=True)
    _switch(after, yes)


@module.command()
@click.argument("names", nargs=-1, required=True)
@yes
def disable(names: Sequence[str], yes: bool) -> None:
    """Switch modules off and keep their tables: write bima.toml, and note the time in the database."""
    after = plan_off(host(), names)
    _ = after.schema
    changes = asyncio.run(plan(host(), host(), names, {}))
    click.echo(f"To be switched off: {_joined(each.name for each in changes.changed)}. Nothing they keep is lost.")
    for each in changes.changed:
        _tell(changes, each, on=False)
    _switch(after, yes)


@module.command("remove")
@click.argument("name")
@click.option("--confirm", help="The module's name once more, for scripts; otherwise it is asked for.")
@click.option("--with-history", is_flag=True, help="Remove the history of its rows too: who changed what, and when.")
def remove_(name: str, confirm: str | None, with_history: bool) -> None:
    """Drop the tables of a module that is off, with everything in them. There is no way back."""
    if any(module.name == name for module in host().modules):
        raise Stopped(f"{name} is on. Switch it off first: bima module disable {name}")
    _, gone = described(host(), name)
    rows = asyncio.run(count_rows(host(), gone.tables))
    if not rows and gone.tables:
        raise Stopped(f"{name} has no tables in this database: there is nothing to remove.")
    click.echo(f"To be removed for good: {name}, {gone.title}.")
    for table, count in rows.items():
        click.echo(f"  {table}: {count:,} rows")
    history = "with the history of these rows" if with_history else "their history stays (--with-history removes it)"
    click.echo(f"Also its rights, orders for jobs and files; {history}.")
    if (confirm or click.prompt("There is no way back. Type the module's name to remove it")) != name:
        raise Stopped("That is not its name: nothing was removed.")
    asyncio.run(remove(host(), name, with_history=with_history))
    click.echo(f"{name} is removed.")


@module.command()
@click.argument("name")
@click.option("--path", default=".", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Where.")
def new(name: str, path: Path) -> None:
    """Make a module as a package of its own that works at once: a table, a mutation, a job, a route, and tests."""
    folder = new_module(name, path)
    click.echo(f"Wrote {folder}. Try it: cd {folder} && pip install -e . && pytest")


def _switch(after: Host, yes: bool) -> None:
    from core.migrate import upgrade
    from core.module_list import write_modules

    if after.settings.sources.get("modules", "").startswith("BIMA_"):
        write_modules(TOML, after)
    if not yes:
        click.confirm("Go on?", abort=True)
    asyncio.run(upgrade(after))
    write_modules(TOML, after)
    click.echo(f"Done: {TOML} lists the modules, and the database knows. {RESTART}")


def _tell(changes: Plan, brings: Brings, *, on: bool) -> None:
    because = f" (because {changes.also[brings.name]} needs it)" if brings.name in changes.also else ""
    click.echo(f"\n{brings.name}: {brings.title}{because}")
    since = changes.off_since.get(brings.name)
    kept = "stay as they are" if not on else f"are there, off since {since:%Y-%m-%d %H:%M}" if since else "are created"
    what = "come" if on else "go"
    waiting = changes.waiting.get(brings.name, 0)
    wait = f"; {waiting} orders wait until it is on" if waiting else ""
    for kind, names, told in (
        ("tables", brings.tables, kept),
        ("fields", brings.fields, what),
        ("rights", brings.rights, "can be given" if on else "stay with the roles, and open nothing"),
        ("jobs", brings.jobs, f"run{wait}" if on else f"do not run{wait}"),
        ("routes", brings.routes, what),
        ("settings", brings.settings, f"may be set in [{brings.name}]" if on else "are not read"),
    ):
        if names:
            click.echo(f"  {kind:<9}{_shown(names)}: {told}")


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _joined(names: Iterable[str]) -> str:
    return ", ".join(names)


async def _known(host: Host) -> dict[str, object]:
    async with connected(host) as connection:
        return dict(await connection.run_sync(known_modules))
