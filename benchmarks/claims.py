"""Claims, handed in, checked and valued: in bulk, as jobs do it, against one at a time.

Both ways call the same services and must leave the same claims, lines, values and usage behind. The jobs run in a
worker of their own, which works on two chunks of a thousand at a time; one at a time is measured with a sample, in this
process. Memory is the most that the worker had.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import select

from benchmarks.data import Waiting, put_back
from benchmarks.frame import Bench, Result, Row, Stopwatch
from benchmarks.jobs import Worked, run_jobs
from benchmarks.working import rows_of, started, working
from core import Actor
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
    .outerjoin(LineValue, LineValue.claim_line_id == ClaimLine.id)
    .outerjoin(PolicyUsage, PolicyUsage.claim_id == Claim.id)
    .order_by(Claim.code, ClaimLine.line_no)
)
DECIDED = select(Claim.id).where(Claim.status.in_((ClaimStatus.VALUATED, ClaimStatus.REJECTED)))


async def run(bench: Bench) -> Result:
    """Check that both ways come to the same, then measure them."""
    async with _waiting(bench, SAMPLE) as (host, waiting):
        await _in_bulk(bench, host, waiting)
        expected = await _outcome(host, waiting)
    async with _waiting(bench, SAMPLE) as (host, waiting):
        sample = len(waiting.ids)
        before = bench.database_seconds()
        alone = await _one_at_a_time(host, waiting.ids)
        of_database = bench.database_seconds() - before
        if len(expected) <= sample or await _outcome(host, waiting) != expected:
            raise SystemExit("Claims handed in together and one at a time come to different results.")
    async with _waiting(bench, bench.claims) as (host, waiting):
        number = len(waiting.ids)
        submitted, processed = await _in_bulk(bench, host, waiting)
        async with working(host, ACTOR) as ctx:
            valued = len(await rows_of(ctx.session, DECIDED.where(Claim.id.in_(waiting.ids))))
        if valued != number:
            raise SystemExit(f"Of {number} claims {valued} were decided.")
    both = submitted.wall + processed.wall
    one_submitted, one_processed = (watch.wall for watch in alone)
    return Result(
        title="Claims in bulk",
        ours="in bulk",
        other="one at a time",
        rows=[
            Row("submitted and checked", "claims/s", number / submitted.wall, sample / one_submitted),
            Row("valued", "claims/s", number / processed.wall, sample / one_processed),
            Row("both", "claims/s", number / both, sample / (one_submitted + one_processed)),
            Row(
                "computed for each, by Bima", "ms",
                1000 * (submitted.cpu + processed.cpu) / number,
                1000 * sum(watch.cpu for watch in alone) / sample,
            ),
            Row(
                "computed for each, by PostgreSQL", "ms",
                1000 * (submitted.database + processed.database) / number,
                1000 * of_database / sample,
            ),
        ],
        notes=[
            f"{number:,} claims of a {bench.scales[1].name}, in {both:.0f} s",
            f"one at a time measured with {sample}",
            *(_memory(name, worked) for name, worked in (("submitting", submitted), ("valuing", processed))),
        ],
    )  # fmt: skip


def _memory(name: str, worked: Worked) -> str:
    return f"memory of the worker when {name}: {worked.memory:.0f} MB, after a fifth {worked.memory_begun:.0f}"


async def _in_bulk(bench: Bench, host: Host, waiting: Waiting) -> tuple[Worked, Worked]:
    """What handing in all claims took, and valuing them."""
    worked = []
    for job in (SUBMIT, PROCESS):
        async with working(host, ACTOR) as ctx:
            await order(ctx, job, ClaimSelectionInput(date_from=waiting.first, date_to=waiting.last))
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
async def _waiting(bench: Bench, claims: int) -> AsyncIterator[tuple[Host, Waiting]]:
    """A host with that many claims that wait, or as many as there are."""
    async with bench.data.copy(bench.scales[1]) as url:
        waiting = put_back(url, claims)
        async with started(bench.modules.on(url)) as host:
            yield host, waiting


async def _outcome(host: Host, waiting: Waiting) -> list[object]:
    async with working(host, ACTOR) as ctx:
        return await rows_of(ctx.session, OUTCOME.where(Claim.id.in_(waiting.ids)))
