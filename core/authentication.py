"""Who sends a request, and in which language they read: from the headers to the `Context`."""

from functools import lru_cache

from starlette.requests import Request

from core import clock
from core.context import ANONYMOUS, Actor, Context
from core.errors import LANGUAGES, Unauthenticated
from core.hooks import first


async def context_of(request: Request) -> Context:
    """The context of an HTTP request. Routes of modules call it too; `ctx.actor.require(right)` comes next.

    Raises:
        Unauthenticated: an access token came that nobody knows or that is no longer valid.
        Busy: it is one request too many of this account, this device or, without an account, this address.
    """
    host = request.state.host
    clock.use_zone(host.settings.timezone)
    address = request.client.host if request.client else ""
    try:
        actor = await _actor(request)
    except Unauthenticated:
        request.app.state.rates.check_address(address)
        raise
    request.state.note.account, request.state.note.device = actor.id, actor.device
    request.app.state.rates.check(actor, address)
    return Context(
        host,
        actor=actor,
        language=language_of(request.headers.get("accept-language", "")),
        request_id=request.state.request_id,
        address=address,
    )


async def _actor(request: Request) -> Actor:
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send the access token or the access key as `Authorization: Bearer <token>`.")
    token = token.strip()
    actors = request.app.state.actors
    known: Actor | None = actors.find(token)
    if known is not None:
        return known
    host, changes = request.state.host, actors.changes
    async with host.db.session() as session:
        actor: Actor | None = await first(host, "authenticate", host=host, session=session, token=token)
    if actor is None:
        raise Unauthenticated("The access token is not known here. Sign in again.")
    actors.remember(token, actor, changes)
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
