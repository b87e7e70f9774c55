"""Contributions and payers for tests, written straight to the tables. Give a session; commit before asking the API."""

from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.matrix import Corner
from modules.contribution.models import Contribution, Funding, Payer
from modules.location.testing import district_of
from modules.policy.models import Policy

_numbers = count(1)


async def make_payer(session: AsyncSession, **fields: Any) -> Payer:
    """A donor that pays in the whole country."""
    payer = Payer(**{"type_code": "D", "name": f"Payer {next(_numbers)}", **fields})
    session.add(payer)
    await session.flush()
    return payer


async def make_contribution(
    session: AsyncSession, policy: Policy, amount: Decimal = Decimal(30000), **fields: Any
) -> Contribution:
    """Cash paid today. The policy is not worked out anew."""
    defaults = {"receipt": f"R{next(_numbers):06}", "paid_on": clock.today(), "payment_type_code": "C"}
    contribution = Contribution(
        policy_id=policy.id,
        product_id=policy.product_id,
        officer_id=policy.officer_id,
        amount=amount,
        district_id=policy.district_id,
        village_id=policy.village_id,
        **{**defaults, **fields},
    )
    session.add(contribution)
    await session.flush()
    return contribution


async def populate(corner: Corner) -> None:
    """Money that a payer of the corner gave for a policy and for a product."""
    session, policy = corner.session, corner.one(Policy)
    payer = await make_payer(session, location_id=district_of(corner).id)
    await make_contribution(session, policy, payer_id=payer.id)
    funding = {"amount": Decimal(1000), "receipt": f"F{next(_numbers)}", "paid_on": clock.today()}
    session.add(Funding(payer_id=payer.id, product_id=policy.product_id, **funding))
    await session.flush()
    corner.inputs["createPayer"] = {"typeCode": "D", "locationId": payer.location_id}
