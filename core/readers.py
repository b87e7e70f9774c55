"""Connections that answer compiled statements: what a cursor and its pool do in Python for each statement is left out.

A read is one statement, so it is its own transaction: nothing is sent before or after it. Each connection prepares a
statement once, and its socket is watched for as long as it is used here. Opening connections, losing them and opening
others stays the business of `psycopg_pool` (decision 30).
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, errors, pq
from psycopg_pool import AsyncConnectionPool

from schema.errors import crowded

MOST_PREPARED = 100
"""Statements that a connection keeps prepared; the one used longest ago goes first."""
KEPT_SECONDS = 60.0
"""How long a connection is used here before its pool is asked whether it may go on living."""
CANCEL_SECONDS = 5.0
"""How long PostgreSQL may take to hear that nobody waits for a statement any more."""

_numbers = count(1)


class Reader:
    """One connection, asked one statement at a time."""

    def __init__(self, connection: AsyncConnection[Any], prepared: OrderedDict[bytes, bytes] | None) -> None:
        """`prepared`: the names of the statements that the connection knows; None where it cannot prepare any."""
        self.connection = connection
        self.loop = asyncio.get_running_loop()
        self.until = self.loop.time() + KEPT_SECONDS
        self.broken = False
        """Whether the connection was lost, or a statement on it was given up."""
        self._pgconn = connection.pgconn
        self._socket = self._pgconn.socket
        self._prepared = prepared
        self._watched = False
        self._waiter: asyncio.Future[None] | None = None
        self._watch()

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> pq.abc.PGresult:
        """What PostgreSQL answers, as text; parameters are given as text.

        Raises:
            psycopg.Error: PostgreSQL refuses the statement, or the connection is lost.
        """
        known = self._prepared
        if known is None:
            self._pgconn.send_query_params(sql, parameters)
        else:
            name = known.get(sql)
            if name is None:
                name = await self._prepare(sql, known)
            else:
                known.move_to_end(sql)
            self._pgconn.send_query_prepared(name, parameters)
        return await self._result()

    def let_go(self) -> None:
        """Watch the socket no longer: the connection is somebody else's now."""
        if self._watched:
            self._watched = False
            self.loop.remove_reader(self._socket)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[AsyncConnection[Any]]:
        """The connection for statements of psycopg's cursors."""
        self.let_go()
        try:
            yield self.connection
        finally:
            self.broken = self._pgconn.transaction_status != pq.TransactionStatus.IDLE
            if not self.broken:
                self._watch()

    def _watch(self) -> None:
        self._watched = True
        self.loop.add_reader(self._socket, self._readable)

    async def _prepare(self, sql: bytes, known: OrderedDict[bytes, bytes]) -> bytes:
        if len(known) >= MOST_PREPARED:
            _, oldest = known.popitem(last=False)
            self._pgconn.send_query(b"DEALLOCATE " + oldest)
            await self._result()
        name = b"bima_%d" % next(_numbers)
        self._pgconn.send_prepare(name, sql)
        await self._result()
        known[sql] = name
        return name

    async def _result(self) -> pq.abc.PGresult:
        pgconn = self._pgconn
        while pgconn.flush():
            await self._writable()
        result = None
        while True:
            while pgconn.is_busy():
                if self.broken:
                    raise psycopg.OperationalError("the connection is lost")
                waiter = self._waiter = self.loop.create_future()
                await waiter
            following = pgconn.get_result()
            if following is None:
                break
            result = following
        assert result is not None
        if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            raise errors.error_from_result(result)
        return result

    async def _writable(self) -> None:
        written = asyncio.Event()
        self.loop.add_writer(self._socket, written.set)
        try:
            await written.wait()
        finally:
            self.loop.remove_writer(self._socket)

    def _readable(self) -> None:
        waiter = self._waiter
        try:
            self._pgconn.consume_input()
        except psycopg.OperationalError as error:
            self.broken = True
            self.let_go()
            if waiter is not None and not waiter.done():
                waiter.set_exception(error)
            return
        if waiter is not None and not waiter.done() and not self._pgconn.is_busy():
            waiter.set_result(None)


class Readers:
    """The readers of one host, at most as many as its pool has connections; who comes when all are busy waits.

    Who waited for `patience` seconds is told that it is `crowded`.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], *, prepare: bool, patience: float) -> None:
        self.pool = pool
        self.prepare = prepare
        self.patience = patience
        self._there = 0
        self._free: list[Reader] = []
        self._waiting: deque[asyncio.Future[Reader | None]] = deque()
        self._leaving: set[asyncio.Task[None]] = set()
        self._prepared: WeakKeyDictionary[AsyncConnection[Any], OrderedDict[bytes, bytes]] = WeakKeyDictionary()

    @property
    def idle(self) -> int:
        """Connections that are open and not used."""
        return len(self._free) + self.pool.get_stats().get("pool_available", 0)

    @property
    def used(self) -> int:
        """Connections that are used."""
        return self.pool.get_stats().get("pool_size", 0) - self.idle

    @property
    def waiting(self) -> int:
        """Those who wait for a connection."""
        return len(self._waiting) + self.pool.get_stats().get("requests_waiting", 0)

    async def value(self, sql: bytes, parameters: Sequence[bytes | None]) -> bytes | None:
        """The first value of a statement's first row; see `Reader.result`."""
        return (await self.result(sql, parameters)).get_value(0, 0)

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> pq.abc.PGresult:
        """What PostgreSQL answers to a statement; see `Reader.result`."""
        reader = self._free.pop() if self._free else await self._next()
        if reader.broken:
            self._give_back(reader)
            reader = await self._take()
        try:
            return await reader.result(sql, parameters)
        except BaseException as error:
            # Unless PostgreSQL refused it, an answer may be under way that is nobody's any more.
            reader.broken = reader.broken or not isinstance(error, psycopg.Error) or reader.connection.closed
            raise
        finally:
            self._release(reader)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection for anything else that is short."""
        reader = await self._take()
        try:
            async with reader.lent() as connection:
                yield connection
        finally:
            self._release(reader)

    async def close(self) -> None:
        """Give every connection back."""
        while self._free:
            self._give_back(self._free.pop())
        while self._leaving:
            await asyncio.wait(self._leaving)

    async def _take(self) -> Reader:
        while self._free:
            reader = self._free.pop()
            if not reader.broken:
                return reader
            self._give_back(reader)
        return await self._next()

    async def _next(self) -> Reader:
        while self._there >= self.pool.max_size:
            waiter: asyncio.Future[Reader | None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            try:
                async with asyncio.timeout(self.patience):
                    passed_on = await waiter
            except TimeoutError:
                self._leave_queue(waiter)
                raise crowded() from None
            except asyncio.CancelledError:
                self._leave_queue(waiter)
                raise
            if passed_on is not None:
                return passed_on
        self._there += 1
        try:
            connection = await self.pool.getconn()
            return Reader(connection, self._prepared.setdefault(connection, OrderedDict()) if self.prepare else None)
        except BaseException:
            self._there -= 1
            self._pass_on(None)
            raise

    def _leave_queue(self, waiter: "asyncio.Future[Reader | None]") -> None:
        if waiter.done() and not waiter.cancelled():
            self._pass_on(waiter.result())

    def _release(self, reader: Reader) -> None:
        if reader.broken:
            self._give_back(reader)
        elif self._waiting:
            self._pass_on(reader)
        elif (now := reader.loop.time()) < reader.until:
            self._free.append(reader)
        else:
            for each in (reader, *(free for free in self._free if free.until <= now)):
                self._give_back(each)
            self._free = [free for free in self._free if free.until > now]

    def _pass_on(self, reader: Reader | None) -> None:
        """Give a reader to who has waited longest; None: there is room for another one."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(reader)
                return
        if reader is not None:
            self._free.append(reader)

    def _give_back(self, reader: Reader) -> None:
        reader.let_go()
        leaving = asyncio.get_running_loop().create_task(self._leave(reader))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _leave(self, reader: Reader) -> None:
        connection = reader.connection
        try:
            if reader.broken:
                with contextlib.suppress(psycopg.Error):
                    await connection.cancel_safe(timeout=CANCEL_SECONDS)
                await connection.close()
            await self.pool.putconn(connection)
        finally:
            self._there -= 1
            self._pass_on(None)
