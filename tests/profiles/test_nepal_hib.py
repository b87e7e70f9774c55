"""Nepal, Health Insurance Board: each member beyond the fifth costs more, the state pays for some, and two calendars."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.testing import Api, Change
from modules.insuree.models import Family
from modules.insuree.testing import make_family
from modules.product.models import Product, Subsidy
from modules.product.testing import make_product
from tests.modules.valuation.scheme import Scheme

POLICY = "policy { status value familyShare payerShare startsOn startsOnNepali expiresOnNepali }"


@pytest.fixture
async def product(session: AsyncSession) -> Product:
    """NPR 3,500 for up to five and 700 for each more; the state pays for the ultra-poor and half for the poor."""
    extra: dict[str, Any] = {"premium_adult": 700, "premium_child": 700, "threshold": 5, "max_members": None}
    product = await make_product(
        session, lump_sum=3_500, **extra, subsidies={"EXEMPT": 100, "POOR": 50}, ceiling=100_000
    )
    # The state pays later; a family's own part is enough to be covered.
    await session.execute(update(Subsidy).values(family_part_activates=True))
    await session.commit()
    return product


@pytest.mark.parametrize(("members", "value"), [(5, "3500.00"), (6, "4200.00"), (8, "5600.00")])
async def test_up_to_five_members_pay_one_sum_and_each_more_pays_for_itself(
    api: Api, everybody: Actor, session: AsyncSession, product: Product, members: int, value: str
) -> None:
    family = await make_family(session, members=members)
    await session.commit()
    quote = "query($p: ID!, $f: ID!) { policyQuote(productId: $p, familyId: $f) { value } }"
    answer = await api(quote, {"p": product.id, "f": family.id}, actor=everybody)
    assert answer.data == {"policyQuote": {"value": value}}


async def test_who_is_exempt_is_covered_without_paying_and_reads_the_days_in_both_calendars(
    api: Api, change: Change, everybody: Actor, session: AsyncSession, product: Product, scheme: Scheme
) -> None:
    (await session.get_one(Family, scheme.family.id)).membership_category_code = "EXEMPT"
    await session.commit()
    enrolled: dict[str, Any] = await change("enrolPolicy", POLICY, familyId=scheme.family.id, productId=product.id)
    assert enrolled["errors"] == []
    assert enrolled["policy"] == {
        "status": "ACTIVE", "value": "3500.00", "familyShare": "0.00", "payerShare": "3500.00",
        "startsOn": "2026-06-15", "startsOnNepali": "2083-03-01", "expiresOnNepali": "2084-02-31",
    }  # fmt: skip


async def test_people_and_claims_show_both_calendars_and_what_is_typed_is_read_back(
    api: Api, everybody: Actor, scheme: Scheme
) -> None:
    claim = await scheme.claim()
    read = """query($c: ID!, $p: ID!) {
        claim(id: $c) { dateFrom dateFromNepali dateToNepali } insuree(id: $p) { birthDate birthDateNepali }
        nepaliDate(of: "2026-06-15") { text monthName nepali } none: nepaliDate(of: "1900-01-01") { text }
        dateOfNepali(text: "2083-03-01") noDay: dateOfNepali(text: "2083-03-33") }"""
    answer = await api(read, {"c": claim.id, "p": scheme.patient.id}, actor=everybody)
    assert answer.errors == []
    assert answer.data == {
        "claim": {"dateFrom": "2026-06-10", "dateFromNepali": "2083-02-27", "dateToNepali": None},
        "insuree": {"birthDate": "1985-05-05", "birthDateNepali": "2042-01-23"},
        "nepaliDate": {"text": "2083-03-01", "monthName": "Asar", "nepali": "०१ असार २०८३"}, "none": None,
        "dateOfNepali": "2026-06-15", "noDay": None,
    }  # fmt: skip
