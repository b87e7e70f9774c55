"""Makers for tests of this module and of those that need accounts."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from modules.people import services
from modules.people.models import NATIONAL, Account

PASSWORD = "correct horse battery"
"""What `make_account` sets when no password is named."""
EVERYWHERE: services.Grants = ((NATIONAL, None),)


async def make_account(
    session: AsyncSession,
    username: str = "asha",
    *,
    roles: Sequence[str] = (),
    grants: Sequence[tuple[str, UUID | None]] = EVERYWHERE,
    password: str = PASSWORD,
    must_change_password: bool = False,
) -> Account:
    """An account that can sign in, in the whole country when nothing else is granted."""
    return await services.create_account(
        session,
        username,
        last_name="Mushi",
        other_names=username.capitalize(),
        roles=roles,
        grants=grants,
        password=password,
        must_change_password=must_change_password,
    )
