"""Who asks: what the executor needs of a request."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from psycopg.pq.abc import PGresult


class Asker(Protocol):
    """Who asks, and with which connections: what the executor needs of a request's context."""

    request_id: str

    @property
    def whose(self) -> Hashable:
        """Who asks, as far as it decides whose turn it is when something takes long."""

    @property
    def shape(self) -> Any:
        """What of the asker shapes a statement."""

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""

    def has(self, scope: str) -> bool:
        """Whether the asker has the named set of ids."""

    def ids(self, scope: str) -> Sequence[UUID]:
        """A named set of ids; its `size_of` belongs to the shape."""

    def value(self, name: str) -> Any:
        """A bound value of the request."""

    def listed(self, scope: str) -> str:
        """A named set of ids, as PostgreSQL writes an array."""

    def may(self, right: Any) -> bool:
        """Whether the asker holds the right."""

    def require(self, right: Any) -> None:
        """Raise a `RequestError` unless the asker holds the right."""

    def read(
        self, sql: bytes, parameters: Sequence[bytes | None], notes: Sequence[Any] = ()
    ) -> Awaitable[bytes | None]:
        """The value of a compiled statement, whose parameters are given as PostgreSQL's text.

        For each note another value follows: an array of the ids of the rows that it is about, or null where there are
        none. What is to be noted must stay before this answers.
        """

    def transaction(
        self, arguments: dict[str, Any]
    ) -> AbstractAsyncContextManager[Callable[[bytes | None], Awaitable[None]]]:
        """A transaction around one ordinary root field; what it yields commits with the answer, else it rolls back."""

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> PGresult:
        """What PostgreSQL answers to a statement in the transaction under way, and where none is, to it alone."""
