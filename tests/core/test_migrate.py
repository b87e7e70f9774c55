"""Migrations: every module has its own, runs them in manifest order, and comes and goes without the others noticing."""

import asyncio
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from core.history import HistoryRow
from core.host import Host, StartError
from core.loading import CORE
from core.migrate import SCRIPTS, Target, drift, new_revision, upgrade
from core.pending import heads, pending
from core.removing import remove
from tests.core.conftest import Workshop

pytestmark = pytest.mark.profile("tests/core/bare.toml")

TREE = """
import sqlalchemy as sa
from core import Base

TREE = sa.Table(
    "{module}_tree", Base.metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.String(20), nullable=False, index=True),
    {columns}
)

@hook
def tables(): return [TREE]
"""
CREATE = """
import sqlalchemy as sa
from alembic import op
from core.history import keep_history

revision = "{module}_0001"
down_revision = None

def upgrade():
    op.create_table(
        "{module}_tree",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, index=True),
        {columns}
    )
    keep_history("{module}_tree")

def downgrade():
    op.drop_table("{module}_tree")
"""
NEXT = """
from alembic import op

revision = "{module}_0002"
down_revision = "{module}_0001"

def upgrade():
    op.execute("{sql}")
"""

RECORDERS: LiteralString = "SELECT proname FROM pg_proc WHERE proname LIKE 'core\\_history\\_of\\_pear%'"


def make(workshop: Workshop, module: str, *, needs: tuple[str, ...] = (), code: str = "") -> Path:
    """A module with one table, which points to that of each module it needs."""
    columns = "".join(
        f'sa.Column("{need}_id", sa.Uuid, sa.ForeignKey("{need}_tree.id"), nullable=False),' for need in needs
    )
    folder = workshop.module(module, TREE.format(module=module, columns=columns) + code, needs=needs)
    (folder / "migrations").mkdir()
    revision(folder, f"{module}_0001", CREATE.format(module=module, columns=columns))
    return folder


def revision(folder: Path, name: str, code: str) -> None:
    (folder / "migrations" / f"{name}.py").write_text(code)


def run(url: str, statement: LiteralString) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement)


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def plant(url: str, tree: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(SQL("INSERT INTO {} VALUES (gen_random_uuid(), 'old oak')").format(Identifier(tree)))


def trees(url: str, tree: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(SQL("SELECT name FROM {}").format(Identifier(tree)))]


async def test_a_fresh_database_waits_for_every_module_and_then_for_none(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    assert await pending(host) == ["pear"]
    assert await upgrade(host) == ["pear"]
    assert await pending(host) == []
    assert await upgrade(host) == []
    assert {"pear_tree", "bima_version_pear", "bima_version_core"} <= tables(database_url)


async def test_modules_migrate_in_manifest_order(workshop: Workshop, database_url: str) -> None:
    make(workshop, "fig", needs=("pear",))
    make(workshop, "pear")
    assert await upgrade(workshop.host("fig", "pear", database_url=database_url)) == ["pear", "fig"]


async def test_all_modules_migrate_in_one_transaction(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    revision(make(workshop, "fig"), "fig_0002", NEXT.format(module="fig", sql="SELECT 1 / 0"))
    with pytest.raises(DBAPIError, match="division by zero"):
        await upgrade(workshop.host("pear", "fig", database_url=database_url))
    assert "pear_tree" not in tables(database_url)


async def test_two_upgrades_at_once_are_safe(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    done = await asyncio.gather(upgrade(host), upgrade(host))
    assert sorted(done) == [[], ["pear"]]


async def test_a_module_enabled_later_catches_up(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig")
    await upgrade(workshop.host("fig", database_url=database_url))
    later = workshop.host("pear", "fig", database_url=database_url)
    assert await pending(later) == ["pear"]
    assert await upgrade(later) == ["pear"]


async def test_a_module_switched_off_keeps_its_rows_until_it_is_on_again(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig")
    both = workshop.host("pear", "fig", database_url=database_url)
    await upgrade(both)
    plant(database_url, "pear_tree")
    without = workshop.host("fig", database_url=database_url)
    assert await pending(without) == ["pear"], "until the migrations have noted that it is off"
    await upgrade(without)
    assert await pending(without) == []
    assert await drift(without) == {}
    assert await pending(both) == ["pear"], "until it has caught up"
    await upgrade(both)
    assert await pending(both) == []
    assert trees(database_url, "pear_tree") == ["old oak"]


async def test_nothing_differs_after_an_upgrade(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig", needs=("pear",))
    host = workshop.host("pear", "fig", database_url=database_url)
    await upgrade(host)
    assert await drift(host) == {}


async def test_a_column_without_a_revision_is_told_with_its_module(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    run(database_url, "ALTER TABLE pear_tree DROP COLUMN name")
    found = await drift(host)
    assert list(found) == ["pear"]
    assert "add_column('pear_tree'" in found["pear"]


async def test_a_table_that_no_model_declares_is_told_with_its_module(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig")
    host = workshop.host("pear", "fig", database_url=database_url)
    await upgrade(host)
    run(database_url, "CREATE TABLE pear_leaf (id uuid PRIMARY KEY)")
    run(database_url, "CREATE TABLE elsewhere (id uuid PRIMARY KEY)")
    found = await drift(host)
    assert list(found) == ["pear"]
    assert "drop_table('pear_leaf')" in found["pear"]


async def test_the_index_of_an_exclusion_constraint_is_no_difference(workshop: Workshop, database_url: str) -> None:
    rule = """
from sqlalchemy.dialects.postgresql import ExcludeConstraint
TREE.append_constraint(ExcludeConstraint(("name", "="), name="one_of_a_name", using="gist"))
"""
    folder = make(workshop, "pear", code=rule)
    sql = "ALTER TABLE pear_tree ADD CONSTRAINT one_of_a_name EXCLUDE USING gist (name WITH =)"
    revision(folder, "pear_0002", NEXT.format(module="pear", sql=sql))
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    assert await drift(host) == {}


async def test_the_migrated_hook_writes_in_the_same_transaction(workshop: Workshop, database_url: str) -> None:
    hook = """
@hook
async def migrated(host, session):
    if await session.scalar(sa.select(sa.func.count()).select_from(TREE)) == 0:
        await session.execute(sa.insert(TREE).values(id=new_id(), name="first"))
"""
    make(workshop, "pear", code=hook)
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    await upgrade(host)
    assert trees(database_url, "pear_tree") == ["first"]


async def test_a_migrated_hook_that_fails_undoes_the_upgrade(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear", code="\n@hook\nasync def migrated(host, session): raise RuntimeError('no')\n")
    with pytest.raises(RuntimeError, match="no"):
        await upgrade(workshop.host("pear", database_url=database_url))
    assert "pear_tree" not in tables(database_url)


async def test_a_busy_table_stops_the_upgrade_instead_of_the_scheme(workshop: Workshop, database_url: str) -> None:
    folder = make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    sql = "SET LOCAL lock_timeout = '50ms'; ALTER TABLE pear_tree ADD COLUMN age integer"
    revision(folder, "pear_0002", NEXT.format(module="pear", sql=sql))
    async with await psycopg.AsyncConnection.connect(database_url) as busy:
        await busy.execute("SELECT * FROM pear_tree")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await upgrade(host)
    assert await upgrade(host) == ["pear"]


async def test_removing_a_module_drops_its_tables_and_nothing_else(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig")
    await upgrade(workshop.host("pear", "fig", database_url=database_url))
    plant(database_url, "fig_tree")
    await remove(workshop.host("fig", database_url=database_url), "pear")
    assert not {"pear_tree", "bima_version_pear"} & tables(database_url)
    assert trees(database_url, "fig_tree") == ["old oak"]


async def test_a_removed_module_can_be_enabled_again_empty(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    plant(database_url, "pear_tree")
    await remove(host, "pear")
    assert await upgrade(host) == ["pear"]
    assert trees(database_url, "pear_tree") == []


async def test_a_module_that_an_enabled_one_needs_is_not_removed(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig", needs=("pear",))
    host = workshop.host("pear", "fig", database_url=database_url)
    await upgrade(host)
    with pytest.raises(StartError, match=r'The enabled module "fig" needs "pear": remove that one first\.'):
        await remove(host, "pear")


async def test_a_module_that_tables_of_another_point_to_is_not_removed(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    make(workshop, "fig", needs=("pear",))
    await upgrade(workshop.host("pear", "fig", database_url=database_url))
    with pytest.raises(StartError, match='Tables of other modules point to those of "pear"'):
        await remove(workshop.host(database_url=database_url), "pear")
    assert "pear_tree" in tables(database_url)


async def test_a_module_that_was_never_enabled_cannot_be_removed(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    with pytest.raises(StartError, match='The module "pear" has no tables in this database'):
        await remove(workshop.host(database_url=database_url), "pear")


async def test_the_host_itself_cannot_be_removed(workshop: Workshop, database_url: str) -> None:
    with pytest.raises(StartError, match="cannot be removed"):
        await remove(workshop.host(database_url=database_url), "core")


async def test_a_new_revision_holds_what_the_database_lacks(workshop: Workshop, database_url: str) -> None:
    folder = workshop.module("pear", TREE.format(module="pear", columns=""))
    host = workshop.host("pear", database_url=database_url)
    path = await new_revision(host, "pear", "Plant the first trees")
    assert path == folder / "migrations" / "pear_0001_plant_the_first_trees.py"
    assert "core_" not in path.read_text()
    await upgrade(host)
    assert await drift(host) == {}
    second = await new_revision(host, "pear", "prune")
    assert second.name == "pear_0002_prune.py"
    assert "down_revision = 'pear_0001'" in second.read_text()


async def test_a_new_revision_needs_a_database_that_is_up_to_date(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    with pytest.raises(StartError, match=r"Run `bima migrate` first\."):
        await new_revision(workshop.host("pear", database_url=database_url), "pear", "more")


async def test_the_history_follows_the_columns_that_a_revision_changes(workshop: Workshop, database_url: str) -> None:
    folder = make(workshop, "pear")
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    sql = "ALTER TABLE pear_tree ADD COLUMN height int; ALTER TABLE pear_tree DROP COLUMN name"
    revision(folder, "pear_0002", NEXT.format(module="pear", sql=sql))
    await upgrade(workshop.host("pear", database_url=database_url))
    run(database_url, "INSERT INTO pear_tree VALUES (gen_random_uuid(), 7)")
    run(database_url, "UPDATE pear_tree SET height = 8")
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("SELECT changes FROM core_history WHERE table_name = 'pear_tree' ORDER BY id")
        (created,), (changed,) = kept.fetchall()
    assert set(created) == {"id", "height"}
    assert changed == {"height": {"before": 7, "after": 8}}


async def test_nothing_that_records_outlives_its_table(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear")
    await upgrade(workshop.host("pear", database_url=database_url))
    with psycopg.connect(database_url) as connection:
        assert connection.execute(RECORDERS).fetchall() == [("core_history_of_pear_tree",)]
    await remove(workshop.host(database_url=database_url), "pear")
    with psycopg.connect(database_url) as connection:
        assert connection.execute(RECORDERS).fetchall() == []


async def test_triggers_of_each_row_make_way_for_those_of_each_statement(session: AsyncSession) -> None:
    """A database from before revision core_0004."""
    for statement in (
        "CREATE TABLE core_key (id uuid PRIMARY KEY, name text, hash text)",
        "CREATE FUNCTION core_keep_history() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        """CREATE TRIGGER core_history AFTER INSERT OR UPDATE OR DELETE ON core_key
        FOR EACH ROW EXECUTE FUNCTION core_keep_history('updated_at', 'hash')""",
    ):
        await session.execute(text(statement))

    def migrate(connection: Connection) -> None:
        target = Target(connection, CORE, (), ())
        with Operations.context(target.context):
            target.scripts.get_revision("core_0004").module.upgrade()

    await (await session.connection()).run_sync(migrate)
    await session.execute(text("INSERT INTO core_key VALUES (gen_random_uuid(), 'door', 'secret')"))
    [kept] = await session.scalars(select(HistoryRow).where(HistoryRow.table_name == "core_key"))
    assert set(kept.changes) == {"id", "name"}
    assert await session.scalar(text("SELECT to_regproc('core_keep_history')")) is None


async def test_the_hosts_own_tables_differ_in_nothing(host: Host) -> None:
    assert await pending(host) == []
    assert await drift(host) == {}


@pytest.mark.profile("tanzania-chf")
async def test_the_tables_of_the_whole_scheme_differ_in_nothing(host: Host) -> None:
    assert await drift(host) == {}


async def test_what_is_pending_is_known_without_alembic(host: Host) -> None:
    for module in host.modules:
        if module.migrations.is_dir():
            with_alembic = ScriptDirectory(str(SCRIPTS), version_locations=[str(module.migrations)])
            assert heads(module.migrations) == set(with_alembic.get_heads()), module.name
