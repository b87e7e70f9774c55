"""People whose registration ended longer ago than the law lets a scheme keep who they were."""

import logging
from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import select

from core import Context, add_months, clock, defer, every
from modules.insuree.models import Insuree
from modules.privacy.services.pseudonymising import pseudonymise
from modules.privacy.settings import Settings

log = logging.getLogger("bima.privacy")

RETAIN = "privacy.retain"
AT_A_TIME = 200
REASON = "retention has ended"


async def retain(ctx: Context, after: UUID | None = None) -> None:
    """Pseudonymise so many people beyond the setting's months, from an id on; whom a module needs waits.

    The rest is ordered in the same transaction, so that a crash neither loses nor repeats anything.
    """
    months = ctx.settings(Settings).retention_months
    if not months:
        return
    over = (
        select(Insuree.id, Insuree.ended_at)
        .where(Insuree.ended_at.is_not(None), Insuree.pseudonymised_at.is_(None))
        .where(Insuree.ended_at < datetime.combine(add_months(clock.today(), -months), time.min, UTC))
        .order_by(Insuree.id)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    if after is not None:
        over = over.where(Insuree.id > after)
    ids = [id for id, _ in await ctx.session.execute(over)]
    needed = {id for of in await every(ctx.host, "people_needed", ctx=ctx, insuree_ids=ids) for id in of}
    free = [id for id in ids if id not in needed]
    if free:
        await pseudonymise(ctx, free, REASON)
    log.info("pseudonymised %s people; %s are still needed", len(free), len(needed))
    if len(ids) == AT_A_TIME:
        await defer(ctx, RETAIN, after=ids[-1])
