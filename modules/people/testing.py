"""Makers for tests of this module and of those that need accounts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.matrix import Corner
from modules.people import services
from modules.people.models import NATIONAL, Account, Session

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


async def populate(corner: Corner) -> None:
    """An account that is signed in on a device and works at a thing of its own."""
    session = corner.session
    number = 1 if corner.neighbour is None else 2
    account = await make_account(session, f"somebody{number}", grants=[("nothing", new_id())])
    now = clock.now()
    session.add(
        Session(
            account_id=account.id, device_name="Phone", token_hash=bytes([number]) * 32, last_used_at=now,
            expires_at=now + timedelta(days=1),
        )
    )  # fmt: skip
    await session.flush()
    corner.account("own account", id=account.id)
    corner.points |= {"deviceId": Session, "objectId": None}
