from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.insuree.testing import make_family
from modules.location.testing import make_district
from modules.policy.models import Policy
from modules.policy.testing import make_policy
from modules.product.testing import make_product

QUOTE = """
query($productId: ID!, $familyId: ID, $members: [QuotedMemberInput!]) {
  policyQuote(productId: $productId, familyId: $familyId, members: $members) {
    value familyShare payerShare startsOn expiresOn
    lines { label quantity unitAmount amount }
    coveredMembers { index birthDate insuree { isHead } }
    uncoveredMembers { index }
    warnings { code message refuses }
    terms { lumpSum } product { name }
  }
}
"""


async def test_a_registered_family_is_quoted_and_nothing_is_written_decision_15(
    api: Api, session: AsyncSession
) -> None:
    family, product = await make_family(session, members=2), await make_product(session)
    await session.commit()
    reply = await api(QUOTE, {"productId": product.id, "familyId": family.id}, actor=actor("CLERK"))
    assert reply.errors == []
    assert reply.data["policyQuote"] == {
        "value": "30000.00", "familyShare": "30000.00", "payerShare": "0.00",
        "startsOn": "2026-03-10", "expiresOn": "2027-03-09",
        "lines": [{"label": "LUMP_SUM", "quantity": 1, "unitAmount": "30000.00", "amount": "30000.00"}],
        "coveredMembers": [
            {"index": None, "birthDate": "1985-05-05", "insuree": {"isHead": True}},
            {"index": None, "birthDate": "1989-09-09", "insuree": {"isHead": False}},
        ],
        "uncoveredMembers": [], "warnings": [], "terms": {"lumpSum": "30000.00"}, "product": {"name": product.name},
    }  # fmt: skip
    assert (await session.scalars(select(Policy))).all() == []


async def test_people_not_registered_are_quoted_in_pricing_order_decision_15(api: Api, session: AsyncSession) -> None:
    product = await make_product(
        session, lump_sum=Decimal(1000), threshold=5, max_members=None, premium_adult=Decimal(300),
        premium_child=Decimal(200), registration_fee=Decimal(10), general_assembly_fee=Decimal(5),
    )  # fmt: skip
    await session.commit()
    members: list[dict[str, Any]] = [
        {"birthDate": "2015-01-01", "relationCode": "7"},
        {"birthDate": "2015-01-01", "relationCode": "4"},
        {"birthDate": "1960-01-01", "relationCode": "7"},
        {"birthDate": "2016-01-01", "relationCode": "4"},
        {"birthDate": "1990-01-01", "relationCode": "8"},
        {"birthDate": "1985-01-01", "isHead": True},
    ]
    reply = await api(QUOTE, {"productId": product.id, "members": members}, actor=actor("CLERK"))
    quote = reply.data["policyQuote"]
    assert quote["value"] == "1590.00"
    assert [member["index"] for member in quote["coveredMembers"]] == [5, 4, 1, 3, 2, 0]


async def test_a_quote_says_who_is_not_covered_and_why_decision_15(api: Api, session: AsyncSession) -> None:
    product = await make_product(session)
    await session.commit()
    members = [{"birthDate": "1985-01-01", "isHead": True}] + [{"birthDate": "2015-01-01", "relationCode": "4"}] * 6
    reply = await api(QUOTE, {"productId": product.id, "members": members}, actor=actor("CLERK"))
    quote = reply.data["policyQuote"]
    assert [member["index"] for member in quote["uncoveredMembers"]] == [6]
    (warning,) = quote["warnings"]
    assert (warning["code"], warning["refuses"]) == ("MEMBERS_ABOVE_MAXIMUM", False)
    assert "6 of the 7" in warning["message"]


async def test_a_quote_shows_what_an_enrolment_would_be_refused_for_decision_15(
    api: Api, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session, await make_district(session))
    await session.commit()
    reply = await api(QUOTE, {"productId": product.id, "familyId": family.id}, actor=actor("CLERK"))
    (warning,) = reply.data["policyQuote"]["warnings"]
    assert (warning["code"], warning["refuses"]) == ("PRODUCT_NOT_HERE", True)


async def test_a_quote_is_for_a_family_or_for_a_list_of_members(api: Api, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    for whom in ({}, {"familyId": family.id, "members": []}):
        reply = await api(QUOTE, {"productId": product.id, **whom}, actor=actor("CLERK"))
        assert reply.errors[0]["extensions"]["code"] == "BAD_REQUEST"
        assert "either a family or a list" in reply.errors[0]["message"]


async def test_an_unknown_relation_is_told(api: Api, session: AsyncSession) -> None:
    product = await make_product(session)
    await session.commit()
    members = [{"birthDate": "1985-01-01", "relationCode": "99"}]
    reply = await api(QUOTE, {"productId": product.id, "members": members}, actor=actor("CLERK"))
    assert "99 is not a known code" in reply.errors[0]["message"]


async def test_a_quote_for_a_renewal_is_what_the_renewal_costs(api: Api, change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=2)
    product = await make_product(session, registration_fee=Decimal(100))
    policy = await make_policy(session, family, product, starts_on=date(2025, 4, 1))
    await session.commit()
    document = """query($productId: ID!, $familyId: ID, $previous: ID) {
      policyQuote(productId: $productId, familyId: $familyId, previousPolicyId: $previous) { value startsOn expiresOn }
    }"""
    asked = {"productId": product.id, "familyId": family.id, "previous": policy.id}
    quote = (await api(document, asked, actor=actor("CLERK"))).data["policyQuote"]
    renewal = (await change("renewPolicy", previousPolicyId=policy.id))["policy"]
    assert quote == {name: renewal[name] for name in ("value", "startsOn", "expiresOn")}
    assert quote["value"] == "30000.00"


async def test_a_subsidy_is_quoted_to_people_not_registered_decision_23(api: Api, session: AsyncSession) -> None:
    product = await make_product(session, subsidies={"POOR": 60})
    await session.commit()
    document = """query($productId: ID!, $members: [QuotedMemberInput!], $category: String) {
      policyQuote(productId: $productId, members: $members, membershipCategoryCode: $category) {
        familyShare payerShare
      }
    }"""
    asked = {"productId": product.id, "members": [{"birthDate": "1985-01-01", "isHead": True}]}
    reply = await api(document, {**asked, "category": "POOR"}, actor=actor("CLERK"))
    assert reply.data["policyQuote"] == {"familyShare": "12000.00", "payerShare": "18000.00"}
    reply = await api(document, {**asked, "category": "RICH"}, actor=actor("CLERK"))
    assert "RICH is not a known code" in reply.errors[0]["message"]


async def test_a_quote_looks_at_most_a_century_ahead(api: Api, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    document = """query($productId: ID!, $familyId: ID, $on: Date) {
      policyQuote(productId: $productId, familyId: $familyId, enrolledOn: $on) { startsOn }
    }"""
    asked = {"productId": product.id, "familyId": family.id}
    reply = await api(document, {**asked, "on": "2026-12-01"}, actor=actor("CLERK"))
    assert reply.data["policyQuote"] == {"startsOn": "2026-12-01"}
    reply = await api(document, {**asked, "on": "9999-12-31"}, actor=actor("CLERK"))
    assert reply.errors[0]["extensions"]["code"] == "BAD_REQUEST"
