"""What takes long is done beside the event loop, in turns."""

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from schema import Schema, aside
from schema.aside import Aside
from schema.compile import Planner
from schema.errors import Busy
from tests.schema.asking import Ask
from tests.schema.stock import known


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


@pytest.mark.parametrize(("many", "threads"), [(10, {"MainThread"}), (2_000, {"bima-aside_0"})])
async def test_many_values_are_coerced_aside(
    ask: Ask, schema: Schema, monkeypatch: pytest.MonkeyPatch, many: int, threads: set[str]
) -> None:
    used = set[str]()
    types: Any = schema._schema.type_map["ID"]
    coerce = types.coerce_input_value

    def noting(value: object) -> object:
        used.add(threading.current_thread().name)
        return coerce(value)

    monkeypatch.setattr(types, "coerce_input_value", noting)
    book = str(known("book", 1))
    reply = await ask("query($ids: [ID!]!) { favourites(ids: $ids) { id } }", {"ids": [book] * many})
    assert (len(reply.data["favourites"]), used) == (many, threads)


async def test_a_plan_for_many_values_is_not_kept(ask: Ask, schema: Schema) -> None:
    query = "query($f: [BookFilter!]) { books(filter: {or: $f}) { totalCount } }"
    assert (await ask(query, {"f": [{"title": {}}] * 100})).errors == []
    kept = schema.engine.kept.plans
    assert (await ask(query, {"f": [{"title": {"in": ["a"] * 20}}] * 100})).errors == []
    assert schema.engine.kept.plans == kept


async def test_what_a_mutation_answers_is_planned_aside(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    used = list[str]()
    plan = Planner.entities

    def noting(*given: Any) -> Any:
        used.append(threading.current_thread().name)
        return plan(*given)

    monkeypatch.setattr(Planner, "entities", noting)
    reply = await ask(f'{{ favourite(id: "{known("book", 1)}") {{ title place {{ name }} }} }}')
    assert (reply.errors, used) == ([], ["bima-aside_0"])


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
