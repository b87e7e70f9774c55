"""Several people work on one family and its policies at the same time."""

import asyncio
from collections.abc import Coroutine
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.testing import Api, actor
from modules.contribution.testing import make_contribution
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.insuree.testing import CHILD, chf_number, make_family
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.models import Product
from modules.product.testing import make_product
from tests.modules.meanwhile import holding, started

PER_HEAD: dict[str, Any] = {
    "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(10000), "premium_child": Decimal(2000),
}  # fmt: skip
INSUREE = "insuree { id } errors { code path }"
CONTRIBUTION = "contribution { policy { status effectiveOn } } errors { code path }"
WRITING_POLICIES = "LOCK TABLE policy_policy IN SHARE MODE"
THE_POLICY = "SELECT id FROM policy_policy WHERE id = :id FOR UPDATE"

Told = list[tuple[str, str]]


def begin(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """A request on its way."""
    return asyncio.ensure_future(work)


def money(policy: Policy, receipt: str, amount: int = 5000, **fields: Any) -> dict[str, Any]:
    """What records cash for a policy."""
    return {"policyId": policy.id, "amount": amount, "receipt": receipt, "paymentTypeCode": "C", **fields}


async def child_of(session: AsyncSession, family: Family) -> Insuree:
    """A member of the family who is not its head."""
    members = select(Insuree).where(Insuree.family_id == family.id, Insuree.relation_code == CHILD)
    return (await session.scalars(members.order_by(Insuree.id).limit(1))).one()


async def policy_of(session: AsyncSession, family: Family) -> Policy:
    """The family's policy as it is now."""
    found = await session.scalars(
        select(Policy).where(Policy.family_id == family.id).execution_options(populate_existing=True)
    )
    return found.one()


async def places_on(session: AsyncSession, policy: Policy) -> set[UUID]:
    """Who has a place on the policy."""
    places = select(PricedMember.insuree_id).where(PricedMember.policy_id == policy.id, PricedMember.left_on.is_(None))
    return set(await session.scalars(places))


async def members_of(session: AsyncSession, family: Family) -> set[UUID]:
    """Who belongs to the family and may be covered."""
    active = Insuree.status == InsureeStatus.ACTIVE
    return set(await session.scalars(select(Insuree.id).where(Insuree.family_id == family.id, active)))


async def idle_policy(session: AsyncSession, value: int = 10000, **fields: Any) -> tuple[Policy, Family, Product]:
    """A family of four and their unpaid policy from the first of March."""
    family, product = await make_family(session, members=4), await make_product(session)
    start = date(2026, 3, 1)
    policy = await make_policy(
        session, family, product, PolicyStatus.IDLE, starts_on=start, value=Decimal(value), **fields
    )
    await session.commit()
    return policy, family, product


async def test_two_payments_that_complete_a_policy_activate_it_once(
    change: Any, session: AsyncSession, host: Host
) -> None:
    policy, family, _ = await idle_policy(session)
    async with holding(session, THE_POLICY, id=policy.id):
        days = {"A1": "2026-03-04", "A2": "2026-03-08"}
        sent = [
            begin(change("recordContribution", fields=CONTRIBUTION, **money(policy, receipt, paidOn=day)))
            for receipt, day in days.items()
        ]
        await started(host, *sent)
    payloads = await asyncio.gather(*sent)
    assert [payload.told for payload in payloads] == [[], []]
    statuses = sorted(payload["contribution"]["policy"]["status"] for payload in payloads)
    assert statuses == ["ACTIVE", "IDLE"]
    after = await policy_of(session, family)
    assert (after.status, after.effective_on) == (PolicyStatus.ACTIVE, date(2026, 3, 8))
    covers = (await session.scalars(select(Cover.starts_on).where(Cover.policy_id == policy.id))).all()
    assert covers == [date(2026, 3, 8)] * 4


async def test_of_two_payments_that_would_each_complete_a_policy_the_second_is_too_much(
    change: Any, session: AsyncSession, host: Host
) -> None:
    policy, family, _ = await idle_policy(session)
    async with holding(session, THE_POLICY, id=policy.id):
        sent = [
            begin(change("recordContribution", fields=CONTRIBUTION, **money(policy, receipt, 10000)))
            for receipt in ("A1", "A2")
        ]
        await started(host, *sent)
    assert sorted(payload.told for payload in await asyncio.gather(*sent)) == [[], [("OVERPAID", "amount")]]
    assert (await policy_of(session, family)).status is PolicyStatus.ACTIVE


async def test_a_member_who_moves_away_while_the_family_enrols_is_not_paid_for(
    change: Any, session: AsyncSession, host: Host
) -> None:
    family, other = await make_family(session, members=4), await make_family(session)
    product, child = await make_product(session, **PER_HEAD), await child_of(session, family)
    await session.commit()
    async with holding(session, WRITING_POLICIES):
        enrolling = begin(change("enrolPolicy", familyId=family.id, productId=product.id))
        await started(host, enrolling)
        away = {"id": child.id, "expectedVersion": 1, "familyId": other.id, "relationCode": CHILD}
        moving = begin(change("moveInsuree", fields=INSUREE, **away))
        await started(host, enrolling, moving)
    assert ((await enrolling).told, (await moving).told) == ([], [])
    policy = await policy_of(session, family)
    assert policy.value == 2 * 10000 + 2000
    assert await places_on(session, policy) == await members_of(session, family)


async def test_a_member_who_dies_or_leaves_while_the_family_enrols_is_not_paid_for(
    change: Any, session: AsyncSession, host: Host
) -> None:
    dead = {"status": "DEAD", "statusReasonCode": "DEATH", "statusOn": "2026-03-10"}
    for mutation, fields in (("updateInsuree", dead), ("removeInsuree", {})):
        family, product = await make_family(session, members=4), await make_product(session, **PER_HEAD)
        child = await child_of(session, family)
        await session.commit()
        async with holding(session, WRITING_POLICIES):
            enrolling = begin(change("enrolPolicy", familyId=family.id, productId=product.id))
            await started(host, enrolling)
            leaving = begin(change(mutation, fields=INSUREE, id=child.id, expectedVersion=1, **fields))
            await started(host, enrolling, leaving)
        assert ((await enrolling).told, (await leaving).told) == ([], [])
        policy = await policy_of(session, family)
        assert policy.value == 2 * 10000 + 2000
        assert await places_on(session, policy) == await members_of(session, family)


async def test_a_member_who_joins_while_the_family_enrols_has_a_place(
    change: Any, session: AsyncSession, host: Host
) -> None:
    family, product = await make_family(session, members=3), await make_product(session, **PER_HEAD)
    await session.commit()
    child = {
        "familyId": family.id, "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Juma",
        "birthDate": "2015-05-05", "genderCode": "M", "relationCode": CHILD,
    }  # fmt: skip
    async with holding(session, WRITING_POLICIES):
        enrolling = begin(change("enrolPolicy", familyId=family.id, productId=product.id))
        await started(host, enrolling)
        joining = begin(change("addInsuree", fields=INSUREE, **child))
        await started(host, enrolling, joining)
    assert ((await enrolling).told, (await joining).told) == ([], [])
    policy = await policy_of(session, family)
    assert policy.value == 2 * 10000 + 2 * 2000
    assert await places_on(session, policy) == await members_of(session, family)


async def test_a_payment_and_a_member_who_leaves_do_not_wait_for_each_other_in_a_circle(
    change: Any, session: AsyncSession, host: Host
) -> None:
    policy, family, _ = await idle_policy(session)
    child = await child_of(session, family)
    async with holding(session, THE_POLICY, id=policy.id):
        paying = begin(change("recordContribution", fields=CONTRIBUTION, **money(policy, "A1", 10000)))
        await started(host, paying)
        leaving = begin(change("removeInsuree", fields=INSUREE, id=child.id, expectedVersion=1))
        await started(host, paying, leaving)
    assert ((await paying).told, (await leaving).told) == ([], [])
    after = await policy_of(session, family)
    assert after.status is PolicyStatus.ACTIVE
    assert await places_on(session, after) == await members_of(session, family)


async def test_members_who_change_places_between_two_families_do_not_block_each_other(
    change: Any, session: AsyncSession, host: Host
) -> None:
    policies = [(await idle_policy(session))[0] for _ in range(2)]
    families = [await session.get_one(Family, policy.family_id) for policy in policies]
    children = [await child_of(session, family) for family in families]
    await session.commit()
    async with holding(session, "SELECT id FROM policy_policy FOR UPDATE"):
        moving = [
            begin(
                change(
                    "moveInsuree",
                    fields=INSUREE,
                    id=child.id,
                    expectedVersion=1,
                    familyId=family.id,
                    relationCode=CHILD,
                )
            )
            for child, family in zip(children, reversed(families), strict=True)
        ]
        await started(host, *moving)
    assert [(await request).told for request in moving] == [[], []]
    for policy, family in zip(policies, families, strict=True):
        assert await places_on(session, policy) == await members_of(session, family)


async def test_of_two_renewals_at_once_one_is_made(change: Any, session: AsyncSession, host: Host) -> None:
    family, product = await make_family(session), await make_product(session)
    previous = await make_policy(session, family, product, PolicyStatus.EXPIRED)
    await make_contribution(session, previous)
    await session.commit()
    async with holding(session, "SELECT id FROM insuree_family WHERE id = :id FOR UPDATE", id=family.id):
        sent = [begin(change("renewPolicy", previousPolicyId=previous.id)) for _ in range(2)]
        await started(host, *sent)
    assert sorted(payload.told for payload in await asyncio.gather(*sent)) == [
        [],
        [("ALREADY_RENEWED", "previousPolicyId")],
    ]


async def test_of_two_enrolments_at_once_one_is_made(change: Any, session: AsyncSession, host: Host) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    async with holding(session, WRITING_POLICIES):
        sent = [begin(change("enrolPolicy", familyId=family.id, productId=product.id)) for _ in range(2)]
        await started(host, *sent)
    assert sorted(payload.told for payload in await asyncio.gather(*sent)) == [[], [("ALREADY_ENROLLED", "productId")]]


async def test_a_family_that_is_deleted_while_it_enrols_keeps_no_running_policy(
    change: Any, session: AsyncSession, host: Host
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    async with holding(session, WRITING_POLICIES):
        enrolling = begin(change("enrolPolicy", familyId=family.id, productId=product.id))
        await started(host, enrolling)
        gone = {"id": family.id, "expectedVersion": 1, "members": "DETACH"}
        deleting = begin(change("deleteFamily", fields="errors { code path }", **gone))
        await started(host, enrolling, deleting)
    assert ((await enrolling).told, (await deleting).told) == ([], [])
    assert (await policy_of(session, family)).status is PolicyStatus.SUSPENDED


async def test_a_policy_sent_twenty_times_is_one_policy(api: Api, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    document = """mutation($input: EnrolPolicyInput!) { enrolPolicy(input: $input) {
        policy { id value } clientMutationId errors { code } } }"""
    input = {"familyId": family.id, "productId": product.id, "clientMutationId": "phone-1"}
    clerk = actor("CLERK")
    replies = await asyncio.gather(*(api(document, {"input": input}, actor=clerk) for _ in range(20)))
    assert len({reply.body for reply in replies}) == 1
    assert replies[0].data["enrolPolicy"]["errors"] == []
    assert len((await session.scalars(select(Policy.id))).all()) == 1
