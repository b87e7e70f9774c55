"""Tiny modules made on the fly, and migrations run by hand."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from core.db import Base
from core.host import Host
from core.settings import Settings

HEAD = "from core import *\nfrom core import Manifest, hook, hookspec\n"


class Workshop:
    """A folder on the import path where modules are made and offered as if pip had installed them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages: list[str] = []

    def module(
        self,
        name: str,
        code: str = "",
        *,
        needs: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        offered_as: str | None = None,
        package: str | None = None,
        **files: str,
    ) -> Path:
        """Make a module; `files` are more of its files, without `.py`. Returns its folder."""
        package = package or f"tiny_{name}"
        folder = self.folder / package
        folder.mkdir()
        manifest = f'manifest = Manifest(name="{name}", title="{name}", version="1", needs={needs}, after={after})\n'
        (folder / "__init__.py").write_text(HEAD + manifest + dedent(code))
        for file, content in files.items():
            (folder / f"{file}.py").write_text(dedent(content))
        self.offer(package, offered_as or name)
        return folder

    def offer(self, package: str, name: str) -> None:
        """Put a package into the entry-point group, under a distribution of its own."""
        info = self.folder / f"{package}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[bima.modules]\n{name} = {package}\n")
        self.packages.append(package)

    def host(self, *modules: str, **settings: Any) -> Host:
        """A host of these modules."""
        return Host(Settings(modules=modules, **settings))


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """Makes modules that are gone after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(Base.metadata.tables)
    workshop = Workshop(tmp_path)
    yield workshop
    for name in [name for name in sys.modules if name.split(".")[0] in workshop.packages]:
        del sys.modules[name]
    for name in set(Base.metadata.tables) - before:
        if any(name.startswith(f"{package.removeprefix('tiny_')}_") for package in workshop.packages):
            Base.metadata.remove(Base.metadata.tables[name])


@pytest.fixture
def in_migration(session: AsyncSession) -> Callable[[Callable[[], None]], Awaitable[None]]:
    """Does what a migration may do, on the test's session: `await in_migration(lambda: keep_history("core_x"))`."""

    def run(connection: Connection, work: Callable[[], None]) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            work()

    async def migrate(work: Callable[[], None]) -> None:
        connection = await session.connection()
        await connection.run_sync(run, work)

    return migrate
