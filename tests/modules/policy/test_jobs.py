from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock
from core.host import Host
from core.jobs import find_job
from modules.insuree.testing import make_family
from modules.policy.models import Cover, Policy, SuspendedBy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product


async def test_whatever_is_past_its_last_day_expires_by_night_decision_21(
    ctx: Context, host: Host, session: AsyncSession
) -> None:
    family = await make_family(session, members=1)
    policies = [
        await make_policy(
            session, family, await make_product(session), status, starts_on=date(2025, 3, 10),
            suspended_by=SuspendedBy.USER if status is PolicyStatus.SUSPENDED else None,
        )
        for status in PolicyStatus
    ]  # fmt: skip
    covers = (await session.execute(select(Cover.starts_on, Cover.ends_on, Cover.ended_by))).all()
    await find_job(host, "policy.expire").run(ctx)
    found = (await session.scalars(select(Policy).execution_options(populate_existing=True))).all()
    assert {policy.status for policy in found} == {PolicyStatus.EXPIRED}
    assert {policy.suspended_by for policy in found} == {None}
    assert [policy.version for policy in found] == [1 if policy is policies[-1] else 2 for policy in found]
    assert (await session.execute(select(Cover.starts_on, Cover.ends_on, Cover.ended_by))).all() == covers


async def test_a_policy_does_not_expire_on_its_last_day(ctx: Context, host: Host, session: AsyncSession) -> None:
    policy = await make_policy(
        session, await make_family(session), await make_product(session), starts_on=date(2025, 3, 11)
    )
    await find_job(host, "policy.expire").run(ctx)
    await session.refresh(policy)
    assert (policy.expires_on, policy.status) == (date(2026, 3, 10), PolicyStatus.ACTIVE)


async def test_an_idle_policy_is_suspended_the_day_after_its_last_payment_date_decision_21(
    ctx: Context, host: Host, session: AsyncSession
) -> None:
    family = await make_family(session)
    day = date(2026, 3, 10)
    policy = await make_policy(session, family, await make_product(session), PolicyStatus.IDLE, pay_by=day)
    paid = await make_policy(session, family, await make_product(session), PolicyStatus.ACTIVE, pay_by=day)
    await find_job(host, "policy.overdue").run(ctx)
    await session.refresh(policy)
    assert policy.status is PolicyStatus.IDLE
    with clock.at(datetime(2026, 3, 11, 1, tzinfo=UTC)):
        await find_job(host, "policy.overdue").run(ctx)
    await session.refresh(policy)
    await session.refresh(paid)
    assert (policy.status, policy.suspended_by) == (PolicyStatus.SUSPENDED, SuspendedBy.OVERDUE)
    assert paid.status is PolicyStatus.ACTIVE


async def test_policies_expire_before_anybody_is_at_work(host: Host) -> None:
    assert find_job(host, "policy.expire").cron == "5 0 * * *"
