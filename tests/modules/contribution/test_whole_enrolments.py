"""Families that are quoted, enrol, pay and change their minds, through the API alone."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import chf_number, make_family, make_officer
from modules.product.models import Product, Subsidy
from modules.product.testing import make_product

POLICY = (
    "policy { id version stage status value due startsOn effectiveOn expiresOn balance "
    "coveredInsurees { insuree { id } from to endedBy } } errors { code path message }"
)
PER_HEAD: dict[str, Any] = {
    "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(10000), "premium_child": Decimal(2000),
}  # fmt: skip


@pytest.fixture
def enrol(change: Any) -> Any:
    """Enrols a family in a product; the policy."""

    async def enrol(family: Family, product: Product, **fields: Any) -> Any:
        payload = await change("enrolPolicy", fields=POLICY, familyId=family.id, productId=product.id, **fields)
        assert payload["errors"] == []
        return payload["policy"]

    return enrol


@pytest.fixture
def pay(change: Any) -> Any:
    """Records cash for a policy; the contribution."""

    async def pay(policy: Any, amount: int, receipt: str, paid_on: str = "2026-03-10", **fields: Any) -> Any:
        payload = await change(
            "recordContribution", policyId=policy["id"], amount=str(amount), receipt=receipt, paidOn=paid_on,
            paymentTypeCode="C", **fields,
        )  # fmt: skip
        assert payload["errors"] == []
        return payload["contribution"]

    return pay


def days(policy: Any) -> set[tuple[str, str, str | None]]:
    """The intervals in which members are covered."""
    return {(cover["from"], cover["to"], cover["endedBy"]) for cover in policy["coveredInsurees"]}


async def test_a_price_that_changed_since_the_quote_is_told_and_an_earlier_day_has_the_earlier_terms(
    change: Any, enrol: Any, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    dearer = {"id": product.id, "expectedVersion": 1, "lumpSum": "40000", "termsFrom": "2026-03-10"}
    who = actor("SCHEME_ADMINISTRATOR")
    changed = await change("updateProduct", fields="product { version } errors { code }", who=who, **dearer)
    assert changed == {"product": {"version": 2}, "errors": []}
    quoted = {"familyId": family.id, "productId": product.id, "expectedValue": "30000"}
    refused = await change("enrolPolicy", fields=POLICY, **quoted)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [("PRICE_CHANGED", ["expectedValue"])]
    assert "40000.00" in refused["errors"][0]["message"]
    assert (await enrol(family, product, enrolledOn="2026-03-09", expectedValue="30000"))["value"] == "30000.00"


async def test_a_product_that_was_deleted_is_not_enrolled_in(change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    who = actor("SCHEME_ADMINISTRATOR")
    await change("deleteProduct", fields="errors { code }", who=who, id=product.id, expectedVersion=1)
    payload = await change("enrolPolicy", fields=POLICY, familyId=family.id, productId=product.id)
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", ["productId"])]


async def test_a_year_from_the_29th_of_february_ends_on_the_27th_decision_12(enrol: Any, session: AsyncSession) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    with clock.at(datetime(2028, 2, 29, 9, tzinfo=UTC)):
        policy = await enrol(family, product)
    assert (policy["startsOn"], policy["expiresOn"]) == ("2028-02-29", "2029-02-27")


async def test_who_turns_eighteen_on_the_start_date_is_priced_as_an_adult_decision_10(
    enrol: Any, session: AsyncSession
) -> None:
    family = await make_family(session, members=3)
    product = await make_product(session, administration_period=1, **PER_HEAD)
    child = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(2012, 3, 3)))).one()
    child.birth_date = date(2008, 4, 10)
    await session.commit()
    assert (await enrol(family, product))["value"] == "30000.00"


@pytest.mark.parametrize("most", [None, 0])
async def test_without_a_maximum_everybody_is_priced_and_covered_decision_10(
    enrol: Any, pay: Any, session: AsyncSession, most: int | None
) -> None:
    family = await make_family(session, members=9)
    product = await make_product(session, **PER_HEAD, max_members=most)
    await session.commit()
    policy = await enrol(family, product)
    assert policy["value"] == "34000.00"
    paid = await pay(policy, 34000, "A1")
    assert len(paid["policy"]["coveredInsurees"]) == 9


async def test_instalments_recorded_out_of_order_are_effective_from_the_last_of_them_decision_17(
    enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    policy = await enrol(family, product, enrolledOn="2026-02-15")
    await pay(policy, 10000, "A3", "2026-03-08")
    assert (await pay(policy, 10000, "A1", "2026-02-20"))["policy"]["status"] == "IDLE"
    paid = (await pay(policy, 10000, "A2", "2026-02-25"))["policy"]
    assert (paid["status"], paid["effectiveOn"], paid["balance"]) == ("ACTIVE", "2026-03-08", "0.00")


async def test_an_enforced_policy_stays_active_without_the_money_decision_20(
    change: Any, enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    policy = await enrol(family, product, enrolledOn="2026-02-15")
    enforced = await pay(policy, 5000, "A1", "2026-03-01", enforce=True)
    assert (enforced["policy"]["status"], enforced["policy"]["effectiveOn"]) == ("ACTIVE", "2026-03-01")
    paid = await pay(policy, 25000, "A2")
    assert paid["policy"]["effectiveOn"] == "2026-03-01"
    for contribution in (enforced, paid):
        voided = await change("deleteContribution", id=contribution["id"], expectedVersion=1, reason="bounced")
    rest = voided["contribution"]["policy"]
    assert (rest["status"], rest["effectiveOn"], rest["balance"]) == ("ACTIVE", "2026-03-01", "30000.00")
    assert days(rest) == {("2026-03-01", "2027-02-14", None)}


async def test_an_accepted_overpayment_leaves_the_start_as_it_is_c7(
    enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family = await make_family(session)
    product = await make_product(session, cycles=[(1, 6)])
    await session.commit()
    policy = await enrol(family, product)
    paid = (await pay(policy, 36000, "A1", acceptOverpayment=True))["policy"]
    assert (paid["effectiveOn"], paid["balance"]) == ("2026-06-01", "-6000.00")


async def test_a_policy_paid_while_a_user_had_suspended_it_covers_from_the_day_it_is_resumed_decision_21(
    change: Any, enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    policy = await enrol(family, product, enrolledOn="2026-02-15")
    await change("suspendPolicy", fields=POLICY, id=policy["id"], expectedVersion=1)
    assert (await pay(policy, 30000, "A1", "2026-03-01"))["policy"]["status"] == "SUSPENDED"
    resumed = (await change("resumePolicy", fields=POLICY, id=policy["id"], expectedVersion=2))["policy"]
    assert (resumed["status"], resumed["effectiveOn"]) == ("ACTIVE", "2026-03-01")
    assert days(resumed) == {("2026-03-10", "2027-02-14", None)}


async def test_a_subsidised_family_is_covered_once_its_own_part_is_paid_decision_23(
    enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family = await make_family(session, membership_category_code="POOR")
    own = await make_product(session, subsidies={"POOR": 60})
    await session.execute(update(Subsidy).values(family_part_activates=True))
    whole = await make_product(session, subsidies={"POOR": 60})
    await session.commit()
    for product, status in ((own, "ACTIVE"), (whole, "IDLE")):
        policy = await enrol(family, product)
        paid = (await pay(policy, 12000, "A1"))["policy"]
        assert (paid["status"], paid["balance"]) == (status, "18000.00")


async def test_who_is_active_again_finds_the_place_taken_within_the_maximum_rule_2_3_4(
    change: Any, enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family = await make_family(session, members=6)
    product = await make_product(session)
    child = (await session.scalars(select(Insuree).where(Insuree.birth_date == date(2012, 3, 3)))).one()
    await session.commit()
    policy = await enrol(family, product, enrolledOn="2026-02-15")
    await pay(policy, 30000, "A1", "2026-02-15")
    away = {"status": "INACTIVE", "statusReasonCode": "MOVED", "statusOn": "2026-03-01"}
    fields = "insuree { version } errors { code path }"
    await change("updateInsuree", fields=fields, id=child.id, expectedVersion=1, **away)
    added = {"familyId": family.id, "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Juma"}
    added |= {"birthDate": "2015-01-01", "genderCode": "M", "relationCode": "4"}
    await change("addInsuree", fields=fields, **added)
    shown = "insuree { policies { nodes { coveredInsurees { insuree { id } from to endedBy } } } } errors { code }"
    again = await change("updateInsuree", fields=shown, id=child.id, expectedVersion=2, status="ACTIVE")
    (covered,) = again["insuree"]["policies"]["nodes"]
    own = [cover for cover in covered["coveredInsurees"] if cover["insuree"]["id"] == str(child.id)]
    assert [(cover["from"], cover["to"], cover["endedBy"]) for cover in own] == [("2026-02-15", "2026-03-01", "STATUS")]


async def test_contributions_keep_officer_product_days_and_void_state_decision_24(
    api: Api, change: Any, enrol: Any, pay: Any, session: AsyncSession
) -> None:
    family, product, officer = await make_family(session), await make_product(session), await make_officer(session)
    await session.commit()
    paid = await pay(await enrol(family, product, officerId=officer.id), 30000, "A1", "2026-03-09")
    await change("deleteContribution", id=paid["id"], expectedVersion=1, reason="bounced")
    document = (
        "query($id: ID!) { contribution(id: $id) { officer { id } product { id } paidOn recordedAt voidReason } }"
    )
    kept = (await api(document, {"id": paid["id"]}, actor=actor("CLERK"))).data["contribution"]
    assert kept["recordedAt"].startswith("2026-03-10T09:00")
    assert {name: value for name, value in kept.items() if name != "recordedAt"} == {
        "officer": {"id": str(officer.id)}, "product": {"id": str(product.id)}, "paidOn": "2026-03-09",
        "voidReason": "bounced",
    }  # fmt: skip
