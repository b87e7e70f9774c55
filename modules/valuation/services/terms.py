"""Products' terms as the rules of valuation read them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Prepared, bound
from modules.claim.services import IDS, among, listed
from modules.medical.rules import ServiceCategory, VisitType
from modules.product.models import CategoryLimit, Cover, CoverLimit, Terms
from modules.product.rules import CeilingExclusion, CeilingType, PriceOrigin
from modules.valuation import rules

CEILINGS = (
    "ceiling", "ceiling_in_patient", "ceiling_out_patient",
    "policy_ceiling_extra_member", "policy_ceiling_extra_member_in_patient", "policy_ceiling_extra_member_out_patient",
    "policy_ceiling_maximum", "policy_ceiling_maximum_in_patient", "policy_ceiling_maximum_out_patient",
)  # fmt: skip
AMOUNTS = ("deductible", "deductible_in_patient", "deductible_out_patient", *CEILINGS)


class _Cover(NamedTuple):
    """What terms say of an item or a service; the names are those of the columns."""

    price_origin: PriceOrigin
    limit_number_adult: Decimal | None
    limit_number_child: Decimal | None
    waiting_period_adult: int | None
    waiting_period_child: int | None
    ceiling_exclusion_adult: str | None
    ceiling_exclusion_child: str | None


@dataclass(frozen=True)
class AllTerms:
    """The terms of products by their ids, and what they say of items and services, by terms and element."""

    products: Mapping[UUID, rules.ProductTerms]
    covers: Mapping[tuple[UUID, UUID], rules.Terms]

    @property
    def limited(self) -> set[UUID]:
        """The items and services of which anybody may have only so many."""
        return {
            element_id
            for (_, element_id), terms in self.covers.items()
            if terms.limit_number_adult is not None or terms.limit_number_child is not None
        }

    @property
    def counts_visits(self) -> bool:
        """Whether anybody may have only so many claims of a category."""
        limits = (limit for product in self.products.values() for limit in product.category_limits.values())
        return any(limit.max_number is not None for limit in limits)


async def load_terms(session: AsyncSession, terms_ids: Collection[UUID], element_ids: Collection[UUID]) -> AllTerms:
    """Read terms, and what they say of these items and services."""
    ids = listed(terms_ids)
    products = {row[0]: row[1:] for row in await _products().within(session, ids=ids)}
    limits: defaultdict[UUID, dict[ServiceCategory, rules.CategoryLimit]] = defaultdict(dict)
    for terms_id, category, *most in await _category_limits().within(session, ids=ids):
        limits[terms_id][category] = rules.CategoryLimit(*most)
    return AllTerms(
        {id: _product_terms(row, limits[id]) for id, row in products.items()},
        await _load_covers(session, terms_ids, element_ids),
    )


def _product_terms(row: Sequence[Any], limits: Mapping[ServiceCategory, rules.CategoryLimit]) -> rules.ProductTerms:
    """A product's deductible, ceilings and category limits."""
    ceiling_type, interpretation, threshold, *amounts = row
    return rules.ProductTerms(
        ceiling_type=ceiling_type or CeilingType.TREATMENT,
        ceiling_interpretation=interpretation,
        threshold=threshold or None,
        category_limits=limits,
        **dict(zip(AMOUNTS, amounts, strict=True)),
    )


async def _load_covers(
    session: AsyncSession, terms_ids: Collection[UUID], element_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], rules.Terms]:
    covers: dict[tuple[UUID, UUID], _Cover] = {}
    limits: defaultdict[tuple[UUID, UUID], dict[VisitType, rules.Limit]] = defaultdict(dict)
    size = len(_Cover._fields)
    for terms_id, element_id, *row in await _covers().within(
        session, ids=listed(terms_ids), elements=listed(element_ids)
    ):
        key = terms_id, element_id
        covers[key] = _Cover(*row[:size])
        visit_type, kind, adult, child = row[size:]
        if visit_type is not None:
            limits[key][VisitType(visit_type)] = rules.Limit(kind, adult, child)
    return {key: _line_terms(cover, limits[key]) for key, cover in covers.items()}


@lru_cache(maxsize=1)
def _products() -> Prepared:
    amounts = (getattr(Terms, name) for name in AMOUNTS)
    return Prepared(
        "valuation.terms",
        select(Terms.id, Terms.ceiling_type, Terms.ceiling_interpretation, Terms.threshold, *amounts).where(
            among(Terms.id, IDS)
        ),
    )


@lru_cache(maxsize=1)
def _category_limits() -> Prepared:
    limit = CategoryLimit
    return Prepared(
        "valuation.category_limits",
        select(limit.terms_id, limit.category, limit.max_number, limit.max_amount).where(among(limit.terms_id, IDS)),
    )


@lru_cache(maxsize=1)
def _covers() -> Prepared:
    """What terms say of elements, with the limits of each kind of visit."""
    element = func.coalesce(Cover.item_id, Cover.service_id)
    columns = (getattr(Cover, name) for name in _Cover._fields)
    return Prepared(
        "valuation.product_covers",
        select(
            Cover.terms_id, element, *columns,
            CoverLimit.visit_type, CoverLimit.limitation_type, CoverLimit.adult, CoverLimit.child,
        )
        .outerjoin(CoverLimit, CoverLimit.cover_id == Cover.id)
        .where(among(Cover.terms_id, IDS), among(element, bound("elements", IDS.type))),
    )  # fmt: skip


def _line_terms(cover: _Cover, limits: Mapping[VisitType, rules.Limit]) -> rules.Terms:
    adult, child = cover.ceiling_exclusion_adult, cover.ceiling_exclusion_child
    return rules.Terms(
        price_origin=cover.price_origin,
        limits=limits,
        limit_number_adult=cover.limit_number_adult,
        limit_number_child=cover.limit_number_child,
        waiting_period_adult=cover.waiting_period_adult,
        waiting_period_child=cover.waiting_period_child,
        ceiling_exclusion_adult=None if adult is None else CeilingExclusion(adult),
        ceiling_exclusion_child=None if child is None else CeilingExclusion(child),
    )
