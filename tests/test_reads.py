"""A root field is one SQL statement, however deep and long it is: the three queries we measure ourselves by."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import make_family
from modules.location.testing import make_village
from modules.policy.testing import make_policy
from modules.product.testing import make_product

MEMBER = """query($number: String!) { insuree(insuranceNumber: $number) {
  lastName otherNames birthDate gender { code name }
  family { address memberCount location { name } policies { nodes { status value product { code name } } } } } }"""
FAMILIES = """{ families(first: 50) { nodes { id head { lastName otherNames }
  location { name parent { name parent { name parent { name } } } }
  policies { nodes { status value effectiveOn product { name } } } } } }"""
CLAIMS = """{ claims(first: 100) { totalCount nodes { code status claimed insuree { insuranceNumber lastName }
  mainDiagnosis { code name } items { lineNo item { code name } quantityProvided priceAsked }
  services { lineNo service { code name } quantityProvided priceAsked } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def families(session: AsyncSession) -> list[Family]:
    """Five families of a village, each with a policy and a claim of four lines."""
    village = await make_village(session)
    product = await make_product(session)
    clinic = await make_clinic(session, items=2, services=2)
    families = [await make_family(session, village, members=3) for _ in range(5)]
    for family in families:
        await make_policy(session, family, product)
        head = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
        await make_claim(session, clinic, head, on=date(2026, 1, 5))
    await session.commit()
    return families


async def test_a_member_with_family_policies_and_product(
    api: Api, session: AsyncSession, families: list[Family]
) -> None:
    number = await session.scalar(select(Insuree.insurance_number).where(Insuree.id == families[0].head_id))
    reply = await api(MEMBER, {"number": number}, actor=actor("CLERK", "SCHEME_ADMINISTRATOR"))
    assert reply.errors == []
    assert reply.statements == 1
    family = reply.data["insuree"]["family"]
    assert (family["memberCount"], len(family["policies"]["nodes"])) == (3, 1)


async def test_families_with_head_four_levels_and_policies(api: Api, families: list[Family]) -> None:
    reply = await api(FAMILIES, actor=actor("CLERK", "SCHEME_ADMINISTRATOR"))
    assert reply.errors == []
    assert reply.statements == 1
    assert len(reply.data["families"]["nodes"]) == 5
    assert all(node["location"]["parent"]["parent"]["parent"]["name"] for node in reply.data["families"]["nodes"])


async def test_claims_with_lines_insuree_diagnosis_and_total(api: Api, families: list[Family]) -> None:
    reply = await api(CLAIMS, actor=actor("CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER"))
    assert reply.errors == []
    assert reply.statements == 1
    claims = reply.data["claims"]
    assert claims["totalCount"] == len(claims["nodes"]) == 5
    assert all(len(claim["items"]) + len(claim["services"]) == 4 for claim in claims["nodes"])
