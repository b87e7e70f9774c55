"""Valuation's rules: which policy covers a line, and what its product pays. Pure functions over plain data."""

from modules.valuation.rules.choice import choose, claim_price
from modules.valuation.rules.cover import (
    Candidate,
    CoverLine,
    CoverVisit,
    LineCover,
    check_candidate,
    find_cover,
    in_loop_order,
)
from modules.valuation.rules.pricing import Bundle, unit_price
from modules.valuation.rules.terms import CategoryLimit, Limit, ProductTerms, Terms
from modules.valuation.rules.usage import Usage, ceiling_left, deductible_left, differ, effective_ceiling, others_usage
from modules.valuation.rules.valuation import (
    CAPPED_CATEGORIES,
    LineValue,
    Valuation,
    ValuedClaim,
    ValuedLine,
    ValuedPolicy,
    is_hospital_visit,
    valuate,
    with_benefit,
)

__all__ = [
    "CAPPED_CATEGORIES",
    "Bundle",
    "Candidate",
    "CategoryLimit",
    "CoverLine",
    "CoverVisit",
    "Limit",
    "LineCover",
    "LineValue",
    "ProductTerms",
    "Terms",
    "Usage",
    "Valuation",
    "ValuedClaim",
    "ValuedLine",
    "ValuedPolicy",
    "ceiling_left",
    "check_candidate",
    "choose",
    "claim_price",
    "deductible_left",
    "differ",
    "effective_ceiling",
    "find_cover",
    "in_loop_order",
    "is_hospital_visit",
    "others_usage",
    "unit_price",
    "valuate",
    "with_benefit",
]
