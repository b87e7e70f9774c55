"""Which of several products pays a line: the one that leaves least to the insuree (claims spec 2.8)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from core.money import ZERO
from modules.medical.rules import VisitType
from modules.product.rules import LimitationType
from modules.valuation.rules.terms import Terms


class HasTerms(Protocol):
    """Anything that covers a line on some terms."""

    @property
    def terms(self) -> Terms:
        """The terms."""


Offer = TypeVar("Offer", bound=HasTerms)


def claim_price(asked: Decimal | None, approved: Decimal | None, listed: Decimal) -> Decimal:
    """The unit price offers are compared at: the higher of asked and approved, else the price list's."""
    return max(asked or ZERO, approved or ZERO) or listed


def choose(offers: Sequence[Offer], price: Decimal, visit_type: VisitType, adult: bool) -> Offer:
    """The offer that pays a line of this unit price; of equal ones the first.

    The highest percentage competes with the highest amount (0 is the highest: no limit). An amount that covers the
    whole price wins; otherwise it wins only by leaving the insuree less than the percentage does.
    Raises ValueError when there is no offer.
    """
    if len(offers) == 1:
        return offers[0]
    percentages = [offer for offer in offers if _kind(offer, visit_type) == LimitationType.CO_INSURANCE]
    amounts = [offer for offer in offers if _kind(offer, visit_type) == LimitationType.FIXED]
    if not percentages or not amounts:
        return _best(percentages or amounts, visit_type, adult)
    percentage, amount = _best(percentages, visit_type, adult), _best(amounts, visit_type, adult)
    percent, fixed = _value(percentage, visit_type, adult), _value(amount, visit_type, adult)
    if fixed == 0 or fixed > price:
        return amount
    return amount if (100 - percent) * price > (price - fixed) * 100 else percentage


def _kind(offer: HasTerms, visit_type: VisitType) -> LimitationType:
    return offer.terms.limit(visit_type).limitation_type


def _value(offer: HasTerms, visit_type: VisitType, adult: bool) -> Decimal:
    return offer.terms.limit(visit_type).value(adult)


def _best(offers: Sequence[Offer], visit_type: VisitType, adult: bool) -> Offer:
    def rank(offer: Offer) -> Decimal:
        value = _value(offer, visit_type, adult)
        unlimited = value == 0 and _kind(offer, visit_type) == LimitationType.FIXED
        return Decimal("Infinity") if unlimited else value

    return max(offers, key=rank)
