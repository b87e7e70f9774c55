"""Who sends a request, and in which language they read: from the headers to the `Context`."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.requests import Request

from core import clock
from core.actors import Actors
from core.context import ANONYMOUS, Actor, Context
from core.errors import LANGUAGES, Unauthenticated
from core.hooks import first
from core.notes import Note
from core.rates import Rates

if TYPE_CHECKING:
    from core.host import Host


async def context_of(request: Request) -> Context:
    """The context of an HTTP request. Routes of modules call it too; `ctx.actor.require(right)` comes next.

    Raises:
        Unauthenticated: an access token came that nobody knows or that is no longer valid.
        Busy: it is one request too many of this account, this device or, without an account, this address.
    """
    state = request.app.state
    address = request.client.host if request.client else ""
    return await Door(request.state.host, state.actors, state.rates).context(
        request.state.note, request.headers.get("authorization"), request.headers.get("accept-language"), address
    )


@dataclass(frozen=True)
class Door:
    """Whom one server process knows, and how often each may come."""

    host: "Host"
    actors: Actors
    rates: Rates

    async def context(self, note: Note, authorization: str | None, language: str | None, address: str) -> Context:
        """The context of a request that came with these headers from this address; see `context_of`."""
        clock.use_zone(self.host.settings.timezone)
        try:
            actor = ANONYMOUS if authorization is None else await self._actor(authorization)
        except Unauthenticated:
            self.rates.check_address(address)
            raise
        note.account, note.device = actor.id, actor.device
        self.rates.check(actor, address)
        return Context(self.host, actor, language_of(language or ""), note.request_id, address)

    async def _actor(self, authorization: str) -> Actor:
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Send the access token or the access key as `Authorization: Bearer <token>`.")
        known = self.actors.find(token)
        if known is not None:
            return known
        changes = self.actors.changes
        async with self.host.db.beside() as session:
            actor: Actor | None = await first(self.host, "authenticate", host=self.host, session=session, token=token)
        if actor is None:
            raise Unauthenticated("The access token is not known here. Sign in again.")
        self.actors.remember(token, actor, changes)
        return actor


@lru_cache(maxsize=256)
def language_of(accepted: str) -> str:
    """The language of ours that an `Accept-Language` header likes best; English when it names none."""
    best, best_weight = "en", 0.0
    for part in accepted.split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = weight_of(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def weight_of(parameters: str) -> float:
    """The `q` among a header element's parameters: 1 when it is absent, 0 when it cannot be read."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
