"""The day on which these tests happen, and what all of them do: send a mutation."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from core import clock
from core.testing import Change, actor

TODAY = date(2026, 3, 10)
POLICY = (
    "policy { id version status stage suspendedBy value due enrolledOn startsOn effectiveOn expiresOn payBy "
    "coveredInsurees { insuree { id } from to endedBy } }"
)


@pytest.fixture(autouse=True)
def today() -> Iterator[date]:
    """It is 10 March 2026."""
    with clock.at(datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)):
        yield TODAY


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation: as a clerk who sees everything, and answers the policy, unless told otherwise."""
    return partial(change, fields=POLICY, who=actor("CLERK"))
