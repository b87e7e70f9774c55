"""A day, and what every country's story does: send a mutation, and pay facilities what they ask."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, clock
from core.testing import Api, Change, actor
from modules.claim.testing import make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family
from modules.location.testing import make_district, make_village, make_ward
from tests.modules.valuation.scheme import Scheme

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`test_nepal_hib.py` runs in the profile `nepal-hib`."""
    for item in items:
        if item.path.parent == Path(__file__).parent and not item.get_closest_marker("profile"):
            item.add_marker(pytest.mark.profile(item.path.stem.removeprefix("test_").replace("_", "-")))


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.at(NOW):
        yield


@pytest.fixture
def everybody() -> Actor:
    """Somebody who does everybody's work."""
    return actor("ENROLMENT_OFFICER", "CLERK", "MANAGER", "SCHEME_ADMINISTRATOR", "MEDICAL_OFFICER")


@pytest.fixture
def change(change: Change, everybody: Actor) -> Any:
    """Sends a mutation as somebody who does everybody's work."""
    return partial(change, who=everybody)


@pytest.fixture
async def scheme(session: AsyncSession, api: Api) -> Scheme:
    """A clinic and a family of four in one district, not insured yet."""
    district = await make_district(session)
    family = await make_family(session, await make_village(session, await make_ward(session, district)))
    patient = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
    clinic = await make_clinic(session, district)
    await session.commit()
    return Scheme(session, api, district, clinic, family, patient)
