from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock, hook
from core.host import Host
from core.testing import Api, actor
from modules.contribution.models import Contribution
from modules.contribution.testing import make_contribution
from modules.insuree.testing import make_family
from modules.location.testing import make_district
from modules.policy import services
from modules.policy.models import Cover, Policy, SuspendedBy
from modules.policy.rules import CoverEnd, PolicyStatus
from modules.policy.testing import make_policy
from modules.product.testing import make_product


async def enrolled(
    session: AsyncSession, status: PolicyStatus = PolicyStatus.ACTIVE, paid: int = 30000, **fields: Any
) -> Policy:
    """A policy of a couple that was paid in full on the first of the year."""
    policy = await make_policy(
        session, await make_family(session, members=2), await make_product(session), status,
        starts_on=date(2026, 1, 1), **fields,
    )  # fmt: skip
    if paid:
        await make_contribution(session, policy, paid_on=date(2026, 1, 1))
    await session.commit()
    return policy


def periods(policy: dict[str, Any]) -> set[tuple[str, str, str | None]]:
    """The intervals in which members are covered."""
    return {(cover["from"], cover["to"], cover["endedBy"]) for cover in policy["coveredInsurees"]}


async def test_a_suspension_ends_cover_from_today_decision_22(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session)
    suspended = (await change("suspendPolicy", id=policy.id, expectedVersion=1))["policy"]
    assert (suspended["status"], suspended["suspendedBy"], suspended["version"]) == ("SUSPENDED", "USER", 2)
    assert periods(suspended) == {("2026-01-01", "2026-03-09", "SUSPENSION")}


async def test_a_resumed_policy_covers_from_today_and_not_the_days_of_the_suspension_decision_22(
    change: Any, session: AsyncSession
) -> None:
    policy = await enrolled(session)
    await change("suspendPolicy", id=policy.id, expectedVersion=1)
    with clock.at(datetime(2026, 3, 20, 9, tzinfo=UTC)):
        resumed = (await change("resumePolicy", id=policy.id, expectedVersion=2))["policy"]
    assert (resumed["status"], resumed["suspendedBy"], resumed["effectiveOn"]) == ("ACTIVE", None, "2026-01-01")
    assert periods(resumed) == {("2026-01-01", "2026-03-09", "SUSPENSION"), ("2026-03-20", "2026-12-31", None)}


async def test_a_policy_suspended_and_resumed_on_one_day_covers_as_before(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session)
    await change("suspendPolicy", id=policy.id, expectedVersion=1)
    resumed = (await change("resumePolicy", id=policy.id, expectedVersion=2))["policy"]
    assert periods(resumed) == {("2026-01-01", "2026-03-09", "SUSPENSION"), ("2026-03-10", "2026-12-31", None)}


async def test_an_unpaid_policy_is_idle_again_when_resumed(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session, PolicyStatus.IDLE, paid=0)
    await change("suspendPolicy", id=policy.id, expectedVersion=1)
    assert (await change("resumePolicy", id=policy.id, expectedVersion=2))["policy"]["status"] == "IDLE"


async def test_what_is_not_suspended_cannot_be_resumed(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session)
    payload = await change("resumePolicy", id=policy.id, expectedVersion=1)
    assert payload.told == [("ILLEGAL_TRANSITION", "id")]


async def test_an_expired_policy_cannot_be_suspended(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session, PolicyStatus.EXPIRED)
    payload = await change("suspendPolicy", id=policy.id, expectedVersion=1)
    assert payload.told == [("ILLEGAL_TRANSITION", "id")]
    assert "EXPIRED" in payload["errors"][0]["message"]


async def test_a_stale_version_is_refused_with_the_policy_as_it_is(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session)
    await change("suspendPolicy", id=policy.id, expectedVersion=1)
    payload = await change("suspendPolicy", id=policy.id, expectedVersion=1)
    assert payload.told == [("STALE", "expectedVersion")]
    assert (payload["policy"]["status"], payload["policy"]["version"]) == ("SUSPENDED", 2)


async def test_a_policy_of_another_district_is_not_found(api: Api, change: Any, session: AsyncSession) -> None:
    policy, elsewhere = await enrolled(session), await make_district(session)
    await session.commit()
    clerk = actor("CLERK", district=[elsewhere.id])
    for mutation in ("suspendPolicy", "resumePolicy", "deletePolicy"):
        payload = await change(mutation, who=clerk, id=policy.id, expectedVersion=1)
        assert payload.told == [("NOT_FOUND", "id")]
    reply = await api(
        "query($id: ID!) { policy(id: $id) { id } policies { totalCount } }", {"id": policy.id}, actor=clerk
    )
    assert reply.data == {"policy": None, "policies": {"totalCount": 0}}


async def test_a_deleted_policy_is_gone_and_its_contributions_are_void(
    api: Api, change: Any, session: AsyncSession
) -> None:
    policy = await enrolled(session)
    await change("deletePolicy", id=policy.id, expectedVersion=1)
    query = "query($id: ID!) { policy(id: $id) { id } policies { totalCount } family(id: $id) { id } }"
    reply = await api(query, {"id": policy.id}, actor=actor("CLERK"))
    assert reply.data == {"policy": None, "policies": {"totalCount": 0}, "family": None}
    contribution = (await session.scalars(select(Contribution))).one()
    assert contribution.void_reason == "policy deleted"
    ends = (await session.execute(select(Cover.ends_on, Cover.ended_by))).all()
    assert ends == [(date(2026, 3, 9), CoverEnd.DELETION)] * 2


async def test_a_policy_whose_cover_was_used_is_not_deleted_decision_21(
    change: Any, session: AsyncSession, host: Host
) -> None:
    policy = await enrolled(session)

    class Claims:
        @hook
        async def cover_used(self, policy_id: Any, first: date, last: date) -> bool | None:
            return policy_id == policy.id and first == date(2026, 1, 1) and last == date(2026, 12, 31)

    claims = Claims()
    host.plugins.register(claims, "claims")
    try:
        payload = await change("deletePolicy", id=policy.id, expectedVersion=1)
    finally:
        host.plugins.unregister(claims)
    assert payload.told == [("POLICY_USED", "id")]


async def test_a_deleted_policy_leaves_room_for_another(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session, PolicyStatus.IDLE, paid=0)
    await change("deletePolicy", id=policy.id, expectedVersion=1)
    payload = await change("enrolPolicy", familyId=policy.family_id, productId=policy.product_id)
    assert payload.told == []


async def test_money_makes_an_overdue_policy_good(ctx: Context, session: AsyncSession) -> None:
    policy = await enrolled(session, PolicyStatus.SUSPENDED, suspended_by=SuspendedBy.OVERDUE)
    await services.reevaluate(ctx, policy)
    assert (policy.status, policy.suspended_by) == (PolicyStatus.ACTIVE, None)
    assert policy.effective_on == date(2026, 1, 1)


async def test_money_does_not_lift_a_users_suspension(ctx: Context, session: AsyncSession) -> None:
    policy = await enrolled(session, PolicyStatus.SUSPENDED, suspended_by=SuspendedBy.USER)
    await services.reevaluate(ctx, policy)
    assert (policy.status, policy.suspended_by) == (PolicyStatus.SUSPENDED, SuspendedBy.USER)
    assert (await session.scalars(select(Cover))).all() == []


async def test_a_policy_of_a_deleted_family_is_not_resumed(change: Any, session: AsyncSession) -> None:
    policy = await enrolled(session)
    family = {"id": policy.family_id, "expectedVersion": 1, "members": "DETACH"}
    assert (await change("deleteFamily", fields="errors { code path }", **family)).told == []
    version = await session.scalar(select(Policy.version))
    payload = await change("resumePolicy", id=policy.id, expectedVersion=version)
    assert payload.told == [("NOT_FOUND", "id")]
