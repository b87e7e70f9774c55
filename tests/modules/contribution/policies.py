"""Policies to pay for, and money for them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from modules.insuree.testing import make_family
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.policy.testing import make_policy
from modules.product.models import Product
from modules.product.testing import make_product

START = date(2026, 3, 1)


async def idle_policy(
    session: AsyncSession, value: int = 10000, product: Product | None = None, **fields: Any
) -> Policy:
    """An unpaid policy of a couple from the first of March."""
    policy = await make_policy(
        session, await make_family(session, members=2), product or await make_product(session),
        **{"status": PolicyStatus.IDLE, "starts_on": START, "value": Decimal(value), **fields},
    )  # fmt: skip
    await session.commit()
    return policy


def money(policy: Policy, amount: int | str = 10000, receipt: str = "A1", **fields: Any) -> dict[str, Any]:
    """What records cash for a policy."""
    return {"policyId": policy.id, "amount": str(amount), "receipt": receipt, "paymentTypeCode": "C", **fields}
