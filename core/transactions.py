"""The transaction of a request: signed for the history as it begins, in the message that begins it.

Services that know their statements beforehand (`core.Prepared`) send them on its connection as they are; objects that
follow their own changes stay the session's. Both are one transaction.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor, errors, generators, pq
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from core.context import Context

_CONTEXT, _CONNECTION = "context", "connection"


class RequestSession(Session):
    """What is below the session of a request."""


def session_of(ctx: "Context") -> AsyncSession:
    """A session for a request. It takes no connection before it needs one."""
    return AsyncSession(
        ctx.host.db.engine, expire_on_commit=False, sync_session_class=RequestSession, info={_CONTEXT: ctx}
    )


async def asked(session: AsyncSession, sql: bytes, parameters: Sequence[bytes | None]) -> PGresult:
    """What PostgreSQL answers to a statement in a session's transaction, as text; parameters are given as text.

    What is pending is written before, unless the session is told not to (`no_autoflush`).

    Raises:
        DBAPIError: PostgreSQL refuses the statement, or the connection is lost; as the session itself raises it.
    """
    if session.autoflush:
        await flush(session)
    cursor = AsyncRawCursor(connection := await connection_of(session))
    try:
        await cursor.execute(sql, [None if each is None else each.decode() for each in parameters])
    except psycopg.Error as error:
        if connection.closed:
            await session.execute(text("SELECT"))  # SQLAlchemy finds out too, and trusts no connection of that time
        told: Any = DBAPIError.instance(sql.decode(), None, error, psycopg.Error, hide_parameters=True)
        raise told from error
    assert cursor.pgresult is not None
    return cursor.pgresult


async def flush(session: AsyncSession) -> None:
    """Write what is pending, where anything is: the session's own way costs even where nothing is."""
    if session.new or session.dirty or session.deleted:
        await session.flush()


async def close(session: AsyncSession) -> None:
    """Close a session, though the request be cancelled; at once where no transaction is under way."""
    if not session.in_transaction():
        session.sync_session.close()
        return
    async with session:
        pass


async def connection_of(session: AsyncSession) -> AsyncConnection[Any]:
    """The connection of a session's transaction."""
    known: AsyncConnection[Any] | None = session.info.get(_CONNECTION)
    if known is not None:
        return known
    raw = await (await session.connection()).get_raw_connection()
    return raw.driver_connection  # type: ignore[return-value]


@event.listens_for(RequestSession, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Begin in the database, where psycopg would wait for the first statement, and sign."""
    adapted: Any = connection.connection.dbapi_connection
    driver: AsyncConnection[Any] = adapted.driver_connection
    if driver.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        return  # a savepoint
    try:
        adapted.run_async(lambda driver: _signed(driver, session.info[_CONTEXT]))
    except psycopg.OperationalError:
        connection.exec_driver_sql("SELECT")  # as above
        raise
    session.info[_CONNECTION] = driver


@event.listens_for(RequestSession, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTION, None)


async def _signed(connection: AsyncConnection[Any], ctx: "Context") -> None:
    """Begin, tell the triggers of the history who writes and for which request, and bound the time of statements."""
    settings = ctx.host.settings
    values = (
        (b"bima.actor", str(ctx.actor.id or "")),
        (b"bima.request", ctx.request_id),
        (b"statement_timeout", str(round(settings.statement_seconds * 1000))),
        (b"lock_timeout", str(round(settings.lock_seconds * 1000))),
    )
    written = pq.Escaping(connection.pgconn).escape_literal
    settings_of = (
        b"set_config(" + written(name) + b"," + written(value.encode()) + b",true)" for name, value in values
    )
    connection.pgconn.send_query(b"BEGIN; SELECT " + b",".join(settings_of))
    for result in await connection.wait(generators.execute(connection.pgconn)):
        if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            raise errors.error_from_result(result)
