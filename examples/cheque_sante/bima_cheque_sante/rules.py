"""When a voucher pays: pure functions over plain data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from modules.medical.rules import ServiceCategory


@dataclass(frozen=True, slots=True)
class Sold:
    """A voucher as claims see it: for which household, and by which claim it was used, on which day."""

    number: str
    family_id: UUID | None
    used_on: date | None = None
    claim_id: UUID | None = None


def pays(voucher: Sold | None, family_id: UUID | None, claim_id: UUID, day: date, days_after_birth: int) -> bool:
    """Whether a voucher pays for care on a day: sold to the patient's household, and the birth not too long ago.

    The claim of the birth itself is always within.
    """
    if voucher is None or voucher.family_id is None or voucher.family_id != family_id:
        return False
    return voucher.used_on is None or voucher.claim_id == claim_id or day <= last_day(voucher.used_on, days_after_birth)


def last_day(birth: date, days_after_birth: int) -> date:
    """The last day on which a voucher pays after a birth."""
    return birth + timedelta(days=days_after_birth)


def is_birth(category: ServiceCategory | None, passed: Iterable[bool]) -> bool:
    """Whether a claim is that of a birth: its category, and a line that passed."""
    return category is ServiceCategory.DELIVERY and any(passed)
