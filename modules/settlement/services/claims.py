"""The claims that a month's settlement takes in: processed by its end, late ones too, and in no other run."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Subquery,
    Uuid,
    and_,
    case,
    column,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core import Context
from modules.claim.models import Claim, ClaimLine, LineStatus
from modules.claim.rules import ClaimStatus
from modules.product.models import Product
from modules.product.rules import PriceOrigin
from modules.settlement.models import RunClaim
from modules.settlement.services.planning import Plan
from modules.valuation.models import LineValue, PolicyUsage

UNSETTLED = (ClaimStatus.PROCESSED, ClaimStatus.VALUATED)


@dataclass(frozen=True)
class DueClaim:
    """What a product has to settle of a claim. `remunerated` is what valuation has settled already: all but the lines
    that a run decides. What was asked for lines that nobody pays stands with the product of the first line.
    """

    id: UUID
    product_id: UUID
    health_facility_id: UUID
    claimed: Decimal
    approved: Decimal
    valuated: Decimal
    remunerated: Decimal


@dataclass(frozen=True)
class DueLine:
    """A line of which the run says what the facility gets: at a relative price, or paid per head already."""

    id: UUID
    claim_id: UUID
    product_id: UUID
    in_patient: bool
    per_head: bool
    valuated: Decimal
    quantity: Decimal


async def due_claims(
    ctx: Context, plan: Plan, per_head: Collection[tuple[UUID, UUID]]
) -> tuple[Sequence[DueClaim], Sequence[DueLine]]:
    """The claims to settle, by product, and those of their lines that the run decides on, with two statements.

    `per_head`: products and the facilities that they pay by capitation, whose care is not paid for once more.
    """
    if not plan.due:
        return (), ()
    line = _lines(ctx, plan, per_head)
    of_claim: list[Any] = [line.c.claim_id, line.c.product_id, line.c.health_facility_id]
    summed: list[Any] = [func.sum(line.c[name]) for name in ("claimed", "approved", "valuated")]
    known = func.coalesce(func.sum(line.c.valuated).filter(not_(line.c.decided)), 0)
    claims = await ctx.session.execute(
        select(*(*of_claim, *summed, known))
        .where(line.c.due)
        .group_by(*of_claim)
        .order_by(line.c.claim_id, line.c.product_id)
    )
    lines = await ctx.session.execute(
        select(
            line.c.line_id,
            line.c.claim_id,
            line.c.product_id,
            line.c.in_patient,
            line.c.per_head,
            line.c.valuated,
            line.c.quantity,
        )
        .where(line.c.due, line.c.decided)
        .order_by(line.c.claim_id, line.c.line_no)
    )
    return [DueClaim(*row) for row in claims], [DueLine(*row) for row in lines]


async def may_be_due(ctx: Context, location_id: UUID | None, after: date, *, most: int) -> int:
    """How many claims a settlement of the place's products may take in, counted up to one more than `most`."""
    products = select(Product.id).where(Product.location_id.is_not_distinct_from(location_id))
    of_products = exists().where(LineValue.claim_id == Claim.id, LineValue.product_id.in_(products), not_(_settled()))
    waiting = (
        select(Claim.id)
        .where(
            Claim.status.in_(UNSETTLED),
            Claim.ended_at.is_(None),
            Claim.processed_at < midnight(ctx, after),
            of_products,
        )
        .limit(most + 1)
        .subquery()
    )
    return await ctx.session.scalar(select(func.count()).select_from(waiting)) or 0


def midnight(ctx: Context, day: date) -> datetime:
    """The moment at which a day begins where the scheme is."""
    return datetime.combine(day, time(), ctx.host.settings.timezone)


def _lines(ctx: Context, plan: Plan, per_head: Collection[tuple[UUID, UUID]]) -> Subquery:
    """Every accepted line of the claims that the plan's products pay of; `due` are those that the month settles.

    The care side is the one that valuation took the amount from. A product settles its lines of a claim together: a
    side that is not due keeps the other waiting.
    """
    in_patient = PolicyUsage.remunerated_in_patient.is_not(None)
    at_facility_per_head = _among(per_head, LineValue.product_id, Claim.health_facility_id)
    quantity = func.coalesce(ClaimLine.quantity_approved, ClaimLine.quantity_provided)
    price = func.coalesce(ClaimLine.price_approved, ClaimLine.price_adjusted, ClaimLine.price_asked)
    first = func.row_number().over(partition_by=Claim.id, order_by=ClaimLine.line_no) == 1
    is_due = and_(tuple_(LineValue.product_id, in_patient).in_(plan.due), not_(_settled()))
    return (
        select(
            Claim.id.label("claim_id"),
            Claim.health_facility_id,
            _shared(
                Claim.claimed, func.round(ClaimLine.quantity_provided * ClaimLine.price_asked, 2), first, "claimed"
            ),
            _shared(Claim.approved, func.round(quantity * price, 2), first, "approved"),
            ClaimLine.id.label("line_id"),
            ClaimLine.line_no,
            quantity.label("quantity"),
            LineValue.product_id,
            LineValue.price_valuated.label("valuated"),
            in_patient.label("in_patient"),
            at_facility_per_head.label("per_head"),
            or_(LineValue.price_origin == PriceOrigin.RELATIVE, at_facility_per_head).label("decided"),
            func.bool_and(is_due).over(partition_by=(Claim.id, LineValue.product_id)).label("due"),
        )
        .join(LineValue, LineValue.claim_id == Claim.id)
        .join(ClaimLine, ClaimLine.id == LineValue.claim_line_id)
        .outerjoin(PolicyUsage, and_(PolicyUsage.claim_id == Claim.id, PolicyUsage.policy_id == LineValue.policy_id))
        .where(
            Claim.id.in_(select(LineValue.claim_id).where(LineValue.product_id.in_(plan.products))),
            Claim.status.in_(UNSETTLED),
            Claim.ended_at.is_(None),
            Claim.processed_at < midnight(ctx, plan.after),
            ClaimLine.status == LineStatus.PASSED,
        )
        .subquery()
    )


def _settled() -> ColumnElement[bool]:
    """Whether a run that was not undone settles the claim's lines of the product of a line."""
    return exists().where(
        RunClaim.claim_id == LineValue.claim_id,
        RunClaim.product_id == LineValue.product_id,
        RunClaim.ended_at.is_(None),
    )


def _shared(whole: Any, own: Any, first: ColumnElement[bool], name: str) -> Any:
    """A line's part of a claim's amount; of the first line also what is no accepted line's, so that parts add up."""
    of_all = func.sum(own).over(partition_by=Claim.id)
    return case((first, func.coalesce(whole, 0) - of_all + own), else_=own).label(name)


def _among(pairs: Collection[tuple[UUID, UUID]], *columns: Any) -> ColumnElement[bool]:
    """Whether two columns together are one of the pairs, however many these are."""
    if not pairs:
        return false()
    arrays = [literal(list(values), ARRAY(Uuid())) for values in zip(*pairs, strict=True)]
    pair = func.unnest(*arrays).table_valued(column("first", Uuid()), column("second", Uuid()), name="pair")
    pair = pair.render_derived()
    return exists().where(pair.c.first == columns[0], pair.c.second == columns[1])
