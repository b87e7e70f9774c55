from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock
from core.host import Host
from core.jobs import find_job
from core.testing import actor
from modules.insuree.testing import make_family
from modules.policy.models import Policy
from modules.policy.testing import make_policy, make_renewal
from modules.product.testing import make_product

HERE = Path(__file__).parent
A1 = {
    "max_members": 5, "lump_sum": Decimal(0), "threshold": 0, "premium_adult": Decimal(300),
    "premium_child": Decimal(200), "registration_lump_sum": Decimal(250), "general_assembly_lump_sum": Decimal(130),
    "renewal_discount_percent": Decimal(5), "renewal_discount_period": 2,
}  # fmt: skip
PAID = "contribution { id policy { status effectiveOn balance coveredInsurees { from to endedBy } } } errors { code }"


def on(year: int, month: int, day: int) -> Any:
    """Another day than the tests' own."""
    return clock.at(datetime(year, month, day, 9, tzinfo=UTC))


async def ending(session: AsyncSession, starts_on: date = date(2025, 3, 25), **terms: Any) -> Policy:
    """The policy of a couple that runs for a year."""
    family = await make_family(session, members=2)
    policy = await make_policy(session, family, await make_product(session, **terms), starts_on=starts_on)
    await session.commit()
    return policy


async def renewed(change: Any, session: AsyncSession, **terms: Any) -> Any:
    """The renewal of 10 000 from 25 March, made on 10 March."""
    policy = await ending(session, lump_sum=Decimal(10000), **terms)
    return (await change("renewPolicy", previousPolicyId=policy.id))["policy"]


async def pay(change: Any, policy: Any, amount: int, receipt: str, paid_on: str | None = None) -> Any:
    """The policy after the family has paid."""
    payload = await change(
        "recordContribution", fields=PAID, policyId=policy["id"], amount=str(amount), receipt=receipt,
        paymentTypeCode="C", paidOn=paid_on,
    )  # fmt: skip
    assert payload["errors"] == []
    return payload["contribution"]


@pytest.fixture
def at_2021() -> Iterator[None]:
    """It is the last day of the renewal discount of case D10."""
    with on(2021, 9, 10):
        yield


@pytest.mark.usefixtures("at_2021")
@pytest.mark.parametrize(("day", "value"), [(10, "693.50"), (11, "730.00")])
async def test_a_renewal_two_months_early_is_cheaper_d10(
    change: Any, session: AsyncSession, day: int, value: str
) -> None:
    policy = await ending(session, date(2020, 11, 10), **A1)
    assert policy.expires_on == date(2021, 11, 9)
    with on(2021, 9, day):
        renewal = (await change("renewPolicy", previousPolicyId=policy.id))["policy"]
    assert (renewal["value"], renewal["stage"]) == (value, "RENEWAL")
    assert (renewal["startsOn"], renewal["expiresOn"]) == ("2021-11-10", "2022-11-09")


@pytest.mark.usefixtures("at_2021")
@pytest.mark.parametrize(("day", "value"), [(10, "693.50"), (11, "730.00")])
async def test_a_prompt_answered_two_months_early_is_cheaper_d10(
    change: Any, session: AsyncSession, day: int, value: str
) -> None:
    renewal = await make_renewal(session, await ending(session, date(2020, 11, 10), **A1))
    await session.commit()
    fields = "policyRenewal { renewedPolicy { value } } errors { code }"
    with on(2021, 9, 11):
        payload = await change(
            "answerPolicyRenewal", fields=fields, id=renewal.id, expectedVersion=1, answer="RENEW",
            enrolledOn=date(2021, 9, day), expectedValue=value,
        )  # fmt: skip
    assert payload == {"policyRenewal": {"renewedPolicy": {"value": value}}, "errors": []}


async def test_a_renewal_paid_in_instalments_begins_with_the_last_of_them(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    first = (await pay(change, policy, 4000, "A1"))["policy"]
    assert (first["status"], first["effectiveOn"], first["balance"]) == ("IDLE", None, "6000.00")
    with on(2026, 4, 10):
        second = (await pay(change, policy, 5000, "A2", "2026-04-02"))["policy"]
        assert (second["status"], second["coveredInsurees"]) == ("IDLE", [])
        last = (await pay(change, policy, 1000, "A3", "2026-04-08"))["policy"]
    assert (last["status"], last["effectiveOn"], last["balance"]) == ("ACTIVE", "2026-04-08", "0.00")
    assert last["coveredInsurees"] == [{"from": "2026-04-08", "to": "2027-03-24", "endedBy": None}] * 2


async def test_a_renewal_paid_early_begins_where_the_policy_before_it_ends(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    await pay(change, policy, 6000, "A1")
    paid = (await pay(change, policy, 4000, "A2"))["policy"]
    assert (paid["status"], paid["effectiveOn"]) == ("ACTIVE", "2026-03-25")
    assert paid["coveredInsurees"] == [{"from": "2026-03-25", "to": "2027-03-24", "endedBy": None}] * 2


@pytest.mark.profile(str(HERE.parent / "contribution" / "ready.toml"))
async def test_a_renewal_waits_for_the_accountant_where_the_scheme_does(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    first = await pay(change, policy, 4000, "A1")
    second = await pay(change, policy, 6000, "A2")
    assert (first["policy"]["status"], second["policy"]["status"]) == ("IDLE", "READY")
    states = []
    for contribution in (first, second):
        confirmed = await change(
            "confirmPayment", fields=PAID, who=actor("ACCOUNTANT"), contributionId=contribution["id"],
            expectedVersion=1,
        )  # fmt: skip
        states.append(
            (confirmed["contribution"]["policy"]["status"], confirmed["contribution"]["policy"]["effectiveOn"])
        )
    assert states == [("READY", None), ("ACTIVE", "2026-03-25")]


@pytest.mark.profile(str(HERE.parent / "contribution" / "payment.toml"))
async def test_a_renewal_waits_idle_for_confirmed_money_where_the_scheme_does(
    change: Any, session: AsyncSession
) -> None:
    policy = await renewed(change, session)
    contribution = await pay(change, policy, 10000, "A1")
    assert contribution["policy"]["status"] == "IDLE"
    confirmed = await change(
        "confirmPayment", fields=PAID, who=actor("ACCOUNTANT"), contributionId=contribution["id"], expectedVersion=1
    )
    after = confirmed["contribution"]["policy"]
    assert (after["status"], after["effectiveOn"]) == ("ACTIVE", "2026-03-25")


@pytest.mark.parametrize(
    ("paid", "resumed"),
    [([4000], ("IDLE", None)), ([4000, 6000], ("ACTIVE", "2026-03-25"))],
)
async def test_a_resumed_renewal_returns_to_what_its_money_implies(
    change: Any, session: AsyncSession, paid: list[int], resumed: tuple[str, str | None]
) -> None:
    policy = await renewed(change, session)
    for number, amount in enumerate(paid):
        await pay(change, policy, amount, f"A{number}")
    version = await version_of(session, policy)
    stopped = (await change("suspendPolicy", id=policy["id"], expectedVersion=version))["policy"]
    assert (stopped["status"], stopped["suspendedBy"], stopped["coveredInsurees"]) == ("SUSPENDED", "USER", [])
    after = (await change("resumePolicy", id=policy["id"], expectedVersion=stopped["version"]))["policy"]
    assert (after["status"], after["effectiveOn"]) == resumed


async def test_money_for_a_renewal_that_a_user_suspended_is_recorded_only(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    stopped = (await change("suspendPolicy", id=policy["id"], expectedVersion=1))["policy"]
    paid = (await pay(change, policy, 10000, "A1"))["policy"]
    assert (paid["status"], paid["balance"], paid["coveredInsurees"]) == ("SUSPENDED", "0.00", [])
    after = (await change("resumePolicy", id=policy["id"], expectedVersion=stopped["version"]))["policy"]
    assert (after["status"], after["effectiveOn"]) == ("ACTIVE", "2026-03-25")


async def test_the_days_of_a_renewals_suspension_stay_uncovered(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    await pay(change, policy, 10000, "A1")
    with on(2026, 5, 1):
        version = await version_of(session, policy)
        stopped = (await change("suspendPolicy", id=policy["id"], expectedVersion=version))["policy"]
    with on(2026, 6, 1):
        after = (await change("resumePolicy", id=policy["id"], expectedVersion=stopped["version"]))["policy"]
    assert {(cover["from"], cover["to"], cover["endedBy"]) for cover in after["coveredInsurees"]} == {
        ("2026-03-25", "2026-04-30", "SUSPENSION"), ("2026-06-01", "2027-03-24", None),
    }  # fmt: skip


async def test_instalments_make_an_overdue_renewal_good(
    ctx: Context, host: Host, change: Any, session: AsyncSession
) -> None:
    policy = await renewed(change, session, grace_period_payment=1)
    assert policy["payBy"] == "2026-04-24"
    with on(2026, 4, 25):
        await find_job(host, "policy.overdue").run(ctx)
        await session.commit()
        first = (await pay(change, policy, 4000, "A1"))["policy"]
        assert (first["status"], first["balance"]) == ("SUSPENDED", "6000.00")
        last = (await pay(change, policy, 6000, "A2"))["policy"]
    assert (last["status"], last["effectiveOn"]) == ("ACTIVE", "2026-04-25")


async def test_a_renewal_suspended_beyond_its_end_is_expired_when_resumed(change: Any, session: AsyncSession) -> None:
    policy = await renewed(change, session)
    await pay(change, policy, 10000, "A1")
    version = await version_of(session, policy)
    stopped = (await change("suspendPolicy", id=policy["id"], expectedVersion=version))["policy"]
    with on(2027, 3, 25):
        after = (await change("resumePolicy", id=policy["id"], expectedVersion=stopped["version"]))["policy"]
    assert after["status"] == "EXPIRED"


async def version_of(session: AsyncSession, policy: Any) -> int:
    """A policy's version now."""
    await session.rollback()
    return (await session.get_one(Policy, policy["id"], populate_existing=True)).version
