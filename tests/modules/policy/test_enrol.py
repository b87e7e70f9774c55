from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.insuree.testing import make_family, make_officer
from modules.location.testing import make_district, make_village, make_ward
from modules.policy.models import Policy, PricedMember
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.models import Subsidy
from modules.product.testing import make_product

CYCLES = [(1, 1), (1, 6)]
P1 = {
    "max_members": 5, "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(300),
    "premium_child": Decimal(200), "registration_lump_sum": Decimal(250), "general_assembly_lump_sum": Decimal(130),
}  # fmt: skip
P2 = {
    "max_members": 5, "lump_sum": Decimal(200), "threshold": 2, "grace_period_enrolment": 1,
    "premium_adult": Decimal(300), "premium_child": Decimal(200), "registration_fee": Decimal(10),
    "general_assembly_fee": Decimal(5),
}  # fmt: skip


async def test_a_household_of_four_enrols_for_30_000_shillings_a_year(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session, members=4), await make_product(session)
    await session.commit()
    policy = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    assert policy == {
        "id": policy["id"], "version": 1, "status": "IDLE", "stage": "NEW", "suspendedBy": None, "value": "30000.00",
        "due": "30000.00", "enrolledOn": "2026-03-10", "startsOn": "2026-03-10", "effectiveOn": None,
        "expiresOn": "2027-03-09", "payBy": None, "coveredInsurees": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "cycles", "start", "expiry", "value"),
    [
        pytest.param(P1, [], "2026-03-10", "2027-03-09", "980.00", id="A1"),
        pytest.param(P2, CYCLES, "2026-06-01", "2027-05-31", "230.00", id="A3"),
    ],
)
async def test_value_and_dates_of_a_household(
    change: Any, session: AsyncSession, terms: dict[str, Any], cycles: Any, start: str, expiry: str, value: str
) -> None:
    family = await make_family(session, members=2)
    product = await make_product(session, cycles=cycles, **terms)
    await session.commit()
    policy = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    assert (policy["startsOn"], policy["expiresOn"], policy["value"]) == (start, expiry, value)


async def test_the_seventh_member_of_a_flat_family_product_has_no_place_d6(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session, members=7), await make_product(session)
    await session.commit()
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id)
    assert payload["policy"]["value"] == "30000.00"
    assert len((await session.scalars(select(PricedMember))).all()) == 6


async def test_an_enrolment_in_the_future_is_refused_decision_18(
    change: Any, session: AsyncSession, today: date
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    tomorrow = today + timedelta(days=1)
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id, enrolledOn=tomorrow)
    assert payload.told == [("DATE_IN_FUTURE", "enrolledOn")]


async def test_backdating_by_more_than_thirty_days_needs_a_right_decision_18(
    change: Any, session: AsyncSession, today: date
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    enrolment = {"familyId": family.id, "productId": product.id, "enrolledOn": today - timedelta(days=31)}
    assert (await change("enrolPolicy", **enrolment)).told == [("BACKDATED", "enrolledOn")]
    may = actor("CLERK", rights=("policy.policy.backdate",))
    assert (await change("enrolPolicy", who=may, **enrolment)).told == []


async def test_thirty_days_back_is_allowed(change: Any, session: AsyncSession, today: date) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    day = today - timedelta(days=30)
    assert (await change("enrolPolicy", familyId=family.id, productId=product.id, enrolledOn=day)).told == []


async def test_another_price_than_expected_is_told_with_both_figures_decision_14(
    change: Any, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    expected = {"expectedValue": "10000.00", "expectedStartsOn": "2026-03-10", "expectedExpiresOn": "2026-12-31"}
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id, **expected)
    assert payload.told == [("PRICE_CHANGED", "expectedValue"), ("PRICE_CHANGED", "expectedExpiresOn")]
    assert "10000.00" in payload["errors"][0]["message"]
    assert "30000.00" in payload["errors"][0]["message"]
    assert (await session.scalars(select(Policy))).all() == []


async def test_a_family_of_another_district_is_not_found(change: Any, session: AsyncSession) -> None:
    family, product, elsewhere = await make_family(session), await make_product(session), await make_district(session)
    await session.commit()
    clerk = actor("CLERK", district=[elsewhere.id])
    payload = await change("enrolPolicy", who=clerk, familyId=family.id, productId=product.id)
    assert payload.told == [("NOT_FOUND", "familyId")]


async def test_a_product_is_sold_in_its_own_district_or_region_only_rule_3_2_9(
    change: Any, session: AsyncSession
) -> None:
    district = await make_district(session)
    family = await make_family(session, await make_village(session, await make_ward(session, district)))
    elsewhere = await make_product(session, await make_district(session))
    of_district = await make_product(session, district)
    of_region = await make_product(session, location_id=district.region_id)
    await session.commit()
    payload = await change("enrolPolicy", familyId=family.id, productId=elsewhere.id)
    assert payload.told == [("PRODUCT_NOT_HERE", "productId")]
    for product in (of_district, of_region):
        assert (await change("enrolPolicy", familyId=family.id, productId=product.id)).told == []


async def test_a_product_is_sold_between_its_dates_only(change: Any, session: AsyncSession) -> None:
    family = await make_family(session)
    over = await make_product(session, date_to=date(2026, 3, 9))
    still = await make_product(session, date_from=date(2026, 3, 10), date_to=date(2026, 3, 10))
    await session.commit()
    payload = await change("enrolPolicy", familyId=family.id, productId=over.id)
    assert payload.told == [("PRODUCT_NOT_SOLD", "productId")]
    assert (await change("enrolPolicy", familyId=family.id, productId=still.id)).told == []


async def test_a_family_has_one_policy_of_a_product_at_a_time(change: Any, session: AsyncSession) -> None:
    family, product, other = await make_family(session), await make_product(session), await make_product(session)
    await session.commit()
    await change("enrolPolicy", familyId=family.id, productId=product.id)
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id)
    assert payload.told == [("ALREADY_ENROLLED", "productId")]
    assert (await change("enrolPolicy", familyId=family.id, productId=other.id)).told == []


async def test_an_officer_who_stopped_working_sells_nothing(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    officer = await make_officer(session, valid_to=date(2026, 3, 9))
    await session.commit()
    enrolment = {"familyId": family.id, "productId": product.id, "officerId": officer.id}
    assert (await change("enrolPolicy", **enrolment)).told == [("OFFICER_NOT_VALID", "officerId")]


async def test_a_policy_that_costs_the_family_nothing_is_active_at_once_decision_23(
    change: Any, session: AsyncSession
) -> None:
    family = await make_family(session, membership_category_code="POOR")
    product = await make_product(session, subsidies={"POOR": 100})
    await session.execute(update(Subsidy).values(family_part_activates=True))
    await session.commit()
    policy = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    assert (policy["status"], policy["value"], policy["due"]) == ("ACTIVE", "30000.00", "0.00")
    assert [cover["from"] for cover in policy["coveredInsurees"]] == ["2026-03-10"] * 4


async def test_a_repeated_enrolment_makes_one_policy(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    enrolment = {"familyId": family.id, "productId": product.id, "clientMutationId": "phone-1"}
    clerk = actor("CLERK")
    first = await change("enrolPolicy", who=clerk, **enrolment)
    assert await change("enrolPolicy", who=clerk, **enrolment) == first
    assert len((await session.scalars(select(Policy))).all()) == 1


async def test_statements_do_not_grow_with_the_family(api: Api, session: AsyncSession) -> None:
    counts = set()
    officer = await make_officer(session)
    for members in (1, 12):
        family, product = await make_family(session, members=members), await make_product(session, max_members=20)
        await session.commit()
        enrolment = {
            "familyId": family.id, "productId": product.id, "officerId": officer.id, "clientMutationId": str(members),
        }  # fmt: skip
        reply = await api(
            "mutation($input: EnrolPolicyInput!) "
            "{ enrolPolicy(input: $input) { policy { id value } errors { code } } }",
            {"input": enrolment},
            actor=actor("CLERK"),
        )
        assert reply.data["enrolPolicy"]["errors"] == []
        counts.add(reply.statements)
    assert len(counts) == 1
    assert counts.pop() <= 12


async def test_a_renewal_starts_the_day_after_the_policy_it_follows(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session, registration_fee=Decimal(500))
    policy = await make_policy(session, family, product, starts_on=date(2025, 4, 1))
    await session.commit()
    renewal = (await change("renewPolicy", previousPolicyId=policy.id))["policy"]
    assert renewal["stage"] == "RENEWAL"
    assert (renewal["startsOn"], renewal["expiresOn"], renewal["value"]) == ("2026-04-01", "2027-03-31", "30000.00")


async def test_an_expired_policy_is_renewed_from_the_day_of_enrolment(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    policy = await make_policy(session, family, product, PolicyStatus.EXPIRED)
    await session.commit()
    renewal = (await change("renewPolicy", previousPolicyId=policy.id))["policy"]
    assert (renewal["startsOn"], renewal["status"]) == ("2026-03-10", "IDLE")


async def test_a_policy_is_renewed_once(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    policy = await make_policy(session, family, product, starts_on=date(2025, 4, 1))
    await session.commit()
    assert (await change("renewPolicy", previousPolicyId=policy.id)).told == []
    assert (await change("renewPolicy", previousPolicyId=policy.id)).told == [("ALREADY_RENEWED", "previousPolicyId")]


async def test_a_policy_that_never_covered_anybody_is_not_renewed(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    policy = await make_policy(session, family, product, PolicyStatus.IDLE, starts_on=date(2025, 4, 1))
    await session.commit()
    assert (await change("renewPolicy", previousPolicyId=policy.id)).told == [("NEVER_EFFECTIVE", "previousPolicyId")]


async def test_a_policy_of_a_product_no_longer_sold_is_renewed_in_the_one_it_was_converted_to(
    change: Any, session: AsyncSession
) -> None:
    newest = await make_product(session, lump_sum=Decimal(40000))
    newer = await make_product(session, date_to=date(2025, 12, 31), conversion_product_id=newest.id)
    old = await make_product(session, date_to=date(2024, 12, 31), conversion_product_id=newer.id)
    policy = await make_policy(session, await make_family(session), old, starts_on=date(2025, 4, 1))
    await session.commit()
    fields = "policy { product { id } value } errors { code }"
    payload = await change("renewPolicy", fields=fields, previousPolicyId=policy.id)
    assert payload == {"policy": {"product": {"id": str(newest.id)}, "value": "40000.00"}, "errors": []}
