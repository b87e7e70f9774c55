"""What facilities get for lines whose relative price waited for an index; told by whoever runs the batches."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update

from core import Context, clock
from modules.claim.models import ClaimLine, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus
from modules.claim.services import advance, among, lock_claims, update_rows
from modules.product.rules import PriceOrigin
from modules.valuation.models import ClaimValue, LineValue


async def remunerate(ctx: Context, amounts: Mapping[UUID, Decimal]) -> None:
    """Say what the facility gets for lines of claims. A claim of which every line is known is VALUATED."""
    values = await _values(ctx, amounts)
    rows = [{"id": value.id, "remunerated": amounts[value.claim_line_id]} for value in values]
    await update_rows(ctx.session, LineValue, rows)
    await _sum_up(ctx, {value.claim_id for value in values})


async def take_back(ctx: Context, claim_line_ids: Collection[UUID]) -> None:
    """Forget what facilities were to get for lines at relative prices: their batch run was undone."""
    values = await _values(ctx, claim_line_ids)
    rows = [
        {"id": value.id, "remunerated": None if value.price_origin is PriceOrigin.RELATIVE else value.price_valuated}
        for value in values
    ]
    await update_rows(ctx.session, LineValue, rows)
    await _sum_up(ctx, {value.claim_id for value in values})


async def _values(ctx: Context, claim_line_ids: Collection[UUID]) -> list[LineValue]:
    rows = await ctx.session.scalars(select(LineValue).where(among(LineValue.claim_line_id, claim_line_ids)))
    return list(rows)


async def _sum_up(ctx: Context, claim_ids: Collection[UUID]) -> None:
    """Bring claims in line with their lines: the amount when all are known, and the state that follows from it."""
    claims = await lock_claims(ctx, claim_ids)
    known = (
        select(func.sum(LineValue.remunerated))
        .join(ClaimLine, ClaimLine.id == LineValue.claim_line_id)
        .where(LineValue.claim_id == ClaimValue.claim_id, ClaimLine.status == LineStatus.PASSED)
        .having(func.count() == func.count(LineValue.remunerated))
        .scalar_subquery()
    )
    rows = await ctx.session.execute(
        update(ClaimValue)
        .where(among(ClaimValue.claim_id, claim_ids))
        .values(remunerated=known, updated_at=clock.now())
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
