"""The sealed history: what is changed, missing or put in between afterwards is found (decision 8)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, LookupRow, new_id, sealing
from core.history import HistoryRow
from core.host import Host
from core.sealing import BlockRow, Head, redact, seal
from core.verifying import verify

pytestmark = pytest.mark.profile("tests/core/bare.toml")


async def write(session: AsyncSession, rows: int = 3) -> list[Any]:
    values = [
        {"id": new_id(), "kind": "shade", "code": f"{n}", "names": {"en": "Asha"}, "data": {}} for n in range(rows)
    ]
    for value in values:
        value["kind"] = str(new_id())
    await session.execute(insert(LookupRow), values)
    await session.commit()
    return [value["id"] for value in values]


async def test_what_is_sealed_and_untouched_is_found_whole(host: Host, session: AsyncSession) -> None:
    await write(session)
    head, sealed = await seal(host)
    assert sealed >= 3
    verdict = await verify(host, head)
    assert (verdict.wrong, verdict.rows, verdict.head) == ((), sealed, head)
    assert await seal(host) == (head, 0)


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (
            """UPDATE core_history SET changes = changes || '{"code"\\: {"after"\\: "9"}}' WHERE id = 5""",
            "not what was sealed",
        ),
        ("UPDATE core_history SET actor_id = gen_random_uuid() WHERE id = 5", "not what was sealed"),
        ("UPDATE core_history SET at = at + interval '1 microsecond' WHERE id = 5", "not what was sealed"),
        ("DELETE FROM core_history WHERE id = 5", "rows were sealed"),
        (
            """INSERT INTO core_history (id, at, table_name, row_id, action, changes) OVERRIDING SYSTEM VALUE
            VALUES (-1, now(), 'core_lookup', gen_random_uuid(), 'I', '{}')""",
            "rows lie before the first block",
        ),
        ("UPDATE core_history_block SET rows = rows - 1 WHERE number = 2", "block 2 was changed"),
        ("DELETE FROM core_history_block WHERE number = 2", "blocks 2 to 2 are missing"),
        (
            "DELETE FROM core_history_block WHERE number = (SELECT max(number) FROM core_history_block)",
            "blocks were sealed",
        ),
    ],
)
async def test_whatever_was_done_to_it_afterwards_is_found(
    host: Host, session: AsyncSession, monkeypatch: pytest.MonkeyPatch, done: str, told: str
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 4)
    await write(session, 12)
    await seal(host)
    await session.execute(text(done))
    await session.commit()
    wrong = (await verify(host)).wrong
    assert any(told in each for each in wrong), wrong


async def test_rows_that_changed_are_missing_or_were_put_in_are_named(
    host: Host, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 5)
    await write(session, 12)
    await session.execute(insert(LookupRow), [{"id": new_id(), "kind": "a", "code": "b", "names": {}, "data": {}}])
    await session.rollback()  # its id is a gap
    await write(session, 2)
    await seal(host)
    changed, missing = list(await session.scalars(select(HistoryRow).order_by(HistoryRow.id).offset(5).limit(2)))
    await session.execute(text("UPDATE core_history SET changes = '{}' WHERE id = :id"), {"id": changed.id})
    await session.execute(text("DELETE FROM core_history WHERE id = :id"), {"id": missing.id})
    gap = await session.scalar(text("SELECT max(id) - 2 FROM core_history"))
    put_in = new_id()
    await session.execute(
        text(
            "INSERT INTO core_history (id, at, table_name, row_id, action, changes) OVERRIDING SYSTEM VALUE "
            "VALUES (:gap, now(), 'core_lookup', :row, 'D', '{}')"
        ),
        {"gap": gap, "row": put_in},
    )
    await session.commit()
    told = "\n".join((await verify(host)).wrong)
    assert f"changed: row {changed.id} of the history, I of {changed.table_name} {changed.row_id} at " in told
    assert f"missing: row {missing.id} of the history, written between " in told
    assert f"put in: row {gap} of the history, D of core_lookup {put_in} at " in told
    assert len([line for line in told.splitlines() if line.startswith("  ")]) == 3


async def test_a_block_sealed_without_marks_is_named_itself(host: Host, session: AsyncSession) -> None:
    await write(session)
    await seal(host)
    await session.execute(text("UPDATE core_history_block SET row_marks = NULL"))
    await session.commit()
    assert (await verify(host)).wrong == ()
    await session.execute(text("UPDATE core_history SET changes = '{}' WHERE id = 2"))
    await session.commit()
    told = (await verify(host)).wrong
    assert "a row is not what was sealed" in told[0]
    assert "cannot be named" in told[1]


async def test_a_row_put_into_a_gap_is_found(host: Host, session: AsyncSession) -> None:
    await write(session)
    await session.execute(insert(LookupRow), [{"id": new_id(), "kind": "a", "code": "b", "names": {}, "data": {}}])
    await session.rollback()  # its id is never used again
    await write(session)
    await seal(host)
    gap = await session.scalar(
        text(
            "SELECT i FROM generate_series(1, (SELECT max(id) FROM core_history)) i EXCEPT SELECT id FROM core_history LIMIT 1"
        )
    )
    await session.execute(
        text(
            "INSERT INTO core_history (id, at, table_name, row_id, action, changes) OVERRIDING SYSTEM VALUE "
            "VALUES (:gap, now(), 'core_lookup', gen_random_uuid(), 'I', '{}')"
        ),
        {"gap": gap},
    )
    await session.commit()
    assert any("are there" in wrong for wrong in (await verify(host)).wrong)


async def test_a_chain_cut_off_with_its_head_is_found_by_a_head_noted_elsewhere(
    host: Host, session: AsyncSession, cli: Callable[..., Result]
) -> None:
    await write(session)
    before, _ = await seal(host)
    await write(session)
    noted, _ = await seal(host)
    await session.execute(
        text("DELETE FROM core_history WHERE id > (SELECT last_id FROM core_history_block WHERE number = :n)"),
        {"n": before.blocks},
    )
    await session.execute(text("DELETE FROM core_history_block WHERE number > :n"), {"n": before.blocks})
    await session.execute(
        text("UPDATE core_history_head SET blocks = :n, hash = :h"), {"n": before.blocks, "h": before.hash}
    )
    await session.commit()
    assert (await verify(host)).wrong == ()
    assert "before the expected" in (await verify(host, noted)).wrong[0]
    told = await asyncio.to_thread(cli, "audit", "verify", "--head", str(noted))
    assert (told.exit_code, "before the expected" in told.output) == (1, True)


async def test_rows_that_commit_out_of_order_are_all_sealed(host: Host, session: AsyncSession) -> None:
    await write(session)
    async with host.db.session() as slow:
        await slow.execute(insert(LookupRow), [{"id": new_id(), "kind": "slow", "code": "1", "names": {}, "data": {}}])
        low = await slow.scalar(text("SELECT last_value FROM core_history_id_seq"))
        await write(session)
        await seal(host)
        settled = await session.scalar(select(func.coalesce(func.max(BlockRow.last_id), 0)))
        assert settled is not None
        assert settled < low
        await session.commit()
    head, _ = await seal(host)
    verdict = await verify(host, head)
    assert verdict.wrong == ()
    assert verdict.rows == await session.scalar(select(func.count()).select_from(HistoryRow))


async def test_many_writers_and_sealers_at_once_lose_nothing(
    host: Host, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BLOCK_ROWS", 7)

    async def writer() -> None:
        for _ in range(5):
            async with host.db.session() as own:
                await own.execute(
                    insert(LookupRow), [{"id": new_id(), "kind": str(new_id()), "code": "1", "names": {}, "data": {}}]
                )
                await asyncio.sleep(0.001)

    await asyncio.gather(*(writer() for _ in range(6)), *(seal(host) for _ in range(3)))
    head, _ = await seal(host)
    verdict = await verify(host, head)
    assert verdict.wrong == ()
    assert verdict.rows == await session.scalar(select(func.count()).select_from(HistoryRow))


async def test_a_redacted_row_keeps_the_digest_it_was_sealed_with(
    host: Host, ctx: Context, session: AsyncSession
) -> None:
    [row, *_] = await write(session)
    head, _ = await seal(host)
    for _ in range(2):  # twice is once
        await redact(ctx, "core_lookup", row, ["names"], "erased")
        await session.commit()
    assert (await verify(host, head)).wrong == ()
    changes = (await session.scalars(select(HistoryRow.changes).where(HistoryRow.row_id == row))).one()
    assert changes["names"] == {"redacted": True}
    assert changes["code"] == {"after": "0"}
    await seal(host)
    assert (await verify(host)).wrong == ()
    await session.execute(text("UPDATE core_history SET changes = '{}' WHERE row_id = :row"), {"row": row})
    await session.commit()
    assert any("not what was sealed" in wrong for wrong in (await verify(host)).wrong)


async def test_a_redaction_without_trace_is_found(host: Host, ctx: Context, session: AsyncSession) -> None:
    [row, *_] = await write(session)
    await seal(host)
    await session.execute(text("ALTER TABLE core_history_redaction DISABLE TRIGGER USER"))
    await redact(ctx, "core_lookup", row, ["names"], "erased")
    await session.commit()
    assert any("without a trace" in wrong for wrong in (await verify(host)).wrong)


def test_a_head_is_read_as_it_was_written() -> None:
    assert Head.read(str(Head(7, bytes(32)))) == Head(7, bytes(32))


def test_the_command_seals_verifies_and_refuses_what_is_no_head(cli: Callable[..., Result]) -> None:
    told = cli("audit", "seal")
    assert told.exit_code == 0
    head = told.output.split()[-1]
    assert cli("audit", "verify", "--head", head).exit_code == 0
    assert cli("audit", "verify", "--head", "what").exit_code == 2
