"""From when something is covered and how much of it is left: the same for eligibility and submission (decision 28)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.dates import add_months
from core.values import value


@dataclass(frozen=True)
class MemberCover:
    """A member's cover by a policy, first and last day included."""

    new: bool
    """The policy is a first one, not a renewal."""

    policy_effective_on: date
    effective_on: date
    expires_on: date


@value
class CoverLeft:
    """What a policy still offers of one item or service."""

    earliest_on: date
    """The first day on which it is covered."""

    quantity: Decimal | None
    """What is left of it; None is unlimited."""

    claims: int | None = None
    """How many claims of the category of care are left; None is unlimited."""

    def available_on(self, day: date) -> bool:
        """Whether some of it is covered on the day."""
        return self.earliest_on <= day and self.quantity != 0 and self.claims != 0


def earliest_on(member: MemberCover, waiting_period: int) -> date:
    """The first day of cover after the waiting period in months (claims spec 2.7 g).

    Only members of a first policy wait, and members who joined after the policy took effect.
    """
    waits = member.new or member.policy_effective_on < member.effective_on
    return add_months(member.effective_on, waiting_period) if waits else member.effective_on


def quantity_left(limit: Decimal | int | None, used: Decimal | int) -> Decimal | None:
    """What a limit leaves after `used`, never below 0. No or a negative limit is unlimited: None (2.7 h)."""
    return None if limit is None or limit < 0 else max(Decimal(0), Decimal(limit) - used)


def claims_left(limit: int | None, used: int) -> int | None:
    """How many claims a limit leaves after `used`, never below 0. No or a negative limit is unlimited: None (2.7 i)."""
    return None if limit is None or limit < 0 else max(0, limit - used)


def cover_left(
    member: MemberCover,
    *,
    waiting_period: int = 0,
    limit_number: Decimal | int | None = None,
    used: Decimal | int = 0,
    category_limit: int | None = None,
    category_used: int = 0,
) -> CoverLeft:
    """What a policy still offers a member of one item or service.

    `used` is the quantity on passed lines, `category_used` the number of claims of the category, both of claims that
    count and whose target date lies within the member's cover.
    """
    return CoverLeft(
        earliest_on(member, waiting_period),
        quantity_left(limit_number, used),
        claims_left(category_limit, category_used),
    )
