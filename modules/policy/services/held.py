"""Whether an item or a service is covered by the policy that somebody holds, and what is left of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from modules.medical.rules import ServiceCategory
from modules.policy import rules
from modules.policy.hooks import Usage
from modules.policy.rules import EligibilityReason
from modules.policy.services.asked import Promise

DECIDING = (ServiceCategory.SURGERY, ServiceCategory.DELIVERY, ServiceCategory.CONSULTATION)
"""Categories of care whose limits also decide whether a service of theirs is covered (enrolment spec 4.6 step 6)."""


@dataclass(frozen=True)
class CareVerdict:
    """Whether an item or a service is covered; `left` says from when and how much of it, if the product has it."""

    reason: EligibilityReason | None
    left: rules.CoverLeft | None = None


def claims_left(limits: Mapping[ServiceCategory, int | None], usage: Usage) -> dict[ServiceCategory, int | None]:
    """How many claims of each category of care are left; None: no limit."""
    return {
        category: rules.claims_left(limits.get(category), usage.claims.get(category, 0)) for category in ServiceCategory
    }


def judge(
    member: rules.MemberCover,
    promise: Promise | None,
    on: date,
    *,
    adult: bool,
    used: Decimal,
    claims: int | None = None,
) -> CareVerdict:
    """Whether an item or a service that a product has, or has not, is covered on the day (decision 28).

    `used`: how much the person had of it. `claims`: how many claims of its category are left, None for no limit.
    """
    if promise is None:
        return CareVerdict(EligibilityReason.NOT_IN_PRODUCT)
    left = rules.cover_left(
        member,
        waiting_period=promise.waiting_period_adult if adult else promise.waiting_period_child,
        limit_number=promise.limit_number_adult if adult else promise.limit_number_child,
        used=used,
        category_limit=claims,
    )
    if left.earliest_on > on:
        return CareVerdict(EligibilityReason.WAITING_PERIOD, left)
    return CareVerdict(None if left.available_on(on) else EligibilityReason.LIMIT_REACHED, left)
