"""Contributions that are corrected or voided, and what that does to the cover they bought."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import hook
from core.host import Host
from modules.insuree.models import Family
from modules.insuree.testing import chf_number
from modules.product.testing import make_product
from tests.modules.contribution.policies import idle_policy, money


class Claims:
    """A module that knows whether cover was used, and what the bank has confirmed."""

    def __init__(self) -> None:
        self.used = self.reconciled = False
        self.asked: list[tuple[date, date]] = []

    @hook
    async def cover_used(self, policy_id: UUID, first: date, last: date) -> bool | None:
        self.asked.append((first, last))
        return self.used

    @hook
    async def contribution_reconciled(self, contribution_id: UUID) -> bool | None:
        return self.reconciled


@pytest.fixture
def claims(host: Host) -> Iterator[Claims]:
    """Such a module, at work."""
    plugin = Claims()
    host.plugins.register(plugin, "claims-of-test")
    yield plugin
    host.plugins.unregister(plugin)


async def test_a_correction_is_based_on_a_version(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy, 4200)))["contribution"]
    first = await change("updateContribution", id=recorded["id"], expectedVersion=1, amount="4400")
    assert (first["contribution"]["amount"], first["contribution"]["version"]) == ("4400.00", 2)
    second = await change("updateContribution", id=recorded["id"], expectedVersion=1, amount="4500")
    assert second.told == [("STALE", "expectedVersion")]
    assert second["contribution"]["amount"] == "4400.00"


async def test_a_corrected_amount_activates_the_policy_or_makes_it_idle(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy, 1000)))["contribution"]
    more = (await change("updateContribution", id=recorded["id"], expectedVersion=1, amount="10000"))["contribution"]
    assert more["policy"]["status"] == "ACTIVE"
    less = (await change("updateContribution", id=recorded["id"], expectedVersion=2, amount="9999"))["contribution"]
    assert (less["policy"]["status"], less["policy"]["effectiveOn"], less["policy"]["coveredInsurees"]) == (
        "IDLE", None, [],
    )  # fmt: skip


async def test_a_correction_may_not_take_another_receipt_nor_clear_the_amount(
    change: Any, session: AsyncSession
) -> None:
    policy = await idle_policy(session)
    await change("recordContribution", **money(policy, 1000, "A1"))
    recorded = (await change("recordContribution", **money(policy, 1000, "A2")))["contribution"]
    change_of = {"id": recorded["id"], "expectedVersion": 1}
    assert (await change("updateContribution", **change_of, receipt="A1")).told == [("RECEIPT_TAKEN", "receipt")]
    assert (await change("updateContribution", **change_of, amount=None)).told == [("REQUIRED", "amount")]
    assert (await change("updateContribution", **change_of, amount="9001")).told == [("OVERPAID", "amount")]


async def test_a_void_contribution_stays_visible_and_its_policy_is_idle_again_decision_20(
    change: Any, session: AsyncSession
) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy, paidOn="2026-03-05")))["contribution"]
    void = await change("deleteContribution", id=recorded["id"], expectedVersion=1, reason=" wrong family ")
    contribution = void["contribution"]
    assert (contribution["voidReason"], contribution["version"]) == ("wrong family", 2)
    assert contribution["voidedAt"] is not None
    assert contribution["policy"] == {
        "status": "IDLE", "effectiveOn": None, "balance": "10000.00",
        "coveredInsurees": [{"from": "2026-03-05", "to": "2026-03-09", "endedBy": "MONEY"}] * 2,
    }  # fmt: skip


async def test_a_voided_receipt_may_be_used_again(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy)))["contribution"]
    await change("deleteContribution", id=recorded["id"], expectedVersion=1, reason="typo")
    assert (await change("recordContribution", **money(policy))).told == []


async def test_voiding_leaves_an_enforced_policy_active_decision_20(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy, 4000, enforce=True)))["contribution"]
    void = await change("deleteContribution", id=recorded["id"], expectedVersion=1, reason="bounced")
    assert void["contribution"]["policy"]["status"] == "ACTIVE"


async def test_a_void_contribution_is_done_with(change: Any, session: AsyncSession) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy)))["contribution"]
    void = {"id": recorded["id"], "expectedVersion": 1}
    assert (await change("deleteContribution", **void, reason=" ")).told == [("VOID_REASON_MISSING", "reason")]
    assert (await change("deleteContribution", **void, reason="x" * 201)).told == [("TOO_LONG", "reason")]
    await change("deleteContribution", **void, reason="typo")
    again = {"id": recorded["id"], "expectedVersion": 2}
    assert (await change("deleteContribution", **again, reason="typo")).told == [("CONTRIBUTION_VOIDED", "id")]
    assert (await change("updateContribution", **again, amount="1")).told == [("CONTRIBUTION_VOIDED", "id")]


async def test_money_whose_cover_claims_used_is_not_taken_back_decision_20(
    change: Any, session: AsyncSession, claims: Claims
) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy)))["contribution"]
    claims.used = True
    void = {"id": recorded["id"], "expectedVersion": 1}
    assert (await change("deleteContribution", **void, reason="typo")).told == [("CONTRIBUTION_USED", "id")]
    assert (await change("updateContribution", **void, amount="9999")).told == [("CONTRIBUTION_USED", "id")]
    assert (await change("updateContribution", **void, receipt="A9")).told == []
    assert claims.asked == [(date(2026, 3, 10), date(2027, 2, 28))] * 2


async def test_money_that_bought_no_cover_is_taken_back_though_claims_used_the_policy(
    change: Any, session: AsyncSession, claims: Claims
) -> None:
    policy = await idle_policy(session)
    await change("recordContribution", **money(policy))
    fee = (await change("recordContribution", **money(policy, 500, "F1", isPhotoFee=True)))["contribution"]
    claims.used = True
    payload = await change("deleteContribution", id=fee["id"], expectedVersion=1, reason="no photo taken")
    assert payload.told == []


async def test_reconciled_money_stays_as_it_is_decision_20(change: Any, session: AsyncSession, claims: Claims) -> None:
    policy = await idle_policy(session)
    recorded = (await change("recordContribution", **money(policy, 100)))["contribution"]
    claims.reconciled = True
    void = {"id": recorded["id"], "expectedVersion": 1}
    assert (await change("deleteContribution", **void, reason="x")).told == [("CONTRIBUTION_RECONCILED", "id")]
    assert (await change("updateContribution", **void, amount="90")).told == [("CONTRIBUTION_RECONCILED", "id")]
    await session.refresh(policy)
    deleted = await change("deletePolicy", fields="errors { code path }", id=policy.id, expectedVersion=policy.version)
    assert deleted.told == [("CONTRIBUTION_RECONCILED", "id")]


async def test_money_for_a_newcomer_whose_cover_claims_used_is_not_taken_back_decision_20(
    change: Any, session: AsyncSession, claims: Claims
) -> None:
    product = await make_product(session, lump_sum=Decimal(0), threshold=0, premium_adult=Decimal(5000))
    policy = await idle_policy(session, product=product)
    await change("recordContribution", **money(policy, paidOn="2026-03-01"))
    family = await session.get_one(Family, policy.family_id)
    added = {"familyId": family.id, "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Juma"}
    added |= {"birthDate": "1960-01-01", "genderCode": "M", "relationCode": "2"}
    assert (await change("addInsuree", fields="errors { code path }", **added)).told == []
    extra = (await change("recordContribution", **money(policy, 5000, "A2")))["contribution"]
    claims.used, void = True, {"id": extra["id"], "expectedVersion": 1, "reason": "typo"}
    assert (await change("deleteContribution", **void)).told == [("CONTRIBUTION_USED", "id")]
    assert claims.asked == [(date(2026, 3, 10), date(2027, 2, 28))]
    claims.used = False
    assert (await change("deleteContribution", **void)).told == []
