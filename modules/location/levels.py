"""Which levels of health facilities a scheme has."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow
from core.settings import StartError, suggestion

KIND = "facility_level"


async def offer_levels(session: AsyncSession, levels: Collection[str]) -> None:
    """Offer these levels, and no others; facilities that have another one keep it. Without any nothing changes.

    Raises:
        StartError: the lookup has no such code.
    """
    if not levels:
        return
    rows = (await session.scalars(select(LookupRow).where(LookupRow.kind == KIND))).all()
    known = [row.code for row in rows]
    for level in levels:
        if level not in known:
            raise StartError(f'facility_levels of [location]: there is no level "{level}"{suggestion(level, known)}')
    for row in rows:
        row.active = row.code in levels
    await session.flush()
