"""A scheme at work: a family with a policy, and claims that are submitted, reviewed and processed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core import Actor
from modules.claim.models import Claim, ClaimLine
from modules.medical.rules import VisitType
from modules.policy.models import Policy
from modules.policy.testing import make_policy
from modules.product.models import Product
from modules.product.rules import Limit, LimitationType
from modules.product.testing import make_product
from modules.valuation.models import PolicyUsage
from tests.modules.claim.world import World

START = date(2026, 1, 1)

LINE = """
    lineNo status rejectionReason quantityProvided quantityApproved priceAdjusted findings { code parameters rejects message }
    product { code } policy { id } priceOrigin limitationType limitationValue
    priceValuated remunerated deducted insureeShare exceededCategory exceededCeiling
"""
CLAIM = f"""
    id version status claimed approved valuated remunerated rejectionReason category processedAt reviewStatus
    findings {{ code parameters message }} items {{ {LINE} }} services {{ {LINE} }}
"""
SUBMIT = (
    "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) {"
    f" results {{ claim {{ {CLAIM} }} errors {{ code path }} }} }} }}"
)
PROCESS = (
    "mutation($input: ProcessClaimsInput!) { processClaims(input: $input) {"
    f" results {{ id claim {{ {CLAIM} }} errors {{ code path }} }} errors {{ code path }} }} }}"
)


def co_insurance(percent: int, visit: VisitType = VisitType.OTHER) -> Limit:
    """The product pays this percentage."""
    return Limit(visit, LimitationType.CO_INSURANCE, Decimal(percent), Decimal(percent))


def fixed(amount: int, visit: VisitType = VisitType.OTHER) -> Limit:
    """The product pays up to this amount per unit."""
    return Limit(visit, LimitationType.FIXED, Decimal(amount), Decimal(amount))


@dataclass
class Scheme(World):
    """A world in which families are insured."""

    async def insure(self, covers: Any = None, *, starts_on: date = START, policy: Any = None, **terms: Any) -> Policy:
        """A policy of the family in a product of its own that covers everything at the clinic, unless told."""
        listed: Any = (*self.clinic.items, *self.clinic.services)
        product = await make_product(self.session, covers=listed if covers is None else covers, **terms)
        made = await make_policy(self.session, self.family, product, starts_on=starts_on, **(policy or {}))
        await self.session.commit()
        return made

    async def product(self, policy: Policy) -> Product:
        """The product of a policy."""
        return (await self.session.scalars(select(Product).where(Product.id == policy.product_id))).one()

    async def ask(self, claim: Claim, price: int) -> None:
        """Ask this unit price for every line of an entered claim."""
        await self.session.execute(update(ClaimLine).where(ClaimLine.claim_id == claim.id).values(price_asked=price))
        await self.session.commit()

    async def hand_in(self, *claims: Claim, by: Actor | None = None) -> list[dict[str, Any]]:
        """Claims as they are after their submission."""
        answer = await self.api(SUBMIT, {"input": {"ids": [claim.id for claim in claims]}}, actor=by or self.nurse())
        assert not answer.errors, answer
        results = answer.data["submitClaims"]["results"]
        assert not [result for result in results if result["errors"]], results
        return [result["claim"] for result in results]

    async def handed_in(self, *given: Any, **fields: Any) -> dict[str, Any]:
        """A claim of the clinic as it is after its submission."""
        [claim] = await self.hand_in(await self.claim(*given, **fields))
        return claim

    async def process(self, *ids: UUID | str, by: Actor | None = None) -> list[dict[str, Any]]:
        """The results of processing claims."""
        answer = await self.api(PROCESS, {"input": {"ids": list(ids)}}, actor=by or self.doctor())
        assert not answer.errors, answer
        results: list[dict[str, Any]] = answer.data["processClaims"]["results"]
        return results

    async def processed(self, *given: Any, **fields: Any) -> dict[str, Any]:
        """A claim of the clinic as it is after its processing."""
        claim = await self.handed_in(*given, **fields)
        assert claim["status"] == "CHECKED", claim
        [result] = await self.process(claim["id"])
        assert not result["errors"], result
        valued: dict[str, Any] = result["claim"]
        return valued

    async def usage(self) -> Sequence[PolicyUsage]:
        """What claims take from policies now."""
        await self.session.commit()
        return (await self.session.scalars(select(PolicyUsage).order_by(PolicyUsage.created_at))).all()


def lines(claim: dict[str, Any]) -> list[dict[str, Any]]:
    """All lines of a claim, items first."""
    return [*claim["items"], *claim["services"]]


def amounts(claim: dict[str, Any], name: str) -> list[str | None]:
    """A field of all lines of a claim."""
    return [line[name] for line in lines(claim)]
