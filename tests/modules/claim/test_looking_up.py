"""A facility reads its own recent claims as part of its work; everybody else leaves a trace (decision 8)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.history import HistoryRow
from core.testing import Api, actor
from modules.claim.testing import make_claim
from tests.modules.claim.world import World

READ = "query($id: ID!) { claim(id: $id) { id } }"


async def test_a_facility_reads_recent_claims_without_a_trace_and_old_ones_with_one(
    api: Api, session: AsyncSession, world: World
) -> None:
    claim = await make_claim(session, world.clinic, world.patient, on=clock.today())
    await session.commit()
    staff = actor("CLAIM_ADMINISTRATOR", facility=[claim.health_facility_id])
    officer = actor("MEDICAL_OFFICER", district=[claim.district_id])

    async def noted(who: object) -> int:
        reply = await api(READ, {"id": claim.id}, actor=who)  # type: ignore[arg-type]
        assert (reply.errors, reply.statements, reply.data["claim"]["id"]) == ([], 1, str(claim.id))
        return len((await session.scalars(select(HistoryRow).where(HistoryRow.action == "R"))).all())

    claim.date_from = clock.today() - timedelta(days=89)
    await session.commit()
    assert await noted(staff) == 0
    assert await noted(officer) == 1
    claim.date_from = clock.today() - timedelta(days=90)
    await session.commit()
    assert await noted(staff) == 2
