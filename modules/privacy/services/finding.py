"""The person whom it is about, and the reason that is given."""

from uuid import UUID

from sqlalchemy import select

from core import NOT_FOUND, REQUIRED, TOO_LONG, Context, UserError, visible
from core.rows import changeable
from modules.insuree.models import Insuree

LONGEST_REASON = 200


def checked_reason(reason: str) -> str:
    """The reason without spaces around it.

    Raises:
        UserError: REQUIRED, TOO_LONG.
    """
    reason = reason.strip()
    if not reason:
        raise UserError(REQUIRED, "reason")
    if len(reason) > LONGEST_REASON:
        raise UserError(TOO_LONG, "reason", most=LONGEST_REASON)
    return reason


async def find_person(ctx: Context, id: UUID, path: str, *, lock: bool = False) -> Insuree:
    """A person in the actor's scope, also one whose registration has ended; not pseudonymised before this ends.

    `lock`: to be pseudonymised here, once nobody exports the person or enters a claim for him or her.

    Raises:
        UserError: NOT_FOUND at the path.
    """
    query = select(Insuree).where(Insuree.id == id, *visible(ctx, Insuree))
    if lock:
        query = query.where(*changeable(ctx, Insuree)).with_for_update(of=Insuree)
    else:
        query = query.with_for_update(of=Insuree, read=True, key_share=True)
    person = await ctx.session.scalar(query.execution_options(populate_existing=True))
    if person is None:
        raise UserError(NOT_FOUND, path, thing="insuree")
    return person
