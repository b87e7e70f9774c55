from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import anyio
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.insuree.testing import make_family, make_insuree
from modules.location.models import Location
from modules.location.testing import make_district
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.models import Terms
from modules.product.testing import make_product

START = date(2026, 1, 1)


async def insured(session: AsyncSession, members: int = 2) -> tuple[Family, Policy]:
    """A family with an active policy since the first of the year."""
    family = await make_family(session, members=members)
    policy = await make_policy(session, family, await make_product(session), starts_on=START)
    await session.commit()
    return family, policy


async def district_of(session: AsyncSession, policy_id: UUID) -> Any:
    """The district a policy is in."""
    await session.rollback()
    return await session.scalar(select(Policy.district_id).where(Policy.id == policy_id))


async def test_policies_are_filtered_and_ordered(api: Api, session: AsyncSession) -> None:
    _, first = await insured(session)
    idle = await make_policy(
        session, await make_family(session), await make_product(session), PolicyStatus.IDLE, value=Decimal(5000)
    )
    await session.commit()
    query = """{
      active: policies(filter: { status: { eq: ACTIVE } }) { nodes { id } totalCount }
      cheap: policies(filter: { value: { lt: "10000" } }) { nodes { id } }
      all: policies(orderBy: [{ field: EXPIRES_ON, direction: ASC }]) { nodes { id } }
    }"""
    reply = await api(query, actor=actor("CLERK"))
    assert reply.errors == []
    assert reply.data["active"] == {"nodes": [{"id": str(first.id)}], "totalCount": 1}
    assert reply.data["cheap"]["nodes"] == [{"id": str(idle.id)}]
    assert reply.data["all"]["nodes"] == [{"id": str(first.id)}, {"id": str(idle.id)}]


async def test_families_and_people_show_their_policies(api: Api, session: AsyncSession) -> None:
    family, policy = await insured(session)
    late = await make_insuree(session, family)
    await session.commit()
    query = """query($family: ID!, $head: ID!, $late: ID!) {
      family(id: $family) { policies { nodes { id coveredInsurees { insuree { isHead } } } } }
      head: insuree(id: $head) { policies(status: ACTIVE) { nodes { id } } }
      idle: insuree(id: $head) { policies(status: IDLE) { nodes { id } } }
      late: insuree(id: $late) { policies { nodes { id } } }
    }"""
    variables = {"family": family.id, "head": family.head_id, "late": late.id}
    reply = await api(query, variables, actor=actor("CLERK"))
    assert reply.errors == []
    (node,) = reply.data["family"]["policies"]["nodes"]
    assert node["id"] == str(policy.id)
    assert sorted(cover["insuree"]["isHead"] for cover in node["coveredInsurees"]) == [False, True]
    assert reply.data["head"]["policies"]["nodes"] == [{"id": str(policy.id)}]
    assert reply.data["idle"]["policies"]["nodes"] == []
    assert reply.data["late"]["policies"]["nodes"] == []


async def test_a_page_of_policies_with_all_it_shows_is_one_statement(api: Api, session: AsyncSession) -> None:
    for _ in range(3):
        await insured(session)
    query = """{ policies { nodes {
      family { head { lastName } } product { name } terms { lumpSum } enforced
      coveredInsurees { insuree { insuranceNumber } from to } balance contributions { nodes { amount } }
    } } }"""
    reply = await api(query, actor=actor("CLERK"))
    assert (reply.errors, len(reply.data["policies"]["nodes"]), reply.statements) == ([], 3, 1)


async def test_a_policy_is_found_by_its_id_where_it_is_seen(api: Api, session: AsyncSession) -> None:
    family, policy = await insured(session, members=1)
    elsewhere = await make_district(session)
    await session.commit()
    query = "query($id: ID!) { node(id: $id) { id ... on Policy { coveredInsurees { from } } } }"
    here = await api(query, {"id": policy.id}, actor=actor("CLERK", district=[family.district_id]))
    assert here.data["node"] == {"id": str(policy.id), "coveredInsurees": [{"from": "2026-01-01"}]}
    there = await api(query, {"id": policy.id}, actor=actor("CLERK", district=[elsewhere.id]))
    assert there.data == {"node": None}


async def test_of_two_enrolments_at_once_one_is_refused(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    answers = []

    async def enrol() -> None:
        answers.append((await change("enrolPolicy", familyId=family.id, productId=product.id)).told)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(enrol)
    assert sorted(answers) == [[], [("ALREADY_ENROLLED", "productId")], [("ALREADY_ENROLLED", "productId")]]


async def test_a_family_whose_only_member_is_dead_is_not_enrolled(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session, members=1), await make_product(session)
    await session.execute(update(Insuree).values(status=InsureeStatus.DEAD))
    await session.commit()
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id)
    assert payload.told == [("FAMILY_EMPTY", "familyId")]


async def test_policies_follow_places_to_another_district(api: Api, session: AsyncSession) -> None:
    family, policy = await insured(session)
    village, target = await session.get_one(Location, family.location_id), await make_district(session)
    await session.commit()
    reply = await api(
        "mutation($input: MoveLocationInput!) { moveLocation(input: $input) { errors { code path } } }",
        {"input": {"id": village.ward_id, "expectedVersion": 1, "parentId": target.id}},
        actor=actor("SYSTEM_ADMINISTRATOR"),
    )
    assert reply.data == {"moveLocation": {"errors": []}}
    assert await district_of(session, policy.id) == target.id


async def test_a_product_with_running_policies_is_not_deleted_rule_3_3(change: Any, session: AsyncSession) -> None:
    _, policy = await insured(session)
    who = actor("SCHEME_ADMINISTRATOR")
    payload = await change(
        "deleteProduct", fields="errors { code path }", who=who, id=policy.product_id, expectedVersion=1
    )
    assert payload.told == [("PRODUCT_IN_USE", "id")]


async def test_a_policy_rests_on_the_terms_it_was_made_with_decision_7(change: Any, session: AsyncSession) -> None:
    _, policy = await insured(session)
    who = actor("SCHEME_ADMINISTRATOR")
    payload = await change(
        "updateProduct", fields="errors { code path }", who=who, id=policy.product_id, expectedVersion=1,
        lumpSum="40000",
    )  # fmt: skip
    assert payload.told == []
    assert (await session.get_one(Terms, policy.terms_id)).lump_sum == Decimal(30000)
    assert len((await session.scalars(select(Terms).where(Terms.product_id == policy.product_id))).all()) == 2


async def test_reading_policies_needs_a_right(api: Api) -> None:
    reply = await api("{ policies { totalCount } }", actor=actor("SCHEME_ADMINISTRATOR"))
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_person_shows_the_policies_that_include_them_b22(api: Api, session: AsyncSession) -> None:
    family, current = await insured(session)
    product = await make_product(session)
    old = await make_policy(session, family, product, PolicyStatus.EXPIRED, starts_on=date(2010, 1, 1))
    late = await make_insuree(session, family)
    await session.commit()
    query = """query($head: ID!, $late: ID!, $on: Date!) {
      late: insuree(id: $late) { policies { totalCount } }
      head: insuree(id: $head) { policies { nodes { id } } }
      active: insuree(id: $head) { policies(status: ACTIVE) { nodes { id } } }
      then: insuree(id: $head) { policies(filter: { effectiveOn: { lte: $on }, expiresOn: { gte: $on } }) { nodes { id } } }
    }"""
    reply = await api(query, {"head": family.head_id, "late": late.id, "on": START}, actor=actor("CLERK"))
    assert reply.errors == []
    assert reply.data["late"]["policies"]["totalCount"] == 0
    assert reply.data["head"]["policies"]["nodes"] == [{"id": str(current.id)}, {"id": str(old.id)}]
    assert (
        reply.data["active"]["policies"]["nodes"]
        == reply.data["then"]["policies"]["nodes"]
        == [{"id": str(current.id)}]
    )
