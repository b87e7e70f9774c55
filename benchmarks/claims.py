"""Claims of four lines, handed in, checked and valued: in bulk, as jobs do it, against one at a time.

Both ways call the same services and must leave the same claims, lines, values and usage behind. The jobs run in a
worker of their own, which works on two chunks of a thousand at a time; one at a time is measured with a sample, in this
process. Memory is the most that the worker had.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from benchmarks.filling import START, fill
from benchmarks.frame import NOW, Bench, Result, Row, Stopwatch, rows_of, working
from benchmarks.jobs import Worked, run_jobs
from core import Actor, clock
from core.host import Host
from modules.claim.inputs import SubmitClaimsInput
from modules.claim.models import Claim, ClaimLine
from modules.claim.rules import ClaimStatus
from modules.claim.services import SUBMIT, order, submit_claims
from modules.claim.types import ClaimSelectionInput
from modules.valuation.inputs import ProcessClaimsInput
from modules.valuation.models import LineValue, PolicyUsage
from modules.valuation.services import PROCESS, process_claims

SAMPLE = 100
FIRST_DAY = START + timedelta(days=1)
"""The first day of care of the claims that are measured."""
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
        async with _filled(bench, SAMPLE) as (host, _):
            await _in_bulk(bench, host)
            expected = await _outcome(host)
        async with _filled(bench, SAMPLE) as (host, ids):
            before = bench.database_seconds()
            alone = await _one_at_a_time(host, ids)
            of_database = bench.database_seconds() - before
            if len(expected) != 4 * SAMPLE or await _outcome(host) != expected:
                raise SystemExit("Claims handed in together and one at a time come to different results.")
        async with _filled(bench, bench.claims) as (host, _):
            submitted, processed = await _in_bulk(bench, host)
            async with working(host, ACTOR) as ctx:
                valued = len(await rows_of(ctx.session, select(Claim.id).where(Claim.status == ClaimStatus.VALUATED)))
            if valued != bench.claims:
                raise SystemExit(f"Of {bench.claims} claims {valued} were valued.")
    both = submitted.wall + processed.wall
    one_submitted, one_processed = (watch.wall for watch in alone)
    return Result(
        title="Claims in bulk",
        ours="in bulk",
        other="one at a time",
        rows=[
            Row("submitted and checked", "claims/s", bench.claims / submitted.wall, SAMPLE / one_submitted),
            Row("valued", "claims/s", bench.claims / processed.wall, SAMPLE / one_processed),
            Row("both", "claims/s", bench.claims / both, SAMPLE / (one_submitted + one_processed)),
            Row(
                "computed for each, by Bima", "ms",
                1000 * (submitted.cpu + processed.cpu) / bench.claims,
                1000 * sum(watch.cpu for watch in alone) / SAMPLE,
            ),
            Row(
                "computed for each, by PostgreSQL", "ms",
                1000 * (submitted.database + processed.database) / bench.claims,
                1000 * of_database / SAMPLE,
            ),
        ],
        notes=[
            f"{bench.claims:,} claims of four lines, in {both:.0f} s",
            f"one at a time measured with {SAMPLE}",
            *(_memory(name, worked) for name, worked in (("submitting", submitted), ("valuing", processed))),
        ],
    )  # fmt: skip


def _memory(name: str, worked: Worked) -> str:
    return f"memory of the worker when {name}: {worked.memory:.0f} MB, after a fifth {worked.memory_begun:.0f}"


async def _in_bulk(bench: Bench, host: Host) -> tuple[Worked, Worked]:
    """What handing in all claims took, and valuing them."""
    worked = []
    for job in (SUBMIT, PROCESS):
        async with working(host, ACTOR) as ctx:
            await order(ctx, job, ClaimSelectionInput(date_from=FIRST_DAY))
        worked.append(run_jobs(bench, host.db.url))
    return worked[0], worked[1]


async def _one_at_a_time(host: Host, ids: Sequence[UUID]) -> tuple[Stopwatch, Stopwatch]:
    """How long submitting took, and processing, a transaction for each claim."""
    submitting, processing = Stopwatch(), Stopwatch()
    for id in ids:
        with submitting.running():
            async with working(host, ACTOR) as ctx:
                await submit_claims(ctx, SubmitClaimsInput(ids=[id]))
        with processing.running():
            async with working(host, ACTOR) as ctx:
                await process_claims(ctx, ProcessClaimsInput(ids=[id]))
    return submitting, processing


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


async def _outcome(host: Host) -> list[object]:
    async with working(host, ACTOR) as ctx:
        return await rows_of(ctx.session, OUTCOME)
