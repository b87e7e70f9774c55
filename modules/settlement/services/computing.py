"""What a month's settlement of a place comes to. Nothing is written: a preview and a run compute the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core import Context
from core.money import ZERO, total
from modules.location.models import HealthFacility
from modules.location.rules import CareType
from modules.product.rules import PriceOrigin
from modules.settlement import rules
from modules.settlement.models import Adjustment, BatchRun
from modules.settlement.rules import UNIT_INDEX, EarningLine, IndexWindow
from modules.settlement.services.capitation import Share, paid_per_head, shares
from modules.settlement.services.claims import DueClaim, DueLine, due_claims
from modules.settlement.services.planning import Plan, PlannedProduct, make_plan

IndexKey = tuple[UUID, CareType]
"""A product and the care side of its index."""


@dataclass(frozen=True)
class ComputedIndex:
    """The index of a product for one care side, with what it was computed from."""

    product_id: UUID
    window: IndexWindow
    allocated_premium: Decimal
    distribution_percent: Decimal
    denominator: Decimal
    value: Decimal


@dataclass(frozen=True)
class SettledClaim:
    """A claim with what the facility gets for it from one product."""

    due: DueClaim
    remunerated: Decimal


@dataclass
class Statement:
    """What one facility gets."""

    health_facility_id: UUID
    district_id: UUID
    claims: list[SettledClaim] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int | Decimal]:
        """The statement's sums, by their column."""
        due = [claim.due for claim in self.claims]
        amounts = {
            "remunerated": total(claim.remunerated for claim in self.claims),
            "capitation": total(share.amount for share in self.shares),
            "adjustments": total(adjustment.amount for adjustment in self.adjustments),
        }
        return {
            "claim_count": len({claim.id for claim in due}),
            "claimed": total(claim.claimed for claim in due),
            "approved": total(claim.approved for claim in due),
            "valuated": total(claim.valuated for claim in due),
            **amounts,
            "amount_to_pay": total(amounts.values()),
        }


@dataclass(frozen=True)
class Settlement:
    """Everything that a run pays: the indices, each facility's statement, and the lines that the run decided on."""

    indices: Sequence[ComputedIndex]
    statements: Sequence[Statement]
    lines: Mapping[UUID, Decimal]


async def compute(ctx: Context, location_id: UUID | None, year: int, month: int, *, lock: bool = False) -> Settlement:
    """Settle a month for the products of a place, in a number of statements that does not grow with the claims.

    `lock`: nobody else settles these products until the transaction ends.
    """
    plan = await make_plan(ctx.session, location_id, year, month, lock=lock)
    paid = await paid_per_head(ctx.session, plan)
    pairs = [(each.product.id, facility_id) for each in paid for facility_id in each.facilities]
    claims, lines = await due_claims(ctx, plan, pairs)
    relative = _by_index(plan, [line for line in lines if not line.per_head])
    indices = [_index(product, window, relative) for product in plan.products.values() for window in product.windows]
    amounts = _remunerated(relative, {(index.product_id, index.window.care_type): index.value for index in indices})
    amounts.update((line.id, ZERO) for line in lines if line.per_head)
    waiting = await _waiting_adjustments(ctx, plan, lock)
    per_head = await shares(ctx, plan, paid)
    statements = await _statements(ctx, _settled(claims, lines, amounts), per_head, waiting)
    return Settlement(indices, statements, amounts)


def _by_index(plan: Plan, lines: Iterable[DueLine]) -> dict[IndexKey, list[DueLine]]:
    """Lines at relative prices by the index that pays them."""
    found: defaultdict[IndexKey, list[DueLine]] = defaultdict(list)
    for line in lines:
        found[line.product_id, plan.window(line.product_id, line.in_patient).care_type].append(line)
    return found


def _index(product: PlannedProduct, window: IndexWindow, lines: Mapping[IndexKey, Sequence[DueLine]]) -> ComputedIndex:
    denominator = total(line.valuated for line in lines.get((product.id, window.care_type), ()))
    premium = product.premium(window.window.start, window.window.end)
    percent = product.percent(window).quantize(UNIT_INDEX)
    value = rules.relative_index(premium, denominator, percent) if window.computed else UNIT_INDEX
    return ComputedIndex(product.id, window, premium, percent, denominator, value)


def _remunerated(
    lines: Mapping[IndexKey, Sequence[DueLine]], indices: Mapping[IndexKey, Decimal]
) -> dict[UUID, Decimal]:
    """What facilities get for lines at relative prices."""
    found: dict[UUID, Decimal] = {}
    for key, group in lines.items():
        earning = [EarningLine(PriceOrigin.RELATIVE, line.valuated, line.quantity) for line in group]
        amounts = rules.remunerate(earning, indices[key])
        found.update(zip((line.id for line in group), amounts, strict=True))
    return found


def _settled(
    claims: Iterable[DueClaim], lines: Iterable[DueLine], amounts: Mapping[UUID, Decimal]
) -> list[SettledClaim]:
    decided: defaultdict[tuple[UUID, UUID], Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        decided[line.claim_id, line.product_id] += amounts[line.id]
    return [SettledClaim(claim, claim.remunerated + decided[claim.id, claim.product_id]) for claim in claims]


async def _statements(
    ctx: Context, claims: Sequence[SettledClaim], per_head: Sequence[Share], waiting: Sequence[Adjustment]
) -> list[Statement]:
    """The statements of the facilities that are paid, in the order of their codes."""
    ids = {claim.due.health_facility_id for claim in claims}
    ids.update(share.health_facility_id for share in per_head)
    ids.update(adjustment.health_facility_id for adjustment in waiting)
    rows = await ctx.session.execute(
        select(HealthFacility.id, HealthFacility.location_id)
        .where(HealthFacility.id.in_(ids))
        .order_by(HealthFacility.code)
    )
    statements = {id: Statement(id, district_id) for id, district_id in rows}
    for claim in claims:
        statements[claim.due.health_facility_id].claims.append(claim)
    for share in per_head:
        statements[share.health_facility_id].shares.append(share)
    for adjustment in waiting:
        statement = statements[adjustment.health_facility_id]
        if adjustment.amount + statement.figures["amount_to_pay"] >= 0:
            statement.adjustments.append(adjustment)
    return [statement for statement in statements.values() if _says_something(statement)]


def _says_something(statement: Statement) -> bool:
    return bool(statement.claims or statement.shares or statement.adjustments)


async def _waiting_adjustments(ctx: Context, plan: Plan, lock: bool) -> Sequence[Adjustment]:
    """Corrections of claims that the place paid, what is added first: one that a statement can't bear waits on."""
    query = (
        select(Adjustment)
        .join(BatchRun, BatchRun.id == Adjustment.run_id)
        .where(Adjustment.statement_id.is_(None), BatchRun.location_id.is_not_distinct_from(plan.location_id))
        .order_by(Adjustment.amount < 0, Adjustment.created_at, Adjustment.id)
    )
    return (await ctx.session.scalars(query.with_for_update(of=Adjustment) if lock else query)).all()
