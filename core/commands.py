"""The host's own commands."""

import asyncio
import difflib
import socket
from pathlib import Path
from typing import Any

import click

from core import logs, tracing
from core.audit_commands import audit
from core.cli import Stopped, bring_up_to_date, host, print_json, print_table
from core.garbage import OF_JOBS, spare_what_is_loaded, uncollected
from core.module_commands import module
from core.settings import StartError

SDL = Path(__file__).parent.parent / "schema" / "sdl"
DIFFERENCES = 40
"""Lines of a difference that `bima schema check` shows."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")


@click.command()
@click.option("--host", "address", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="How many server processes.")
@uncollected()
def serve(address: str, port: int, workers: int) -> None:
    """Answer GraphQL requests over HTTP.

    In development the migrations run first and the jobs run inside. In production run `bima migrate` before this
    and `bima worker` beside it.
    """
    import uvicorn

    from core.doctor.set_up import BEFORE_PUBLIC
    from core.heads import LimitedHeads
    from core.http import create_app, is_loopback
    from core.metrics import metrics_together
    from core.processes import serve_together

    logs.to_stderr(host().settings)
    _ = host().schema
    _check_free(address, port)
    where = f"http://{address}:{port}"
    if host().settings.mode == "development":
        if not is_loopback(address):
            click.echo(f"Warning: {address} is open to other machines. {BEFORE_PUBLIC}", err=True)
        asyncio.run(bring_up_to_date(host()))
        click.echo(f"GraphiQL: {where}/", err=True)
    click.echo(f"GraphQL:  {where}/graphql", err=True)
    options: dict[str, Any] = {
        "http": LimitedHeads,
        "host": address,
        "port": port,
        "access_log": False,  # it would hold the signatures of links and the values in queries; ours does not
        "server_header": False,
        "log_config": None,
        "timeout_graceful_shutdown": 30,
    }
    if workers == 1:
        tracing.start(host().settings)
        uvicorn.run(create_app(host()), **options)
    else:
        with metrics_together():
            serve_together(workers, **options)


def _check_free(address: str, port: int) -> None:
    try:
        socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Stopped(
            f"Cannot listen on {address}, port {port}: {reason}. Choose others with --host and --port."
        ) from error


@click.command()
@uncollected()
def worker() -> None:
    """Run the jobs that requests ordered and those on a schedule, until stopped."""
    from core.worker import worker as work

    async def run() -> None:
        await bring_up_to_date(host())
        await host().start()
        spare_what_is_loaded(OF_JOBS)
        try:
            await work(host())
        finally:
            await host().stop()
            await asyncio.to_thread(tracing.flush)

    logs.to_stderr(host().settings)
    tracing.start(host().settings)
    click.echo(f"Working on {len(host().jobs)} kinds of jobs. Stop with Ctrl+C.", err=True)
    asyncio.run(run())


@click.command()
def migrate() -> None:
    """Bring the tables of every enabled module up to date."""
    from core.migrate import upgrade

    done = asyncio.run(upgrade(host()))
    click.echo(f"Brought up to date: {', '.join(done)}." if done else "Everything was up to date.")


@click.command()
@as_json
def modules(as_json: bool) -> None:
    """Show which modules are on, and why."""
    found = [
        {
            "name": module.name,
            "version": module.manifest.version,
            "title": module.manifest.title,
            "why": module.why,
            "needs": list(module.manifest.needs),
            "source": module.source,
        }
        for module in host().modules
    ]
    if as_json:
        print_json(found)
    else:
        columns = ("name", "version", "title", "why", "needs", "source")
        rows = ([", ".join(value) if isinstance(value, list) else value for value in row.values()] for row in found)
        print_table(columns, rows)


@click.group()
def schema() -> None:
    """Print the GraphQL schema, or compare it with the reviewed one."""


@schema.command("print")
def schema_print() -> None:
    """Print the schema of the enabled modules in GraphQL's own language."""
    click.echo(host().schema.sdl().rstrip())


@schema.command("check")
def schema_check() -> None:
    """Compare the schema with the reviewed file of the profile; exit with 1 when they differ."""
    path = SDL / f"{Path(host().settings.profile).stem}.graphql"
    now = host().schema.sdl().rstrip().splitlines()
    reviewed = path.read_text(encoding="utf-8").rstrip().splitlines() if path.exists() else []
    differences = list(difflib.unified_diff(reviewed, now, "reviewed", "now", lineterm="", n=1))
    if not differences:
        click.echo(f"The schema is as reviewed in {path.name}.")
        return
    for line in differences[:DIFFERENCES]:
        click.echo(line)
    if len(differences) > DIFFERENCES:
        click.echo(f"... and {len(differences) - DIFFERENCES} lines more")
    raise Stopped(f"The schema is not as reviewed. If it should change: bima schema print > {path}")


@click.group()
def migration() -> None:
    """Write migrations."""


@migration.command("new")
@click.argument("module")
@click.argument("message")
def migration_new(module: str, message: str) -> None:
    """Write the revision that brings MODULE's tables to what its models say. MESSAGE says what changes."""
    from core.migrate import new_revision

    path = asyncio.run(new_revision(host(), module, message))
    click.echo(f"Wrote {path}. Read it before you run `bima migrate`.")


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look at everything that keeps Bima from running well, and say what to type.

    Exits with 1 when something must be mended.
    """
    from core.doctor import WRONG, Finding, examine

    try:
        findings = asyncio.run(examine(host()))
    except StartError as error:
        findings = [Finding("set-up", WRONG, str(error))]
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        print_table(("", "what", "finding", "what to do"), [(f.level, f.what, f.found, f.advice) for f in findings])
    if any(finding.level == WRONG for finding in findings):
        ctx.exit(1)


@click.group()
def documents() -> None:
    """The documents that clients were built with: collect them, or check them before an upgrade."""


@documents.command("collect")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def documents_collect(folder: Path) -> None:
    """Print the manifest of every *.graphql file below FOLDER, for `trusted_documents`."""
    from core.documents import collect

    print_json(collect(folder))


@documents.command("check")
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def documents_check(manifest: Path) -> None:
    """Read every document of MANIFEST as the server would; exit with 1 when one would be refused."""
    from core.documents import problems, read_manifest

    documents = read_manifest(manifest)
    wrong = problems(host().schema, documents)
    for hash_, errors in wrong.items():
        for error in errors:
            click.echo(f"{hash_[:12]}: {error.message}")
    if wrong:
        raise Stopped(f"{len(wrong)} of {len(documents)} documents would be refused.")
    click.echo(f"All {len(documents)} documents are answered by this schema.")


@click.command("hooks")
def hooks() -> None:
    """Print the page of all hooks, in Markdown."""
    from core.hook_page import hook_page

    click.echo(hook_page(host()).rstrip())


ALL: tuple[click.Command, ...] = (
    serve, worker, migrate, modules, module, hooks, schema, documents, migration, doctor, audit,
)  # fmt: skip
