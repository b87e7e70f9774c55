"""Where contents lie: whole or not at all, readable by Bima alone, and never outside of the folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import FileStorage, hook
from core.files import FolderStorage
from core.files.storage import CHUNK
from core.host import Host
from core.settings import Settings

pytestmark = pytest.mark.profile("tests/core/bare.toml")

NAME = "2026/03/0195a4a0-0000-7000-8000-000000000001"


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "files")


async def content(storage: FileStorage, name: str) -> list[bytes]:
    return [piece async for piece in await storage.open(name)]


async def test_a_content_comes_back_in_pieces(storage: FolderStorage) -> None:
    sent = bytes(range(256)) * 600
    await storage.put(NAME, sent)
    pieces = await content(storage, NAME)
    assert b"".join(pieces) == sent
    assert [len(piece) for piece in pieces] == [CHUNK, CHUNK, len(sent) - 2 * CHUNK]


async def test_a_content_may_be_put_again(storage: FolderStorage) -> None:
    await storage.put(NAME, b"long ago")
    await storage.put(NAME, b"now")
    assert await content(storage, NAME) == [b"now"]


async def test_only_bima_reads_the_folder_and_nothing_unfinished_stays(storage: FolderStorage) -> None:
    await storage.put(NAME, b"x")
    [file] = [path for path in storage.folder.rglob("*") if path.is_file()]
    assert file == storage.folder / NAME
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent)] == [0, 0]


async def test_a_content_that_could_not_be_written_is_not_there(
    storage: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        await storage.put(NAME, b"x")
    with pytest.raises(FileNotFoundError):
        await storage.open(NAME)


async def test_deleting_may_be_done_twice(storage: FolderStorage) -> None:
    await storage.put(NAME, b"x")
    await storage.delete(NAME)
    await storage.delete(NAME)
    with pytest.raises(FileNotFoundError):
        await storage.open(NAME)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "/etc/passwd",
        "../../etc/passwd",
        f"2026/03/../{NAME[8:]}",
        f"{NAME}/x",
        f"{NAME}\n",
        f"x/{NAME}",
        "a\0b",
    ],
)
async def test_no_other_name_reaches_the_disk(storage: FolderStorage, name: str) -> None:
    with pytest.raises(ValueError, match="no name of a file"):
        await storage.put(name, b"x")
    with pytest.raises(ValueError, match="no name of a file"):
        await storage.open(name)
    with pytest.raises(ValueError, match="no name of a file"):
        await storage.delete(name)
    assert not storage.folder.exists()


class Elsewhere:
    """A module that keeps files in another place."""

    storage: FileStorage

    def __init__(self, folder: Path) -> None:
        self.storage = FolderStorage(folder)

    @hook
    def file_storage(self, settings: Settings) -> FileStorage | None:
        return self.storage if settings.title == "bare" else None


@pytest.fixture
def elsewhere(host: Host, tmp_path: Path) -> Iterator[Elsewhere]:
    plugin = Elsewhere(tmp_path)
    host.plugins.register(plugin)
    yield plugin
    host.plugins.unregister(plugin)


async def test_files_lie_in_a_folder_of_the_data_directory(host: Host) -> None:
    assert isinstance(host.files, FolderStorage)
    assert host.files.folder == host.settings.data_dir / "files"


async def test_a_module_may_keep_files_elsewhere(host: Host, elsewhere: Elsewhere) -> None:
    assert host.files is elsewhere.storage


async def test_a_module_may_leave_files_where_they_are(host: Host, elsewhere: Elsewhere) -> None:
    host.settings = host.settings.model_copy(update={"title": "another"})
    assert host.files is not elsewhere.storage
