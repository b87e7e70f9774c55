"""A module that is installed with pip from outside this repository joins in by its entry point alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.host import Host
from core.settings import load_settings

SAMPLE = Path(__file__).parent / "sample_module"
ROOT = Path(__file__).parent.parent

STORY = """
import asyncio, json, sys
from datetime import date
from pathlib import Path

import orjson

from core import Actor, Context, new_id
from core.host import Host
from core.migrate import drift, upgrade
from core.settings import load_settings
from modules.insuree.testing import make_family
from modules.location.testing import make_village
from schema.execute import execute

MODULES = ("location", "insuree", "allergies")
host = Host(load_settings(Path(sys.argv[1]), {}, profile="minimal", modules=MODULES, database_url=sys.argv[2]))
RECORD = '''mutation($i: RecordAllergyInput!) {
  recordAllergy(input: $i) { allergy { substance } errors { code path message } } }'''
READ = "query($i: ID!) { insuree(id: $i) { lastName allergies { substance noticedOn } } }"


async def ask(actor, query, variables):
    return orjson.loads((await execute(host.schema, query, variables, None, Context(host, actor))).body)


async def main():
    await upgrade(host)
    await host.start()
    async with host.db.session() as session:
        family = await make_family(session, await make_village(session), members=1)
    everything = frozenset(right.name for right in host.rights)
    doctor = Actor(id=new_id(), rights=everything, unbounded=True)
    clerk = Actor(id=new_id(), rights=everything - {"allergies.allergy.record"}, unbounded=True)
    person = str(family.head_id)
    noticed = {"insureeId": person, "substance": "Penicillin", "noticedOn": "2020-01-31"}
    told = {
        "refused": await ask(clerk, RECORD, {"i": noticed}),
        "recorded": await ask(doctor, RECORD, {"i": noticed}),
        "again": await ask(doctor, RECORD, {"i": noticed}),
        "read": await ask(doctor, READ, {"i": person}),
        "drift": await drift(host),
        "rights": [right.name for right in host.rights if right.name.startswith("allergies")],
    }
    await host.stop()
    print(json.dumps(told))


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip installed the sample module."""
    target = tmp_path_factory.mktemp("outside")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-index"]
    source = tmp_path_factory.mktemp("source") / "sample_module"
    # pip builds in the source's folder, which must stay as it is.
    subprocess.run(["cp", "-r", str(SAMPLE), str(source)], check=True)
    subprocess.run([*pip, "--no-build-isolation", "--target", str(target), str(source)], check=True)
    return target


def environment(installed: Path, **more: str) -> dict[str, str]:
    """The environment of a process that finds the installed module."""
    return {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}", **more}


@pytest.mark.profile("minimal")
def test_it_adds_a_table_a_field_a_mutation_a_right_and_an_error(
    installed: Path, database_url: str, tmp_path: Path
) -> None:
    story = [sys.executable, "-c", STORY, str(tmp_path), database_url]
    done = subprocess.run(story, env=environment(installed), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["refused"]["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert told["recorded"]["data"]["recordAllergy"] == {"allergy": {"substance": "Penicillin"}, "errors": []}
    [error] = told["again"]["data"]["recordAllergy"]["errors"]
    assert (error["code"], error["path"]) == ("ALLERGY_KNOWN", ["substance"])
    assert told["read"]["data"]["insuree"]["allergies"] == [{"substance": "Penicillin", "noticedOn": "2020-01-31"}]
    assert told["drift"] == {}
    assert told["rights"] == ["allergies.allergy.record"]


@pytest.mark.profile("minimal")
def test_it_adds_a_command(installed: Path, database_url: str, tmp_path: Path) -> None:
    variables = {"BIMA_DATABASE_URL": database_url, "BIMA_PROFILE": "minimal"}
    (tmp_path / "bima.toml").write_text('modules = ["location", "insuree", "allergies"]\n')
    command = [sys.executable, "-c", "from core.cli import main; main()", "allergies"]
    done = subprocess.run(
        command, env=environment(installed, **variables), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0 allergies are recorded.\n"


def test_without_it_nothing_of_it_is_there() -> None:
    host = Host(load_settings(ROOT, {}, profile="minimal", modules=("location", "insuree")))
    assert "llergies" not in host.schema.sdl()
