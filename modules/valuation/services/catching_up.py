"""What valuation missed while it was off: claims that were returned, rejected or reviewed meanwhile."""

from datetime import datetime

from sqlalchemy import select, union

from core import Context
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.valuation.models import LineValue, PolicyUsage
from modules.valuation.services.processing import forget, revalue

UNDONE = (ClaimStatus.ENTERED, ClaimStatus.RETURNED, ClaimStatus.REJECTED)


async def catch_up(ctx: Context, since: datetime | None) -> None:
    """Forget what claims take that were undone since, and note anew what those take that a review changed.

    Claims that were handed in meanwhile have no policy that pays: `process_claims` says so, claim by claim.
    """
    if since is None:
        return
    known = union(select(LineValue.claim_id), select(PolicyUsage.claim_id)).subquery()
    changed = select(Claim.id, Claim.status).where(Claim.id.in_(select(known.c.claim_id)), Claim.updated_at >= since)
    states = dict((await ctx.session.execute(changed)).all())
    undone = [id for id, status in states.items() if status in UNDONE]
    await forget(ctx, undone)
    await revalue(ctx, [id for id, status in states.items() if status is ClaimStatus.CHECKED])
