"""The benefit's rule: a pure function over plain data."""

from dataclasses import replace
from decimal import Decimal

from bima_benefit_rule.settings import Settings
from modules.medical.rules import VisitType
from modules.product.rules import CeilingExclusion, LimitationType
from modules.valuation.rules import Limit, Terms, ValuedClaim

WHOLE = Decimal(100)
IN_FULL = Limit(LimitationType.CO_INSURANCE, adult=WHOLE, child=WHOLE)


def free_care(claim: ValuedClaim, terms: Terms, settings: Settings) -> Terms | None:
    """The terms of free care for a young child; None for everybody else, and where the age is not known."""
    if claim.age is None or claim.age >= settings.below_age or (claim.hospital_stay and not settings.hospital):
        return None
    return replace(
        terms,
        limits=dict.fromkeys(VisitType, IN_FULL),
        ceiling_exclusion_adult=CeilingExclusion.BOTH,
        ceiling_exclusion_child=CeilingExclusion.BOTH,
        deductible_applies=False,
    )
