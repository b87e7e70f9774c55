"""Prompts of families whose policies end."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from modules.insuree.models import EnrolmentOfficer
from modules.insuree.testing import make_family, make_officer
from modules.location.models import Location
from modules.policy.models import Policy, Renewal
from modules.policy.testing import make_policy, make_renewal
from modules.product.testing import make_product

TODAY = date(2026, 3, 10)


async def prompted(
    session: AsyncSession,
    village: Location | None = None,
    members: int = 2,
    officer: EnrolmentOfficer | None = None,
    **fields: Any,
) -> Renewal:
    """The open prompt of a family whose policy ends on 24 March."""
    family = await make_family(session, village, members=members)
    policy = await make_policy(
        session, family, await make_product(session), starts_on=date(2025, 3, 25),
        officer_id=officer.id if officer else None,
    )  # fmt: skip
    renewal = await make_renewal(session, policy, **fields)
    await session.commit()
    return renewal


async def officer_of(session: AsyncSession, who: Actor, **fields: Any) -> EnrolmentOfficer:
    """The officer that an account belongs to."""
    officer = await make_officer(session, account_id=who.id, **fields)
    await session.commit()
    return officer


async def of(session: AsyncSession, renewal: Renewal) -> Policy:
    """The policy that a prompt is for."""
    return await session.get_one(Policy, renewal.policy_id)
