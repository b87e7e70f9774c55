"""What valuation missed while it was off: claims that were returned, rejected or reviewed meanwhile."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select

from core import SYSTEM, Context, defer
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.services import go_through
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage
from modules.valuation.services.processing import revalue

CATCH_UP = "valuation.catch_up"
"""The job's name."""
UNDONE = (ClaimStatus.ENTERED, ClaimStatus.RETURNED, ClaimStatus.REJECTED)


async def catch_up(ctx: Context, since: datetime | None) -> None:
    """Forget at once what claims take that were undone since; a job notes anew what those take that a review changed.

    Until it has come to them such claims take what they took before. Claims that were handed in meanwhile have no
    policy that pays: `process_claims` says so, claim by claim.
    """
    if since is None:
        return
    undone = select(Claim.id).where(Claim.status.in_(UNDONE), Claim.updated_at >= since)
    for model in (PolicyUsage, LineValue, ClaimValue):
        forgotten = delete(model).where(model.claim_id.in_(undone)).execution_options(synchronize_session=False)
        await ctx.session.execute(forgotten)
    if await ctx.session.scalar(select(_changed(since).exists())):
        await defer(ctx, CATCH_UP, since=since)


async def note_anew(ctx: Context, since: datetime) -> None:
    """The job that notes anew what claims take that were reviewed since, in chunks; run again it comes to the same."""

    async def note(own: Context, ids: Sequence[UUID]) -> None:
        await revalue(own, ids)

    await go_through(ctx, SYSTEM, _changed(since).order_by(Claim.date_from, Claim.id), note)


def _changed(since: datetime) -> Select[date, UUID]:
    return select(Claim.date_from, Claim.id).where(
        Claim.status == ClaimStatus.CHECKED, Claim.ended_at.is_(None), Claim.updated_at >= since, _known()
    )


def _known() -> ColumnElement[bool]:
    """Whether valuation saw the claim before it was off."""
    return or_(*(exists().where(model.claim_id == Claim.id) for model in (LineValue, PolicyUsage)))
