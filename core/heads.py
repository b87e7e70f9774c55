"""What clients may send before it is known what they ask: so many bytes of a request's head, in so much time.

uvicorn waits without end for a head and keeps all of it. A proxy in front has limits of its own; these are for servers
without one, and far above what any client of ours sends.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_BYTES = 64_000
"""The most bytes of a head. What comes at once may be a quarter of a megabyte before it is noticed."""
HEAD_SECONDS = 20.0
"""How long a head may take, from the connection's beginning or the head's first byte."""

Protocol: Any = AutoHTTPProtocol


class LimitedHeads(Protocol):  # type: ignore[misc]
    """uvicorn's protocol with limits for heads."""

    _received = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """A connection on which no head comes is closed."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that is not complete."""
        cycle = self.cycle
        if cycle is not None and cycle.more_body and not cycle.response_complete:
            super().data_received(data)
            return
        self._received += len(data)
        super().data_received(data)
        if self.cycle is not cycle:  # made when a head is complete
            self._rest()
        elif self._received > HEAD_BYTES:
            self._refuse(b"431 Request Header Fields Too Large")
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._refuse, b"408 Request Timeout")

    def _rest(self) -> None:
        self._received = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        self._rest()
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
