"""Requests that never end, or never begin: what a server waits for, and how long."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from core import heads
from core.http import create_app
from tests.core.http.calling import bare, ready
from tests.core.serving import serving

pytestmark = pytest.mark.profile("tests/core/bare.toml")

BEGINNING = b"POST /graphql HTTP/1.1\r\nHost: bima\r\nContent-Type: application/json\r\n"
BODY = b'{"query":"{ __typename }"}'
WHOLE = BEGINNING + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


@pytest.fixture
async def port(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Where a server listens that has little patience."""
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.4)
    async with serving(ready(create_app(bare(pytestconfig, request_seconds=0.5)))) as address:
        port = urlsplit(address).port
        assert port is not None
        yield port


async def sent(port: int, *pieces: bytes, pause: float = 0) -> bytes:
    """What is answered to these pieces until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status(answer: bytes) -> bytes:
    return answer.partition(b" ")[2][:3]


@pytest.mark.parametrize("beginning", [b"", b"POST", BEGINNING])
async def test_a_head_that_does_not_end_is_waited_for_so_long(port: int, beginning: bytes) -> None:
    assert status(await sent(port, beginning)) == b"408"


async def test_a_head_that_comes_a_line_at_a_time_is_waited_for_so_long(port: int) -> None:
    assert status(await sent(port, BEGINNING, *[b"X-A: b\r\n"] * 8, pause=0.1)) in (b"408", b"")


@pytest.mark.parametrize("line", [b"X-A: b\r\n", b"a" * 8])
async def test_a_head_that_is_too_large_is_refused(port: int, line: bytes) -> None:
    answer = await sent(port, BEGINNING, *[line * (40_000 // 8)] * 10)
    assert status(answer) in (b"431", b"")
    assert await sent(port, WHOLE + b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")


async def test_a_body_that_does_not_come_is_waited_for_so_long(port: int) -> None:
    answer = await sent(port, BEGINNING + b"Content-Length: 1000\r\n\r\n{")
    assert status(answer) == b"408"
    assert b"LIMIT_EXCEEDED" in answer


async def test_requests_one_after_the_other_have_their_time_each(port: int) -> None:
    last = BEGINNING + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
    answer = await sent(port, WHOLE, WHOLE, WHOLE, last, pause=0.2)
    assert answer.count(b"HTTP/1.1 200 OK") == 4


async def test_one_that_comes_in_small_pieces_is_answered(port: int) -> None:
    last = WHOLE.replace(b"Host", b"Connection: close\r\nHost")
    pieces = [last[at : at + 7] for at in range(0, len(last), 7)]
    assert status(await sent(port, *pieces)) == b"200"
