"""What must hold before contributions, payers and fundings are written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from core import (
    DATE_IN_FUTURE,
    NEGATIVE,
    Context,
    Problems,
    UserError,
    check_codes,
    check_columns,
    clock,
    codes_in,
    find,
    noting,
)
from modules.contribution import errors, rights
from modules.contribution.models import Contribution, Funding, Payer
from modules.contribution.settings import Settings
from modules.policy import rules as policy_rules

CODES = {"payment_type_code": "payment_type"}


async def check_money(
    ctx: Context, model: type[Contribution] | type[Funding], values: Mapping[str, Any], problems: Problems
) -> None:
    """Note what is wrong with money that is recorded or corrected; `values` by column name, tidied.

    REQUIRED, TOO_LONG, NEGATIVE, DATE_IN_FUTURE, PAYMENT_BACKDATED, UNKNOWN_CODE, NOT_FOUND for the payer.
    """
    check_columns(model, values, problems)
    if values.get("amount") == 0:
        problems.add(NEGATIVE, "amount", value=values["amount"])
    if values.get("paid_on") is not None:
        _check_paid_on(ctx, values["paid_on"], problems)
    await check_codes(ctx, list(codes_in(values, CODES)), problems)
    if values.get("payer_id") is not None:
        with noting(problems):
            await find(ctx, Payer, values["payer_id"], "payerId")


@contextmanager
def receipt_of(row: Contribution | Funding) -> Iterator[None]:
    """Around what writes a row with a receipt: the database decides between two that arrive at once.

    Raises:
        UserError: RECEIPT_TAKEN.
    """
    receipt = row.receipt
    try:
        yield
    except IntegrityError as error:
        if "receipt" not in str(getattr(getattr(error.orig, "diag", None), "constraint_name", "")):
            raise
        raise UserError(errors.RECEIPT_TAKEN, "receipt", receipt=receipt) from error


def _check_paid_on(ctx: Context, paid_on: date, problems: Problems) -> None:
    """Neither in the future nor further back than the actor may go (decision 18)."""
    allowed = ctx.settings(Settings).backdating_days
    problem = policy_rules.backdating_problem(
        paid_on, clock.today(), allowed_days=allowed, may_backdate=ctx.actor.may(rights.BACKDATE)
    )
    if problem == policy_rules.DATE_IN_FUTURE:
        problems.add(DATE_IN_FUTURE, "paidOn", date=paid_on)
    elif problem == policy_rules.BACKDATED:
        problems.add(errors.PAYMENT_BACKDATED, "paidOn", date=paid_on, days=allowed)
