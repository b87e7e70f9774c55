"""Chunks of claims find their rows by indexes: statistics know nothing of the claims that came since they were made."""

from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from modules.claim.models import Claim
from modules.claim.services import among
from modules.claim.services.ordering import MOST_CLAIMS, _in_lane
from modules.valuation.models import LineValue


async def plan_of(session: AsyncSession, query: Any) -> dict[str, Any]:
    """The plan of a query on tables so large that reading one whole is out of the question."""
    connection = await session.connection()
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    given = {name: each.name if isinstance(each, Enum) else each for name, each in compiled.params.items()}
    await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", given)
    [found] = explained.scalar_one()
    return dict(found["Plan"])


async def test_the_planner_reckons_with_as_many_rows_for_a_thousand_claims_as_for_one(session: AsyncSession) -> None:
    plans = [
        await plan_of(session, select(LineValue.id).where(among(LineValue.claim_id, [new_id() for _ in range(many)])))
        for many in (1, MOST_CLAIMS)
    ]
    assert plans[0]["Plan Rows"] == plans[1]["Plan Rows"]


async def test_a_chunk_of_an_order_takes_half_of_what_it_passes(session: AsyncSession) -> None:
    claims = select(Claim.date_from, Claim.id).order_by(Claim.date_from, Claim.id)
    everything, half = await plan_of(session, claims), await plan_of(session, _in_lane(claims, 0))
    assert half["Plan Rows"] == max(1, everything["Plan Rows"] // 2)
