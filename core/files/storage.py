"""Where the content of files is kept: in a folder, unless a module implements the hook `file_storage`."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import anyio
from anyio import to_thread

CHUNK = 64 * 1024
_NAME = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9a-f-]{36}")


class FileStorage(Protocol):
    """Keeps contents by their names, which are made here and look like `2026/03/<the file's id>`."""

    async def put(self, name: str, content: bytes) -> None:
        """Keep a content: the whole of it or nothing, and for good once this returns."""

    async def open(self, name: str) -> AsyncIterator[bytes]:
        """The content, piece by piece.

        Raises:
            FileNotFoundError: there is none of this name.
        """

    async def delete(self, name: str) -> None:
        """Forget a content. One that is not there is fine: what deletes may run twice."""


class FolderStorage:
    """A `FileStorage` in a folder that all servers and workers of the installation share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, name: str, content: bytes) -> None:
        """Keep a content."""
        await to_thread.run_sync(_write, self._path(name), content)

    async def open(self, name: str) -> AsyncIterator[bytes]:
        """The content, piece by piece."""
        return _pieces(await anyio.open_file(self._path(name), "rb"))

    async def delete(self, name: str) -> None:
        """Forget a content."""
        await anyio.Path(self._path(name)).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file")
        return self.folder / name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    # Its name must outlive a power cut as well, and that is the folder's to keep.
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _pieces(file: anyio.AsyncFile[bytes]) -> AsyncIterator[bytes]:
    async with file:
        while piece := await file.read(CHUNK):
            yield piece
