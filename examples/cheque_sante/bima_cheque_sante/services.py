"""What can be done with vouchers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bima_cheque_sante.errors import EXPIRED, SOLD, USED
from bima_cheque_sante.models import Voucher
from bima_cheque_sante.settings import Settings
from core import NOT_FOUND, REQUIRED, TOO_LONG, Actor, Context, UserError, add_months, clock, find, new_id
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility

LONGEST_NUMBER = 20


async def sell(ctx: Context, number: str, insuree_id: UUID) -> Voucher:
    """Sell a voucher.

    Raises:
        UserError: REQUIRED, TOO_LONG, NOT_FOUND, VOUCHER_SOLD.
    """
    number = number.strip()
    if not number:
        raise UserError(REQUIRED, "number")
    if len(number) > LONGEST_NUMBER:
        raise UserError(TOO_LONG, "number", most=LONGEST_NUMBER)
    person = await find(ctx, Insuree, insuree_id, "insureeId")
    settings, today, now = ctx.settings(Settings), clock.today(), clock.now()
    values = {
        "id": new_id(), "number": number, "insuree_id": person.id, "price": settings.price, "sold_on": today,
        "valid_to": add_months(today, settings.months), "created_at": now, "updated_at": now, "version": 1,
    }  # fmt: skip
    # Who sells the same number at the same moment waits here, and is told.
    sold = insert(Voucher).values(values).on_conflict_do_nothing(index_elements=["number"]).returning(Voucher)
    voucher = (await ctx.session.scalars(sold)).one_or_none()
    if voucher is None:
        raise UserError(SOLD, "number", number=number)
    return voucher


async def use(ctx: Context, number: str, health_facility_id: UUID) -> Voucher:
    """Take a voucher at a facility of the actor's, wherever the person lives.

    Raises:
        UserError: NOT_FOUND, VOUCHER_USED, VOUCHER_EXPIRED.
    """
    facility = await find(ctx, HealthFacility, health_facility_id, "healthFacilityId")
    if not _serves(ctx.actor, facility):
        raise UserError(NOT_FOUND, "healthFacilityId")
    number = number.strip()
    voucher = await ctx.session.scalar(select(Voucher).where(Voucher.number == number).with_for_update())
    if voucher is None:
        raise UserError(NOT_FOUND, "number")
    if voucher.used_on is not None:
        raise UserError(USED, "number", number=number, date=voucher.used_on)
    if voucher.valid_to < clock.today():
        raise UserError(EXPIRED, "number", number=number, date=voucher.valid_to)
    voucher.health_facility_id, voucher.used_on = facility.id, clock.today()
    await ctx.session.flush()
    return voucher


def _serves(actor: Actor, facility: HealthFacility) -> bool:
    """Whether the actor works at the facility or in its district: everybody sees facilities, few act for them."""
    return (
        actor.unbounded
        or facility.id in actor.scopes.get("facility", ())
        or facility.location_id in actor.scopes.get("district", ())
    )
