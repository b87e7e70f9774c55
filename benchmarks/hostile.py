"""How long documents and bodies made to do harm keep all other requests waiting: the event loop's longest lag for each.

Documents have at most 100,000 characters and bodies 1 MB; none was seen before. Some are refused early, others use up
every limit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from benchmarks.bodies import bodies
from benchmarks.frame import Bench, Result, Row, Stopwatch
from core import Actor, Context, new_id
from core.health import settle
from core.host import Host
from core.http import create_app
from core.testing import Doorkeeper
from modules.insuree.testing import make_family
from schema.execute import execute

MOST_LAG = 50.0
"""Milliseconds for which the event loop may be blocked."""
MOST_CPU = 100.0
"""Milliseconds within which thirty fragments that double are to be answered."""
TICK = 0.001
TRIES = 5
CHUNK = 65_536
"""Bytes that come at a time."""


async def run(place: Bench) -> Result:
    """Send each document and each body while a ticker counts how late it is woken."""
    rows = []
    async with place.host() as host:
        settle(host)
        for name, text in documents():
            tries = [await _lag(_ask(host, f"#{number}\n{text}"[:100_000])) for number in range(TRIES)]
            lag, cpu, code = sorted(tries)[TRIES // 2]
            rows.append(Row(f"{name}: longest lag ({code})", "ms", lag, MOST_LAG))
            if name == "fragments that double":
                rows.append(Row(f"{name}: computing", "ms", cpu, MOST_CPU))
    async with place.host() as host:
        settle(host)
        async with host.db.session() as session:
            family = (await make_family(session)).id
        post = _poster(host)
        for name, body in bodies(family):
            tries = [await _lag(post(body)) for _ in range(TRIES)]
            lag, _, code = sorted(tries)[TRIES // 2]
            rows.append(Row(f"{name}: longest lag ({code})", "ms", lag, MOST_LAG))
    return Result(
        "Documents and bodies made to do harm",
        "measured",
        "promised",
        rows,
        (f"the median of {TRIES} tries, in the computing time of this process", "no document was seen before"),
    )


def _anybody(host: Host) -> Actor:
    """Somebody who may do everything."""
    return Actor(id=new_id(), rights=frozenset(right.name for right in host.rights), unbounded=True)


async def _ask(host: Host, text: str) -> bool:
    """Whether a document was carried out."""
    ctx = Context(host, _anybody(host), request_id=str(new_id()))
    return (await execute(host.schema, text, {}, None, ctx)).executed


def _poster(host: Host) -> Callable[[bytes], Awaitable[bool]]:
    """Sends bodies as a server would, in pieces, without the time that a client would take."""
    app = create_app(host)
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)

    async def post(body: bytes) -> bool:
        pieces = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)]
        token = doorkeeper.token_of(_anybody(host)).encode()
        headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer " + token)]
        answered = b""

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0)
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            nonlocal answered
            answered += message.get("body", b"")

        told = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "client": ("127.0.0.1", 1)}
        await app(
            {**told, "query_string": b"", "root_path": "", "scheme": "http", "server": ("bima", 80)}, receive, send
        )
        return answered.startswith(b'{"data"')

    return post


async def _lag(asked: Awaitable[bool]) -> tuple[float, float, str]:
    latest = 0.0

    async def tick() -> None:
        nonlocal latest
        while True:
            before = time.process_time()  # what other processes do meanwhile does not count
            await asyncio.sleep(TICK)
            latest = max(latest, time.process_time() - before)

    ticker = asyncio.create_task(tick())
    await asyncio.sleep(10 * TICK)
    watch = Stopwatch()
    with watch.running():
        answered = await asked
    await asyncio.sleep(10 * TICK)
    ticker.cancel()
    return latest * 1000, watch.cpu * 1000, "answered" if answered else "refused"


def documents() -> Iterator[tuple[str, str]]:
    """What each document is made of, and the document."""
    id_ = "018f0000-0000-7000-8000-000000000000"

    def many(part: str, count: int) -> str:
        return " ".join(part.replace("#", str(number)) for number in range(count))

    yield "many aliases", f"{{ families {{ nodes {{ {many('a#: id', 9_000)} }} }} }}"
    yield "many root fields", f"{{ {many('a#: families { totalCount }', 3_000)} }}"
    yield "many unknown fields", f"{{ {many('a#', 15_000)} }}"
    yield "many unknown fields, as far as allowed", f"{{ {many('famili#', 50)} }}"
    yield "one field again and again", f"{{ families {{ nodes {{ {many('id', 30_000)} }} }} }}"
    yield "one field, as far as allowed", f"{{ families {{ nodes {{ {many('id', 1_990)} }} }} }}"
    yield "one object, as far as allowed", f"{{ families {{ nodes {{ {many('head { id }', 990)} }} }} }}"
    yield "objects in objects again", f"{{ families {{ nodes {{ {many('head { family { head { id } } }', 490)} }} }} }}"
    yield "inline fragments", f"{{ {many('... { __typename }', 6_000)} }}"
    yield "fragments that double", _doubling()
    yield "fragments that spread all later ones", _spreading(lambda n: range(n + 1, 80))
    yield "fragments in circles", _spreading(lambda n: (m for m in range(80) if m != n))
    yield "many operations", many("query Q# { __typename }", 4_000)
    yield "many variables", f"query({many('$a#: Int', 7_000)}) {{ __typename }}"
    yield "many directives", "{ __typename " + many("@include(if: true)", 5_000) + " }"
    yield "many arguments", f"{{ families({many('first: 1', 10_000)}) {{ totalCount }} }}"
    yield (
        "a long list",
        f"{{ families(filter: {{ id: {{ in: [{many(chr(34) + id_ + chr(34), 2_400)}] }} }}) {{ totalCount }} }}",
    )
    yield (
        "many conditions",
        f"{{ families(filter: {{ or: [{many('{ id: { isNull: true } }', 900)}] }}) {{ totalCount }} }}",
    )
    yield "a long comment", "#" + "a" * 99_000 + "\n{ __typename }"
    yield "many comments", "#\n" * 49_000 + "{ __typename }"
    yield "a long text", '{ families(search: "' + "a " * 49_000 + '") { totalCount } }'
    yield "a long text of escapes", '{ families(search: "' + "\\n" * 49_000 + '") { totalCount } }'
    yield "many numbers", "0 " * 49_000
    yield "many nodes", f"{{ {many(f'a#: node(id: {chr(34)}{id_}{chr(34)}) {{ id }}', 50)} }}"
    yield "nodes, as far as allowed", f"{{ {many(f'a#: node(id: {chr(34)}{id_}{chr(34)}) {{ id }}', 10)} }}"
    yield (
        "root fields, as far as allowed",
        f"{{ {many('a#: families(first: 1) { nodes { id head { lastName } } }', 50)} }}",
    )
    yield "pages in pages", _nested("(first: 100)")
    yield "pages in pages, as far as allowed", _nested("(first: 9)")


def _doubling() -> str:
    fragments = [f"fragment F{n} on Family {{ ...F{n + 1} head {{ family {{ ...F{n + 1} }} }} }}" for n in range(30)]
    return "{ families { nodes { ...F0 } } } " + " ".join(fragments) + " fragment F30 on Family { id }"


def _spreading(others: Callable[[int], Iterable[int]]) -> str:
    spreads = [" ".join(f"...F{other}" for other in others(n)) for n in range(80)]
    return "{ ...F0 } " + " ".join(
        f"fragment F{n} on Query {{ {spread} __typename }}" for n, spread in enumerate(spreads)
    )


def _nested(size: str) -> str:
    inner = f"members{size} {{ nodes {{ family {{ " * 3
    return f"{{ families{size} {{ nodes {{ {inner} id {'} } } ' * 3} }} }} }}"
