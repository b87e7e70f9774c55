"""What facilities get for lines whose relative price waited for an index; told by whoever runs the batches."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import case, func, select, update

from core import Context, clock
from modules.claim.models import ClaimLine, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus
from modules.claim.services import advance, among, lock_claims, update_by
from modules.product.rules import PriceOrigin
from modules.valuation.models import ClaimValue, LineValue


async def remunerate(ctx: Context, amounts: Mapping[UUID, Decimal]) -> None:
    """Say what the facility gets for lines of claims. A claim of which every line is known is VALUATED."""
    rows = [{"claim_line_id": id, "remunerated": amount} for id, amount in amounts.items()]
    of_claims = await update_by(ctx.session, LineValue, "claim_line_id", rows, "claim_id")
    await _sum_up(ctx, set(of_claims))


async def take_back(ctx: Context, claim_line_ids: Collection[UUID]) -> None:
    """Forget what facilities were to get for lines at relative prices: their batch run was undone."""
    waiting = LineValue.price_origin == PriceOrigin.RELATIVE
    of_claims = await ctx.session.scalars(
        update(LineValue)
        .where(among(LineValue.claim_line_id, claim_line_ids))
        .values(remunerated=case((waiting, None), else_=LineValue.price_valuated), updated_at=clock.now())
        .returning(LineValue.claim_id)
        .execution_options(synchronize_session=False)
    )
    await _sum_up(ctx, set(of_claims))


async def _sum_up(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Bring claims in line with their lines: the amount when all are known, and the state that follows from it."""
    claims = await lock_claims(ctx, claim_ids)
    all_known = func.count() == func.count(LineValue.remunerated)
    summed = (
        select(LineValue.claim_id, case((all_known, func.sum(LineValue.remunerated))).label("remunerated"))
        .join(ClaimLine, ClaimLine.id == LineValue.claim_line_id)
        .where(among(LineValue.claim_id, claim_ids), ClaimLine.status == LineStatus.PASSED)
        .group_by(LineValue.claim_id)
        .subquery()
    )
    rows = await ctx.session.execute(
        update(ClaimValue)
        .where(ClaimValue.claim_id == summed.c.claim_id)
        .values(remunerated=summed.c.remunerated, updated_at=clock.now())
        .returning(ClaimValue.claim_id, ClaimValue.remunerated)
        .execution_options(synchronize_session=False)
    )
    events = {}
    status = {claim.id: claim.status for claim in claims}
    for claim_id, remunerated in rows:
        if remunerated is not None and status[claim_id] is ClaimStatus.PROCESSED:
            events[claim_id] = ClaimEvent.VALUATE
        elif remunerated is None and status[claim_id] is ClaimStatus.VALUATED:
            events[claim_id] = ClaimEvent.UNDO_RUN
    await advance(ctx, [claim for claim in claims if claim.id in events], events)
