"""A family with a policy and claims, in the whole scheme."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import make_family
from modules.location.models import Location
from modules.location.testing import make_district, make_village, make_ward
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here loads the whole scheme."""
    for item in items:
        if "modules/privacy" in item.path.as_posix():
            item.add_marker(pytest.mark.profile("tanzania-chf"))


@dataclass
class Held:
    """What is held about somebody whose cover has expired and whose claim was paid."""

    district: Location
    family: Family
    person: Insuree
    policy: Policy
    claim: Claim


@pytest.fixture
async def held(session: AsyncSession) -> Held:
    """The head of a family of two."""
    district = await make_district(session)
    village = await make_village(session, await make_ward(session, district))
    family = await make_family(session, village, members=2, address="Behind the mill")
    person = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
    person.last_name, person.phone, person.id_number = "Kilimandege", "0754 123 987", "ID-778-31"
    policy = await make_policy(session, family, await make_product(session), PolicyStatus.EXPIRED)
    clinic = await make_clinic(session, district)
    told = {"status": ClaimStatus.PAID, "explanation": "Kilimandege fell at the mill"}
    claim = await make_claim(session, clinic, person, on=policy.starts_on, **told)
    await session.commit()
    return Held(district, family, person, policy, claim)
