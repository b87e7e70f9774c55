"""Who sees and changes what: every type, every way of reaching it, every kind of account."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.matrix import check_scope


@pytest.mark.parametrize("profile", [pytest.param("tanzania-chf", marks=pytest.mark.profile("tanzania-chf"))])
async def test_nobody_sees_or_changes_what_lies_outside(host: Host, session: AsyncSession, profile: str) -> None:
    world = await check_scope(host, session)
    assert len(world.types()) > 40
