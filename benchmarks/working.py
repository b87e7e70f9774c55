"""Working in a database as a request does, without one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, new_id
from core.history import sign
from core.host import Host


@asynccontextmanager
async def started(host: Host) -> AsyncIterator[Host]:
    """A host that is started, and stopped afterwards."""
    await host.start()
    try:
        yield host
    finally:
        await host.stop()


@asynccontextmanager
async def working(host: Host, actor: Actor) -> AsyncIterator[Context]:
    """A context whose transaction is committed when the block ends, signed for the history as a request's is."""
    async with host.db.session() as session:
        ctx = Context(host, actor, request_id=str(new_id()), _session=session)
        await sign(session, ctx)
        yield ctx


async def rows_of(session: AsyncSession, query: Any) -> list[Any]:
    """All rows of a query, to compare."""
    return [tuple(row) for row in await session.execute(query)]
