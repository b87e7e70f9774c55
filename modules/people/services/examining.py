"""What `bima doctor` tells of accounts."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import FINE, ODD, Finding, clock
from core.hooks import implementations
from modules.people.models import AccessKey, Account
from modules.people.settings import Settings

if TYPE_CHECKING:
    from core.host import Host

OLD = timedelta(days=365)
"""A key without an end that is older should be replaced."""


async def examine(host: "Host", session: AsyncSession) -> list[Finding]:
    """Whether resets of passwords reach anybody, and how many keys are old and never end."""
    return [_resets(host), await _keys(session)]


def _resets(host: "Host") -> Finding:
    if not host.module_settings(Settings).self_service_reset:
        return Finding("password resets", FINE, "by administrators only")
    sending = [each.module for each in implementations(host, "deliver_reset_token")]
    if sending:
        return Finding("password resets", FINE, f"sent by {', '.join(sending)}")
    advice = "Enable a module that sends them (hook deliver_reset_token), or set [people] self_service_reset = false."
    return Finding("password resets", ODD, "who asks for one gets nothing: no module sends it", advice)


async def _keys(session: AsyncSession) -> Finding:
    used = select(func.count()).select_from(AccessKey).join(Account, Account.id == AccessKey.account_id)
    used = used.where(AccessKey.revoked_at.is_(None), Account.active)
    endless = used.where(AccessKey.expires_on.is_(None), AccessKey.created_at < clock.now() - OLD)
    if old := await session.scalar(endless):
        advice = "bima user key list; make new ones with --until, and revoke these"
        return Finding("access keys", ODD, f"{old} older than a year without an end", advice)
    return Finding("access keys", FINE, f"{await session.scalar(used)} not revoked")
