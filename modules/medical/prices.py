"""What items and services cost on a day, for many facilities at once, and how a price list's lines change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    TableValuedAlias,
    Uuid,
    and_,
    column,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from core import Prepared, bound
from modules.medical.models import Element, FacilityPriceLists, Item, PriceList, PriceListLine, Service

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """A price asked for: of an item or a service, at a health facility, on a day."""

    health_facility_id: UUID
    element_id: UUID
    on: date


@dataclass(frozen=True)
class Changes:
    """What makes a list's lines say something else: ids of lines to close and to drop, and new prices by element."""

    closed: list[UUID]
    dropped: list[UUID]
    opened: Mapping[UUID, Decimal | None]


async def prices(session: AsyncSession, wanted: Collection[Wanted]) -> dict[Wanted, Decimal]:
    """The unit prices that facilities are paid on days: the list's own, else the register's (claims spec 2.4).

    One statement, however many are asked for. What is missing from the answer is on no price list of the facility on
    that day, or the facility has none.
    """
    if not wanted:
        return {}
    rows = await _prices().within(
        session,
        facilities=[each.health_facility_id for each in wanted],
        elements=[each.element_id for each in wanted],
        days=[each.on for each in wanted],
    )
    return {Wanted(*asked): price for *asked, price in rows}


def changes(lines: Iterable[PriceListLine], wanted: Mapping[UUID, Decimal | None], day: date) -> Changes:
    """What to do so that from the day on the list holds the wanted prices and nothing else (decision 7).

    `lines`: those that hold on the day or later. A line that says the wanted thing already stays; one that began
    before the day ends on the day before it; one that would only begin later is dropped.
    """
    kept: set[UUID] = set()
    closed, dropped = [], []
    for line in lines:
        element = line.element_id
        lasts = line.valid_from <= day and line.valid_to is None
        if lasts and element in wanted and line.own_price == wanted[element]:
            kept.add(element)
        elif line.valid_from < day:
            closed.append(line.id)
        else:
            dropped.append(line.id)
    opened = {element: price for element, price in wanted.items() if element not in kept}
    return Changes(closed, dropped, opened)


async def close_lines(session: AsyncSession, element_id: UUID, last_day: date) -> None:
    """Take an item or a service off every price list after the last day (claims spec 2.3)."""
    line = PriceListLine
    its = or_(line.item_id == element_id, line.service_id == element_id)
    await session.execute(delete(line).where(its, line.valid_from > last_day))
    open_then = or_(line.valid_to.is_(None), line.valid_to > last_day)
    await session.execute(update(line).where(its, open_then).values(valid_to=last_day))


def _priced(
    asked: TableValuedAlias, element: type[Element], element_id: Mapped[UUID | None], list_id: Mapped[UUID | None]
) -> Select[Any]:
    """What is asked for of one register, with its prices: each pair is one probe of the lines' index."""
    line, price_list, facility = PriceListLine, PriceList, FacilityPriceLists
    on = asked.c.on
    return (
        select(asked.c.health_facility_id, asked.c.element_id, on, func.coalesce(line.own_price, element.price))
        .join(facility, facility.health_facility_id == asked.c.health_facility_id)
        .join(line, and_(line.price_list_id == list_id, element_id == asked.c.element_id, *_valid(line, on)))
        .join(price_list, and_(price_list.id == list_id, *_valid(price_list, on)))
        .join(element, element.id == element_id)
    )


@lru_cache(maxsize=1)
def _prices() -> Prepared:
    asked, lists = _as_rows(), FacilityPriceLists
    return Prepared(
        "medical.prices",
        union_all(
            _priced(asked, Item, PriceListLine.item_id, lists.items_list_id),
            _priced(asked, Service, PriceListLine.service_id, lists.services_list_id),
        ),
    )


def _as_rows() -> TableValuedAlias:
    """What is asked for as a table of the statement, in one parameter a column."""
    columns = (bound("facilities", ARRAY(Uuid())), bound("elements", ARRAY(Uuid())), bound("days", ARRAY(Date())))
    names = (column("health_facility_id", Uuid()), column("element_id", Uuid()), column("on", Date()))
    return func.unnest(*columns).table_valued(*names, name="asked").render_derived()


def _valid(row: type[PriceListLine | PriceList], day: ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    return row.valid_from <= day, or_(row.valid_to.is_(None), row.valid_to >= day)
