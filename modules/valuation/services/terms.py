"""Products' terms as the rules of valuation read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from modules.claim.services import among
from modules.medical.rules import VisitType
from modules.product.models import CategoryLimit, Cover, CoverLimit, Terms
from modules.product.rules import CeilingExclusion, CeilingType
from modules.valuation import rules

CEILINGS = (
    "ceiling", "ceiling_in_patient", "ceiling_out_patient",
    "policy_ceiling_extra_member", "policy_ceiling_extra_member_in_patient", "policy_ceiling_extra_member_out_patient",
    "policy_ceiling_maximum", "policy_ceiling_maximum_in_patient", "policy_ceiling_maximum_out_patient",
)  # fmt: skip
AMOUNTS = ("deductible", "deductible_in_patient", "deductible_out_patient", *CEILINGS)


@dataclass(frozen=True)
class AllTerms:
    """The terms of products by their ids, and what they say of items and services, by terms and element."""

    products: Mapping[UUID, rules.ProductTerms]
    covers: Mapping[tuple[UUID, UUID], rules.Terms]


async def load_terms(session: AsyncSession, terms_ids: Collection[UUID], element_ids: Collection[UUID]) -> AllTerms:
    """Read terms, and what they say of these items and services."""
    rows = await session.scalars(select(Terms).where(among(Terms.id, terms_ids)))
    limits: defaultdict[UUID, list[CategoryLimit]] = defaultdict(list)
    for limit in await session.scalars(select(CategoryLimit).where(among(CategoryLimit.terms_id, terms_ids))):
        limits[limit.terms_id].append(limit)
    products = {row.id: product_terms(row, limits[row.id]) for row in rows}
    return AllTerms(products, await _load_covers(session, terms_ids, element_ids))


def product_terms(terms: Terms, limits: Iterable[CategoryLimit]) -> rules.ProductTerms:
    """A product's deductible, ceilings and category limits."""
    return rules.ProductTerms(
        ceiling_type=terms.ceiling_type or CeilingType.TREATMENT,
        ceiling_interpretation=terms.ceiling_interpretation,
        threshold=terms.threshold or None,
        category_limits={limit.category: rules.CategoryLimit(limit.max_number, limit.max_amount) for limit in limits},
        **{name: getattr(terms, name) for name in AMOUNTS},
    )


async def _load_covers(
    session: AsyncSession, terms_ids: Collection[UUID], element_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID], rules.Terms]:
    element = func.coalesce(Cover.item_id, Cover.service_id)
    wanted = select(Cover, element).where(among(Cover.terms_id, terms_ids), among(element, element_ids))
    covers = (await session.execute(wanted)).all()
    of_covers = select(CoverLimit).where(among(CoverLimit.cover_id, [cover.id for cover, _ in covers]))
    limits: defaultdict[UUID, dict[VisitType, rules.Limit]] = defaultdict(dict)
    for limit in await session.scalars(of_covers):
        kind = limit.limitation_type
        limits[limit.cover_id][VisitType(limit.visit_type)] = rules.Limit(kind, limit.adult, limit.child)
    return {(cover.terms_id, element_id): _line_terms(cover, limits[cover.id]) for cover, element_id in covers}


def _line_terms(cover: Cover, limits: Mapping[VisitType, rules.Limit]) -> rules.Terms:
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
