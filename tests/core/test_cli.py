"""The command line: clear answers, clear refusals, and exit codes that scripts can trust."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest
from click.testing import CliRunner, Result

from core import commands
from core.cli import command_line
from core.host import Host
from core.settings import PREFIX
from tests.core.conftest import Workshop

Cli = Callable[..., Result]
pytestmark = pytest.mark.profile("tests/core/bare.toml")
UNREACHABLE = "postgresql://nobody@127.0.0.1:1/none"


def bima(*arguments: str, **settings: str) -> Result:
    """Run `bima` with these settings and no others."""
    environment: dict[str, str | None] = {name: None for name in os.environ if name.startswith(PREFIX)}
    settings = {"profile": "tests/core/bare.toml", "database_url": UNREACHABLE, **settings}
    environment |= {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    return CliRunner(env=environment).invoke(command_line(), arguments)


def refusal(result: Result, code: int) -> str:
    """The one line in which a command says why it stopped."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    [line] = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    return line.removeprefix("Error: ")


def test_modules_are_shown_with_the_reason_why_they_are_on(workshop: Workshop) -> None:
    workshop.module("savings")
    workshop.module("loans", needs=("savings",))
    told = json.loads(bima("modules", "--json", modules="loans,savings").stdout)
    assert [(module["name"], module["needs"]) for module in told] == [
        ("core", []),
        ("savings", []),
        ("loans", ["savings"]),
    ]
    assert told[2]["why"] == "BIMA_MODULES lists it"
    table = bima("modules", modules="loans,savings")
    assert table.exit_code == 0
    assert "loans" in table.stdout


def test_migrate_says_what_it_brought_up_to_date(cli: Cli, database_url: str) -> None:
    assert cli("migrate").stdout == "Everything was up to date.\n"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    assert cli("migrate").stdout == "Brought up to date: core.\n"
    assert cli("migrate").exit_code == 0


def test_the_schema_is_printed_and_compared_with_the_reviewed_one(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SDL", tmp_path)
    printed = cli("schema", "print")
    assert "type Query {" in printed.stdout
    result = cli("schema", "check")
    assert f"bima schema print > {tmp_path}/bare.graphql" in refusal(result, 1)
    (tmp_path / "bare.graphql").write_text(printed.stdout)
    assert cli("schema", "check").exit_code == 0
    (tmp_path / "bare.graphql").write_text(printed.stdout.replace("errorCodes", "failureCodes"))
    result = cli("schema", "check")
    assert "-  failureCodes: [ErrorCode!]!\n+  errorCodes: [ErrorCode!]!\n" in result.stdout
    assert result.exit_code == 1


def test_a_new_migration_is_written_for_what_the_models_declare(workshop: Workshop, database_url: str) -> None:
    models = """
        from core import Row

        class Thing(Row):
            __tablename__ = "drawer_thing"
    """
    hooks = """
        from tiny_drawer import models

        @hook
        def tables():
            return [models.Thing]
    """
    folder = workshop.module("drawer", hooks, models=models)
    result = bima("migration", "new", "drawer", "things", modules="drawer", database_url=database_url)
    assert result.exit_code == 0, result.output
    [revision] = (folder / "migrations").glob("drawer_0001*.py")
    assert str(revision) in result.stdout
    assert "drawer_thing" in revision.read_text()


# Doctor.


def findings(result: Result) -> dict[str, dict[str, str]]:
    return {finding["what"]: finding for finding in json.loads(result.stdout)}


def test_doctor_finds_a_sound_installation_sound(cli: Cli) -> None:
    result = cli("doctor", "--json")
    found = findings(result)
    assert result.exit_code == 0, result.output
    assert found["database"]["found"].startswith("PostgreSQL ")
    assert found["migrations"]["level"] == found["jobs"]["level"] == found["schema"]["level"] == "fine"
    assert (found["worker"]["level"], found["worker"]["advice"]) == ("odd", "bima serve")
    assert cli("doctor").exit_code == 0


def test_doctor_says_what_to_type_when_migrations_are_pending(cli: Cli, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE bima_version_core")
    result = cli("doctor", "--json")
    assert findings(result)["migrations"] == {
        "what": "migrations", "level": "wrong", "found": "pending: core", "advice": "bima migrate",
    }  # fmt: skip
    assert result.exit_code == 1


def test_doctor_finds_that_jobs_were_given_up(cli: Cli, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('bima', 't', 'failed')"
        )
    assert findings(cli("doctor", "--json"))["jobs"]["found"] == "given up: t (1)"


def test_doctor_finds_a_database_that_does_not_answer() -> None:
    result = bima("doctor", "--json")
    assert findings(result)["database"]["level"] == "wrong"
    assert result.exit_code == 1


def test_doctor_finds_settings_that_cannot_work() -> None:
    result = bima("doctor", "--json", modules="nonsense")
    assert 'There is no module "nonsense"' in findings(result)["set-up"]["found"]
    assert result.exit_code == 1


# Refusals.


@pytest.mark.parametrize(
    "command", [("modules",), ("migrate",), ("schema", "print"), ("serve",), ("worker",), ("user",)]
)
def test_settings_that_cannot_work_are_told_in_one_line_with_exit_code_2(command: tuple[str, ...]) -> None:
    assert 'There is no module "nonsense"' in refusal(bima(*command, modules="nonsense"), 2)


@pytest.mark.parametrize("command", [("migrate",), ("migration", "new", "core", "x"), ("serve",), ("worker",)])
def test_a_database_that_does_not_answer_is_told_in_one_line_with_exit_code_1(command: tuple[str, ...]) -> None:
    assert "BIMA_DATABASE_URL" in refusal(bima(*command), 1)


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("serve", "--port", "x"), ("modules", "--no"), ("migration", "new")]
)
def test_wrong_usage_has_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert refusal(bima(*arguments), 2)


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "modules", "schema", "migration", "doctor"])
def test_every_command_explains_itself_without_loading_the_modules(command: str) -> None:
    result = bima(command, "--help", modules="nonsense")
    assert result.exit_code == 0
    assert "Usage: bima" in result.stdout


def test_help_lists_the_hosts_commands_even_when_the_modules_cannot_be_loaded() -> None:
    result = bima("--help", modules="nonsense")
    assert result.exit_code == 0
    assert "doctor" in result.stdout
    assert 'There is no module "nonsense"' in " ".join(result.stdout.split())


def test_a_port_that_is_taken_is_told_in_one_line_with_exit_code_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Cannot listen on 127.0.0.1, port {port}" in refusal(bima("serve", "--port", str(port)), 1)


# Commands of modules.

IMPORTS = """
    @hook
    def commands(cli):
        import click
        from core.cli import subgroup

        @subgroup(cli, "import", "Bring data in.").command("{0}")
        def bring():
            click.echo("{0} are in")
"""


def test_modules_add_commands_and_share_a_group(workshop: Workshop) -> None:
    workshop.module("savings", IMPORTS.format("savings"))
    workshop.module("loans", IMPORTS.format("loans"))
    assert bima("import", "loans", modules="savings,loans").stdout == "loans are in\n"
    told = bima("import", "--help", modules="savings,loans").stdout
    assert "loans" in told
    assert "savings" in told
    assert refusal(bima("import", "loans", modules="savings"), 2)


def test_a_command_that_is_there_already_is_refused(workshop: Workshop) -> None:
    workshop.module("savings", "@hook\ndef commands(cli):\n    cli.command('doctor')(print)")
    assert 'Two commands are named "bima doctor"' in refusal(bima("other", modules="savings"), 2)


WORK = """
    @hook
    def commands(cli):
        import click
        from core.cli import run
        from core import LookupRow

        @cli.command()
        @click.option("--fail", is_flag=True)
        def paint(fail):
            async def work(ctx):
                assert ctx.actor.system
                ctx.session.add(LookupRow(kind="colour", code="RED", names={}))
                await ctx.session.flush()
                if fail:
                    raise click.ClickException("no paint")
                return "painted"

            click.echo(run(work))
"""


def test_a_command_works_as_bima_itself_in_one_transaction(workshop: Workshop, database_url: str) -> None:
    workshop.module("paint", WORK)

    def colours() -> int:
        with psycopg.connect(database_url) as connection:
            return len(connection.execute("SELECT 1 FROM core_lookup WHERE kind = 'colour'").fetchall())

    assert refusal(bima("paint", "--fail", modules="paint", database_url=database_url), 1) == "no paint"
    assert colours() == 0
    assert bima("paint", modules="paint", database_url=database_url).stdout == "painted\n"
    assert colours() == 1


def test_in_development_a_command_migrates_first(workshop: Workshop, database_url: str) -> None:
    workshop.module("paint", WORK)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    assert bima("paint", modules="paint", database_url=database_url).stdout == "painted\n"


@pytest.mark.parametrize("command", ["paint", "worker"])
def test_in_production_pending_migrations_stop_a_command(workshop: Workshop, database_url: str, command: str) -> None:
    workshop.module("paint", WORK)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP TABLE bima_version_core")
    production = {"modules": "paint", "database_url": database_url, "mode": "production", "secret": "s" * 32}
    assert "Migrations of core, paint are pending. Run `bima migrate`" in refusal(bima(command, **production), 1)


# The long-running commands, as processes.


@pytest.fixture
def process_settings(host: Host) -> dict[str, str]:
    settings = {"PROFILE": host.settings.profile, "DATABASE_URL": host.database_url}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return clean | {f"{PREFIX}{name}": value for name, value in settings.items()}


def started(environment: dict[str, str], *arguments: str) -> "subprocess.Popen[str]":
    code = "from core.cli import main; main()"
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def stopped(process: "subprocess.Popen[str]") -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=15)
    return process.returncode, output


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_serve_answers_until_it_is_told_to_stop(process_settings: dict[str, str]) -> None:
    port = free_port()
    server = started(process_settings, "serve", "--port", str(port))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await eventually_ready(client)
            answer = await client.post("/graphql", json={"query": "{ modules { name } }"})
        assert answer.json() == {"data": {"modules": [{"name": "core"}]}}
    finally:
        code, output = stopped(server)
    assert code in (0, -signal.SIGTERM), output
    assert f"http://127.0.0.1:{port}/graphql" in output
    assert "Traceback" not in output


async def test_worker_works_until_it_is_told_to_stop(process_settings: dict[str, str], host: Host) -> None:
    working = started(process_settings, "worker")
    try:
        await a_job_is_done(host)
    finally:
        code, output = stopped(working)
    assert code == 0, output
    assert "Traceback" not in output


async def a_job_is_done(host: Host) -> None:
    done = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'core.retry_stalled' AND status = 'succeeded'"
    for _ in range(400):
        async with host.db.pool.connection() as connection:
            if await (await connection.execute(done)).fetchone():
                return
        await asyncio.sleep(0.05)
    raise AssertionError("no job was done in twenty seconds")


async def eventually_ready(client: httpx.AsyncClient) -> None:
    for _ in range(600):
        with suppress(httpx.ConnectError):
            if (await client.get("/health/ready")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise AssertionError("the server is not ready after thirty seconds")
