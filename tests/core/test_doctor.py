"""What the doctor finds, each made wrong once."""

import os
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.doctor import Finding, database, examine
from core.doctor.set_up import is_public
from core.documents import hash_of
from core.history import keep_history
from core.host import Host
from core.migrate import upgrade
from tests.core.test_cli import bima, findings

pytestmark = pytest.mark.profile("tests/core/bare.toml")

RECORDS_NOTHING = """CREATE OR REPLACE FUNCTION core_history_of_core_lookup() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RETURN NULL; END'"""
ONE_SHADE = """INSERT INTO core_lookup (id, kind, code, names, data, sort_order, active, created_at, updated_at, version)
    VALUES (gen_random_uuid(), 'shade', 'RED', '{}', '{}', 1, true, now(), now(), 1)"""
Examine = Callable[..., Awaitable[dict[str, Finding]]]
PRODUCTION = {"mode": "production", "secret": SecretStr("0123456789abcdef" * 2)}


@pytest.fixture
def found(host: Host) -> Examine:
    """What the doctor finds of the test's installation with other settings."""

    async def examined(**settings: Any) -> dict[str, Finding]:
        other = host.on(host.database_url)
        other.settings = other.settings.model_copy(update=settings)
        return {finding.what: finding for finding in await examine(other)}

    return examined


async def run(session: AsyncSession, *statements: str) -> None:
    for statement in statements:
        await session.execute(text(statement))
    await session.commit()


def told(finding: Finding) -> tuple[str, str]:
    return finding.level, finding.advice


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://bima.example.org", True),
        ("https://bima.example.org:8443/api", True),
        ("http://41.59.1.1:8000", True),
        ("http://10.0.0.7", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://localhost:3000", False),
        ("http://bima.local", False),
        ("", False),
    ],
)
def test_what_is_reached_from_outside(url: str, public: bool) -> None:
    assert is_public(url) is public


async def test_development_on_a_public_address_must_be_mended(found: Examine) -> None:
    level, advice = told((await found(public_url="https://bima.example.org"))["mode"])
    assert (level, "BIMA_MODE=production" in advice) == ("wrong", True)
    assert (await found(origins_allowed=("https://app.example.org",)))["mode"].level == "wrong"
    assert (await found(public_url="http://localhost:8000"))["mode"].level == "fine"
    assert (await found(public_url="https://bima.example.org", **PRODUCTION))["mode"].level == "fine"


@pytest.mark.parametrize(("secret", "level"), [("short", "odd"), ("s" * 40, "odd"), ("0123456789abcdef" * 2, "fine")])
async def test_a_secret_that_can_be_guessed(found: Examine, secret: str, level: str) -> None:
    finding = (await found(secret=SecretStr(secret)))["secret"]
    assert finding.level == level
    assert ("BIMA_SECRET" in finding.advice) is (level == "odd")
    assert secret not in finding.found


def test_a_production_on_the_development_secret_must_be_mended() -> None:
    result = bima("doctor", "--json", mode="production")
    assert findings(result)["set-up"]["level"] == "wrong"
    assert "BIMA_SECRET" in findings(result)["set-up"]["found"]
    assert result.exit_code == 1


def test_a_setting_that_nobody_knows_must_be_mended(tmp_path: Path) -> None:
    profile = tmp_path / "odd.toml"
    profile.write_text("modules = []\n\n[polycy]\nbackdating_days = 3\n")
    result = bima("doctor", "--json", profile=str(profile))
    assert '"polycy"' in findings(result)["set-up"]["found"]
    assert 'did you mean "policy"' in findings(result)["set-up"]["found"] or "belong to no module" in result.stdout
    assert result.exit_code == 1


async def test_settings_of_a_module_that_is_off(found: Examine) -> None:
    finding = (await found(tables={"policy": {"backdating_days": 3}}, sources={"policy": "bima.toml"}))["settings"]
    assert (finding.level, finding.found) == ("odd", "of modules that are off: policy (bima.toml)")
    assert finding.advice.startswith("bima module enable policy")


@pytest.mark.parametrize(("free", "level"), [(100_000_000, "wrong"), (1_000_000_000, "odd"), (9_000_000_000, "fine")])
async def test_the_disk_of_the_files(
    found: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    finding = (await found(data_dir=tmp_path / "not" / "there" / "yet"))["files"]
    assert finding.level == level
    assert ("BIMA_DATA_DIR" in finding.advice) is (level != "fine")


async def test_files_that_cannot_be_kept(found: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: mode == os.F_OK)
    assert (await found())["files"].level == "wrong"


async def test_trusted_documents_are_read(found: Examine, tmp_path: Path) -> None:
    manifest = tmp_path / "documents.json"
    assert (await found(trusted_documents=manifest))["trusted documents"].level == "wrong"
    good, bad = "{ __typename }", "{ nothing }"
    manifest.write_text(f'{{"{hash_of(good)}": "{good}"}}')
    assert (await found(trusted_documents=manifest))["trusted documents"].level == "fine"
    manifest.write_text(f'{{"{hash_of(bad)}": "{bad}"}}')
    finding = (await found(trusted_documents=manifest))["trusted documents"]
    assert told(finding) == ("wrong", f"bima documents check {manifest}")


@pytest.mark.parametrize(("seconds", "level"), [(0, "fine"), (10, "odd"), (-10, "odd"), (3_600, "wrong")])
async def test_clocks_that_are_apart(found: Examine, monkeypatch: pytest.MonkeyPatch, seconds: int, level: str) -> None:
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=seconds))
    assert (await found())["clocks"].level == level


async def test_extensions_that_are_not_there_or_that_the_role_cannot_make(
    found: Examine, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.doctor.database.EXTENSIONS", ("pg_trgm", "no_such_thing"))
    assert (await found())["extensions"].found == "not offered: no_such_thing"
    monkeypatch.setattr("core.doctor.database.EXTENSIONS", ("hstore",))
    assert (await found())["extensions"].level == "fine"  # it may make it
    async with host.db.pool.connection() as connection:
        await connection.execute("SET ROLE pg_read_all_data")
        level, advice = told(await database._extensions(connection))
        await connection.execute("RESET ROLE")
    assert (level, advice) == ("wrong", "As the database's owner: CREATE EXTENSION hstore;")


async def test_a_role_behind_a_pooler_brings_its_time_zone_and_limit(found: Examine, session: AsyncSession) -> None:
    name = await session.scalar(text("SELECT quote_ident(current_database())"))
    await run(session, f"ALTER DATABASE {name} SET timezone = 'Africa/Dar_es_Salaam'")
    [finding] = [each for what, each in (await found(prepare_statements=False)).items() if what == "role"]
    assert finding.level == "odd"  # the last one: without a limit
    assert finding.advice == "ALTER ROLE bima SET statement_timeout = '20s';"
    await run(session, f"ALTER DATABASE {name} SET statement_timeout = '20s'")
    assert told((await found(prepare_statements=False))["role"]) == ("wrong", "ALTER ROLE bima SET timezone = 'UTC';")
    await run(session, f"ALTER DATABASE {name} SET timezone = 'UTC'")
    assert (await found(prepare_statements=False))["role"].level == "fine"
    assert "role" not in await found()


async def test_a_module_that_is_off_with_data_and_orders(found: Examine, session: AsyncSession) -> None:
    await run(session, "INSERT INTO core_module (name, off_since) VALUES ('savings', '2026-03-01')")
    finding = (await found())["module savings"]
    assert (finding.level, finding.found) == ("fine", "off since 2026-03-01, its data are kept")
    await run(session, "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('savings', 'savings.pay')")
    finding = (await found())["module savings"]
    assert (finding.level, finding.found.endswith("1 orders for its jobs wait")) == ("odd", True)
    assert finding.advice == "bima module enable savings, or bima module remove savings"


async def test_no_worker(found: Examine, session: AsyncSession) -> None:
    assert told((await found())["worker"]) == ("odd", "bima serve")
    assert told((await found(**PRODUCTION))["worker"]) == ("wrong", "bima worker")
    await run(session, "INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert (await found(**PRODUCTION))["worker"].level == "fine"


async def test_jobs_that_were_given_up_that_stall_and_that_are_late(found: Examine, session: AsyncSession) -> None:
    assert {"stalled jobs", "late jobs"}.isdisjoint(await found())
    await run(
        session,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('core', 'core.a', 'failed')",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('core', 'core.b', 'doing')",
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes'), (now())",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) SELECT 'core',"
        " CASE WHEN last_heartbeat < now() THEN 'core.dead' ELSE 'core.alive' END, 'doing', id FROM procrastinate_workers",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
        " VALUES ('core', 'core.c', now() - interval '2 hours'), ('core', 'core.d', now() + interval '2 hours')",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('core', 'core.e'), ('core', 'core.f')",
        "UPDATE procrastinate_events SET at = now() - interval '2 hours' WHERE job_id ="
        " (SELECT id FROM procrastinate_jobs WHERE task_name = 'core.e')",
    )
    every = await found()
    assert (every["jobs"].level, every["jobs"].found) == ("odd", "given up: core.a (1)")
    assert sorted(every["stalled jobs"].found.split(", ")) == ["core.b (1)", "core.dead (1)"]
    assert sorted(every["late jobs"].found.split(", ")) == ["core.c (1)", "core.e (1)"]


async def test_a_seal_that_is_behind(found: Examine, session: AsyncSession) -> None:
    old = "INSERT INTO core_history (at, table_name, row_id, action, changes) VALUES (now() - {}, 't', gen_random_uuid(), 'I', '{{}}')"
    await run(session, old.format("interval '1 minute'"))
    assert (await found())["seal"].level == "fine"
    await run(session, "DELETE FROM core_history", old.format("interval '1 hour'"))
    assert told((await found())["seal"]) == ("odd", "bima audit seal")


@pytest.mark.parametrize(("installed", "level"), [(True, "fine"), (False, "wrong")])
async def test_traces_need_their_libraries(
    found: Examine, monkeypatch: pytest.MonkeyPatch, installed: bool, level: str
) -> None:
    monkeypatch.setattr("core.doctor.set_up.find_spec", lambda name: installed)
    finding = (await found(traces_url="http://collector:4318/v1/traces"))["traces"]
    assert (finding.level, "bima[telemetry]" in finding.advice) == (level, not installed)
    assert "traces" not in await found()


async def test_connections_must_suffice_for_a_process_on_each_core_and_a_worker(
    found: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert (await found())["connections"] == Finding("connections", "fine", "397 at most, 31 for each server process")
    assert told((await found(pool_size=40))["connections"]) == (
        "odd",
        "Set pool_size to 32, raise max_connections to 492, or put pgbouncer in between.",
    )
    assert "connections" not in await found(prepare_statements=False)


@pytest.mark.parametrize(
    ("done", "wrong"),
    [
        ("ALTER TABLE core_lookup DISABLE TRIGGER core_history_update", "core_lookup (switched off for update)"),
        ("ALTER TABLE core_lookup DISABLE TRIGGER USER", "core_lookup (switched off for insert, update, delete)"),
        ("DROP TRIGGER core_history_delete ON core_lookup", "core_lookup (no trigger for delete)"),
        ("ALTER TABLE core_lookup ADD COLUMN shade text", "core_lookup (its function is out of date)"),
        (RECORDS_NOTHING, "core_lookup (its function is out of date)"),
    ],
)
async def test_a_table_whose_changes_are_not_recorded_and_migrate_mends_it(
    found: Examine, host: Host, session: AsyncSession, done: str, wrong: str
) -> None:
    assert (await found())["history"].level == "fine"
    await run(session, done)
    finding = (await found())["history"]
    assert (finding.level, finding.advice) == ("wrong", "bima migrate")
    assert finding.found == f"not recorded as promised: {wrong}"
    await upgrade(host)
    assert (await found())["history"].level == "fine"
    await run(session, ONE_SHADE, "UPDATE core_lookup SET active = false", "DELETE FROM core_lookup")
    assert await session.scalar(text("SELECT string_agg(action, '' ORDER BY id) FROM core_history")) == "IUD"


async def test_a_table_that_lost_its_triggers_is_recorded_again_without_its_secrets(
    found: Examine, host: Host, session: AsyncSession, in_migration: Callable[..., Awaitable[None]]
) -> None:
    await run(session, "CREATE TABLE core_key (id uuid PRIMARY KEY, name text, hash text)")
    await in_migration(lambda: keep_history("core_key", secret=("hash",)))
    await run(session, *(f"DROP TRIGGER core_history_{event} ON core_key" for event in ("insert", "update", "delete")))
    assert "core_key (no trigger for insert, update, delete)" in (await found())["history"].found
    await upgrade(host)
    await run(session, "INSERT INTO core_key VALUES (gen_random_uuid(), 'door', 'secret')")
    changes = await session.scalar(text("SELECT changes FROM core_history WHERE table_name = 'core_key'"))
    assert changes.keys() == {"id", "name"}


async def test_where_nothing_tells_what_is_secret_a_revision_must_record_it(
    found: Examine, host: Host, session: AsyncSession
) -> None:
    await run(session, "DROP FUNCTION core_history_of_core_lookup CASCADE")
    await upgrade(host)
    finding = (await found())["history"]
    assert finding.found == "not recorded as promised: core_lookup (its function is gone)"
    assert "keep_history('core_lookup')" in finding.advice
