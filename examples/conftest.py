"""Offers the modules of this folder to the tests as if pip had installed them, and what all their tests share."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.outside import offer

HERE = Path(__file__).parent
PACKAGES = sorted(path.parent for path in HERE.glob("*/pyproject.toml"))


@pytest.fixture(scope="session", autouse=True)
def _offered() -> Iterator[None]:
    """The entry points of the packages, while their tests run."""
    with TemporaryDirectory() as site:
        for package in PACKAGES:
            offer(package, Path(site))
        sys.path.append(site)
        yield
        sys.path.remove(site)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for the whole run."""
    return "asyncio"


sys.path += [str(package) for package in PACKAGES]
