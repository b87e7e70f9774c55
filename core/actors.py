"""The actors that a server process knows by their access tokens, so that a request reads its account in no statement.

Whatever changes what an actor may do is announced by triggers in the transaction that changes it (`NOTIFY`), and every
process forgets at once. A process remembers only while it is sure to hear: it sends itself a message every few seconds,
and when none comes back it asks the database with each request until one does. Behind a pooler that shares connections
none ever does.
"""

import asyncio
import logging
from collections import defaultdict
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core import clock
from core.context import Actor
from core.db import new_id

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.actors")

CHANNEL = "bima_actors"
PING = "ping "
PING_SECONDS = 3.0
"""How often a process makes sure that it hears."""
TRUSTED_SECONDS = 10.0
"""How long after such a message was sent the process may still remember."""
LONGEST = timedelta(seconds=60)
"""After this an actor is asked for anew, whatever was or was not heard."""
MOST = 50_000
"""How many tokens are remembered; the oldest goes first."""
_NOTIFY = text("SELECT pg_notify(:channel, :message)")

FUNCTION = f"""
CREATE OR REPLACE FUNCTION core_actors_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE account text := '';
BEGIN
    IF TG_LEVEL = 'ROW' AND TG_OP = 'DELETE' THEN
        account := to_jsonb(OLD) ->> TG_ARGV[0];
    ELSIF TG_LEVEL = 'ROW' THEN
        account := to_jsonb(NEW) ->> TG_ARGV[0];
    END IF;
    PERFORM pg_notify('{CHANNEL}', account);
    RETURN NULL;
END $$
"""


def actors_depend_on(table: str, *, when: str = "INSERT OR UPDATE OR DELETE", account: str | None = None) -> None:
    """What actors may do depends on this table from now on; for migrations.

    `when`: the changes that matter, such as `UPDATE OF active`. `account`: the column that names the one account that a
    row concerns; without it a change makes every process forget all actors, once a transaction.
    """
    from alembic import op  # a server runs no migrations and need not load it

    op.execute(FUNCTION)
    each, argument = ("ROW", f"'{account}'") if account else ("STATEMENT", "")
    op.execute(
        f"CREATE OR REPLACE TRIGGER core_actors AFTER {when} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION core_actors_changed({argument})"
    )


class Actors:
    """The actors that one server process knows."""

    def __init__(self) -> None:
        self.changes = 0
        """Counts what was heard, so that what was read before a change is not remembered after it."""
        self._known: dict[str, tuple[Actor, datetime]] = {}
        self._tokens: dict[UUID, set[str]] = defaultdict(set)
        self._trusted_until = 0.0

    @property
    def listening(self) -> bool:
        """Whether changes are heard, so that what is remembered holds."""
        return monotonic() < self._trusted_until

    def find(self, token: str) -> Actor | None:
        """Who holds an access token, if that is known and still certain."""
        found = self._known.get(token)
        if found is None or not self.listening:
            return None
        actor, until = found
        if clock.now() < until:
            return actor
        self._drop(token)
        return None

    def remember(self, token: str, actor: Actor, changes: int) -> None:
        """Remember an actor that was read when so many changes had been heard; those without an end never are."""
        if actor.valid_until is None or actor.id is None or changes != self.changes or not self.listening:
            return
        if len(self._known) >= MOST:
            self._drop(next(iter(self._known)))
        self._known[token] = (actor, min(actor.valid_until, clock.now() + LONGEST))
        self._tokens[actor.id].add(token)

    def forget(self, account: UUID | None = None) -> None:
        """Forget the tokens of an account, or all."""
        self.changes += 1
        if account is None:
            self._known.clear()
            self._tokens.clear()
            return
        for token in self._tokens.pop(account, ()):
            self._known.pop(token, None)

    async def listen(self, host: "Host") -> None:
        """Hear what changes, for as long as the server runs; when the connection is lost, again and again."""
        if not host.settings.prepare_statements:
            return  # connections are shared behind such a pooler: whoever listens hears nothing
        while True:
            try:
                await self._hear(host)
            except* (psycopg.Error, SQLAlchemyError, OSError) as errors:
                log.warning("accounts are read with each request until changes are heard again: %s", errors.exceptions)
            finally:
                self._trusted_until = 0.0
                self.forget()
            await asyncio.sleep(PING_SECONDS)

    async def _hear(self, host: "Host") -> None:
        async with (
            await psycopg.AsyncConnection.connect(host.db.url, autocommit=True) as connection,
            asyncio.TaskGroup() as tasks,
        ):
            await connection.execute(f"LISTEN {CHANNEL}")
            self.forget()
            sent: dict[str, float] = {}
            tasks.create_task(self._ping(host, sent))
            async for heard in connection.notifies():
                if heard.payload in sent:
                    self._trusted_until = sent.pop(heard.payload) + TRUSTED_SECONDS
                elif not heard.payload.startswith(PING):
                    self.forget(_account(heard.payload))

    async def _ping(self, host: "Host", sent: dict[str, float]) -> None:
        started = monotonic()
        while monotonic() < max(self._trusted_until, started + TRUSTED_SECONDS):
            message = f"{PING}{new_id()}"
            sent[message] = monotonic()
            async with host.db.beside() as session:  # reads may take every connection of theirs for a while
                await session.execute(_NOTIFY, {"channel": CHANNEL, "message": message})
            await asyncio.sleep(PING_SECONDS)
        raise ConnectionError("what was sent to the listening connection did not arrive")

    def _drop(self, token: str) -> None:
        actor, _ = self._known.pop(token)
        if actor.id is not None and (tokens := self._tokens.get(actor.id)) is not None:
            tokens.discard(token)
            if not tokens:
                del self._tokens[actor.id]


def _account(payload: str) -> UUID | None:
    try:
        return UUID(payload)
    except ValueError:  # it concerns all
        return None
