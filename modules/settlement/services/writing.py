"""Writing down what a run pays, and giving back what it took in: a statement a table for ten thousand rows."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core import Context, Row, clock, new_id
from modules.claim.services import insert_rows
from modules.product.rules import IndexPeriod
from modules.settlement.models import (
    Adjustment,
    BatchRun,
    CapitationShare,
    FacilityStatement,
    ProductIndex,
    RunClaim,
    RunLine,
)
from modules.settlement.services.computing import ComputedIndex, Settlement, Statement
from modules.settlement.services.payments import PORTION

Values = Mapping[str, Any]


async def write(ctx: Context, run_id: UUID, settlement: Settlement) -> None:
    """Write the indices, the statements and what belongs to them."""
    statements = [(new_id(), statement) for statement in settlement.statements]
    await _insert(ctx, ProductIndex, (_index(run_id, index) for index in settlement.indices))
    await _insert(ctx, FacilityStatement, (_statement(run_id, id, statement) for id, statement in statements))
    await _insert(ctx, RunClaim, (row for id, statement in statements for row in _claims(run_id, id, statement)))
    await _insert(ctx, RunLine, (_line(run_id, line_id, amount) for line_id, amount in settlement.lines.items()))
    await _insert(ctx, CapitationShare, (row for id, statement in statements for row in _shares(id, statement)))
    for id, statement in statements:
        for adjustment in statement.adjustments:
            adjustment.statement_id = id
    await ctx.session.flush()


async def release(ctx: Context, run: BatchRun) -> None:
    """End the statements of a run that was undone; its claims and adjustments wait for another run again."""
    for model in (FacilityStatement, RunClaim):
        ended = update(model).where(model.run_id == run.id).values(ended_at=clock.now(), updated_at=clock.now())
        await ctx.session.execute(ended)
    taken_in = select(FacilityStatement.id).where(FacilityStatement.run_id == run.id)
    freed = update(Adjustment).where(Adjustment.statement_id.in_(taken_in))
    await ctx.session.execute(freed.values(statement_id=None, updated_at=clock.now()))


async def _insert(ctx: Context, model: type[Row], rows: Iterable[Values]) -> None:
    waiting = iter(rows)
    while portion := list(islice(waiting, PORTION)):
        await insert_rows(ctx.session, model, portion)


def _index(run_id: UUID, index: ComputedIndex) -> Values:
    window = index.window.window
    return {
        "run_id": run_id,
        "product_id": index.product_id,
        "care_type": index.window.care_type,
        "period": IndexPeriod(window.period),
        "starts_on": window.start,
        "ends_on": window.end,
        "allocated_premium": index.allocated_premium,
        "distribution_percent": index.distribution_percent,
        "denominator": index.denominator,
        "value": index.value,
    }


def _statement(run_id: UUID, id: UUID, statement: Statement) -> Values:
    place = {"health_facility_id": statement.health_facility_id, "district_id": statement.district_id}
    return {"id": id, "run_id": run_id, **place, **statement.figures}


def _claims(run_id: UUID, statement_id: UUID, statement: Statement) -> Iterator[Values]:
    for claim in statement.claims:
        yield {
            "run_id": run_id,
            "statement_id": statement_id,
            "claim_id": claim.due.id,
            "product_id": claim.due.product_id,
            "valuated": claim.due.valuated,
            "remunerated": claim.remunerated,
        }


def _line(run_id: UUID, line_id: UUID, amount: Decimal) -> Values:
    return {"run_id": run_id, "claim_line_id": line_id, "remunerated": amount}


def _shares(statement_id: UUID, statement: Statement) -> Iterator[Values]:
    for share in statement.shares:
        yield {
            "statement_id": statement_id,
            "product_id": share.product_id,
            "criterion": share.criterion,
            "units": share.units,
            "unit_price": share.unit_price,
            "amount": share.amount,
        }
