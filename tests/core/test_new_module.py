"""`bima module new`: what it writes works before a line of it is changed."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli import command_line
from core.new_module import LONGEST, new_module
from core.settings import StartError
from tests.outside import ROOT, offer, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module that the command made."""
    folder = tmp_path_factory.mktemp("made")
    told = CliRunner().invoke(command_line(), ["module", "new", "national_voucher", "--path", str(folder)])
    assert told.exit_code == 0, told.output
    assert "pip install -e . && pytest" in told.output
    return folder / "bima-national-voucher"


def test_it_passes_its_own_tests_unmodified(made: Path, tmp_path: Path) -> None:
    offer(made, tmp_path)
    done = run(made, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout


@pytest.mark.parametrize("name", ["a", "national_voucher", "n" * 15 + "_" + "m" * (LONGEST - 16)])
def test_it_is_clean_whatever_its_name(name: str, tmp_path: Path) -> None:
    folder = new_module(name, tmp_path)
    for arguments in (("check", "."), ("format", "--check", ".")):
        done = run(folder, tmp_path, "-m", "ruff", *arguments, "--no-cache")
        assert done.returncode == 0, done.stdout + done.stderr
    assert "sample" not in "".join(path.read_text().lower() for path in folder.rglob("*") if path.is_file())


@pytest.mark.audit
def test_its_types_are_strict(made: Path, tmp_path: Path) -> None:
    done = run(made, tmp_path, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), made.name.replace("-", "_"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["Voucher", "9lives", "a-b", "a__b", "_a", "", "x" * (LONGEST + 1), "policy", "core"])
def test_what_cannot_be_a_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"cannot be the name|is a module"):
        new_module(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    new_module("voucher", tmp_path)
    with pytest.raises(StartError, match="is there already"):
        new_module("voucher", tmp_path)
