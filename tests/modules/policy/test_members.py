from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow, clock
from core.testing import Api, actor
from modules.contribution.testing import make_contribution
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import CHILD, chf_number, make_family, make_insuree
from modules.location.testing import make_village
from modules.policy.models import Cover, Policy, PricedMember, SuspendedBy
from modules.policy.rules import CoverEnd, PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product

PER_HEAD: dict[str, Any] = {
    "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(10000), "premium_child": Decimal(2000),
}  # fmt: skip
INSUREE = "insuree { id version } errors { code path message }"
START = date(2026, 1, 1)


async def paid_policy(session: AsyncSession, family: Family, value: int = 30000, **terms: Any) -> Policy:
    """A policy of the family from the first of the year, paid that day."""
    policy = await make_policy(
        session, family, await make_product(session, **terms), starts_on=START, value=Decimal(value)
    )
    await make_contribution(session, policy, Decimal(value), paid_on=START)
    await session.commit()
    return policy


def newcomer(family: Family, **fields: Any) -> dict[str, Any]:
    """What registers a child in the family."""
    return {
        "familyId": family.id, "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Juma",
        "birthDate": "2015-05-05", "genderCode": "M", "relationCode": CHILD, **fields,
    }  # fmt: skip


async def covers_of(session: AsyncSession, insuree_id: Any) -> list[tuple[date, date, CoverEnd | None]]:
    """The intervals in which somebody is covered."""
    rows = await session.execute(
        select(Cover.starts_on, Cover.ends_on, Cover.ended_by)
        .where(Cover.insuree_id == insuree_id)
        .order_by(Cover.starts_on)
    )
    return [(first, last, ended_by) for first, last, ended_by in rows]


async def refreshed(session: AsyncSession, policy: Policy) -> Policy:
    """The policy as it is now."""
    await session.rollback()
    await session.refresh(policy)
    return policy


async def test_a_newcomer_is_covered_at_once_if_the_value_does_not_change_decision_19(
    change: Any, session: AsyncSession
) -> None:
    family = await make_family(session, members=2)
    policy = await paid_policy(session, family)
    added = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    assert await covers_of(session, added["id"]) == [(date(2026, 3, 10), date(2026, 12, 31), None)]
    assert (await refreshed(session, policy)).value == 30000


async def test_a_newcomer_who_costs_more_is_covered_once_that_is_paid_c11(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    policy = await paid_policy(session, family, 10000, **PER_HEAD)
    added = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    policy = await refreshed(session, policy)
    assert (policy.value, policy.status, policy.effective_on) == (Decimal(12000), PolicyStatus.ACTIVE, START)
    payment = {"policyId": policy.id, "paymentTypeCode": "C", "paidOn": "2026-03-10"}
    fields = "contribution { policy { status balance } } errors { code }"
    paid = await change("recordContribution", fields=fields, amount="1000", receipt="A1", **payment)
    assert paid["contribution"]["policy"] == {"status": "ACTIVE", "balance": "1000.00"}
    assert await covers_of(session, added["id"]) == []
    await change("recordContribution", fields=fields, amount="1000", receipt="A2", **payment)
    assert await covers_of(session, added["id"]) == [(date(2026, 3, 10), date(2026, 12, 31), None)]


async def test_the_cover_of_the_others_is_untouched_by_a_newcomer_decision_19(
    change: Any, session: AsyncSession
) -> None:
    family = await make_family(session, members=1)
    await paid_policy(session, family, 10000, **PER_HEAD)
    before = await covers_of(session, family.head_id)
    await change("addInsuree", fields=INSUREE, **newcomer(family))
    assert await covers_of(session, family.head_id) == before == [(START, date(2026, 12, 31), None)]


async def test_a_newborn_is_covered_from_birth_decision_19(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=2)
    await paid_policy(session, family)
    added = (await change("addInsuree", fields=INSUREE, **newcomer(family, birthDate="2026-02-01")))["insuree"]
    assert await covers_of(session, added["id"]) == [(date(2026, 2, 1), date(2026, 12, 31), None)]


async def test_a_newcomer_raises_the_value_of_an_unpaid_policy_too(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    product = await make_product(session, **PER_HEAD)
    await session.commit()
    made = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    await change("addInsuree", fields=INSUREE, **newcomer(family))
    policy = (await session.scalars(select(Policy))).one()
    assert made["value"] == "10000.00"
    assert {policy.value, policy.due, policy.bought_due} == {Decimal(12000)}


async def test_a_seventh_member_gets_the_place_that_becomes_free_rule_2_3_9(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=6)
    await paid_policy(session, family)
    seventh = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    assert await covers_of(session, seventh["id"]) == []
    leaver = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(2012, 3, 3)))).one()
    await change("removeInsuree", fields=INSUREE, id=leaver.id, expectedVersion=leaver.version)
    assert await covers_of(session, leaver.id) == [(START, date(2026, 3, 10), CoverEnd.REMOVAL)]
    assert await covers_of(session, seventh["id"]) == [(date(2026, 3, 10), date(2026, 12, 31), None)]


async def test_who_leaves_an_active_policy_does_not_make_it_cheaper(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=3)
    policy = await paid_policy(session, family, 22000, **PER_HEAD)
    child = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(2012, 3, 3)))).one()
    await change("removeInsuree", fields=INSUREE, id=child.id, expectedVersion=child.version)
    policy = await refreshed(session, policy)
    assert (policy.value, policy.status) == (Decimal(22000), PolicyStatus.ACTIVE)


async def test_nobody_owes_for_a_newcomer_who_left_before_paying(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    policy = await paid_policy(session, family, 10000, **PER_HEAD)
    first = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    second = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    await change("removeInsuree", fields=INSUREE, id=first["id"], expectedVersion=first["version"])
    assert (await refreshed(session, policy)).value == 12000
    owed = await session.scalar(select(PricedMember.owed).where(PricedMember.insuree_id == second["id"]))
    assert owed == 12000


async def test_cover_ends_with_the_day_of_death_rule_2_3_3(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=2)
    await paid_policy(session, family)
    spouse = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(1989, 9, 9)))).one()
    await change(
        "updateInsuree", fields=INSUREE, id=spouse.id, expectedVersion=spouse.version, status="DEAD",
        statusReasonCode=await reason(session, "DEAD"), statusOn="2026-03-01",
    )  # fmt: skip
    assert await covers_of(session, spouse.id) == [(START, date(2026, 3, 1), CoverEnd.STATUS)]


async def test_who_is_active_again_is_covered_from_that_day_rule_2_3_4(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=2)
    await paid_policy(session, family)
    spouse = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(1989, 9, 9)))).one()
    left = await change(
        "updateInsuree", fields=INSUREE, id=spouse.id, expectedVersion=spouse.version, status="INACTIVE",
        statusReasonCode=await reason(session, "INACTIVE"), statusOn="2026-03-01",
    )  # fmt: skip
    version = left["insuree"]["version"]
    await change("updateInsuree", fields=INSUREE, id=spouse.id, expectedVersion=version, status="ACTIVE")
    assert await covers_of(session, spouse.id) == [
        (START, date(2026, 3, 1), CoverEnd.STATUS),
        (date(2026, 3, 10), date(2026, 12, 31), None),
    ]


async def test_who_moves_is_covered_by_the_new_familys_policy_rule_2_3_6(change: Any, session: AsyncSession) -> None:
    former, family = await make_family(session, members=2), await make_family(session, members=1)
    await paid_policy(session, former)
    await paid_policy(session, family)
    child = await make_insuree(session, former)
    await session.commit()
    await change("moveInsuree", fields=INSUREE, id=child.id, expectedVersion=1, familyId=family.id, relationCode=CHILD)
    assert await covers_of(session, child.id) == [(date(2026, 3, 10), date(2026, 12, 31), None)]


async def test_policies_follow_a_family_to_its_new_village(api: Api, change: Any, session: AsyncSession) -> None:
    family, village = await make_family(session), await make_village(session)
    await paid_policy(session, family)
    assert village.district_id is not None
    await change("updateFamily", fields="errors { code }", id=family.id, expectedVersion=1, locationId=village.id)
    clerk = actor("CLERK", district=[village.district_id])
    reply = await api("{ policies { totalCount } contributions { totalCount } }", actor=clerk)
    assert reply.data == {"policies": {"totalCount": 1}, "contributions": {"totalCount": 1}}


async def test_a_deleted_familys_policies_are_stopped_and_stay_on_record(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    policy = await paid_policy(session, family)
    head = family.head_id
    await change("deleteFamily", fields="errors { code }", id=family.id, expectedVersion=1, members="DETACH")
    policy = await refreshed(session, policy)
    assert (policy.status, policy.suspended_by, policy.ended_at) == (
        PolicyStatus.SUSPENDED, SuspendedBy.USER, None,
    )  # fmt: skip
    assert await covers_of(session, head) == [(START, date(2026, 3, 9), CoverEnd.DELETION)]


async def test_an_expired_policy_is_not_priced_again(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    product = await make_product(session, **PER_HEAD)
    policy = await make_policy(session, family, product, PolicyStatus.EXPIRED, value=Decimal(10000))
    await session.commit()
    await change("addInsuree", fields=INSUREE, **newcomer(family))
    assert (await refreshed(session, policy)).value == 10000


async def test_a_newcomer_during_a_suspension_is_covered_when_it_is_lifted(change: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    policy = await paid_policy(session, family)
    await change("suspendPolicy", id=policy.id, expectedVersion=1)
    added = (await change("addInsuree", fields=INSUREE, **newcomer(family)))["insuree"]
    assert await covers_of(session, added["id"]) == []
    version = (await refreshed(session, policy)).version
    with clock.at(datetime(2026, 3, 10, 9, tzinfo=UTC) + timedelta(days=10)):
        await change("resumePolicy", id=policy.id, expectedVersion=version)
    assert await covers_of(session, added["id"]) == [(date(2026, 3, 20), date(2026, 12, 31), None)]


async def reason(session: AsyncSession, status: str) -> str:
    """The code of a reason for the status."""
    found = await session.scalar(
        select(LookupRow.code).where(
            LookupRow.kind == "status_reason", LookupRow.data["status"].astext == status
        ).limit(1)
    )  # fmt: skip
    assert found is not None
    return found
