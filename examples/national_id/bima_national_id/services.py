"""Ordering look-ups, asking the register, and keeping what it says."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bima_national_id import registry
from bima_national_id.errors import NO_NUMBER
from bima_national_id.models import Check
from bima_national_id.rules import Identity, Verdict, verdict
from bima_national_id.settings import Settings
from core import Context, UserError, clock, defer, find, new_id
from modules.insuree.models import Insuree

LOOK_UP = "national_id.look_up"
"""The job's name."""


async def order(ctx: Context, insuree_ids: Sequence[UUID]) -> None:
    """Order a look-up of each of the people whom the register may know and whose answer is not at hand."""
    of_register = Insuree.id_type_code.in_(ctx.settings(Settings).id_types)
    known = select(Insuree.id).where(Insuree.id.in_(insuree_ids), of_register, Insuree.id_number.is_not(None))
    for id in await ctx.session.scalars(known.order_by(Insuree.id)):
        await defer(ctx, LOOK_UP, insuree_id=id)


async def order_one(ctx: Context, insuree_id: UUID) -> Insuree:
    """Order a look-up of a person anew.

    Raises:
        UserError: NOT_FOUND, NATIONAL_ID_NO_NUMBER.
    """
    person = await find(ctx, Insuree, insuree_id, "insureeId")
    if person.id_number is None or person.id_type_code not in ctx.settings(Settings).id_types:
        raise UserError(NO_NUMBER, "insureeId")
    await defer(ctx, LOOK_UP, insuree_id=person.id)
    return person


async def look_up(ctx: Context, insuree_id: UUID) -> None:
    """Ask the register about a person, who may have changed since this was ordered, and keep the answer.

    Nothing is locked while the register thinks; the job's own connection waits with it, at most `seconds`.

    Raises:
        RegistryDown: it did not answer; the job is tried again.
    """
    settings = ctx.settings(Settings)
    person = await ctx.session.get(Insuree, insuree_id, populate_existing=True)
    if person is None or person.id_number is None or person.id_type_code not in settings.id_types:
        return
    number = person.id_number
    here = Identity(person.last_name, person.other_names, person.birth_date)
    try:
        told = verdict(here, await registry.ask(settings, number))
    except registry.RegistryRefuses:
        told = (Verdict.REFUSED, ())
    await _keep(ctx, insuree_id, number, *told)


async def _keep(ctx: Context, insuree_id: UUID, number: str, found: Verdict, differences: Sequence[str]) -> None:
    now = clock.now()
    told = {"number": number, "verdict": found, "differences": list(differences), "checked_at": now}
    row = insert(Check).values(id=new_id(), insuree_id=insuree_id, created_at=now, updated_at=now, version=1, **told)
    again = row.on_conflict_do_update(
        index_elements=["insuree_id"], set_={**told, "updated_at": now, "version": Check.version + 1}
    )
    await ctx.session.execute(again)
