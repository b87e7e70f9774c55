"""Registers and price lists for tests, written straight to the tables. Give a session; commit before asking the API."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.matrix import Corner
from modules.location.models import HealthFacility
from modules.location.rules import CareType
from modules.medical.models import (
    Diagnosis,
    FacilityPriceLists,
    Item,
    ItemType,
    PriceList,
    PriceListKind,
    PriceListLine,
    Service,
    ServiceLevel,
    ServiceType,
)

LONG_AGO = date(2000, 1, 1)

_numbers = count(1)


async def make_diagnosis(session: AsyncSession, **fields: Any) -> Diagnosis:
    """A diagnosis."""
    number = next(_numbers)
    diagnosis = Diagnosis(**{"code": f"D{number:04}", "name": f"Diagnosis {number}", **fields})
    session.add(diagnosis)
    await session.flush()
    return diagnosis


async def make_item(session: AsyncSession, **fields: Any) -> Item:
    """A drug for everybody at 1 000."""
    number = next(_numbers)
    defaults = {
        "code": f"I{number:04}",
        "name": f"Item {number}",
        "type": ItemType.DRUG,
        "price": Decimal(1000),
        "care_type": CareType.BOTH,
    }
    item = Item(**{**defaults, **fields})
    session.add(item)
    await session.flush()
    return item


async def make_service(session: AsyncSession, **fields: Any) -> Service:
    """A simple curative service for everybody at 5 000."""
    number = next(_numbers)
    defaults = {
        "code": f"S{number:04}",
        "name": f"Service {number}",
        "type": ServiceType.CURATIVE,
        "level": ServiceLevel.SIMPLE,
        "price": Decimal(5000),
        "care_type": CareType.BOTH,
    }
    service = Service(**{**defaults, **fields})
    session.add(service)
    await session.flush()
    return service


async def make_price_list(
    session: AsyncSession,
    lines: Mapping[Item | Service, Decimal | int | None],
    *facilities: HealthFacility,
    **fields: Any,
) -> PriceList:
    """A national list that holds for ever with these prices (None: the register's), by which the facilities are paid.

    It is a list of items or of services as its lines are; `kind` says it of an empty one.
    """
    number = next(_numbers)
    kind = PriceListKind.ITEMS if any(isinstance(element, Item) for element in lines) else PriceListKind.SERVICES
    price_list = PriceList(**{"name": f"Price list {number}", "kind": kind, "valid_from": LONG_AGO, **fields})
    session.add(price_list)
    await session.flush()
    for element, price in lines.items():
        column = "item_id" if isinstance(element, Item) else "service_id"
        own_price = None if price is None else Decimal(price)
        line = PriceListLine(price_list_id=price_list.id, own_price=own_price, valid_from=LONG_AGO)
        setattr(line, column, element.id)
        session.add(line)
    for facility in facilities:
        await _assign(session, facility, price_list)
    await session.flush()
    return price_list


async def _assign(session: AsyncSession, facility: HealthFacility, price_list: PriceList) -> None:
    lists = FacilityPriceLists
    assigned = await session.scalar(select(lists).where(lists.health_facility_id == facility.id))
    if assigned is None:
        assigned = lists(health_facility_id=facility.id)
        session.add(assigned)
    if price_list.kind is PriceListKind.ITEMS:
        assigned.items_list_id = price_list.id
    else:
        assigned.services_list_id = price_list.id


async def populate(corner: Corner) -> None:
    """Registers are seen by everybody; only what points at them is told."""
    corner.points |= {"servicesPriceListId": PriceList, "itemsPriceListId": PriceList}
