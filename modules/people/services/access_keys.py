"""Access keys of other systems: made and shown once, and revoked."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import (
    NEGATIVE,
    REQUIRED,
    UNKNOWN_CODE,
    Context,
    Problems,
    UserError,
    add_months,
    check_columns,
    clock,
    find,
    new_id,
    tidy,
)
from modules.people import errors
from modules.people.expressions import rights_of
from modules.people.models import AccessKey, Account
from modules.people.rights import USER_UPDATE
from modules.people.services.grants import require_whole_country
from modules.people.services.key_texts import KeyText, new_key

LONGEST_YEARS = 10
"""A key whose last day lies further away has none."""


async def create(
    ctx: Context,
    account_id: UUID,
    name: str,
    *,
    rights: Sequence[str] | None = None,
    expires_on: date | None = None,
    requests_per_minute: int | None = None,
    id: UUID | None = None,
) -> tuple[AccessKey, KeyText]:
    """Make a key for a machine's account: the row, and the text, which nobody sees again.

    Raises:
        Forbidden: the actor does not work in the whole country.
        UserError: NOT_FOUND; ACCOUNT_INACTIVE; NOT_A_MACHINE.
        UserErrors: REQUIRED, TOO_LONG, NEGATIVE; EXPIRY_OUT_OF_RANGE; UNKNOWN_CODE, RIGHT_NOT_HELD, RIGHT_BEYOND_YOURS.
    """
    require_whole_country(ctx)
    account = await find(ctx, Account, account_id, "userId")
    if not account.machine:
        raise UserError(errors.NOT_A_MACHINE, "userId")
    if not account.active:
        raise UserError(errors.ACCOUNT_INACTIVE, "userId")
    problems = Problems()
    check_columns(AccessKey, tidy({"name": name}), problems)
    if expires_on is not None and not clock.today() <= expires_on <= add_months(clock.today(), 12 * LONGEST_YEARS):
        problems.add(errors.EXPIRY_OUT_OF_RANGE, "expiresOn", years=LONGEST_YEARS)
    if requests_per_minute is not None and requests_per_minute < 1:
        problems.add(NEGATIVE, "requestsPerMinute", value=requests_per_minute)
    await _check_rights(ctx, account, rights, problems)
    problems.stop()
    text = new_key()
    key = AccessKey(
        id=id or new_id(),
        account_id=account.id,
        name=name.strip(),
        public_id=text.public_id,
        key_hash=text.hash,
        rights=None if rights is None else sorted(set(rights)),
        requests_per_minute=requests_per_minute,
        expires_on=expires_on,
        created_by_id=ctx.actor.id,
    )
    ctx.session.add(key)
    await ctx.session.flush()
    return key, text


async def revoke(ctx: Context, id: UUID) -> AccessKey:
    """Let a key open nothing any more, at once; one that was revoked before stays as it is.

    Raises:
        Forbidden: the actor does not work in the whole country. UserError: NOT_FOUND.
    """
    require_whole_country(ctx)
    key = await find(ctx, AccessKey, id, "id", lock=True)
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        await ctx.session.flush()
    return key


async def _check_rights(ctx: Context, account: Account, wanted: Sequence[str] | None, problems: Problems) -> None:
    """Note rights that the account lacks, and those that the actor may not hand out.

    Who may change accounts decides over their roles, and so over everybody's rights; others give what they hold.
    """
    held: Sequence[str] = await _rights_of(ctx.session, account)
    known = {right.name for right in ctx.host.rights}
    hands_out_all = ctx.actor.may(USER_UPDATE)
    if wanted is not None and not wanted:
        problems.add(REQUIRED, "rights")
    for index, name in enumerate(held if wanted is None else wanted):
        path = "rights" if wanted is None else f"rights.{index}"
        if name not in known:
            if wanted is not None:
                problems.add(UNKNOWN_CODE, path, value=name)
        elif name not in held:
            problems.add(errors.RIGHT_NOT_HELD, path, right=name)
        elif not hands_out_all and name not in ctx.actor.rights:
            problems.add(errors.RIGHT_BEYOND_YOURS, path, right=name)


async def _rights_of(session: AsyncSession, account: Account) -> Sequence[str]:
    found: Sequence[str] | None = await session.scalar(select(rights_of(account.id)))
    return found or ()
