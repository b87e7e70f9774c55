"""Requests that are really under way at the same time: each is held up where it would touch what another one holds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@asynccontextmanager
async def holding(session: AsyncSession, lock: str, **parameters: Any) -> AsyncIterator[None]:
    """Whoever needs what the statement locks waits until the block ends."""
    await session.execute(text(lock), parameters)
    try:
        yield
    finally:
        await session.commit()


async def started(host: Host, *requests: asyncio.Task[Any]) -> None:
    """The requests have gone as far as they can: each waits for a lock or is done.

    Raises:
        TimeoutError: after ten seconds.
    """
    async with asyncio.timeout(10), host.db.pool.connection() as connection:
        while True:
            [waiting] = await (await connection.execute(WAITING)).fetchone() or [0]
            if waiting + sum(request.done() for request in requests) >= len(requests):
                return
            await asyncio.sleep(0.01)
