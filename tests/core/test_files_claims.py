"""What becomes of files: claimed once, by whoever sent them, within a day; or swept away."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import SYSTEM, Actor, Context, FileKind, UserError, claim_file, clock, defer, new_id
from core.errors import FILE_KIND
from core.files.content import Content
from core.files.models import FileRow
from core.files.services import WAIT, keep_file, sweep
from core.host import Host
from core.worker import worker
from tests.core.pictures import PDF

pytestmark = pytest.mark.profile("tests/core/bare.toml")

ASHA, JUMA = Actor(id=new_id(), name="asha"), Actor(id=new_id(), name="juma")
PAPER = Content(FileKind.DOCUMENT, "application/pdf", PDF)


@pytest.fixture
def asha(host: Host, session: AsyncSession) -> Context:
    """Asha in a transaction."""
    return Context(host, ASHA, _session=session)


async def refusal(ctx: Context, id: UUID, **kinds: Any) -> str:
    with pytest.raises(UserError) as found:
        await claim_file(ctx, id, "fileId", **kinds)
    assert found.value.path == ("fileId",)
    return found.value.code.code


async def is_there(ctx: Context, file: FileRow) -> bool:
    try:
        pieces = await ctx.host.files.open(file.name)
    except FileNotFoundError:
        return False
    return b"".join([piece async for piece in pieces]) == PDF


async def test_a_file_is_claimed_once(asha: Context) -> None:
    file = await keep_file(asha, PAPER)
    claimed = await claim_file(asha, file.id, "fileId")
    assert (claimed.id, claimed.kind, claimed.size) == (file.id, FileKind.DOCUMENT, len(PDF))
    assert claimed.claimed_at is not None
    assert await refusal(asha, file.id) == "FILE_UNKNOWN"
    await asha.session.commit()
    assert await refusal(asha, file.id) == "FILE_UNKNOWN"


async def test_nobody_claims_the_file_of_another(asha: Context, session: AsyncSession) -> None:
    file = await keep_file(asha, PAPER)
    for other in (JUMA, SYSTEM, Actor()):
        assert await refusal(Context(asha.host, other, _session=session), file.id) == "FILE_UNKNOWN"
    assert await refusal(asha, new_id()) == "FILE_UNKNOWN"
    await claim_file(asha, file.id, "fileId")


async def test_a_file_of_another_kind_is_refused_and_stays_free(asha: Context) -> None:
    file = await keep_file(asha, PAPER)
    assert await refusal(asha, file.id, kinds=(FileKind.PHOTO,)) == "FILE_KIND"
    await claim_file(asha, file.id, "fileId", kinds=(FileKind.PHOTO, FileKind.DOCUMENT))


def test_the_refused_kind_is_told() -> None:
    told = FILE_KIND.message("en", {"kind": FileKind.DOCUMENT, "kinds": "PHOTO"})
    assert told == "This file is a DOCUMENT, and PHOTO is needed here. Send the right one."


async def test_a_file_can_be_claimed_for_a_day(asha: Context) -> None:
    file = await keep_file(asha, PAPER)
    with clock.at(file.created_at + WAIT):
        assert await refusal(asha, file.id) == "FILE_UNKNOWN"
    with clock.at(file.created_at + WAIT - timedelta(seconds=1)):
        await claim_file(asha, file.id, "fileId")


@pytest.mark.parametrize("first_commits", [True, False])
async def test_of_two_at_once_the_second_waits_and_gets_it_only_if_the_first_gives_up(
    asha: Context, first_commits: bool
) -> None:
    file = await keep_file(asha, PAPER)
    await claim_file(asha, file.id, "fileId")

    async def second() -> bool:
        async with asha.host.db.session() as session:
            try:
                await claim_file(Context(asha.host, ASHA, _session=session), file.id, "fileId")
            except UserError:
                return False
            return True

    waiting = asyncio.create_task(second())
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await (asha.session.commit() if first_commits else asha.session.rollback())
    assert await waiting is not first_commits


async def test_files_that_nobody_claimed_are_gone_after_a_day(asha: Context) -> None:
    claimed, left = await keep_file(asha, PAPER), await keep_file(asha, PAPER)
    await claim_file(asha, claimed.id, "fileId")
    await asha.session.commit()
    with clock.at(left.created_at + WAIT - timedelta(seconds=1)):
        await sweep(asha)
    assert await is_there(asha, left)
    with clock.at(left.created_at + WAIT):
        await sweep(asha)
        await asha.session.commit()
        await sweep(asha)
    assert [await is_there(asha, file) for file in (claimed, left)] == [True, False]
    assert list(await asha.session.scalars(select(FileRow.id))) == [claimed.id]


async def test_a_sweep_that_failed_half_way_is_finished_by_the_next(asha: Context) -> None:
    left = await keep_file(asha, PAPER)
    with clock.at(left.created_at + WAIT):
        await sweep(asha)
        await asha.session.rollback()
        assert not await is_there(asha, left)
        await sweep(asha)
        await asha.session.commit()
    assert list(await asha.session.scalars(select(FileRow.id))) == []


async def test_a_file_that_is_being_claimed_is_not_swept(asha: Context) -> None:
    file = await keep_file(asha, PAPER)
    await claim_file(asha, file.id, "fileId")
    with clock.at(file.created_at + WAIT):
        async with asha.host.db.session() as session:
            await sweep(Context(asha.host, SYSTEM, _session=session))
    await asha.session.commit()
    assert await is_there(asha, file)


async def test_a_content_that_could_not_be_kept_leaves_a_row_to_sweep(
    asha: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(name: str, content: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(asha.host.files, "put", full)
    with pytest.raises(OSError, match="no space"):
        await keep_file(asha, PAPER)
    [row] = await asha.session.scalars(select(FileRow))
    with clock.at(row.created_at + WAIT):
        await sweep(asha)
    assert list(await asha.session.scalars(select(FileRow.id))) == []


async def test_the_worker_sweeps(asha: Context) -> None:
    file = await keep_file(asha, PAPER)
    row = await asha.session.get_one(FileRow, file.id)
    row.created_at -= WAIT
    await defer(asha, "core.files.sweep")
    await asha.session.commit()
    async with asyncio.timeout(20):
        await worker(asha.host, wait=False, signals=False)
    assert list(await asha.session.scalars(select(FileRow.id))) == []


async def test_files_are_swept_every_night(host: Host) -> None:
    assert [job.cron for job in host.jobs if job.name == "core.files.sweep"] == ["45 3 * * *"]
