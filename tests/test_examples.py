"""The modules in examples/ stand alone: in a folder of their own, with pip and with strict types."""

import shutil
from pathlib import Path

import pytest

from tests.outside import ROOT, offer, run

PACKAGES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/pyproject.toml"))


@pytest.mark.parametrize("name", PACKAGES)
def test_an_example_is_a_package_with_a_readme_and_tests(name: str) -> None:
    folder = ROOT / "examples" / name
    assert (folder / "README.md").exists()
    assert (folder / f"bima_{name}" / "py.typed").exists()
    assert list((folder / "tests").glob("test_*.py"))


@pytest.mark.audit
@pytest.mark.parametrize("name", PACKAGES)
def test_an_example_passes_its_tests_alone(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, folder)
    offer(folder, tmp_path)
    done = run(folder, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout + done.stderr
    package = f"bima_{name}"
    done = run(folder, tmp_path, "-m", "mypy", "--strict", "--explicit-package-bases", package)
    assert done.returncode == 0, done.stdout + done.stderr
    install = ("install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", "there", ".")
    done = run(folder, tmp_path, "-m", "pip", *install)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "there" / package / "__init__.py").exists()
