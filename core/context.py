"""The request: who asks, in which language, and the transaction it works in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.pq.abc import PGresult
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.errors import Forbidden, Unauthenticated
from core.module import PUBLIC, SIGNED_IN, ModuleSettings, Right
from core.transactions import asked, close, connection_of, flush, session_of
from schema.walks import size_of

if TYPE_CHECKING:
    from core.host import Host

S = TypeVar("S", bound=ModuleSettings)


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with its rights and the rows it may see.

    `scopes` are named sets of ids that the modules' row filters read, such as `district`. `unbounded` accounts see
    every row. An actor with neither sees nothing. `system` is Bima itself, in jobs and commands.
    `valid_until`: how long a server may remember the actor by its access token, unless what `actors_depend_on` watches
    changes; None: not at all.
    """

    id: UUID | None = None
    name: str = ""
    rights: frozenset[str] = frozenset()
    scopes: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)
    unbounded: bool = False
    system: bool = False
    valid_until: datetime | None = None

    @property
    def device(self) -> UUID | None:
        """The device or the access key that the actor uses, when it is known."""
        return None

    @property
    def requests_per_minute(self) -> int | None:
        """How often that device may ask in each server process; None: as often as the settings say."""
        return None

    @cached_property
    def shape(self) -> Hashable:
        """What of the actor shapes a statement: its scopes, and whether each is short; the ids are bound values."""
        if self.unbounded:
            return "unbounded"
        return tuple(sorted((name, size_of(ids)) for name, ids in self.scopes.items()))

    @cached_property
    def listed(self) -> Mapping[str, str]:
        """The scopes as PostgreSQL writes arrays; kept, as an actor asks again and again."""
        return {name: "{" + ",".join(map(str, ids)) + "}" for name, ids in self.scopes.items()}

    def may(self, right: Right) -> bool:
        """Whether the actor holds the right."""
        if right is PUBLIC:
            return True
        if right is SIGNED_IN:
            return self.id is not None
        return self.system or right.name in self.rights

    def require(self, right: Right) -> None:
        """Stop the request unless the actor holds the right.

        Raises:
            Unauthenticated: nobody is signed in. Forbidden: the account lacks the right.
        """
        if self.may(right):
            return
        if self.id is None:
            raise Unauthenticated("Sign in first.")
        raise Forbidden(f"Your account lacks the right {right.name}. Ask your administrator for it.")


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", unbounded=True, system=True)


@dataclass
class Context:
    """What a request, a job or a command works with. Services take it first: `enrol(ctx, input)`."""

    host: "Host"
    actor: Actor = ANONYMOUS
    language: str = "en"
    request_id: str = ""
    address: str = ""
    """Where the request came from; empty in jobs and commands. Whole districts share one."""
    _session: AsyncSession | None = None
    _open: bool = False
    """Whether an ordinary root field is under way: its session is made when it is first asked for; many never do."""
    claimed: str | None = None
    """The `clientMutationId` that the mutation under way has taken."""
    result_id: UUID | None = None
    """The object that the mutation under way answers."""
    answer_kept: bool = True
    """Whether the answer of the mutation under way is kept for who sends it again; not when it holds a secret."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """The arguments of the ordinary root field under way, as they were sent."""

    @property
    def session(self) -> AsyncSession:
        """The session of the root field, job or command under way.

        Raises:
            RuntimeError: outside of one; compiled fields have none.
        """
        if self._session is None and self._open:
            self._session = session_of(self)
        if self._session is None:
            raise RuntimeError(
                "there is no transaction here: only ordinary root fields, jobs and commands have a session"
            )
        return self._session

    def settings(self, kind: type[S]) -> S:
        """The settings of a module, by their class."""
        return self.host.module_settings(kind)

    # What a `schema.asker.Asker` is asked.

    @property
    def whose(self) -> Hashable:
        """The account; all strangers are one."""
        return self.actor.id

    @property
    def shape(self) -> Hashable:
        """What of the actor shapes a statement."""
        return self.actor.shape

    @property
    def unbounded(self) -> bool:
        """Whether the actor may see every row."""
        return self.actor.unbounded

    def has(self, scope: str) -> bool:
        """Whether the actor has the named set of ids."""
        return scope in self.actor.scopes

    def ids(self, scope: str) -> Sequence[UUID]:
        """A named set of ids."""
        return self.actor.scopes.get(scope, ())

    def may(self, right: Right) -> bool:
        """Whether the actor holds the right."""
        return self.actor.may(right)

    def require(self, right: Right) -> None:
        """Stop the request unless the actor holds the right."""
        self.actor.require(right)

    def value(self, name: str) -> object:
        """A bound value for compiled statements: `account`, `request`, `language`, `today`, or a scope's ids."""
        if name == "account":
            return self.actor.id
        if name == "request":
            return self.request_id
        if name == "language":
            return self.language
        if name == "today":
            return clock.today()
        return list(self.actor.scopes.get(name, ()))

    def listed(self, scope: str) -> str:
        """A scope's ids, as PostgreSQL writes an array."""
        return self.actor.listed.get(scope, "{}")

    def read(
        self, sql: bytes, parameters: Sequence[bytes | None], notes: Sequence[Any] = ()
    ) -> Awaitable[bytes | None]:
        """The value of a compiled statement; what its notes say of is noted by then."""
        if not notes:
            return self.host.db.readers.value(sql, parameters)
        from core.reading import read_and_note

        return read_and_note(self, sql, parameters, notes)

    @asynccontextmanager
    async def transaction(self, arguments: dict[str, Any]) -> AsyncIterator[Callable[[bytes | None], Awaitable[None]]]:
        """The transaction of one ordinary root field. What it yields commits it; otherwise nothing stays written."""
        self._session, self._open = None, True
        self.arguments, self.claimed, self.result_id = arguments, None, None
        try:
            yield self._commit
        finally:
            session, self._session, self._open = self._session, None, False
            if session is not None:
                await close(session)

    async def _commit(self, answer: bytes | None) -> None:
        from core.idempotency import remember

        if self._session is None:
            return  # it was never asked for
        await remember(self, answer)
        await self.session.commit()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is under way."""
        return self._session is not None and self._session.in_transaction()

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> PGresult:
        """What PostgreSQL answers to a statement in the transaction under way, and where none is, to it alone."""
        if not self.in_transaction:
            return await self.host.db.readers.result(sql, parameters)
        return await asked(self.session, sql, parameters)

    async def connection(self) -> AsyncConnection[Any]:
        """The connection of the transaction under way, with everything flushed to it."""
        await flush(self.session)
        return await connection_of(self.session)
