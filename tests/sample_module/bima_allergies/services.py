"""What can be done with allergies."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from bima_allergies.errors import ALLERGY_KNOWN
from bima_allergies.models import Allergy
from core import DATE_IN_FUTURE, Context, UserError, clock, find
from modules.insuree.models import Insuree


async def record(ctx: Context, insuree_id: UUID, substance: str, noticed_on: date) -> Allergy:
    """Record an allergy.

    Raises:
        UserError: NOT_FOUND, DATE_IN_FUTURE, ALLERGY_KNOWN.
    """
    insuree = await find(ctx, Insuree, insuree_id, "insureeId")
    if noticed_on > clock.today():
        raise UserError(DATE_IN_FUTURE, "noticedOn", date=noticed_on)
    known = select(Allergy.id).where(Allergy.insuree_id == insuree.id, Allergy.substance == substance)
    if await ctx.session.scalar(known) is not None:
        raise UserError(ALLERGY_KNOWN, "substance", substance=substance)
    allergy = Allergy(
        insuree_id=insuree.id,
        district_id=insuree.district_id,
        village_id=insuree.village_id,
        substance=substance,
        noticed_on=noticed_on,
    )
    ctx.session.add(allergy)
    await ctx.session.flush()
    return allergy
