"""Batch runs: previewed, run, confirmed by another account, undone until they are paid (decision 33)."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.dialects.postgresql import insert

from core import (
    ILLEGAL_TRANSITION,
    NOT_FOUND,
    TAKEN,
    Actor,
    Context,
    JobInfo,
    UserError,
    add_months,
    clock,
    defer,
    find,
    new_id,
)
from core.history import sign
from core.jobs import JobState
from modules.settlement import errors
from modules.settlement.inputs import ConfirmBatchRunInput, RunBatchInput, UndoBatchRunInput
from modules.settlement.models import BatchRun, BatchRunStatus, FacilityStatement, RunLine
from modules.settlement.scopes import works_in_whole
from modules.settlement.services.claims import may_be_due
from modules.settlement.services.computing import Settlement, compute
from modules.settlement.services.payments import close_if_paid, portions
from modules.settlement.services.writing import release, write
from modules.valuation.services import remunerate, take_back

RUN = "settlement.run"
"""The job's name."""
MOST_AT_ONCE = 20_000
"""Claims that are settled while whoever ordered it waits for the answer."""


@dataclass(frozen=True)
class RunOrder:
    """A month that an account ordered to be settled, after its rights and its place were checked."""

    id: UUID
    location_id: UUID | None
    year: int
    month: int
    account_id: UUID | None
    name: str


async def preview(ctx: Context, location_id: UUID | None, year: int, month: int) -> Settlement:
    """What a run of the month would pay now. Nothing is written.

    Raises:
        UserError: NOT_FOUND unless the actor works in the whole place; NO_SUCH_MONTH.
    """
    await _check_month(ctx, location_id, year, month)
    return await compute(ctx, location_id, year, month)


async def run_batch(ctx: Context, input: RunBatchInput) -> BatchRun | JobInfo:
    """Settle a month that is over: its claims are taken into the run, late ones too. Nothing is final yet.

    A job settles a month of very many claims (decision 34); the run is there when it has succeeded.

    Raises:
        UserError: NOT_FOUND, NO_SUCH_MONTH, MONTH_NOT_OVER; ALREADY_RUN, also to whoever comes second of two at once.
    """
    location_id, year, month = input.location_id, input.year, input.month
    await _check_month(ctx, location_id, year, month)
    earliest = add_months(date(year, month, 1), 1)
    if clock.today() < earliest:
        raise UserError(errors.MONTH_NOT_OVER, "month", month=month, year=year, earliest=earliest)
    if await _has_run(ctx, input):
        raise UserError(errors.ALREADY_RUN, "month", month=month, year=year)
    if await may_be_due(ctx, location_id, earliest, most=MOST_AT_ONCE) > MOST_AT_ONCE:
        actor = ctx.actor
        order = RunOrder(input.id or new_id(), location_id, year, month, actor.id, actor.name)
        return JobInfo(id=await defer(ctx, RUN, order=order), status=JobState.WAITING)
    run_id = await _begin(ctx, input)
    if run_id is None:
        raise UserError(errors.ALREADY_RUN, "month", month=month, year=year)
    await write(ctx, run_id, await compute(ctx, location_id, year, month, lock=True))
    return await ctx.session.get_one(BatchRun, run_id)


async def run_ordered(ctx: Context, order: RunOrder) -> None:
    """The job that settles a month, in one transaction and in the name of whoever ordered it.

    Killed, it leaves nothing behind; run again, it does nothing where the month has its run already.
    """
    async with ctx.host.db.beside() as session:
        actor = Actor(order.account_id, order.name, unbounded=True)
        own = Context(ctx.host, actor, request_id=ctx.request_id, _session=session)
        await sign(session, own)
        run_id = await _begin(own, order)
        if run_id is not None:
            await write(own, run_id, await compute(own, order.location_id, order.year, order.month, lock=True))


async def confirm_batch_run(ctx: Context, input: ConfirmBatchRunInput) -> BatchRun:
    """Make what a colleague's run pays final; its claims are VALUATED. From now on facilities can be paid.

    Raises:
        UserError: NOT_FOUND, STALE, ILLEGAL_TRANSITION, SAME_ACCOUNT.
    """
    run = await find(ctx, BatchRun, input.id, "id", version=input.expected_version, lock=True)
    _check_status(run, BatchRunStatus.CONFIRMED, BatchRunStatus.PREVIEW)
    if run.run_by == ctx.actor.id:
        raise UserError(errors.SAME_ACCOUNT, "id")
    run.status, run.confirmed_by, run.confirmed_at = BatchRunStatus.CONFIRMED, ctx.actor.id, clock.now()
    await ctx.session.flush()
    async for portion in portions(ctx, _decided(run), RunLine.id):
        await remunerate(ctx, {line_id: amount for _, line_id, amount in portion})
    await close_if_paid(ctx, run)
    return run


async def undo_batch_run(ctx: Context, input: UndoBatchRunInput) -> BatchRun:
    """Undo a run from which no facility was paid: its claims are as they were before and can be settled anew.

    Raises:
        UserError: NOT_FOUND, STALE, ILLEGAL_TRANSITION, PAYMENTS_RECORDED.
    """
    run = await find(ctx, BatchRun, input.id, "id", version=input.expected_version, lock=True)
    if await ctx.session.scalar(select(exists().where(FacilityStatement.run_id == run.id, FacilityStatement.paid > 0))):
        raise UserError(errors.PAYMENTS_RECORDED, "id")
    _check_status(run, BatchRunStatus.UNDONE, BatchRunStatus.PREVIEW, BatchRunStatus.CONFIRMED)
    if run.status is BatchRunStatus.CONFIRMED:
        async for portion in portions(ctx, _decided(run), RunLine.id):
            await take_back(ctx, [line_id for _, line_id, _ in portion])
    run.status, run.undone_by, run.undone_at = BatchRunStatus.UNDONE, ctx.actor.id, clock.now()
    await ctx.session.flush()
    await release(ctx, run)
    return run


async def _check_month(ctx: Context, location_id: UUID | None, year: int, month: int) -> None:
    if not 1 <= month <= 12:
        raise UserError(errors.NO_SUCH_MONTH, "month", month=month, year=year)
    if not MINYEAR < year < MAXYEAR:
        raise UserError(errors.NO_SUCH_MONTH, "year", month=month, year=year)
    if not await works_in_whole(ctx.session, ctx.actor, location_id):
        raise UserError(NOT_FOUND, "locationId")


def _check_status(run: BatchRun, target: BatchRunStatus, *sources: BatchRunStatus) -> None:
    if run.status not in sources:
        raise UserError(ILLEGAL_TRANSITION, "id", state=run.status, target=target)


async def _has_run(ctx: Context, input: RunBatchInput | RunOrder) -> bool:
    of_month = (BatchRun.location_id.is_not_distinct_from(input.location_id), BatchRun.year == input.year)
    runs = exists().where(*of_month, BatchRun.month == input.month, BatchRun.status != BatchRunStatus.UNDONE)
    return bool(await ctx.session.scalar(select(runs)))


async def _begin(ctx: Context, input: RunBatchInput | RunOrder) -> UUID | None:
    """The id of the new run; None when the month has one, even one that another transaction is just writing."""
    begun = (
        insert(BatchRun)
        .values(
            id=input.id or new_id(),
            location_id=input.location_id,
            year=input.year,
            month=input.month,
            run_by=ctx.actor.id,
        )
        .on_conflict_do_nothing()  # of the month, and of the id: two tries of one order at once have the same
        .returning(BatchRun.id)
    )
    id: UUID | None = await ctx.session.scalar(begun)
    if id is None and not await _has_run(ctx, input):
        raise UserError(TAKEN, "id", value=input.id)
    return id


def _decided(run: BatchRun) -> Select[UUID, UUID, Decimal]:
    """The lines on which the run decides, with what the facility gets for them."""
    return select(RunLine.id, RunLine.claim_line_id, RunLine.remunerated).where(RunLine.run_id == run.id)
