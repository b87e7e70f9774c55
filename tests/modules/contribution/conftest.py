"""The day on which these tests happen, and what all of them do: send a mutation."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Protocol

import pytest

from core import Actor, clock
from core.testing import Api, actor

TODAY = date(2026, 3, 10)
CONTRIBUTION = (
    "contribution { id version amount receipt paidOn enforced voidedAt voidReason policy { status effectiveOn balance "
    "coveredInsurees { from to endedBy } } } errors { code path message }"
)


class Change(Protocol):
    """Sends a mutation: `await change("deletePayer", id=payer.id, expectedVersion=1)`."""

    async def __call__(
        self, mutation: str, *, fields: str = CONTRIBUTION, who: Actor | None = None, **input: Any
    ) -> Any:
        """The payload. By whoever is given, else by a clerk who sees everything."""


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    """It is 10 March 2026."""
    with clock.at(datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)):
        yield TODAY


@pytest.fixture
def change(api: Api) -> Change:
    """Sends a mutation."""

    async def send(mutation: str, *, fields: str = CONTRIBUTION, who: Actor | None = None, **input: Any) -> Any:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} }} }}"
        reply = await api(document, {"input": input}, actor=who or actor("CLERK"))
        assert reply.errors == []
        return reply.data[mutation]

    return send


@pytest.fixture
def told() -> Any:
    """The codes of a payload's errors and where they lie."""

    def codes(payload: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]

    return codes
