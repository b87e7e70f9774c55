"""What is corrected of a family after its policies were priced, and what their warnings tell of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock
from core.testing import Api
from modules.contribution.testing import make_contribution
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import CHILD, chf_number, make_family
from modules.policy import services
from modules.policy.models import Policy, PricedMember
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.models import Subsidy
from modules.product.testing import make_product

PER_HEAD: dict[str, Any] = {
    "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(10000), "premium_child": Decimal(2000),
}  # fmt: skip
POLICIES = "policies { nodes { value due status warnings } }"
INSUREE = f"insuree {{ id version family {{ {POLICIES} }} }} errors {{ code path message }}"
FAMILY = f"family {{ version {POLICIES} }} errors {{ code path message }}"
CHILDS_BIRTH = date(2012, 3, 3)


async def enrolled(session: AsyncSession, change: Any, members: int = 3, **terms: Any) -> Family:
    """A family of which each adult costs 10,000 and each child 2,000, with a policy that is not paid."""
    family = await make_family(session, members=members)
    product = await make_product(session, **{**PER_HEAD, **terms})
    await session.commit()
    await change("enrolPolicy", familyId=family.id, productId=product.id)
    return family


async def paid(session: AsyncSession, members: int = 3, **terms: Any) -> Family:
    """A family with a policy that covers it since the first of the year."""
    family = await make_family(session, members=members)
    product = await make_product(session, **{**PER_HEAD, **terms})
    value = Decimal(20000 + 2000 * (members - 2))
    policy = await make_policy(session, family, product, starts_on=date(2026, 1, 1), value=value)
    await make_contribution(session, policy, value, paid_on=date(2026, 1, 1))
    await session.commit()
    return family


async def child_of(session: AsyncSession) -> Insuree:
    """The family's child."""
    return (await session.scalars(select(Insuree).where(Insuree.birth_date == CHILDS_BIRTH))).one()


async def corrected(change: Any, person: Insuree, **fields: Any) -> dict[str, Any]:
    """The only policy of the person's family, as the payload of a correction shows it."""
    answer = await change("updateInsuree", fields=INSUREE, id=person.id, expectedVersion=person.version, **fields)
    assert answer["errors"] == []
    [policy] = answer["insuree"]["family"]["policies"]["nodes"]
    return dict(policy)


async def added(change: Any, family: Family) -> dict[str, Any]:
    """The only policy of a family, as the payload of a new member shows it."""
    answer = await change(
        "addInsuree", fields=INSUREE, familyId=family.id, insuranceNumber=chf_number(), lastName="Mushi",
        otherNames="Juma", birthDate="2015-05-05", genderCode="M", relationCode=CHILD,
    )  # fmt: skip
    assert answer["errors"] == []
    [policy] = answer["insuree"]["family"]["policies"]["nodes"]
    return dict(policy)


async def test_a_corrected_birth_date_prices_an_unpaid_policy_anew(change: Any, session: AsyncSession) -> None:
    await enrolled(session, change)
    child = await child_of(session)
    policy = await corrected(change, child, birthDate="2002-03-03")
    assert policy == {"value": "30000.00", "due": "30000.00", "status": "IDLE", "warnings": []}
    place = await session.scalar(select(PricedMember.birth_date).where(PricedMember.insuree_id == child.id))
    assert place == date(2002, 3, 3)


async def test_a_correction_that_makes_a_policy_as_cheap_as_what_was_paid_activates_it(
    change: Any, session: AsyncSession
) -> None:
    await enrolled(session, change)
    adult = await child_of(session)
    before = await corrected(change, adult, birthDate="2002-03-03")
    policy = (await session.scalars(select(Policy))).one()
    payment = {"policyId": policy.id, "paymentTypeCode": "C", "paidOn": "2026-03-10", "receipt": "A1"}
    await change("recordContribution", fields="errors { code }", amount="22000", **payment)
    await session.refresh(adult)
    after = await corrected(change, adult, birthDate=str(CHILDS_BIRTH))
    assert (before["value"], before["status"]) == ("30000.00", "IDLE")
    assert (after["value"], after["status"]) == ("22000.00", "ACTIVE")


async def test_other_particulars_price_nothing_anew(change: Any, session: AsyncSession) -> None:
    await enrolled(session, change)
    version = await session.scalar(select(Policy.version))
    await session.rollback()
    await corrected(change, await child_of(session), lastName="Mollel", genderCode="F")
    assert await session.scalar(select(Policy.version)) == version


async def test_a_policy_that_covers_keeps_its_price_and_says_so(change: Any, session: AsyncSession) -> None:
    await paid(session)
    policy = await corrected(change, await child_of(session), birthDate="2002-03-03")
    assert policy == {
        "value": "22000.00", "due": "22000.00", "status": "ACTIVE", "warnings": ["PRICED_BEFORE_CORRECTION"],
    }  # fmt: skip


async def test_a_newcomer_does_not_pay_for_what_was_corrected_of_others(change: Any, session: AsyncSession) -> None:
    family = await paid(session)
    await corrected(change, await child_of(session), birthDate="2002-03-03")
    assert (await added(change, family))["value"] == "24000.00"


async def test_another_membership_category_prices_an_unpaid_policy_anew(change: Any, session: AsyncSession) -> None:
    family = await enrolled(session, change)
    policy = (await session.scalars(select(Policy))).one()
    session.add(
        Subsidy(terms_id=policy.terms_id, category_code="POOR", percent=Decimal(50), family_part_activates=True)
    )
    await session.commit()
    answer = await change("updateFamily", fields=FAMILY, id=family.id, expectedVersion=1, membershipCategoryCode="POOR")
    assert answer["errors"] == []
    [shown] = answer["family"]["policies"]["nodes"]
    assert (shown["value"], shown["due"]) == ("22000.00", "11000.00")


@pytest.mark.parametrize("start", [enrolled, paid])
async def test_a_member_beyond_the_maximum_is_warned_of_when_added(
    start: Any, change: Any, session: AsyncSession
) -> None:
    family = await (start(session, change, max_members=4) if start is enrolled else start(session, max_members=4))
    assert (await added(change, family))["warnings"] == []
    policy = await added(change, family)
    assert (policy["value"], policy["warnings"]) == ("24000.00", ["MEMBERS_ABOVE_MAXIMUM"])


async def test_nothing_is_warned_of_once_a_policy_is_over(api: Api, change: Any, session: AsyncSession) -> None:
    family = await paid(session, max_members=3)
    await added(change, family)
    policy = (await session.scalars(select(Policy))).one()
    policy.status = PolicyStatus.EXPIRED
    await session.commit()
    answer = await change("updateFamily", fields=FAMILY, id=family.id, expectedVersion=1, address="Moshi")
    assert answer["family"]["policies"]["nodes"][0]["warnings"] == []


async def test_what_was_corrected_while_policies_were_off_is_caught_up_with(
    ctx: Context, change: Any, session: AsyncSession
) -> None:
    await enrolled(session, change)
    child = await child_of(session)
    child.birth_date = date(2002, 3, 3)
    await session.commit()
    await services.catch_up(ctx, clock.now())
    assert await session.scalar(select(Policy.value)) == Decimal(30000)
