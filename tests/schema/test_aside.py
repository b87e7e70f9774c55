"""What takes long is done beside the event loop, in turns."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from schema import Schema, aside
from schema.aside import Aside
from schema.errors import Busy
from tests.schema.asking import Ask


async def test_the_event_loop_goes_on_while_a_document_is_read(
    ask: Ask, schema: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on = threading.Event()
    read = schema.engine._read

    def slowly(text: str) -> object:
        assert going_on.wait(10)
        return read(text)

    monkeypatch.setattr(schema.engine, "_read", slowly)
    asked = asyncio.create_task(ask('{ place(code: "never seen") { __typename } }'))
    await asyncio.sleep(0)
    going_on.set()
    assert (await asked).errors == []


async def test_one_who_asks_much_is_no_hindrance_to_others() -> None:
    work, done = Aside(), list[str]()
    first = threading.Event()

    def note(who: str) -> None:
        assert first.wait(10)
        done.append(who)

    tasks = [asyncio.create_task(work.do("greedy", note, "greedy")) for _ in range(10)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(work.do("modest", note, "modest")))
    await asyncio.sleep(0)
    first.set()
    await asyncio.gather(*tasks)
    assert done.index("modest") == 1
    assert work.waiting == 0


async def test_no_more_is_taken_on_than_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "MOST_WAITING", 2)
    work, first = Aside(), threading.Event()
    tasks = [asyncio.create_task(work.do(who, first.wait, 10)) for who in "ab"]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await work.do("c", first.wait, 10)
    first.set()
    await asyncio.gather(*tasks)
    assert await work.do("c", first.wait, 10)


async def test_whoever_gives_up_leaves_the_turn_to_the_next() -> None:
    work, first = Aside(), threading.Event()
    waiting = asyncio.create_task(work.do("a", first.wait, 10))
    given_up = asyncio.create_task(work.do("a", first.wait, 10))
    await asyncio.sleep(0)
    given_up.cancel()
    first.set()
    assert await waiting
    assert await work.do("a", first.wait, 10)
    assert work.waiting == 0


async def test_work_sees_what_its_request_set() -> None:
    zone = ContextVar("zone", default="none")
    zone.set("Dodoma")
    assert await Aside().do("a", zone.get) == "Dodoma"


async def test_what_fails_there_fails_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await Aside().do("a", lambda: 1 // 0)
