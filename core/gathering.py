"""Rows that many requests give, written together: while one statement is under way the next rows gather."""

import asyncio
from contextvars import Context as Variables

from core.readers import Readers

PATIENCE_SECONDS = 1.0
"""How long those who came later wait for the statement before theirs, in which some row may wait for a lock."""

Entry = tuple[bytes, asyncio.Future[None]]


class Gathering:
    """Writes rows by one statement, whose only parameter is a JSON array of them.

    No request waits for a clock: who comes alone is written at once, and whoever comes meanwhile is written next.
    """

    def __init__(self, readers: Readers, sql: bytes) -> None:
        self._readers = readers
        self._sql = sql
        self._waiting: list[Entry] = []
        self._busy = False
        """Whether those who wait wait for a statement."""
        self._under_way: set[asyncio.Task[None]] = set()

    async def add(self, row: bytes) -> None:
        """Have a row written, as JSON: it is committed when this returns. Whoever gives up may have it written still.

        Raises:
            psycopg.Error: PostgreSQL refuses this row, or the connection was lost under it.
        """
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((row, written))
        if not self._busy:
            self._begin()
        await written

    async def close(self) -> None:
        """Wait until all that was given is written."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def _begin(self) -> None:
        self._busy = True
        # Not with the variables of the request that happens to come first, whose the rest is not.
        task = asyncio.get_running_loop().create_task(self._write(), context=Variables())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _next(self) -> None:
        self._busy = False
        if self._waiting:
            self._begin()

    async def _write(self) -> None:
        entries, self._waiting = self._waiting, []
        losing_patience = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._next)
        try:
            await self._together(entries)
        finally:
            # Else they have gone on already.
            if losing_patience.when() > asyncio.get_running_loop().time():
                losing_patience.cancel()
                self._next()

    async def _together(self, entries: list[Entry]) -> None:
        try:
            await self._readers.result(self._sql, [b"[" + b",".join([row for row, _ in entries]) + b"]"])
        except Exception as error:  # noqa: BLE001 - told to whoever gave the row that is to blame
            if len(entries) == 1:
                _tell(entries[0], error)
            else:
                await asyncio.gather(*(self._together([entry]) for entry in entries))
        else:
            for entry in entries:
                _tell(entry, None)


def _tell(entry: Entry, error: Exception | None) -> None:
    _, written = entry
    if written.done():  # it was given up
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)
