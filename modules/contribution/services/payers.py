"""Payers, and what they fund."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select

from core import (
    ILLEGAL_TRANSITION,
    Context,
    Problems,
    UserError,
    check_changeable,
    check_codes,
    check_columns,
    clock,
    codes_in,
    find,
    given,
    insert,
    new_id,
    noting,
    tidy,
)
from modules.contribution import errors
from modules.contribution.inputs import (
    ChangeFundingStatusInput,
    CreatePayerInput,
    DeletePayerInput,
    RecordFundingInput,
    UpdatePayerInput,
)
from modules.contribution.models import Contribution, Funding, Payer
from modules.contribution.rules import FUNDING_TRANSITIONS
from modules.contribution.services.checks import check_money, receipt_of
from modules.location.models import Location
from modules.location.services import place
from modules.product.models import Product

CODES = {"type_code": "payer_type"}


async def create_payer(ctx: Context, input: CreatePayerInput) -> Payer:
    """Add a payer.

    Raises:
        UserErrors: REQUIRED, TOO_LONG, UNKNOWN_CODE, NOT_FOUND.
    """
    payer = Payer(id=input.id or new_id(), **await _checked(ctx, given(input)))
    ctx.session.add(payer)
    await check_changeable(ctx, payer, "locationId")
    return payer


async def update_payer(ctx: Context, input: UpdatePayerInput) -> Payer:
    """Change a payer.

    Raises:
        UserErrors: STALE, and what `create_payer` raises.
    """
    payer = await find(ctx, Payer, input.id, "id", version=input.expected_version, lock=True)
    for name, value in (await _checked(ctx, given(input))).items():
        setattr(payer, name, value)
    await check_changeable(ctx, payer, "locationId")
    return payer


async def delete_payer(ctx: Context, input: DeletePayerInput) -> None:
    """Remove a payer that paid nothing.

    Raises:
        UserError: NOT_FOUND, STALE, PAYER_IN_USE.
    """
    payer = await find(ctx, Payer, input.id, "id", version=input.expected_version, lock=True)
    paid = or_(
        exists().where(Contribution.payer_id == payer.id, Contribution.voided_at.is_(None)),
        exists().where(Funding.payer_id == payer.id),
    )
    if await ctx.session.scalar(select(paid)):
        raise UserError(errors.PAYER_IN_USE, "id", name=payer.name)
    payer.ended_at = clock.now()
    await ctx.session.flush()


async def record_funding(ctx: Context, input: RecordFundingInput) -> Funding:
    """Record money that a payer gave for a product.

    Raises:
        UserErrors: NOT_FOUND, REQUIRED, NEGATIVE, TOO_LONG, DATE_IN_FUTURE, PAYMENT_BACKDATED, PAYER_NOT_HERE,
            RECEIPT_TAKEN.
    """
    product = await find(ctx, Product, input.product_id, "productId")
    values = tidy(given(input))
    values["paid_on"] = values["paid_on"] or clock.today()
    problems = Problems()
    await check_money(ctx, Funding, values, problems)
    problems.stop()
    await _check_pays_there(ctx, await find(ctx, Payer, input.payer_id, "payerId"), product)
    funding = Funding(id=input.id or new_id(), **values)
    with receipt_of(funding):
        await insert(ctx, [funding])
    await check_changeable(ctx, funding, "productId")
    return funding


async def change_funding_status(ctx: Context, input: ChangeFundingStatusInput) -> Funding:
    """Say where a payer's money stands (enrolment spec 6).

    Raises:
        UserError: NOT_FOUND, STALE, ILLEGAL_TRANSITION.
    """
    funding = await find(ctx, Funding, input.id, "id", version=input.expected_version, lock=True)
    if input.status not in FUNDING_TRANSITIONS[funding.status]:
        raise UserError(ILLEGAL_TRANSITION, "status", state=funding.status, target=input.status)
    funding.status = input.status
    await ctx.session.flush()
    return funding


async def _check_pays_there(ctx: Context, payer: Payer, product: Product) -> None:
    """One of them is national, or both have one place, or one's is the region of the other's (enrolment spec 6)."""
    places = {payer.location_id, product.location_id}
    if None in places or len(places) == 1:
        return
    nested = exists().where(Location.id.in_(places), Location.parent_id.in_(places))
    if not await ctx.session.scalar(select(nested)):
        raise UserError(errors.PAYER_NOT_HERE, "payerId", payer=payer.name, product=product.name)


async def _checked(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    tidied = tidy(values)
    problems = Problems()
    check_columns(Payer, tidied, problems)
    await check_codes(ctx, list(codes_in(tidied, CODES)), problems)
    if tidied.get("location_id") is not None:
        with noting(problems):
            await place(ctx, tidied["location_id"], "locationId")
    problems.stop()
    return tidied
