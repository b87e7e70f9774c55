"""Modules come and go on a live database: a plan first, nothing lost, and what was missed is mended."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from core import Context, defer
from core.cli import command_line
from core.host import StartError
from core.migrate import upgrade
from core.module_list import write_modules
from core.pending import pending
from core.removing import remove
from core.settings import load_settings
from core.switching import dependants, plan_off, plan_on
from core.worker import worker
from tests.core.conftest import Workshop
from tests.core.test_migrate import make, tables, trees

pytestmark = pytest.mark.profile("tests/core/bare.toml")
Bima = Callable[..., Result]
NOTED = """
@hook
async def switched_on(ctx, since):
    await ctx.session.execute(sa.insert(TREE).values(id=new_id(), name="again" if since else "first"))
"""


@pytest.fixture
def installation(
    workshop: Workshop, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The bima.toml of an installation with `pear`, which offers `fig`, that needs pear, and `kiwi` too."""
    make(workshop, "pear")
    make(workshop, "fig", needs=("pear",))
    make(workshop, "kiwi", code=NOTED)
    folder = tmp_path / "installation"
    folder.mkdir()
    toml = folder / "bima.toml"
    toml.write_text(
        f'# Ours.\ndatabase_url = "{database_url}"  # the server in the cellar\nmodules = [\n    "pear",  # first\n]\n'
    )
    (folder / "empty.toml").write_text("")
    monkeypatch.chdir(folder)
    yield toml
    monkeypatch.undo()


@pytest.fixture
def bima(installation: Path) -> Bima:
    """Runs `bima` in the installation."""

    def run(*arguments: str, input: str | None = None, **variables: str) -> Result:
        environment = {"BIMA_PROFILE": "empty.toml", "BIMA_DATABASE_URL": None, **variables}
        return CliRunner(env=environment).invoke(command_line(), arguments, input=input)

    return run


def listed(toml: Path) -> tuple[str, ...]:
    return load_settings(toml.parent, {"BIMA_PROFILE": "empty.toml"}).modules


def history(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT table_name FROM core_history")}


def test_the_plan_is_told_first_and_nothing_happens_without_a_yes(bima: Bima, installation: Path) -> None:
    before = installation.read_text()
    told = bima("module", "enable", "fig", input="n\n")
    assert told.exit_code == 1
    assert "To be switched on: fig." in told.output
    assert "fig_tree: are created" in told.output
    assert installation.read_text() == before


def test_a_module_is_switched_on_with_what_it_needs_and_comments_stay(
    bima: Bima, installation: Path, database_url: str
) -> None:
    assert bima("module", "enable", "fig", "--yes").exit_code == 0
    assert listed(installation) == ("pear", "fig")
    text = installation.read_text()
    assert "# Ours." in text
    assert "# the server in the cellar" in text
    assert "# first" in text
    assert {"pear_tree", "fig_tree"} <= tables(database_url)
    installation.write_text(text.replace('"pear",  # first', "").replace('"fig",', ""))
    told = bima("module", "enable", "fig", "--yes")
    assert "pear: pear (because fig needs it)" in told.output
    assert set(listed(installation)) == {"pear", "fig"}


def test_what_others_need_stays_on_and_the_refusal_says_what_to_type(bima: Bima, installation: Path) -> None:
    bima("module", "enable", "fig", "--yes")
    refused = bima("module", "disable", "pear", "--yes")
    assert refused.exit_code == 2
    assert "fig needs pear. To switch all of them off: bima module disable fig pear" in refused.output
    assert bima("module", "disable", "fig", "pear", "--yes").exit_code == 0
    assert listed(installation) == ()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("enable", "pear"), 'The module "pear" is on already.'),
        (("enable", "kiwy"), 'did you mean "kiwi"?'),
        (("disable", "fig"), 'The module "fig" is not enabled'),
        (("disable", "core"), "The host itself cannot be switched off."),
        (("remove", "pear"), "Switch it off first: bima module disable pear"),
        (("remove", "core"), "core is on."),
        (("remove", "kiwi"), "kiwi has no tables in this database"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(bima: Bima, arguments: tuple[str, ...], told: str) -> None:
    refused = bima("module", *arguments)
    assert refused.exit_code in (1, 2)
    assert told in refused.output


def test_when_a_variable_sets_the_modules_it_says_what_to_set(
    bima: Bima, installation: Path, database_url: str
) -> None:
    before = installation.read_text()
    refused = bima("module", "enable", "fig", "--yes", BIMA_MODULES="pear", BIMA_DATABASE_URL=database_url)
    assert "BIMA_MODULES sets the modules. Set it to pear,fig and run `bima migrate`." in refused.output
    assert installation.read_text() == before
    assert "fig_tree" not in tables(database_url)


def test_a_module_that_was_off_keeps_its_rows_and_catches_up(bima: Bima, installation: Path, database_url: str) -> None:
    bima("module", "enable", "kiwi", "--yes")
    assert trees(database_url, "kiwi_tree") == ["first"]
    bima("module", "disable", "kiwi", "--yes")
    assert trees(database_url, "kiwi_tree") == ["first"]
    assert "off since" in bima("module", "list").output
    told = bima("module", "enable", "kiwi", "--yes")
    assert "kiwi_tree: are there, off since" in told.output
    assert sorted(trees(database_url, "kiwi_tree")) == ["again", "first"]


async def test_a_list_that_was_changed_by_hand_is_pending_until_the_migrations_know(
    workshop: Workshop, database_url: str
) -> None:
    make(workshop, "kiwi", code=NOTED)
    host, without = (workshop.host(*names, database_url=database_url) for names in (("kiwi",), ()))
    await upgrade(host)
    assert await pending(without) == ["kiwi"]
    await upgrade(without)
    assert await pending(host) == ["kiwi"]
    await upgrade(host)
    await upgrade(host)
    assert sorted(trees(database_url, "kiwi_tree")) == ["again", "first"]


async def test_catching_up_that_fails_undoes_the_switch(workshop: Workshop, database_url: str) -> None:
    make(workshop, "kiwi", code="\n@hook\nasync def switched_on(ctx, since): raise RuntimeError('no')\n")
    host = workshop.host("kiwi", database_url=database_url)
    with pytest.raises(RuntimeError, match="no"):
        await upgrade(host)
    assert "kiwi_tree" not in tables(database_url)
    assert await pending(host) == ["kiwi"]


def test_a_module_is_removed_only_by_its_name_and_leaves_no_trace_but_the_history(
    bima: Bima, database_url: str
) -> None:
    bima("module", "enable", "fig", "--yes")
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO pear_tree VALUES (gen_random_uuid(), 'old oak')")
        connection.execute(
            "INSERT INTO fig_tree SELECT gen_random_uuid(), 'young fig', id FROM pear_tree",
        )
    bima("module", "disable", "fig", "--yes")
    mistyped = bima("module", "remove", "fig", input="pear\n")
    assert "fig_tree: 1 rows" in mistyped.output
    assert "nothing was removed" in mistyped.output
    assert trees(database_url, "fig_tree") == ["young fig"]
    assert bima("module", "remove", "fig", input="fig\n").exit_code == 0
    assert not {"fig_tree", "bima_version_fig"} & tables(database_url)
    assert history(database_url) == {"pear_tree", "fig_tree"}
    assert "fig" not in [name for (name,) in _rows(database_url)]


def test_the_history_goes_too_when_that_is_asked_for(bima: Bima, database_url: str) -> None:
    bima("module", "enable", "kiwi", "--yes")
    bima("module", "disable", "kiwi", "--yes")
    assert bima("module", "remove", "kiwi", "--with-history", "--confirm", "kiwi").exit_code == 0
    assert history(database_url) == set()


def test_a_module_that_a_switched_off_one_points_to_is_not_removed(bima: Bima, database_url: str) -> None:
    bima("module", "enable", "fig", "--yes")
    bima("module", "disable", "fig", "pear", "--yes")
    refused = bima("module", "remove", "pear", "--confirm", "pear")
    assert 'Tables of other modules point to those of "pear"' in refused.output
    assert "pear_tree" in tables(database_url)


async def test_orders_of_a_module_that_is_off_wait_for_it(workshop: Workshop, database_url: str) -> None:
    job = """
async def grow(ctx): await ctx.session.execute(sa.insert(TREE).values(id=new_id(), name="grown"))

@hook
def jobs(): return [Job("pear.grow", run=grow)]
"""
    make(workshop, "pear", code=job)
    pear, without = (workshop.host(*names, database_url=database_url) for names in (("pear",), ()))
    await upgrade(pear)
    await pear.start()
    async with pear.db.session() as session:
        await defer(Context(pear, _session=session), "pear.grow")
    await pear.stop()
    await without.start()
    await asyncio.wait_for(worker(without, wait=False, signals=False), 20)
    await without.stop()
    assert await _ordered(database_url)
    assert trees(database_url, "pear_tree") == []
    await pear.start()
    await asyncio.wait_for(worker(pear, wait=False, signals=False), 20)
    await pear.stop()
    assert trees(database_url, "pear_tree") == ["grown"]


async def test_removing_a_module_removes_its_orders(workshop: Workshop, database_url: str) -> None:
    make(workshop, "pear", code="\nasync def grow(ctx): pass\n@hook\ndef jobs(): return [Job('pear.grow', run=grow)]\n")
    host = workshop.host("pear", database_url=database_url)
    await upgrade(host)
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('pear', 'pear.grow')")
    await remove(workshop.host(database_url=database_url), "pear")
    assert not await _ordered(database_url)


def test_the_order_in_which_modules_can_go_is_that_of_who_needs_whom(workshop: Workshop) -> None:
    make(workshop, "pear")
    make(workshop, "fig", needs=("pear",))
    host = workshop.host("pear", "fig")
    assert dependants(host, ["pear"]) == ["fig", "pear"]
    with pytest.raises(StartError, match="fig needs pear"):
        plan_off(host, ["pear"])
    assert [module.name for module in plan_on(workshop.host(), ["fig"])[0].modules] == ["core", "pear", "fig"]


@pytest.mark.parametrize(
    "written",
    ["", 'profile = "minimal"\n', '# Ours.\nprofile = "minimal"  # why\n\n[policy]\nadult_age = 18\n', "[policy]\n"],
)
def test_a_list_is_written_where_there_was_none(workshop: Workshop, tmp_path: Path, written: str) -> None:
    make(workshop, "pear")
    path = tmp_path / "bima.toml"
    path.write_text(written)
    write_modules(path, workshop.host("pear"))
    text = path.read_text()
    assert load_settings(tmp_path, {}).modules == ("pear",)
    for line in written.splitlines():
        assert line in text


def test_what_is_not_toml_is_left_alone(workshop: Workshop, tmp_path: Path) -> None:
    make(workshop, "pear")
    path = tmp_path / "bima.toml"
    path.write_text("modules = [")
    with pytest.raises(StartError, match=r'Set in it: modules = \["pear"\]'):
        write_modules(path, workshop.host("pear"))
    assert path.read_text() == "modules = ["
    assert [each.name for each in tmp_path.glob(".bima*")] == []


def _rows(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT name FROM core_module").fetchall()


async def _ordered(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return bool(connection.execute("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo'").fetchone())
