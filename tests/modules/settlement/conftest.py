"""A day after the month that is settled, and a region's scheme."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.testing import Api
from modules.product.rules import IndexPeriod
from tests.modules.settlement.scheme import Scheme, make_scheme


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is 5 July 2026."""
    with clock.at(datetime(2026, 7, 5, 9, tzinfo=UTC)):
        yield


@pytest.fixture
async def scheme(session: AsyncSession, api: Api) -> Scheme:
    """A region's scheme that computes its index monthly."""
    return await make_scheme(session, api, index_period=IndexPeriod.MONTH)
