"""Products for tests, written straight to the tables. Give a session; commit before asking the API."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.matrix import Corner
from modules.location.models import Location
from modules.location.rules import CareType
from modules.location.testing import district_of
from modules.medical.models import Item, Service
from modules.medical.rules import ServiceCategory
from modules.product.models import (
    TERMS,
    CategoryLimit,
    Cover,
    CoverLimit,
    Cycle,
    Distribution,
    Product,
    Subsidy,
    Terms,
)
from modules.product.rules import IndexPeriod, Limit

LONG_AGO = date(2000, 1, 1)
FLAT = {
    "insurance_period": 12,
    "lump_sum": Decimal(30_000),
    "max_members": 6,
    "threshold": 6,
}
"""The terms of mainland Tanzania's product: a household of up to six pays 30 000 shillings for a year."""

Covers = Sequence[Item | Service] | Mapping[Item | Service, Mapping[str, Any]]

_numbers = count(1)


async def make_product(
    session: AsyncSession,
    location: Location | None = None,
    *,
    covers: Covers = (),
    cycles: Sequence[tuple[int, int]] = (),
    category_limits: Mapping[ServiceCategory, tuple[int | None, Decimal | int]] | None = None,
    subsidies: Mapping[str, Decimal | int] | None = None,
    distributions: Mapping[tuple[CareType, IndexPeriod], Sequence[int]] | None = None,
    valid_from: date = LONG_AGO,
    **fields: Any,
) -> Product:
    """The flat family product, national unless a location is given, with terms that hold since long ago.

    `fields` are columns of the product or of its terms. `covers`: items and services covered in full, or by each the
    columns of its cover and its `limits`. `cycles` are (day, month) pairs, `category_limits` (number, amount) by
    category, `subsidies` per cent by membership category, `distributions` per cent for each period of the year by care
    side and kind of period.
    """
    number = next(_numbers)
    own = {name: fields.pop(name) for name in list(fields) if name not in TERMS}
    defaults = {"code": f"P{number:04}", "name": f"Product {number}", "location_id": location.id if location else None}
    product = Product(**{**defaults, **own})
    session.add(product)
    await session.flush()
    await make_terms(
        session,
        product,
        valid_from,
        covers=covers,
        cycles=cycles,
        category_limits=category_limits,
        subsidies=subsidies,
        distributions=distributions,
        **{**FLAT, **fields},
    )
    return product


async def make_terms(
    session: AsyncSession,
    product: Product,
    valid_from: date,
    *,
    covers: Covers = (),
    cycles: Sequence[tuple[int, int]] = (),
    category_limits: Mapping[ServiceCategory, tuple[int | None, Decimal | int]] | None = None,
    subsidies: Mapping[str, Decimal | int] | None = None,
    distributions: Mapping[tuple[CareType, IndexPeriod], Sequence[int]] | None = None,
    **columns: Any,
) -> Terms:
    """Terms without a last day. A product's first ones are present; `present` and `valid_to` say otherwise."""
    terms = Terms(product_id=product.id, valid_from=valid_from, **{"present": True, **columns})
    session.add(terms)
    await session.flush()
    session.add_all(Cycle(terms_id=terms.id, day=day, month=month) for day, month in cycles)
    session.add_all(
        CategoryLimit(terms_id=terms.id, category=category, max_number=most, max_amount=Decimal(amount))
        for category, (most, amount) in (category_limits or {}).items()
    )
    session.add_all(
        Subsidy(terms_id=terms.id, category_code=code, percent=Decimal(percent))
        for code, percent in (subsidies or {}).items()
    )
    session.add_all(
        Distribution(terms_id=terms.id, care_type=care_type, period=period, number=number, percent=Decimal(percent))
        for (care_type, period), percents in (distributions or {}).items()
        for number, percent in enumerate(percents, start=1)
    )
    details = covers if isinstance(covers, Mapping) else {element: {} for element in covers}
    for element, detail in details.items():
        await _make_cover(session, terms, element, detail)
    await session.flush()
    return terms


async def terms_of(session: AsyncSession, product: Product) -> Terms:
    """The present terms of a product."""
    return (await session.scalars(select(Terms).where(Terms.product_id == product.id, Terms.present))).one()


async def _make_cover(session: AsyncSession, terms: Terms, element: Item | Service, detail: Mapping[str, Any]) -> None:
    column = "item_id" if isinstance(element, Item) else "service_id"
    columns = {name: value for name, value in detail.items() if name != "limits"}
    cover = Cover(terms_id=terms.id, **{column: element.id}, **columns)
    session.add(cover)
    await session.flush()
    limits: Sequence[Limit] = detail.get("limits", ())
    session.add_all(CoverLimit(cover_id=cover.id, **vars(limit)) for limit in limits)


async def populate(corner: Corner) -> None:
    """A product of the corner's district."""
    await make_product(corner.session, district_of(corner))
    corner.points |= {"conversionProductId": Product}
