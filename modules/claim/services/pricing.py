"""What facilities are paid for a unit: the price list's price, unless a country says otherwise."""

from collections.abc import Collection
from decimal import Decimal

from core import Context, every
from modules.medical.services import Wanted, prices


async def listed_prices(ctx: Context, wanted: Collection[Wanted]) -> dict[Wanted, Decimal]:
    """Unit prices at facilities on days (claims spec 2.4); what is missing is on no list, and nobody names a price."""
    listed = await prices(ctx.session, wanted)
    for named in await every(ctx.host, "line_prices", ctx=ctx, wanted=wanted, listed=listed):
        listed.update(named)
    return listed
