"""Paying facilities: payments for statements, and what becomes of the claims and of the run."""

from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, not_, select, update

from core import (
    DATE_IN_FUTURE,
    NEGATIVE,
    TAKEN,
    Context,
    Problems,
    UserError,
    check_columns,
    clock,
    find,
    new_id,
)
from modules.claim.models import ClaimLine, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus
from modules.claim.services import advance, among, lock_claims
from modules.settlement import errors
from modules.settlement.inputs import RecordFacilityPaymentInput
from modules.settlement.models import BatchRun, BatchRunStatus, FacilityStatement, Payment, RunClaim
from modules.valuation.models import LineValue

PORTION = 10_000
"""Claims or lines that are handed to another module at a time."""


async def record_facility_payment(ctx: Context, input: RecordFacilityPaymentInput) -> Payment:
    """Record money that went to a facility. A statement paid in full makes its claims PAID, unless another product has
    still to pay its lines; the last one, the run.

    Raises:
        UserErrors: NOT_FOUND unless the actor works in the whole place that pays; RUN_NOT_CONFIRMED, STATEMENT_PAID,
            MORE_THAN_DUE, NEGATIVE, DATE_IN_FUTURE, REQUIRED, TOO_LONG, TAKEN.
    """
    statement = await find(ctx, FacilityStatement, input.statement_id, "statementId")
    # Undoing locks the run first as well: whoever comes second sees what the first one did.
    run = await find(ctx, BatchRun, statement.run_id, "statementId", lock=True)
    statement = await find(ctx, FacilityStatement, statement.id, "statementId", lock=True)
    if run.status is BatchRunStatus.PREVIEW:
        raise UserError(errors.RUN_NOT_CONFIRMED, "statementId")
    left = statement.amount_to_pay - statement.paid
    if not left:
        raise UserError(errors.STATEMENT_PAID, "statementId")
    payment = await _payment(ctx, input, left)
    ctx.session.add(payment)
    statement.paid += payment.amount
    if payment.amount == left:
        statement.paid_on = payment.paid_on
    await ctx.session.flush()
    if statement.paid_on is not None:
        await _pay_claims(ctx, RunClaim.statement_id == statement.id)
        await close_if_paid(ctx, run)
    return payment


async def close_if_paid(ctx: Context, run: BatchRun) -> None:
    """Make a confirmed run PAID once no facility waits for money; claims that come to nothing are PAID with it."""
    of_run = (FacilityStatement.run_id == run.id, FacilityStatement.paid_on.is_(None))
    waits = exists().where(*of_run, FacilityStatement.amount_to_pay > 0)
    if await ctx.session.scalar(select(waits)):
        return
    closed = await ctx.session.scalars(
        update(FacilityStatement)
        .where(*of_run)
        .values(paid_on=clock.today(), version=FacilityStatement.version + 1, updated_at=clock.now())
        .returning(FacilityStatement.id)
    )
    await _pay_claims(ctx, RunClaim.statement_id.in_(closed.all()))
    run.status = BatchRunStatus.PAID
    await ctx.session.flush()


async def portions(ctx: Context, query: Select[*tuple[Any, ...]], key: Any) -> AsyncIterator[Sequence[Any]]:
    """The rows of a query in the order of a unique key, in portions that one statement of another module takes.

    Each is read when the one before is done, so that memory does not grow with them. The key is the first column.
    """
    query = query.order_by(key).limit(PORTION)
    rows = (await ctx.session.execute(query)).all()
    while rows:
        yield rows
        rows = (await ctx.session.execute(query.where(key > rows[-1][0]))).all()


async def _payment(ctx: Context, input: RecordFacilityPaymentInput, left: Decimal) -> Payment:
    amount = left if input.amount is None else input.amount
    paid_on, reference = input.paid_on or clock.today(), input.reference.strip()
    problems = Problems()
    check_columns(Payment, {"amount": amount, "reference": reference or None}, problems)
    if not amount:
        problems.add(NEGATIVE, "amount", value=amount)
    if amount > left:
        problems.add(errors.MORE_THAN_DUE, "amount", left=left)
    if paid_on > clock.today():
        problems.add(DATE_IN_FUTURE, "paidOn", date=paid_on)
    if await ctx.session.scalar(select(exists().where(Payment.reference == reference))):
        problems.add(TAKEN, "reference", value=reference)
    problems.stop()
    return Payment(
        id=input.id or new_id(),
        statement_id=input.statement_id,
        amount=amount,
        paid_on=paid_on,
        reference=reference,
        recorded_by=ctx.actor.id,
    )


async def _pay_claims(ctx: Context, which: ColumnElement[bool]) -> None:
    paid = select(RunClaim.id, RunClaim.claim_id).where(which, RunClaim.ended_at.is_(None))
    async for portion in portions(ctx, paid, RunClaim.id):
        claims = await lock_claims(ctx, {claim_id for _, claim_id in portion})
        # Read after they are locked: of two last parts that are paid at once, the second sees the first.
        waiting = set(await ctx.session.scalars(_partly_paid(claim.id for claim in claims)))
        paid_up = [claim for claim in claims if claim.status is ClaimStatus.VALUATED and claim.id not in waiting]
        await advance(ctx, paid_up, {claim.id: ClaimEvent.PAY for claim in paid_up})


def _partly_paid(claim_ids: Iterable[UUID]) -> Select[UUID]:
    """Those of some claims of which a product has not paid its lines yet."""
    paid = (
        exists()
        .where(
            RunClaim.claim_id == LineValue.claim_id,
            RunClaim.product_id == LineValue.product_id,
            RunClaim.ended_at.is_(None),
            FacilityStatement.id == RunClaim.statement_id,
            FacilityStatement.paid_on.is_not(None),
        )
        .correlate(LineValue)
    )
    return (
        select(LineValue.claim_id)
        .join(ClaimLine, ClaimLine.id == LineValue.claim_line_id)
        .where(among(LineValue.claim_id, claim_ids), ClaimLine.status == LineStatus.PASSED, not_(paid))
        .distinct()
    )
