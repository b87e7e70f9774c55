"""What the products pay of a person's claims. It names nobody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from modules.claim.models import Claim, ClaimLine
from modules.insuree.hooks import Held
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage


def held(insuree_ids: Sequence[UUID]) -> list[Held]:
    """The values of the claims and of their lines, and what these took from policies."""
    claims = select(Claim.id).where(Claim.insuree_id.in_(insuree_ids))
    lines = select(ClaimLine.id).where(ClaimLine.claim_id.in_(claims))
    return [
        Held(ClaimValue, ClaimValue.claim_id.in_(claims)),
        Held(LineValue, LineValue.claim_line_id.in_(lines)),
        Held(PolicyUsage, PolicyUsage.insuree_id.in_(insuree_ids)),
    ]
