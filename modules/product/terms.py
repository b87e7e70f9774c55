"""A product's terms in time: its first ones, new ones that follow those in use, and which are present today."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core import Context, UserError, clock, every
from modules.product import errors
from modules.product.models import TERMS, Product, Terms

DAY = timedelta(days=1)


async def newest_terms(session: AsyncSession, product_id: UUID) -> Terms:
    """The terms without a last day: those that hold last, now or from a day to come."""
    newest = select(Terms).where(Terms.product_id == product_id, Terms.valid_to.is_(None))
    return (await session.scalars(newest)).one()


async def first_terms(session: AsyncSession, product: Product, day: date | None, columns: dict[str, Any]) -> Terms:
    """The terms a product begins with: from the day given, else its first day of sale, else today."""
    valid_from = day or product.date_from or clock.today()
    terms = Terms(product_id=product.id, valid_from=valid_from, present=True, **columns)
    session.add(terms)
    await session.flush()
    return terms


async def reach_back(session: AsyncSession, product: Product) -> None:
    """Let the first terms hold from the first day of sale when that was moved before them."""
    if product.date_from is None:
        return
    first = select(Terms).where(Terms.product_id == product.id).order_by(Terms.valid_from).limit(1)
    terms = (await session.scalars(first)).one()
    terms.valid_from = min(terms.valid_from, product.date_from)


async def terms_to_change(ctx: Context, newest: Terms, day: date | None) -> Terms:
    """The terms that an edit may write: the newest ones while nothing rests on them, else new ones from the day.

    Without a day, terms in use are followed from today. A day after the newest terms began always opens new ones.

    Raises:
        UserError: TERMS_TOO_EARLY when the new terms would not begin after the newest ones.
    """
    used = any(await every(ctx.host, "terms_in_use", ctx=ctx, terms_id=newest.id))
    if not used and day in (None, newest.valid_from):
        return newest
    day = day or clock.today()
    if day <= newest.valid_from:
        raise UserError(errors.TERMS_TOO_EARLY, "termsFrom", began=newest.valid_from)
    return await _follow(ctx.session, newest, day)


async def refresh_present(session: AsyncSession) -> None:
    """Mark the terms in force today as present, of all products; what is marked already is not touched."""
    today = clock.today()
    other = aliased(Terms)
    succeeded = exists().where(other.product_id == Terms.product_id, other.id != Terms.id, _in_force(other, today))
    await session.execute(
        update(Terms).where(Terms.present, succeeded).values(present=False).execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Terms)
        .where(Terms.present.is_(False), _in_force(Terms, today))
        .values(present=True)
        .execution_options(synchronize_session=False)
    )


async def _follow(session: AsyncSession, terms: Terms, day: date) -> Terms:
    """New terms like these from a day on; these end on the day before."""
    present = terms.present and day <= clock.today()
    terms.valid_to = day - DAY
    terms.present = terms.present and not present
    # First the end of these, then the new ones: at no moment may two hold on one day.
    await session.flush()
    columns = {name: getattr(terms, name) for name in TERMS}
    following = Terms(product_id=terms.product_id, valid_from=day, present=present, **columns)
    session.add(following)
    await session.flush()
    return following


def _in_force(terms: Any, today: date) -> Any:
    return and_(terms.valid_from <= today, or_(terms.valid_to.is_(None), terms.valid_to >= today))
