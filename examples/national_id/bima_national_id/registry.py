"""The national register over HTTP: one question, one time-out, and a circuit that spares it when it is down."""

import asyncio
import logging
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import quote

import httpx

from bima_national_id.rules import Circuit, Identity
from bima_national_id.settings import Settings
from core import clock

log = logging.getLogger("bima.national_id")


class RegistryDown(Exception):
    """The register did not answer, or rests. Ask again later."""


class RegistryRefuses(Exception):
    """The register refuses the question: asking again changes nothing."""


def transport() -> httpx.AsyncBaseTransport:
    """How the register is reached; tests put a register of their own in its place."""
    return httpx.AsyncHTTPTransport()


@lru_cache(maxsize=8)
def circuit(url: str, failures: int, rest_seconds: float) -> Circuit:
    """The circuit of a register; each process has its own and finds out for itself."""
    return Circuit(failures, timedelta(seconds=rest_seconds))


async def ask(settings: Settings, number: str) -> Identity | None:
    """Who has the number by the register; None when nobody has.

    Raises:
        RegistryDown: it rests, the time is over, there is no connection, it fails, or its answer is none.
        RegistryRefuses: it does not let us in, or does not like the question.
    """
    state = circuit(settings.url, settings.failures, settings.rest_seconds)
    if state.is_open(clock.now()):
        raise RegistryDown("the register rests after too many failures")
    try:
        found = await _ask(settings, number)
    except (httpx.HTTPError, TimeoutError, ValueError, KeyError, TypeError) as error:
        state.fail(clock.now())
        # Neither the number nor a name goes into the log.
        log.warning("the register did not answer: %s", type(error).__name__)
        raise RegistryDown(type(error).__name__) from error
    state.succeed()
    return found


async def _ask(settings: Settings, number: str) -> Identity | None:
    headers = {"authorization": f"Bearer {settings.token.get_secret_value()}"}
    # httpx counts its time-outs from byte to byte: a register that trickles would hold a worker for ever.
    async with asyncio.timeout(settings.seconds), httpx.AsyncClient(transport=transport(), headers=headers) as client:
        answer = await client.get(f"{settings.url}/people/{quote(number, safe='')}")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
        log.error("the register refuses us with %s: look at [national_id] in bima.toml", answer.status_code)
        raise RegistryRefuses(str(answer.status_code))
    told = answer.raise_for_status().json()
    return Identity(str(told["lastName"]), str(told["otherNames"]), date.fromisoformat(told["birthDate"]))
