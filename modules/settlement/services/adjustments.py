"""Corrections of claims that were paid: a later run of the same place pays the difference (decision 33)."""

from sqlalchemy import select

from core import NOT_FOUND, REQUIRED, Context, Problems, UserError, check_columns, find, new_id, tidy, visible
from modules.settlement import errors
from modules.settlement.inputs import RecordAdjustmentInput
from modules.settlement.models import Adjustment, BatchRun, FacilityStatement, RunClaim


async def record_adjustment(ctx: Context, input: RecordAdjustmentInput) -> Adjustment:
    """Note that a facility gets more, or less, for a claim that was paid. The place's next run takes it in; one that
    takes more than the run pays the facility waits for a further run. Of a claim that several runs paid, the last one
    that the actor sees.

    Raises:
        UserErrors: NOT_FOUND unless the actor works in the whole place that paid; CLAIM_NOT_PAID, REQUIRED, TOO_LONG.
    """
    settled = (
        select(RunClaim)
        .join(FacilityStatement, FacilityStatement.id == RunClaim.statement_id)
        .where(RunClaim.claim_id == input.claim_id, RunClaim.ended_at.is_(None), *visible(ctx, RunClaim))
    )
    latest = settled.order_by(FacilityStatement.paid_on.desc().nulls_last(), RunClaim.id.desc()).limit(1)
    claim = await ctx.session.scalar(latest)
    if claim is None:
        raise UserError(NOT_FOUND, "claimId")
    run = await find(ctx, BatchRun, claim.run_id, "claimId")
    statement = await ctx.session.get_one(FacilityStatement, claim.statement_id)
    if statement.paid_on is None:
        raise UserError(errors.CLAIM_NOT_PAID, "claimId")
    values = tidy({"reason": input.reason})
    problems = Problems()
    check_columns(Adjustment, values, problems)
    if not input.amount:
        problems.add(REQUIRED, "amount")
    problems.stop()
    adjustment = Adjustment(
        id=input.id or new_id(),
        claim_id=claim.claim_id,
        run_id=run.id,
        health_facility_id=statement.health_facility_id,
        district_id=statement.district_id,
        amount=input.amount,
        recorded_by=ctx.actor.id,
        **values,
    )
    ctx.session.add(adjustment)
    await ctx.session.flush()
    return adjustment
