"""The page on writing a module is done as it stands: its files, its commands, and what they answer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.templates import Templates
from tests.outside import ROOT
from tests.outside import run as run_outside
from tests.tutorial import Command, File, merged, steps

Done = tuple[Path, dict[str, list[dict[str, str]]]]
PAGE = ROOT / "docs" / "write-a-module.md"
STEPS = dict(steps(PAGE.read_text(encoding="utf-8")))
WANTED = (
    "Ten lines", "A table", "A field on `Insuree`", "A mutation with a right", "A hook implementation", "A job",
    "A REST route", "A settings block", "Its tests",
)  # fmt: skip


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, _templates: Templates) -> Done:
    """The folder in which the page was done, and what its commands told, by step."""
    folder, site = tmp_path_factory.mktemp("allergies"), tmp_path_factory.mktemp("site")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("BIMA_", "PYTEST_"))}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "BIMA_DATA_DIR": str(site / "data")}
    with _templates.empty() as url:
        command = [sys.executable, str(ROOT / "tests" / "tutorial.py"), str(PAGE), str(folder), str(site), url]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, list[dict[str, str]]] = {}
    for line in ran.stdout.splitlines():
        each = json.loads(line)
        told.setdefault(each["step"], []).append(each)
    return folder, told


def test_the_page_has_the_steps_that_an_author_needs() -> None:
    assert [title.partition(". ")[2] for title in STEPS] == list(WANTED)
    assert all(any(isinstance(doing, Command) for doing in doings) for doings in STEPS.values())


@pytest.mark.parametrize("step", STEPS)
def test_the_step_works_as_the_page_says(step: str, done: Done) -> None:
    commands = [doing for doing in STEPS[step] if isinstance(doing, Command)]
    for command, ran in zip(commands, done[1][step], strict=True):
        assert ran["command"] == command.line
        for line in command.answer:
            assert line.strip() in ran["told"], f"$ {command.line}\n{ran['told']}"
        fails = any(line.startswith("Error") for line in command.answer)
        assert bool(ran["code"]) is fails, f"$ {command.line}\n{ran['told']}"


@pytest.mark.audit
def test_its_types_are_strict_and_pip_installs_it(done: Done, tmp_path: Path) -> None:
    folder = tmp_path / "allergies"
    shutil.copytree(done[0], folder)
    for command in (
        ("mypy", "--strict", "--explicit-package-bases", "--cache-dir", str(ROOT / ".mypy_cache"), "bima_allergies"),
        ("pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", "there", "."),
    ):
        ran = run_outside(folder, tmp_path, "-m", *command)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (folder / "there" / "bima_allergies" / "migrations" / "allergies_0001_create.py").exists()


def test_every_block_of_code_is_part_of_a_step() -> None:
    text = PAGE.read_text(encoding="utf-8")
    files = sum(isinstance(doing, File) for doings in STEPS.values() for doing in doings)
    consoles = text.count("```console\n")
    assert text.count("```") == 2 * (files + consoles)


def test_more_of_a_file_replaces_what_has_its_name_and_adds_the_rest() -> None:
    before = '"""Doc."""\n\nimport one\n\nname = 1\n\n\n@dec\ndef old():\n    return 1\n\n\ndef kept():\n    pass\n'
    after = merged(before, "import two\n\nname = 2\n\n\n@dec\ndef old():\n    return 2\n")
    assert "import one\nimport two\n" in after
    assert after.count("def old") == 1
    assert "return 2" in after
    assert "name = 1" not in after
    assert "def kept" in after
