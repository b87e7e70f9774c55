"""A bare ASGI handler: one hand-written statement for each question, prepared, with the scope in it. No more.

It has no rights, no limits, no audit and no schema. It is what a programmer would write who had only these questions.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from psycopg import AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

Message = MutableMapping[str, Any]
SQL: dict[str, bytes] = {name: sql.encode() for name, sql in orjson.loads(os.environ.get("BARE_SQL", "{}")).items()}
pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
    os.environ.get("BARE_DATABASE", ""),
    min_size=1,
    max_size=10,
    open=False,
    kwargs={"autocommit": True, "prepare_threshold": 0, "options": "-c timezone=UTC"},
)


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer `{"query": name, "variables": {...}}`; the variables come in the order of the statement's parameters."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = b"{}"
    if body:
        asked = orjson.loads(body)
        async with pool.connection() as connection:
            cursor = AsyncRawCursor(connection)
            await cursor.execute(SQL[asked["query"]], list(asked["variables"].values()))
            answer = b'{"data":' + cursor.pgresult.get_value(0, 0) + b"}"  # type: ignore[union-attr,operator]
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _live(receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    async for message in _messages(receive):
        if message["type"] == "lifespan.startup":
            await pool.open()
        else:
            await pool.close()
        await send({"type": f"{message['type']}.complete"})


async def _messages(receive: Callable[[], Awaitable[Message]]) -> AsyncIterator[Message]:
    while True:
        message = await receive()
        yield message
        if message["type"] == "lifespan.shutdown":
            return
