"""What policies are told of claims: what a person's took, and whether any used the cover."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, join, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from core import Context
from core.money import ZERO
from modules.claim.models import Claim, ClaimLine
from modules.claim.rules import COUNTED
from modules.claim.services import counted_claims, provided
from modules.medical.rules import ServiceCategory
from modules.policy.hooks import HeldCover, Taken, Usage
from modules.policy.models import Cover
from modules.product.models import Terms
from modules.product.rules import CeilingType
from modules.valuation import rules
from modules.valuation.models import LineValue, PolicyUsage
from modules.valuation.services.terms import CEILINGS

PAID = ("remunerated", "remunerated_in_patient", "remunerated_out_patient")
"""What ceilings look at of what claims took."""


def taken(cover: HeldCover) -> Taken:
    """What a person's claims that count took of a policy between two days, both included (decisions 27 and 28).

    Facts are read as arrays of what the rows hold; what they mean, the rules say.
    """
    given = _arrays(
        provided()
        .where(
            or_(cover.service_id.is_not(None), cover.item_id.is_not(None)),
            Claim.insuree_id == cover.insuree_id,
            or_(ClaimLine.service_id == cover.service_id, ClaimLine.item_id == cover.item_id),
        )
        .subquery(),
        "element_id", "date_from", "quantity",
    )  # fmt: skip
    visits = _arrays(counted_claims().where(Claim.insuree_id == cover.insuree_id).subquery(), "category", "date_from")
    sums = (func.sum(getattr(PolicyUsage, name)).label(name) for name in PAID)
    used = _arrays(
        select(PolicyUsage.insuree_id, *sums)
        .where(PolicyUsage.policy_id == cover.policy_id)
        .group_by(PolicyUsage.insuree_id)
        .subquery(),
        "insuree_id", *PAID,
    )  # fmt: skip
    members = (
        select(func.count(Cover.insuree_id.distinct()))
        .where(Cover.policy_id == cover.policy_id, Cover.starts_on <= cover.last, Cover.ends_on >= cover.last)
        .scalar_subquery()
    )
    terms = (getattr(Terms, name) for name in CEILINGS)
    query = (
        select(Terms.ceiling_type, Terms.threshold, *terms, members, *given.c, *visits.c, *used.c)
        .select_from(join(join(join(Terms, given, true()), visits, true()), used, true()))
        .where(Terms.id == cover.terms_id)
    )
    return Taken(query, _usage)


def _arrays(rows: Any, *names: str) -> Any:
    """The columns of a query's rows as arrays, in one row; null where there are none."""
    arrays = (func.array_agg(rows.c[name], type_=ARRAY(rows.c[name].type)).label(name) for name in names)
    return select(*arrays).subquery()


def _usage(values: Sequence[Any], cover: HeldCover) -> Usage:
    """What the rows mean; the values come in the order of the columns of `taken`."""
    ceiling_type, threshold, *rest = values
    amounts = dict(zip(CEILINGS, rest, strict=False))
    members, *arrays = rest[len(CEILINGS) :]
    given, visits, used = (list(zip(*(column or () for column in part), strict=True)) for part in _split(arrays, 3, 2))

    def inside(date_from: date) -> bool:
        """Whether care that began on the day took of this policy: a stay belongs to that of its admission."""
        return bool(cover.first <= date_from <= cover.last)

    def quantity(element_id: UUID | None) -> Decimal:
        return sum((each for id, began, each in given if id == element_id and inside(began)), ZERO)

    terms = rules.ProductTerms(ceiling_type or CeilingType.TREATMENT, threshold=threshold or None, **amounts)
    others = [
        rules.Usage(cover.policy_id, insuree_id, None, **dict(zip(PAID, paid, strict=True)))
        for insuree_id, *paid in used
    ]
    if terms.ceiling_type is CeilingType.TREATMENT:
        others = []
    elif terms.ceiling_type is CeilingType.INSUREE:
        others = [each for each in others if each.insuree_id == cover.insuree_id]
    return Usage(
        service=quantity(cover.service_id),
        item=quantity(cover.item_id),
        claims=Counter(category or ServiceCategory.VISIT for category, began in visits if inside(began)),
        # Of a ceiling with two sides, that of visits without a stay.
        ceiling=rules.ceiling_left(terms, hospital_visit=False, members=members, others=others),
    )


def _split(values: Sequence[Any], *sizes: int) -> Iterator[Sequence[Any]]:
    """The values in parts of these sizes, and the rest."""
    at = 0
    for size in sizes:
        yield values[at : at + size]
        at += size
    yield values[at:]


async def cover_used(ctx: Context, policy_id: UUID, first: date, last: date, insuree_id: UUID | None = None) -> bool:
    """Whether the policy pays for care, of one person if given, that began between two days, both included."""
    whose = () if insuree_id is None else (Claim.insuree_id == insuree_id,)
    paid = exists().where(
        *whose,
        LineValue.policy_id == policy_id,
        Claim.id == LineValue.claim_id,
        Claim.date_from.between(first, last),
        Claim.status.in_(COUNTED),
        Claim.ended_at.is_(None),
    )
    return bool(await ctx.session.scalar(select(paid)))
