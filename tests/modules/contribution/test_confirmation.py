from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.contribution.testing import make_contribution
from modules.insuree.testing import make_family
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product

HERE = Path(__file__).parent


async def unpaid(session: AsyncSession) -> Policy:
    """An unpaid policy from the first of March."""
    family, product = await make_family(session, members=1), await make_product(session)
    policy = await make_policy(
        session, family, product, PolicyStatus.IDLE, starts_on=date(2026, 3, 1), value=Decimal(10000)
    )
    await session.commit()
    return policy


async def pay_and_confirm(change: Any, policy: Policy) -> tuple[Any, Any]:
    """The policy after the money was recorded, and after the accountant has confirmed it."""
    recorded = (
        await change(
            "recordContribution", policyId=policy.id, amount="10000", receipt="A1", paymentTypeCode="C",
            paidOn="2026-03-05",
        )
    )["contribution"]  # fmt: skip
    confirmed = await change(
        "confirmPayment", who=actor("ACCOUNTANT"), contributionId=recorded["id"], expectedVersion=1
    )
    return recorded["policy"], confirmed["contribution"]["policy"]


@pytest.mark.profile(str(HERE / "ready.toml"))
async def test_recorded_money_makes_a_policy_ready_and_confirmed_money_active_c9(
    change: Any, session: AsyncSession
) -> None:
    recorded, confirmed = await pay_and_confirm(change, await unpaid(session))
    assert (recorded["status"], recorded["effectiveOn"], recorded["coveredInsurees"]) == ("READY", None, [])
    assert (confirmed["status"], confirmed["effectiveOn"]) == ("ACTIVE", "2026-03-05")
    assert confirmed["coveredInsurees"] == [{"from": "2026-03-05", "to": "2027-02-28", "endedBy": None}]


@pytest.mark.profile(str(HERE / "payment.toml"))
async def test_a_policy_may_wait_idle_for_confirmed_money_decision_16(change: Any, session: AsyncSession) -> None:
    recorded, confirmed = await pay_and_confirm(change, await unpaid(session))
    assert (recorded["status"], confirmed["status"]) == ("IDLE", "ACTIVE")


async def test_where_contributions_count_confirming_changes_nothing_decision_16(
    change: Any, session: AsyncSession
) -> None:
    recorded, confirmed = await pay_and_confirm(change, await unpaid(session))
    assert recorded == confirmed
    assert recorded["status"] == "ACTIVE"


async def test_only_an_accountant_confirms(api: Api, session: AsyncSession) -> None:
    contribution = await make_contribution(session, await unpaid(session))
    await session.commit()
    reply = await api(
        "mutation($input: ConfirmPaymentInput!) { confirmPayment(input: $input) { errors { code } } }",
        {"input": {"contributionId": contribution.id, "expectedVersion": 1}},
        actor=actor("CLERK"),
    )
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_void_contribution_is_not_confirmed(change: Any, session: AsyncSession) -> None:
    contribution = await make_contribution(session, await unpaid(session))
    await session.commit()
    await change("deleteContribution", id=contribution.id, expectedVersion=1, reason="typo")
    payload = await change("confirmPayment", who=actor("ACCOUNTANT"), contributionId=contribution.id, expectedVersion=2)
    assert payload.told == [("CONTRIBUTION_VOIDED", "contributionId")]


@pytest.mark.profile(str(HERE / "ready.toml"))
async def test_another_amount_has_to_be_confirmed_again_decision_16(change: Any, session: AsyncSession) -> None:
    contribution = await make_contribution(session, await unpaid(session), Decimal(4000))
    await session.commit()
    await change("confirmPayment", who=actor("ACCOUNTANT"), contributionId=contribution.id, expectedVersion=1)
    corrected = await change("updateContribution", id=contribution.id, expectedVersion=2, amount="10000")
    assert corrected["contribution"]["policy"]["status"] == "READY"
    confirmation = {"contributionId": contribution.id, "expectedVersion": 3}
    confirmed = await change("confirmPayment", who=actor("ACCOUNTANT"), **confirmation)
    assert confirmed["contribution"]["policy"]["status"] == "ACTIVE"
    receipt = await change("updateContribution", id=contribution.id, expectedVersion=4, receipt="A2", amount="10000")
    assert receipt["contribution"]["policy"]["status"] == "ACTIVE"
