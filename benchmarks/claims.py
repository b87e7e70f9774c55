"""Claims of four lines, handed in and valued: a thousand in one go against one at a time.

Both ways call the same services and must leave the same claims, lines, values and usage behind. One at a time is
measured with a sample; memory is the most that the process had after the first thousand and at the end.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from benchmarks.filling import fill
from benchmarks.frame import Bench, Result, Row, Stopwatch, memory, rows_of, working
from core import Actor, clock
from core.host import Host
from modules.claim.inputs import SubmitClaimsInput
from modules.claim.models import Claim, ClaimLine
from modules.claim.rules import ClaimStatus
from modules.claim.services import submit_claims
from modules.valuation.inputs import ProcessClaimsInput
from modules.valuation.models import LineValue, PolicyUsage
from modules.valuation.services import process_claims

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SAMPLE = 100
AT_A_TIME = 1000
ACTOR = Actor(name="benchmark", unbounded=True)

OUTCOME = (
    select(
        Claim.code,
        Claim.status,
        Claim.approved,
        ClaimLine.line_no,
        ClaimLine.status,
        ClaimLine.price_adjusted,
        LineValue.price_valuated,
        LineValue.remunerated,
        PolicyUsage.remunerated,
    )
    .join(ClaimLine, ClaimLine.claim_id == Claim.id)
    .join(LineValue, LineValue.claim_line_id == ClaimLine.id)
    .join(PolicyUsage, PolicyUsage.claim_id == Claim.id)
    .where(Claim.status == ClaimStatus.VALUATED)
    .order_by(Claim.code, ClaimLine.line_no)
)


async def run(bench: Bench) -> Result:
    """Check that both ways come to the same, then measure them."""
    with clock.at(NOW):
        async with _filled(bench, SAMPLE) as (host, ids):
            together = await _go(host, ids, AT_A_TIME)
            expected = await _outcome(host)
        async with _filled(bench, SAMPLE) as (host, ids):
            alone = await _go(host, ids, 1)
            if len(expected) != 4 * SAMPLE or await _outcome(host) != expected:
                raise SystemExit("Claims handed in together and one at a time come to different results.")
        async with _filled(bench, bench.claims) as (host, ids):
            together = await _go(host, ids[:AT_A_TIME], AT_A_TIME)
            begun = memory()
            rest = await _go(host, ids[AT_A_TIME:], AT_A_TIME)
            for watch, more in zip(together, rest, strict=True):
                watch.wall, watch.cpu = watch.wall + more.wall, watch.cpu + more.cpu
            ended = memory()
    submitted, processed = (bench.claims / watch.wall for watch in together)
    one_submitted, one_processed = (SAMPLE / watch.wall for watch in alone)
    both = bench.claims / sum(watch.wall for watch in together)
    return Result(
        title="Claims in bulk",
        ours="1,000 in one go",
        other="one at a time",
        rows=[
            Row("submitted and checked", "claims/s", submitted, one_submitted),
            Row("valued", "claims/s", processed, one_processed),
            Row("both", "claims/s", both, SAMPLE / sum(watch.wall for watch in alone)),
            Row("CPU of this process for each", "ms", _cpu(together, bench.claims), _cpu(alone, SAMPLE)),
            Row("memory at the end, after the first 1,000", "MB", ended, begun),
        ],
        notes=[f"{bench.claims:,} claims of four lines", f"one at a time measured with {SAMPLE}"],
    )


@asynccontextmanager
async def _filled(bench: Bench, claims: int) -> AsyncIterator[tuple[Host, Sequence[UUID]]]:
    """A host with that many entered claims, 2.5 for each insured person on average, and their ids as they come."""
    async with bench.host() as host:
        await fill(host, families=max(claims // 10, 1), claims=claims)
        async with working(host, ACTOR) as ctx:
            ids = (
                await ctx.session.scalars(select(Claim.id).where(Claim.code.startswith("B")).order_by(Claim.id))
            ).all()
        yield host, ids


async def _go(host: Host, ids: Sequence[UUID], at_a_time: int) -> tuple[Stopwatch, Stopwatch]:
    """How long submitting took, and processing."""
    submitting, processing = Stopwatch(), Stopwatch()
    for start in range(0, len(ids), at_a_time):
        chunk = list(ids[start : start + at_a_time])
        with submitting.running():
            async with working(host, ACTOR) as ctx:
                await submit_claims(ctx, SubmitClaimsInput(ids=chunk))
        with processing.running():
            async with working(host, ACTOR) as ctx:
                await process_claims(ctx, ProcessClaimsInput(ids=chunk))
    return submitting, processing


def _cpu(watches: Sequence[Stopwatch], claims: int) -> float:
    return 1000 * sum(watch.cpu for watch in watches) / claims


async def _outcome(host: Host) -> list[object]:
    async with working(host, ACTOR) as ctx:
        return await rows_of(ctx.session, OUTCOME)
