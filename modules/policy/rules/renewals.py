"""Which policies are to be renewed: into which product, by which officer, and what is odd about it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

LONGEST_CHAIN = 20
"""How many conversions of products, or officers who stand in for each other, are followed at most."""
RENEWAL_PROMPT_DAYS = 14

_DAY = timedelta(days=1)


class RenewalAnswer(StrEnum):
    """What became of a prompt for renewal.

    NONE: it is open. ACCEPTED: the policy was renewed. DISCONTINUED: the family does not go on.
    """

    NONE = "NONE"
    ACCEPTED = "ACCEPTED"
    DISCONTINUED = "DISCONTINUED"


class RenewalDecision(StrEnum):
    """What a family decides about a policy that ends: to renew it, or not to go on.

    RENEW: it goes on. DISCONTINUE: it does not.
    """

    RENEW = "RENEW"
    DISCONTINUE = "DISCONTINUE"


class RenewalWarning(StrEnum):
    """What is odd about a renewal.

    PRODUCT_NOT_SOLD: its product is not sold on the renewal date. NO_OFFICER: the policy has no enrolment officer.
    OFFICER_NOT_VALID: neither the officer nor who stands in works on the renewal date.
    """

    PRODUCT_NOT_SOLD = "PRODUCT_NOT_SOLD"
    NO_OFFICER = "NO_OFFICER"
    OFFICER_NOT_VALID = "OFFICER_NOT_VALID"


@dataclass(frozen=True)
class Sale:
    """When a product is sold, and the one that its policies are renewed into. No date: no limit."""

    date_from: date | None = None
    date_to: date | None = None
    converts_to: UUID | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Officer:
    """An enrolment officer's last day of work, None if it is not known yet, and who stands in."""

    works_to: date | None = None
    substitute_id: UUID | None = None


@dataclass(frozen=True)
class Ending:
    """A policy that ends. `held`: the products of the family's policies that start on the renewal date or later."""

    product_id: UUID
    officer_id: UUID | None
    expires_on: date
    held: Collection[UUID] = ()


@dataclass(frozen=True)
class Prompt:
    """The renewal that a family is prompted for."""

    product_id: UUID
    officer_id: UUID | None
    renewal_on: date
    warnings: tuple[RenewalWarning, ...]


def prompt(ending: Ending, sales: Mapping[UUID, Sale], officers: Mapping[UUID, Officer]) -> Prompt | None:
    """The prompt for a policy that ends; None if the family has what follows it (enrolment spec 4.7).

    `sales` and `officers` are the registers, by id.
    """
    renewal_on = renewal_date(ending.expires_on)
    product_id = renewal_product(ending.product_id, sales)
    if is_followed(ending, product_id):
        return None
    officer_id = ending.officer_id and renewal_officer(ending.officer_id, officers, renewal_on)
    officer = officers[officer_id] if officer_id else None
    return Prompt(product_id, officer_id, renewal_on, renewal_warnings(sales[product_id], officer, renewal_on))


def prompted_until(today: date, days: int) -> date | None:
    """Policies that end on this day or earlier are prompted; 0 days are no limit: None (enrolment spec 4.7)."""
    return today + days * _DAY if days else None


def renewal_date(expires_on: date) -> date:
    """The day on which a policy's renewal begins: the one after its expiry (enrolment spec 4.7 step 1)."""
    return expires_on + _DAY


def renewal_product(product_id: UUID, sales: Mapping[UUID, Sale]) -> UUID:
    """The end of the chain of conversions that begins with a product (enrolment spec 4.7 step 2)."""
    return _end_of_chain(product_id, lambda id: sales[id].converts_to)


def renewal_officer(officer_id: UUID, officers: Mapping[UUID, Officer], day: date) -> UUID:
    """The officer if at work on the day, else the first of those who stand in that is, the last of them if none is.

    (Enrolment spec 4.7 step 3.)
    """
    return _end_of_chain(officer_id, lambda id: None if _works(officers[id], day) else officers[id].substitute_id)


def renewal_warnings(sale: Sale, officer: Officer | None, renewal_on: date) -> tuple[RenewalWarning, ...]:
    """What is odd about a renewal in a product by an officer (enrolment spec 4.7 steps 2 and 3)."""
    found = []
    if sale.deleted or not (sale.date_from or renewal_on) <= renewal_on <= (sale.date_to or renewal_on):
        found.append(RenewalWarning.PRODUCT_NOT_SOLD)
    if officer is None:
        found.append(RenewalWarning.NO_OFFICER)
    elif not _works(officer, renewal_on):
        found.append(RenewalWarning.OFFICER_NOT_VALID)
    return tuple(found)


def is_followed(ending: Ending, product_id: UUID) -> bool:
    """Whether the family has a policy from the renewal date on, in the old product or the one to renew into (step 4).

    Its policies of other products say nothing of this one.
    """
    return ending.product_id in ending.held or product_id in ending.held


def _works(officer: Officer, day: date) -> bool:
    return officer.works_to is None or day <= officer.works_to


def _end_of_chain(start: UUID, following: Callable[[UUID], UUID | None]) -> UUID:
    """Where a chain ends; one that leads back to itself ends before it does."""
    met = [start]
    while len(met) <= LONGEST_CHAIN:
        then = following(met[-1])
        if then is None or then in met:
            break
        met.append(then)
    return met[-1]
