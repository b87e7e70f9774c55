"""What a month's settlement of a place is computed from: its products, their terms and the premium of the period."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import add_months
from modules.contribution.models import Contribution
from modules.location.rules import CareType
from modules.policy.models import Policy
from modules.product.models import Capitation, CapitationLevel, Distribution, Product, Terms
from modules.product.rules import IndexPeriod
from modules.settlement import rules
from modules.settlement.rules import AllocatedContribution, CapitationTerms, Criterion, IndexWindow, Period

WEIGHTS = {
    Criterion.POPULATION: "weight_population",
    Criterion.FAMILIES: "weight_families",
    Criterion.INSURED_INSUREES: "weight_insured_population",
    Criterion.INSURED_FAMILIES: "weight_insured_families",
    Criterion.VISITS: "weight_visits",
    Criterion.ADJUSTED_AMOUNT: "weight_adjusted_amount",
}
"""The column of the terms that weighs each criterion."""


@dataclass(frozen=True)
class PlannedProduct:
    """A product with the indices that are due at the end of the month, by its terms on the last day."""

    id: UUID
    windows: Sequence[IndexWindow]
    capitation: CapitationTerms | None
    paid_per_head: Sequence[tuple[str, str | None]]
    """The levels and sub-levels of the facilities that capitation pays; a sub-level of None is any."""

    contributions: Sequence[AllocatedContribution]
    shares: Mapping[tuple[CareType, Period], Sequence[Decimal]]
    """What each period of the year spends of the premium, in percent, by care side; none: all of it."""

    def window(self, in_patient: bool) -> IndexWindow | None:
        """The index that care of a side waits for; None: it is not due this month."""
        sides = (CareType.BOTH, CareType.IN_PATIENT if in_patient else CareType.OUT_PATIENT)
        return next((window for window in self.windows if window.care_type in sides), None)

    def percent(self, window: IndexWindow) -> Decimal:
        """What the index of a window spends of the premium, in percent."""
        shares = self.shares.get((window.care_type, window.window.period), ())
        return rules.distribution_percent(shares, window.window)

    def premium(self, start: date, end: date) -> Decimal:
        """The part of the contributions that belongs to the days from start to end."""
        return rules.allocated_premium(self.contributions, start, end)


@dataclass(frozen=True)
class Plan:
    """A month of a place, its first and last day included, and the products that belong to the place itself."""

    location_id: UUID | None
    start: date
    end: date
    products: Mapping[UUID, PlannedProduct]

    @property
    def after(self) -> date:
        """The first day that is not of the month."""
        return add_months(self.start, 1)

    @property
    def due(self) -> list[tuple[UUID, bool]]:
        """The products and care sides (whether in-patient) that are settled."""
        sides = [(product, side) for product in self.products.values() for side in (True, False)]
        return [(product.id, side) for product, side in sides if product.window(side) is not None]

    def window(self, product_id: UUID, in_patient: bool) -> IndexWindow:
        """The index for a line that is due."""
        window = self.products[product_id].window(in_patient)
        assert window is not None
        return window


@dataclass
class _PerHead:
    """How terms pay facilities per head."""

    terms: CapitationTerms
    facilities: list[tuple[str, str | None]] = field(default_factory=list)


async def make_plan(
    session: AsyncSession, location_id: UUID | None, year: int, month: int, *, lock: bool = False
) -> Plan:
    """Read what the settlement of a month needs to know of the place's products, in a fixed number of statements.

    `lock`: nobody else settles these products until the transaction ends.
    """
    start = date(year, month, 1)
    end = add_months(start, 1) - timedelta(days=1)
    terms = await _terms(session, location_id, end, lock)
    windows = {row.product_id: _windows(row, year, month) for row in terms}
    first = min((window.window.start for own in windows.values() for window in own), default=start)
    contributions = await _contributions(session, windows, min(first, start), end)
    per_head = await _per_head(session, [row.id for row in terms])
    shares = await _shares(session, [row.id for row in terms])
    return Plan(
        location_id,
        start,
        end,
        {
            row.product_id: PlannedProduct(
                id=row.product_id,
                windows=windows[row.product_id],
                capitation=per_head[row.id].terms if row.id in per_head else None,
                paid_per_head=per_head[row.id].facilities if row.id in per_head else (),
                contributions=contributions[row.product_id],
                shares=shares[row.id],
            )
            for row in terms
        },
    )


async def _terms(session: AsyncSession, location_id: UUID | None, day: date, lock: bool) -> Sequence[Terms]:
    """The terms, on a day, of the products that belong to the place itself, whether they are still sold or not."""
    query = (
        select(Terms)
        .join(Product, Product.id == Terms.product_id)
        .where(
            Product.location_id.is_not_distinct_from(location_id),
            Terms.valid_from <= day,
            or_(Terms.valid_to.is_(None), Terms.valid_to >= day),
        )
        .order_by(Product.id)
    )
    return (await session.scalars(query.with_for_update(of=Product, key_share=True) if lock else query)).all()


def _windows(terms: Terms, year: int, month: int) -> tuple[IndexWindow, ...]:
    general, inside, outside = (
        _period(period)
        for period in (terms.index_period, terms.index_period_in_patient, terms.index_period_out_patient)
    )
    return rules.index_windows(general, inside, outside, year, month)


def _period(period: IndexPeriod | None) -> Period | None:
    return None if period is None else Period(period)


async def _contributions(
    session: AsyncSession, product_ids: Collection[UUID], start: date, end: date
) -> defaultdict[UUID, list[AllocatedContribution]]:
    """The money, by product, of policies that run in the period. What runs on the same days is one sum: each part of
    it is in proportion to its amount."""
    first = func.greatest(Contribution.paid_on, Policy.effective_on)
    rows = await session.execute(
        select(Policy.product_id, first, Policy.expires_on, func.sum(Contribution.amount))
        .join(Policy, Policy.id == Contribution.policy_id)
        .where(
            Policy.product_id.in_(product_ids),
            Policy.ended_at.is_(None),
            Policy.effective_on <= end,
            Policy.expires_on >= start,
            Contribution.paid_on <= end,
            Contribution.voided_at.is_(None),
            not_(Contribution.is_photo_fee),
        )
        .group_by(Policy.product_id, first, Policy.expires_on)
    )
    found: defaultdict[UUID, list[AllocatedContribution]] = defaultdict(list)
    for product_id, begins, expires_on, amount in rows:
        found[product_id].append(AllocatedContribution(amount, begins, begins, expires_on))
    return found


async def _shares(
    session: AsyncSession, terms_ids: Collection[UUID]
) -> defaultdict[UUID, dict[tuple[CareType, Period], list[Decimal]]]:
    """What each period of the year spends of the premium, by terms and care side, in the order of the periods."""
    rows = await session.scalars(
        select(Distribution).where(Distribution.terms_id.in_(terms_ids)).order_by(Distribution.number)
    )
    found: defaultdict[UUID, dict[tuple[CareType, Period], list[Decimal]]] = defaultdict(dict)
    for row in rows:
        found[row.terms_id].setdefault((row.care_type, Period(row.period)), []).append(row.percent)
    return found


async def _per_head(session: AsyncSession, terms_ids: Collection[UUID]) -> dict[UUID, _PerHead]:
    rows = await session.execute(
        select(Capitation, CapitationLevel)
        .outerjoin(CapitationLevel, CapitationLevel.capitation_id == Capitation.id)
        .where(Capitation.terms_id.in_(terms_ids))
        .order_by(CapitationLevel.id)
    )
    found: dict[UUID, _PerHead] = {}
    for capitation, level in rows:
        weights = {criterion: getattr(capitation, column) for criterion, column in WEIGHTS.items()}
        own = found.setdefault(capitation.terms_id, _PerHead(CapitationTerms(capitation.share, weights)))
        if level is not None:
            own.facilities.append((level.level_code, level.sub_level_code))
    return found
