"""Paying facilities per head: which ones, by what figures, and how much (claims spec 2.18)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context
from core.money import ZERO
from modules.claim.models import Claim, ClaimLine, LineStatus
from modules.claim.rules import ClaimStatus
from modules.insuree.models import Insuree
from modules.location.models import FacilityCatchment, HealthFacility, Location
from modules.policy.models import Cover, Policy
from modules.settlement import rules
from modules.settlement.rules import Criterion
from modules.settlement.services.claims import midnight
from modules.settlement.services.planning import Plan, PlannedProduct
from modules.valuation.models import LineValue

VALUED = (ClaimStatus.PROCESSED, ClaimStatus.VALUATED, ClaimStatus.PAID)
SHOWN = Decimal("0.000001")

Figures = Mapping[Criterion, Decimal]
ByProduct = Mapping[tuple[UUID, UUID], Figures]
"""Figures by product and facility."""


@dataclass(frozen=True)
class Share:
    """What a product pays a facility by one criterion; the unit price is rounded to be shown."""

    product_id: UUID
    health_facility_id: UUID
    criterion: Criterion
    units: Decimal
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True)
class PaidPerHead:
    """A product with the facilities that it pays by capitation, in the order of their codes, wherever they are.

    Those `inside` lie where the product belongs; the others are paid when they served its insured people.
    """

    product: PlannedProduct
    facilities: Sequence[UUID]
    inside: frozenset[UUID]


async def paid_per_head(session: AsyncSession, plan: Plan) -> Sequence[PaidPerHead]:
    """The products of the plan that have a capitation, with the facilities."""
    products = [product for product in plan.products.values() if product.capitation is not None]
    if not products:
        return ()
    levels = {level for product in products for level, _ in product.paid_per_head}
    rows = await session.execute(
        select(HealthFacility, Location.region_id)
        .join(Location, Location.id == HealthFacility.location_id)
        .where(HealthFacility.level_code.in_(levels))
        .order_by(HealthFacility.code)
    )
    found = rows.all()
    here = plan.location_id
    inside = frozenset(facility.id for facility, region in found if here in (None, facility.location_id, region))
    return [
        PaidPerHead(product, [facility.id for facility, _ in found if _takes_part(product, facility)], inside)
        for product in products
    ]


async def shares(ctx: Context, plan: Plan, paid: Sequence[PaidPerHead]) -> list[Share]:
    """What the products pay per head for the month, criterion by criterion, to the shilling."""
    if not paid:
        return []
    products = [each.product.id for each in paid]
    people = await _people(ctx.session)
    insured = await _insured(ctx.session, plan, products)
    care = await _care(ctx, plan, products)
    found = []
    for each in paid:
        figures = {
            id: {**people[id], **insured.get((each.product.id, id), {}), **care.get((each.product.id, id), {})}
            for id in each.facilities
            if id in each.inside or (each.product.id, id) in insured or (each.product.id, id) in care
        }
        found += _shares(plan, each.product, figures)
    return found


def _takes_part(product: PlannedProduct, facility: HealthFacility) -> bool:
    return rules.takes_part(facility.level_code, facility.sub_level_code, product.paid_per_head)


def _shares(plan: Plan, product: PlannedProduct, figures: Mapping[UUID, Figures]) -> list[Share]:
    terms = product.capitation
    assert terms is not None
    paid = rules.capitation(product.premium(plan.start, plan.end), terms, figures)
    found = []
    for facility_id, own in figures.items():
        units = {criterion: count for criterion, count in own.items() if count and terms.weights[criterion]}
        exact = [paid.unit_prices[criterion] * Fraction(count) for criterion, count in units.items()]
        amounts = rules.round_shares(exact, paid.payments[facility_id])
        for (criterion, count), amount in zip(units.items(), amounts, strict=True):
            price = _shown(paid.unit_prices[criterion])
            found.append(Share(product.id, facility_id, criterion, count, price, amount))
    return found


def _shown(price: Fraction) -> Decimal:
    return (Decimal(price.numerator) / price.denominator).quantize(SHOWN)


async def _people(session: AsyncSession) -> defaultdict[UUID, Figures]:
    """People and families of the villages that facilities serve, by facility."""
    place = Location
    counts = (place.male_population, place.female_population, place.other_population)
    population = sum((func.coalesce(count, 0) for count in counts[1:]), func.coalesce(counts[0], 0))
    rows = await session.execute(
        select(
            FacilityCatchment.facility_id,
            func.sum(population * FacilityCatchment.percent / 100),
            func.sum(func.coalesce(place.families, 0) * FacilityCatchment.percent / 100),
        )
        .join(place, place.id == FacilityCatchment.location_id)
        .group_by(FacilityCatchment.facility_id)
    )
    found: defaultdict[UUID, Figures] = defaultdict(dict)
    for facility_id, served, families in rows:
        found[facility_id] = {Criterion.POPULATION: Decimal(served), Criterion.FAMILIES: Decimal(families)}
    return found


async def _insured(session: AsyncSession, plan: Plan, product_ids: Collection[UUID]) -> ByProduct:
    """People covered by the products on the month's last day in the villages that facilities serve, and families
    whose head is."""
    villages = (
        select(
            Policy.product_id,
            Insuree.village_id,
            func.count(Insuree.id.distinct()).label("insurees"),
            func.count(Insuree.family_id.distinct()).filter(Insuree.is_head).label("families"),
        )
        .join(Cover, Cover.policy_id == Policy.id)
        .join(Insuree, Insuree.id == Cover.insuree_id)
        .where(
            Policy.product_id.in_(product_ids),
            Policy.ended_at.is_(None),
            Cover.starts_on <= plan.end,
            Cover.ends_on >= plan.end,
        )
        .group_by(Policy.product_id, Insuree.village_id)
        .subquery()
    )
    rows = await session.execute(
        select(
            villages.c.product_id,
            FacilityCatchment.facility_id,
            func.sum(villages.c.insurees * FacilityCatchment.percent / 100),
            func.sum(villages.c.families * FacilityCatchment.percent / 100),
        )
        .join(FacilityCatchment, FacilityCatchment.location_id == villages.c.village_id)
        .group_by(villages.c.product_id, FacilityCatchment.facility_id)
    )
    return {
        (product_id, facility_id): {Criterion.INSURED_INSUREES: insurees, Criterion.INSURED_FAMILIES: families}
        for product_id, facility_id, insurees, families in rows
    }


async def _care(ctx: Context, plan: Plan, product_ids: Collection[UUID]) -> ByProduct:
    """Claims processed in the month with accepted lines of the products, and the sum of these lines' unit prices."""
    rows = await ctx.session.execute(
        select(
            LineValue.product_id,
            Claim.health_facility_id,
            func.count(Claim.id.distinct()),
            func.sum(ClaimLine.price_adjusted),
        )
        .join(Claim, Claim.id == LineValue.claim_id)
        .join(ClaimLine, ClaimLine.id == LineValue.claim_line_id)
        .where(
            LineValue.product_id.in_(product_ids),
            ClaimLine.status == LineStatus.PASSED,
            Claim.status.in_(VALUED),
            Claim.ended_at.is_(None),
            Claim.processed_at >= midnight(ctx, plan.start),
            Claim.processed_at < midnight(ctx, plan.after),
        )
        .group_by(LineValue.product_id, Claim.health_facility_id)
    )
    return {
        (product_id, facility_id): {Criterion.VISITS: Decimal(visits), Criterion.ADJUSTED_AMOUNT: amount or ZERO}
        for product_id, facility_id, visits, amount in rows
    }
