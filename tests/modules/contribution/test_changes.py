"""Contributions that are recorded, and the policies they activate."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import anyio
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.testing import Api, actor
from modules.contribution.models import Contribution
from modules.contribution.testing import make_contribution, make_payer
from modules.insuree.testing import make_family
from modules.location.testing import make_district
from modules.policy.models import Policy, SuspendedBy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product
from tests.modules.contribution.policies import idle_policy, money


async def test_a_flat_family_pays_30_000_and_is_covered_that_day(api: Api, change: Any, session: AsyncSession) -> None:
    family, product = await make_family(session, members=4), await make_product(session)
    await session.commit()
    enrol = "policy { id } errors { code }"
    enrolled = (await change("enrolPolicy", fields=enrol, familyId=family.id, productId=product.id))["policy"]
    payment = {"policyId": enrolled["id"], "amount": "30000", "receipt": "A1", "paymentTypeCode": "C"}
    paid = (await change("recordContribution", **payment))["contribution"]
    assert paid["policy"] == {
        "status": "ACTIVE", "effectiveOn": "2026-03-10", "balance": "0.00",
        "coveredInsurees": [{"from": "2026-03-10", "to": "2027-03-09", "endedBy": None}] * 4,
    }  # fmt: skip
    query = "{ policies { nodes { contributions { totalCount nodes { receipt amount } } } } }"
    reply = await api(query, actor=actor("CLERK"))
    (node,) = reply.data["policies"]["nodes"]
    assert node["contributions"] == {"totalCount": 1, "nodes": [{"receipt": "A1", "amount": "30000.00"}]}


@pytest.mark.parametrize(
    ("paid", "status", "effective"),
    [
        pytest.param({"amount": 10000, "paidOn": "2026-02-20"}, "ACTIVE", "2026-03-01", id="C1"),
        pytest.param({"amount": 10000, "paidOn": "2026-03-10"}, "ACTIVE", "2026-03-10", id="C2"),
        pytest.param({"amount": 4000, "paidOn": "2026-03-10"}, "IDLE", None, id="C3"),
        pytest.param({"amount": 4000, "paidOn": "2026-03-10", "enforce": True}, "ACTIVE", "2026-03-10", id="C5"),
        pytest.param(
            {"amount": 12000, "paidOn": "2026-02-20", "acceptOverpayment": True}, "ACTIVE", "2026-03-01", id="C7"
        ),
        pytest.param({"amount": 10000, "isPhotoFee": True}, "IDLE", None, id="C10"),
    ],
)
async def test_activation_by_a_contribution(
    change: Any, session: AsyncSession, paid: dict[str, Any], status: str, effective: str | None
) -> None:
    policy = await idle_policy(session)
    payload = await change("recordContribution", **money(policy, **paid))
    assert payload["errors"] == []
    after = payload["contribution"]["policy"]
    assert (after["status"], after["effectiveOn"]) == (status, effective)
    assert payload["contribution"]["enforced"] is paid.get("enforce", False)


async def test_instalments_add_up_and_the_last_one_activates(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    for receipt, amount, paid_on, balance in (
        ("A1", 4000, "2026-03-02", "6000.00"),
        ("A2", 5000, "2026-03-05", "1000.00"),
    ):
        payload = await change("recordContribution", **money(policy, amount, receipt, paidOn=paid_on))
        after = payload["contribution"]["policy"]
        assert (after["status"], after["balance"], after["coveredInsurees"]) == ("IDLE", balance, [])
    payload = await change("recordContribution", **money(policy, 1000, "A3", paidOn="2026-03-09"))
    after = payload["contribution"]["policy"]
    assert (after["status"], after["effectiveOn"], after["balance"]) == ("ACTIVE", "2026-03-09", "0.00")


async def test_a_receipt_is_used_once_for_a_product_rule_5_1(change: Any, session: AsyncSession) -> None:
    product = await make_product(session)
    first, second = await idle_policy(session, product=product), await idle_policy(session, product=product)
    other = await idle_policy(session)
    assert (await change("recordContribution", **money(first, 1000))).told == []
    assert (await change("recordContribution", **money(second, 1000))).told == [("RECEIPT_TAKEN", "receipt")]
    assert (await change("recordContribution", **money(second, 1000, " A1 "))).told == [("RECEIPT_TAKEN", "receipt")]
    assert (await change("recordContribution", **money(other, 1000))).told == []


async def test_of_two_equal_receipts_that_arrive_at_once_one_is_a_user_error(
    change: Any, session: AsyncSession
) -> None:
    product = await make_product(session)
    policies = [await idle_policy(session, product=product) for _ in range(4)]
    answers: list[Any] = []

    async def record(policy: Policy) -> None:
        answers.append((await change("recordContribution", **money(policy, 1000))).told)

    async with anyio.create_task_group() as group:
        for policy in policies:
            group.start_soon(record, policy)
    assert sorted(answers) == [[]] + [[("RECEIPT_TAKEN", "receipt")]] * 3
    assert len((await session.scalars(select(Contribution))).all()) == 1


async def test_two_instalments_that_arrive_at_once_activate_the_policy(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    async with anyio.create_task_group() as group:
        for receipt in ("A1", "A2"):
            group.start_soon(lambda receipt: change("recordContribution", **money(policy, 5000, receipt)), receipt)
    await session.refresh(policy)
    assert policy.status is PolicyStatus.ACTIVE


async def test_more_than_is_left_to_pay_is_refused_unless_accepted_decision_20(
    change: Any, session: AsyncSession
) -> None:
    policy = await idle_policy(session)
    await change("recordContribution", **money(policy, 4000))
    payload = await change("recordContribution", **money(policy, 6001, "A2"))
    assert payload.told == [("OVERPAID", "amount")]
    assert "1.00 more" in payload["errors"][0]["message"]
    payload = await change("recordContribution", **money(policy, 6001, "A2", acceptOverpayment=True))
    assert payload["contribution"]["policy"]["balance"] == "-1.00"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": "0"}, ("NEGATIVE", "amount")),
        ({"amount": "-1"}, ("NEGATIVE", "amount")),
        ({"receipt": " "}, ("REQUIRED", "receipt")),
        ({"receipt": "x" * 51}, ("TOO_LONG", "receipt")),
        ({"paymentTypeCode": "X"}, ("UNKNOWN_CODE", "paymentTypeCode")),
        ({"payerId": "019f0000-0000-7000-8000-000000000000"}, ("NOT_FOUND", "payerId")),
        ({"paidOn": "2026-03-11"}, ("DATE_IN_FUTURE", "paidOn")),
        ({"paidOn": "2026-02-07"}, ("PAYMENT_BACKDATED", "paidOn")),
    ],
)
async def test_what_a_contribution_may_not_be(
    change: Any, session: AsyncSession, fields: dict[str, Any], error: tuple[str, str]
) -> None:
    policy = await idle_policy(session)
    assert (await change("recordContribution", **{**money(policy), **fields})).told == [error]
    assert (await session.scalars(select(Contribution))).all() == []


async def test_all_problems_of_a_contribution_are_told_at_once(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    payload = await change("recordContribution", **money(policy, 0, "", paymentTypeCode="X"))
    assert {code for code, _ in payload.told} == {"NEGATIVE", "REQUIRED", "UNKNOWN_CODE"}


async def test_backdating_a_payment_needs_a_right_and_its_recording_is_kept_decision_18(
    change: Any, session: AsyncSession, today: date
) -> None:
    policy = await idle_policy(session)
    may = actor("CLERK", rights=("contribution.contribution.backdate",))
    payment = money(policy, paidOn=today - timedelta(days=31))
    assert (await change("recordContribution", who=may, **payment))["errors"] == []
    contribution = (await session.scalars(select(Contribution))).one()
    assert (contribution.paid_on, contribution.recorded_at.date()) == (date(2026, 2, 7), today)


async def test_a_policy_of_another_district_takes_no_money(change: Any, session: AsyncSession) -> None:
    policy, elsewhere = await idle_policy(session), await make_district(session)
    await session.commit()
    clerk = actor("CLERK", district=[elsewhere.id])
    assert (await change("recordContribution", who=clerk, **money(policy))).told == [("NOT_FOUND", "policyId")]


async def test_a_contribution_of_another_district_is_not_found(api: Api, change: Any, session: AsyncSession) -> None:
    contribution = await make_contribution(session, await idle_policy(session))
    elsewhere = await make_district(session)
    await session.commit()
    clerk = actor("CLERK", district=[elsewhere.id])
    payload = await change("deleteContribution", who=clerk, id=contribution.id, expectedVersion=1, reason="typo")
    assert payload.told == [("NOT_FOUND", "id")]
    reply = await api("{ contributions { totalCount } }", actor=clerk)
    assert reply.data == {"contributions": {"totalCount": 0}}


async def test_money_makes_an_overdue_policy_active_decision_21(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session, status=PolicyStatus.SUSPENDED, suspended_by=SuspendedBy.OVERDUE)
    payload = await change("recordContribution", **money(policy))
    assert payload["contribution"]["policy"]["status"] == "ACTIVE"


async def test_a_users_suspension_only_records_the_money_decision_21(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session, status=PolicyStatus.SUSPENDED, suspended_by=SuspendedBy.USER)
    payload = await change("recordContribution", **money(policy))
    after = payload["contribution"]["policy"]
    assert (after["status"], after["balance"], after["coveredInsurees"]) == ("SUSPENDED", "0.00", [])


async def test_statements_do_not_grow_with_the_family(api: Api, session: AsyncSession) -> None:
    payer, counts = await make_payer(session), set()
    for members in (1, 12):
        product = await make_product(session, max_members=20)
        policy = await make_policy(session, await make_family(session, members=members), product, PolicyStatus.IDLE)
        await session.commit()
        reply = await api(
            "mutation($input: RecordContributionInput!) "
            "{ recordContribution(input: $input) { contribution { id policy { status } } errors { code } } }",
            {"input": money(policy, 30000, payerId=payer.id, clientMutationId=str(members))},
            actor=actor("CLERK"),
        )
        answer = reply.data["recordContribution"]
        assert (answer["contribution"]["policy"]["status"], answer["errors"]) == ("ACTIVE", [])
        counts.add(reply.statements)
    assert len(counts) == 1
    assert counts.pop() <= 12


async def test_repeated_money_is_recorded_once(change: Any, session: AsyncSession) -> None:
    policy, clerk = await idle_policy(session), actor("CLERK")
    payment = money(policy, 1000, clientMutationId="phone-7")
    first = await change("recordContribution", who=clerk, **payment)
    assert await change("recordContribution", who=clerk, **payment) == first
    assert len((await session.scalars(select(Contribution))).all()) == 1


async def test_a_payers_money_pays_its_part_first(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(
        session, family_share=Decimal(4000), payer_share=Decimal(6000), due=Decimal(4000), bought_due=Decimal(4000)
    )
    payer = await make_payer(session)
    await session.commit()
    by_payer = await change("recordContribution", **money(policy, 6000, "P1", payerId=payer.id))
    assert by_payer["contribution"]["policy"]["status"] == "IDLE"
    by_family = await change("recordContribution", **money(policy, 4000))
    assert by_family["contribution"]["policy"]["status"] == "ACTIVE"


async def test_a_policy_is_paid_in_as_many_instalments_as_its_terms_allow_rule_5_2(
    change: Any, session: AsyncSession
) -> None:
    policy = await idle_policy(session, product=await make_product(session, max_installments=2))
    first = (await change("recordContribution", **money(policy, 3000, "A1")))["contribution"]
    assert (await change("recordContribution", **money(policy, 500, "F1", isPhotoFee=True))).told == []
    assert (await change("recordContribution", **money(policy, 3000, "A2"))).told == []
    third = await change("recordContribution", **money(policy, 4000, "A3"))
    assert third.told == [("NO_INSTALMENT_LEFT", "policyId")]
    await change("deleteContribution", id=first["id"], expectedVersion=1, reason="typo")
    assert (await change("recordContribution", **money(policy, 6000, "A4"))).told == []
    fourth = money(policy, 1000, "A5")
    assert (await change("recordContribution", **fourth)).told == [("NO_INSTALMENT_LEFT", "policyId")]
    enforced = await change("recordContribution", **fourth, enforce=True)
    assert enforced["contribution"]["policy"]["status"] == "ACTIVE"


async def test_a_contribution_keeps_the_id_the_client_made_and_one_row_b23(change: Any, session: AsyncSession) -> None:
    policy, id = await idle_policy(session), new_id()
    made = await change("recordContribution", **money(policy, 4200, id=id))
    assert made["contribution"]["id"] == str(id)
    changed = await change("updateContribution", id=id, expectedVersion=1, amount="4400")
    assert (changed["contribution"]["id"], changed["contribution"]["amount"]) == (str(id), "4400.00")
    amounts = (await session.scalars(select(Contribution.amount).where(Contribution.policy_id == policy.id))).all()
    assert amounts == [Decimal(4400)]
