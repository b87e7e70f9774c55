"""Young children pay nothing; for everybody else nothing changes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from bima_benefit_rule.rules import free_care
from bima_benefit_rule.settings import Settings
from core import clock
from core.testing import Api, actor
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.testing import make_family, make_insuree
from modules.location.testing import make_district, make_village, make_ward
from modules.medical.rules import ServiceCategory, VisitType
from modules.policy.testing import make_policy
from modules.product.rules import CeilingExclusion, LimitationType
from modules.product.rules import Limit as ProductLimit
from modules.product.testing import make_product
from modules.valuation.rules import (
    Limit,
    ProductTerms,
    Terms,
    Valuation,
    ValuedClaim,
    ValuedLine,
    ValuedPolicy,
    valuate,
    with_benefit,
)

pytestmark = pytest.mark.profile(str(Path(__file__).with_name("benefit_rule.toml")))
CLAIM, INSUREE, POLICY = UUID(int=1), UUID(int=2), UUID(int=3)
SUBMIT = "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { results { claim { status } } } }"
PROCESS = """mutation($input: ProcessClaimsInput!) { processClaims(input: $input) { results { errors { code } claim {
    status services { priceValuated deducted insureeShare exceededCeiling limitationValue } } } } }"""

amounts = st.decimals(0, 3000, places=2)
percents = st.integers(0, 100).map(Decimal)
limits = st.builds(Limit, st.just(LimitationType.CO_INSURANCE), percents, percents)
terms = st.builds(
    Terms,
    limits=st.dictionaries(
        st.sampled_from(VisitType), limits | st.builds(Limit, st.just(LimitationType.FIXED), amounts, amounts)
    ),
    ceiling_exclusion_adult=st.none() | st.sampled_from(CeilingExclusion),
    ceiling_exclusion_child=st.none() | st.sampled_from(CeilingExclusion),
)
products = st.builds(ProductTerms, deductible=st.none() | amounts, ceiling=st.none() | amounts)
claims = st.builds(
    ValuedClaim,
    claim_id=st.just(CLAIM),
    insuree_id=st.just(INSUREE),
    category=st.just(ServiceCategory.VISIT),
    adult=st.just(False),
    visit_type=st.sampled_from(VisitType),
    hospital_stay=st.booleans(),
    age=st.none() | st.integers(0, 17),
)
lines = st.lists(st.tuples(terms, amounts, st.integers(1, 9)), min_size=1, max_size=4)


def valued(
    claim: ValuedClaim, product: ProductTerms, of: list[tuple[Terms, Decimal, int]], settings: Settings
) -> tuple[Valuation, Valuation]:
    """What the claim is worth without the benefit and with it."""
    plain = [
        ValuedLine(number, False, POLICY, line_terms, Decimal(quantity), price)
        for number, (line_terms, price, quantity) in enumerate(of, start=1)
    ]
    better = [with_benefit(line, free_care(claim, line.terms, settings)) for line in plain]
    policies = {POLICY: ValuedPolicy(product)}
    return valuate(claim, plain, policies), valuate(claim, better, policies)


@given(claims, products, lines, st.builds(Settings, below_age=st.integers(1, 18), hospital=st.booleans()))
def test_a_young_child_pays_nothing_and_everybody_else_what_the_product_says(
    claim: ValuedClaim, product: ProductTerms, of: list[tuple[Terms, Decimal, int]], settings: Settings
) -> None:
    without, with_it = valued(claim, product, of, settings)
    young = claim.age is not None and claim.age < settings.below_age
    if young and (settings.hospital or not claim.hospital_stay):
        for line in with_it.lines:
            assert line.deducted == line.insuree_share == line.exceeded_ceiling == 0
            assert line.valuated == line.amount
    else:
        assert with_it == without
    for line in with_it.lines:
        parts = line.deducted + line.insuree_share + line.exceeded_category + line.exceeded_ceiling + line.valuated
        assert parts == line.amount


def test_the_birthday_ends_the_benefit_and_an_unknown_age_has_none() -> None:
    claim = ValuedClaim(CLAIM, INSUREE, ServiceCategory.VISIT, adult=False, age=4)
    assert free_care(claim, Terms(), Settings()) is not None
    assert free_care(replace(claim, age=5), Terms(), Settings()) is None
    assert free_care(replace(claim, age=None), Terms(), Settings()) is None
    assert free_care(replace(claim, hospital_stay=True), Terms(), Settings(hospital=False)) is None


@pytest.mark.parametrize(
    ("born", "paid"),
    [
        (date(2021, 6, 11), ["5000.00", "0.00", "0.00", "100.00"]),
        (date(2021, 6, 10), ["3600.00", "500.00", "900.00", "80.00"]),
    ],
)
async def test_a_claim_is_paid_in_full_until_the_fifth_birthday(
    api: Api, session: AsyncSession, born: date, paid: list[str]
) -> None:
    with clock.at(datetime(2026, 6, 15, 8, tzinfo=UTC)):
        district = await make_district(session)
        family = await make_family(session, await make_village(session, await make_ward(session, district)))
        child = await make_insuree(session, family, birth_date=born)
        clinic = await make_clinic(session, district)
        act = clinic.services[0]
        covers: Any = {
            act: {"limits": [ProductLimit(VisitType.OTHER, LimitationType.CO_INSURANCE, Decimal(80), Decimal(80))]}
        }
        product = await make_product(session, covers=covers, deductible=Decimal(500))
        await make_policy(session, family, product, starts_on=date(2026, 1, 1))
        claim = await make_claim(session, clinic, child, act, on=date(2026, 6, 10))
        await session.commit()
        somebody = actor("CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER")
        submitted = await api(SUBMIT, {"input": {"ids": [claim.id]}}, actor=somebody)
        assert submitted.data["submitClaims"]["results"] == [{"claim": {"status": "CHECKED"}}]
        processed = await api(PROCESS, {"input": {"ids": [claim.id]}}, actor=somebody)
    [result] = processed.data["processClaims"]["results"]
    [line] = result["claim"]["services"]
    assert [line[name] for name in ("priceValuated", "deducted", "insureeShare", "limitationValue")] == paid
