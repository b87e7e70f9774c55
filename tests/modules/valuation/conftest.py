"""A day, a clinic, a family and the means to insure it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.testing import Api
from modules.claim.testing import make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family
from modules.location.testing import make_district, make_village, make_ward
from tests.modules.valuation.scheme import Scheme

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests run in a host without batch runs."""
    for item in items:
        if item.path.parent.name == "valuation" and not item.get_closest_marker("profile"):
            item.add_marker(pytest.mark.profile("tests/modules/valuation/scheme.toml"))


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.at(NOW):
        yield


@pytest.fixture
async def scheme(session: AsyncSession, api: Api) -> Scheme:
    """A clinic and a family in one district, not insured yet."""
    district = await make_district(session)
    family = await make_family(session, await make_village(session, await make_ward(session, district)))
    patient = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
    clinic = await make_clinic(session, district)
    await session.commit()
    return Scheme(session, api, district, clinic, family, patient)
