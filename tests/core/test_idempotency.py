"""A mutation that is sent again has one effect and one answer (decision 0007)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, LookupRow, clock, idempotency
from core.history import HistoryRow
from core.idempotency import KEPT, IdempotencyRow, forget_answers
from core.testing import Api, actor

pytestmark = pytest.mark.profile("tests/core/bare.toml")

CREATE = """mutation($i: CreateLookupInput!) { createLookup(input: $i) {
  lookup { id code } clientMutationId errors { code path } } }"""
RIGHT = "core.lookup.update"


def shade(id: str = "phone-1", code: str = "RED") -> dict[str, Any]:
    return {"i": {"kind": "shade", "code": code, "names": [{"language": "en", "name": code}], "clientMutationId": id}}


@pytest.fixture(autouse=True)
async def _list(session: AsyncSession) -> None:
    session.add(LookupRow(kind="shade", code="NONE", names={"en": "None"}))
    await session.commit()


async def shades(session: AsyncSession) -> int:
    query = select(func.count()).select_from(LookupRow).where(LookupRow.kind == "shade", LookupRow.code != "NONE")
    return await session.scalar(query) or 0


async def answers(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(IdempotencyRow)) or 0


async def test_fifty_repeats_at_once_have_one_effect_and_one_answer(api: Api, session: AsyncSession) -> None:
    somebody = actor(rights=(RIGHT,))
    replies = await asyncio.gather(*(api(CREATE, shade(), actor=somebody) for _ in range(50)))
    assert len({reply.body for reply in replies}) == 1
    assert replies[0].data["createLookup"]["errors"] == []
    assert await shades(session) == 1
    written = select(func.count()).select_from(HistoryRow).where(HistoryRow.actor_id == somebody.id)
    assert await session.scalar(written) == 1


async def test_the_same_id_with_another_input_is_refused(api: Api, session: AsyncSession) -> None:
    somebody = actor(rights=(RIGHT,))
    await api(CREATE, shade(), actor=somebody)
    reply = await api(CREATE, shade(code="BLUE"), actor=somebody)
    assert reply.data["createLookup"]["errors"] == [{"code": "IDEMPOTENCY_MISMATCH", "path": ["clientMutationId"]}]
    assert await shades(session) == 1


async def test_another_account_may_use_the_same_id(api: Api, session: AsyncSession) -> None:
    for code in ("RED", "BLUE"):
        reply = await api(CREATE, shade(code=code), actor=actor(rights=(RIGHT,)))
        assert reply.data["createLookup"]["errors"] == []
    assert await shades(session) == 2


async def test_who_lost_the_right_meanwhile_gets_no_earlier_answer(api: Api) -> None:
    somebody = actor(rights=(RIGHT,))
    await api(CREATE, shade(), actor=somebody)
    reply = await api(CREATE, shade(), actor=Actor(id=somebody.id, unbounded=True))
    assert reply.data == {"createLookup": None} or reply.data is None
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"
    assert b"RED" not in reply.body


async def test_a_crash_before_the_commit_leaves_nothing_and_the_repeat_does_it(
    api: Api, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = actor(rights=(RIGHT,))

    async def crash(*_: Any) -> None:
        raise ConnectionResetError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "remember", crash)
        reply = await api(CREATE, shade(), actor=somebody)
    assert reply.errors[0]["extensions"]["code"] == "INTERNAL"
    assert (await shades(session), await answers(session)) == (0, 0)
    reply = await api(CREATE, shade(), actor=somebody)
    assert reply.data["createLookup"]["errors"] == []
    assert await shades(session) == 1


async def test_what_was_refused_may_be_mended_and_sent_with_the_same_id(api: Api, session: AsyncSession) -> None:
    somebody = actor(rights=(RIGHT,))
    await api(CREATE, shade("first"), actor=somebody)
    reply = await api(CREATE, shade("second"), actor=somebody)
    assert [error["code"] for error in reply.data["createLookup"]["errors"]] != []
    reply = await api(CREATE, shade("second", code="BLUE"), actor=somebody)
    assert reply.data["createLookup"]["errors"] == []


async def test_answers_are_forgotten_after_thirty_days(
    api: Api, ctx: Context, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "_AT_A_TIME", 2)
    somebody = actor(rights=(RIGHT,))
    for number in range(5):
        await api(CREATE, shade(f"{number}", code=f"C{number}"), actor=somebody)
    old = clock.now() - KEPT - timedelta(seconds=1)
    await session.execute(update(IdempotencyRow).where(IdempotencyRow.client_mutation_id != "4").values(created_at=old))
    await session.commit()
    await forget_answers(ctx)
    await session.commit()
    assert list(await session.scalars(select(IdempotencyRow.client_mutation_id))) == ["4"]
