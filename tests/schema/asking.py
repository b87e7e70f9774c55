"""Who asks in the tests of `schema`, and how."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.pq.abc import PGresult

from schema import Schema
from schema.errors import Forbidden
from schema.execute import execute
from schema.run import Answer, Step
from schema.walks import size_of
from tests.schema.library import READ_BOOKS, READ_MEMBERS, Right
from tests.schema.stock import HARBOUR, SOUTH, TODAY, known

READER = frozenset({READ_BOOKS.name, READ_MEMBERS.name})


class CountingConnection(AsyncConnection[Any]):
    """A connection that counts how often something is sent to the database."""

    sent = 0

    async def wait(self, *args: Any, **kwargs: Any) -> Any:
        """As psycopg does it, counted."""
        self.sent += 1
        return await super().wait(*args, **kwargs)


@dataclass(frozen=True)
class Person:
    """Somebody who asks: what they may do, and which rows they may see."""

    rights: frozenset[str] = READER
    scopes: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    unbounded: bool = True

    def holding(self, *rights: Right) -> "Person":
        """The same person with more rights."""
        return replace(self, rights=self.rights | {right.name for right in rights})


ANYWHERE = Person()
AT_HARBOUR = Person(scopes={"place": (HARBOUR,)}, unbounded=False)
AT_TWO = Person(scopes={"place": (HARBOUR, SOUTH)}, unbounded=False)
NAMED = tuple(known("member", number) for number in (0, 1, 2, 3))
AT_TWO_AND_NAMED = Person(scopes={"place": (HARBOUR, SOUTH), "member": NAMED}, unbounded=False)
"""Some of the members who are named belong to the two places, some to another one."""
AT_MANY = Person(scopes={"place": (HARBOUR, *(known("elsewhere", number) for number in range(100)))}, unbounded=False)
NOWHERE = Person(unbounded=False)
NOBODY = Person(rights=frozenset())


@dataclass
class Request:
    """What the executor needs of a request's context, for a person and a connection."""

    person: Person
    database: CountingConnection
    request_id: str = "request 1"
    committed: int = 0

    @property
    def whose(self) -> Hashable:
        """The person."""
        return id(self.person)

    @property
    def shape(self) -> Hashable:
        """What of the person shapes a statement."""
        return (
            "unbounded" if self.unbounded else tuple((name, size_of(ids)) for name, ids in self.person.scopes.items())
        )

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""
        return self.person.unbounded

    def has(self, scope: str) -> bool:
        """Whether the person has the named set of ids."""
        return scope in self.person.scopes

    def ids(self, scope: str) -> Sequence[UUID]:
        """A named set of ids."""
        return self.person.scopes.get(scope, ())

    def value(self, name: str) -> Any:
        """A bound value."""
        return TODAY if name == "today" else list(self.person.scopes.get(name, ()))

    def listed(self, scope: str) -> str:
        """A named set of ids."""
        return "{" + ",".join(map(str, self.person.scopes.get(scope, ()))) + "}"

    def may(self, right: Any) -> bool:
        """Whether the person holds the right."""
        return right.name in self.person.rights

    def require(self, right: Any) -> None:
        """Refuse who lacks the right."""
        if not self.may(right):
            raise Forbidden(f"You lack the right {right.name}.")

    async def read(self, sql: bytes, parameters: Sequence[bytes | None], notes: Sequence[Any] = ()) -> bytes | None:
        """The value of a compiled statement; nothing is noted."""
        return (await self.result(sql, parameters)).get_value(0, 0)

    @asynccontextmanager
    async def transaction(self, arguments: dict[str, Any]) -> AsyncIterator[Callable[[bytes | None], Awaitable[None]]]:
        """A transaction around an ordinary root field."""
        kept = False

        async def keep(_: bytes | None) -> None:
            nonlocal kept
            kept = True

        await self.database.execute("BEGIN")
        try:
            yield keep
        finally:
            await self.database.execute("COMMIT" if kept else "ROLLBACK")
            self.committed += kept

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> PGresult:
        """What PostgreSQL answers on the connection, in its transaction."""
        cursor = AsyncRawCursor(self.database)
        await cursor.execute(sql, [None if each is None else each.decode() for each in parameters])
        assert cursor.pgresult is not None
        return cursor.pgresult


@dataclass(frozen=True)
class Reply:
    """An answer, read again."""

    data: Any
    errors: list[dict[str, Any]]
    answer: Answer
    sent: int
    """How often something was sent to the database."""

    @property
    def codes(self) -> list[str]:
        """The codes of the errors."""
        return [error["extensions"]["code"] for error in self.errors]


@dataclass(frozen=True)
class Ask:
    """Asks a schema: `await ask("{ books { totalCount } }", person=AT_HARBOUR)`."""

    schema: Schema
    connection: CountingConnection

    async def __call__(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        person: Person = ANYWHERE,
        operation_name: str | None = None,
        query_only: bool = False,
    ) -> Reply:
        """The answer with its errors."""
        before = self.connection.sent
        request = self.request(person)
        answer = await execute(self.schema, query, variables, operation_name, request, query_only=query_only)
        told = orjson.loads(answer.body)
        return Reply(told.get("data"), told.get("errors", []), answer, self.connection.sent - before)

    async def data(self, query: str, variables: dict[str, Any] | None = None, *, person: Person = ANYWHERE) -> Any:
        """The data of an answer that must have no errors."""
        reply = await self(query, variables, person=person)
        assert reply.errors == []
        return reply.data

    def request(self, person: Person = ANYWHERE) -> Request:
        """The context of one request."""
        return Request(person, self.connection)

    def plans(self, query: str) -> list[list[Step]]:
        """The plans that are kept for a document."""
        asked = self.schema.engine.asked(query)
        return [plan for operation in asked.document.operations.values() for plan in operation.plans.values()]

    def sql(self, query: str) -> list[str]:
        """The compiled statements of the plans that are kept for a document."""
        steps = [step for plan in self.plans(query) for step in plan]
        return [step.statement.sql.decode() for step in steps if step.statement is not None]
