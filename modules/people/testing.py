"""Makers for tests of this module and of those that need accounts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.matrix import Corner
from modules.people import services
from modules.people.models import NATIONAL, AccessKey, Account, Session
from modules.people.services.key_texts import new_key

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
    machine: bool = False,
) -> Account:
    """An account that can sign in, in the whole country when nothing else is granted; a machine's has no password."""
    return await services.create_account(
        session,
        username,
        last_name="Mushi",
        other_names=username.capitalize(),
        roles=roles,
        grants=grants,
        password=None if machine else password,
        must_change_password=must_change_password,
        machine=machine,
    )


async def make_key(
    session: AsyncSession, account: Account, *, rights: Sequence[str] | None = None
) -> tuple[AccessKey, str]:
    """An access key of a machine's account, and its text."""
    text = new_key()
    row = AccessKey(account_id=account.id, name="Key", public_id=text.public_id, key_hash=text.hash)
    row.rights = list(rights) if rights is not None else None
    session.add(row)
    await session.flush()
    return row, text.text


async def populate(corner: Corner) -> None:
    """An account that is signed in on a device and works at a thing of its own, and a system's with a key."""
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
    system = await make_account(session, f"system{number}", grants=[("nothing", new_id())], machine=True)
    key, _ = await make_key(session, system)
    key.created_by_id = system.id
    corner.account("own account", id=account.id)
    corner.account("own system", id=system.id)
    corner.points |= {"deviceId": Session, "objectId": None}
