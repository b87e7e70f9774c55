"""What a scheme decides before it sells: price lists by kind of facility, and a product per region."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core import Context, new_id
from core.imports import Values, upsert
from modules.demo.files import rows
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel
from modules.medical.models import FacilityPriceLists, Item, PriceList, PriceListKind, PriceListLine, Service
from modules.product.models import Cover, Product, Terms
from modules.product.rules import CeilingType

SINCE = date(2018, 5, 1)
"""The present contribution of 30 000 shillings is in force since this day."""
LEVELS = {"D": "dispensary", "C": "health_centre", "H": "hospital"}
"""Levels of facilities, and the columns of their services' prices."""
MEDICINES = "Essential medicines"
REGISTER_PRICE = "="


def services_list(level: str) -> str:
    """The name of the price list of services for a level of facilities."""
    return f"Services of a {LEVELS[level].replace('_', ' ')}"


async def add_price_lists(ctx: Context) -> int:
    """A list of services for each level of facilities and one of medicines, each facility paid by two of them.

    Returns how many lists are new; those that are there stay as they are.
    """
    session = ctx.session
    known = set(await session.scalars(select(PriceList.name).where(PriceList.ended_at.is_(None))))
    ids = {name: new_id() for name in (MEDICINES, *map(services_list, LEVELS)) if name not in known}
    if not ids:
        return 0
    items = dict((await session.execute(select(Item.code, Item.id).where(Item.ended_at.is_(None)))).all())
    services = dict((await session.execute(select(Service.code, Service.id).where(Service.ended_at.is_(None)))).all())
    lists = [_price_list(id, name) for name, id in ids.items()]
    lines = [_line(ids[MEDICINES], REGISTER_PRICE, item_id=id) for id in items.values() if MEDICINES in ids]
    for level, column in LEVELS.items():
        if (name := services_list(level)) in ids:
            offered = ((services[row["code"]], row[column]) for row in rows("service-prices") if row[column])
            lines += [_line(ids[name], price, service_id=id) for id, price in offered]
    await upsert(session, PriceList, ("id",), lists)
    await upsert(session, PriceListLine, ("id",), lines)
    await assign_price_lists(ctx)
    return len(ids)


async def add_products(ctx: Context) -> int:
    """A product per region that covers everything on the price lists; besides, Dar es Salaam has one for single people
    and Kilimanjaro a basic one.

    Returns how many are new; those that are there stay as they are.
    """
    session = ctx.session
    known = set(await session.scalars(select(Product.code).where(Product.ended_at.is_(None))))
    regions = select(Location.code, Location.id).where(Location.level == LocationLevel.REGION)
    region_ids = dict((await session.execute(regions)).all())
    items = (await session.scalars(select(Item.id).where(Item.ended_at.is_(None)))).all()
    services = (await session.scalars(select(Service.id).where(Service.ended_at.is_(None)))).all()
    products: list[Values] = []
    terms: list[Values] = []
    for row in rows("products"):
        if row["code"] not in known:
            product = _product(row, region_ids)
            products.append(product)
            terms.append(_terms(row, product["id"]))
    covers = [cover for each in terms for cover in _covers(each["id"], items, services)]
    await upsert(session, Product, ("id",), products)
    await upsert(session, Terms, ("id",), terms)
    await upsert(session, Cover, ("id",), covers)
    return len(products)


async def assign_price_lists(ctx: Context) -> None:
    """Pay every facility by the list of its level and by that of medicines."""
    current = select(PriceList.name, PriceList.id).where(PriceList.ended_at.is_(None))
    lists = dict((await ctx.session.execute(current)).all())
    facilities = await ctx.session.execute(select(HealthFacility.id, HealthFacility.level_code))
    assigned = [
        {
            "health_facility_id": id,
            "services_list_id": lists[services_list(level)],
            "items_list_id": lists[MEDICINES],
        }
        for id, level in facilities
        if level in LEVELS
    ]
    await upsert(ctx.session, FacilityPriceLists, ("health_facility_id",), assigned)


def _price_list(id: UUID, name: str) -> Values:
    kind = PriceListKind.ITEMS if name == MEDICINES else PriceListKind.SERVICES
    return {"id": id, "name": name, "kind": kind, "valid_from": SINCE}


def _line(list_id: UUID, price: str, item_id: UUID | None = None, service_id: UUID | None = None) -> Values:
    return {
        "price_list_id": list_id,
        "item_id": item_id,
        "service_id": service_id,
        "own_price": None if price == REGISTER_PRICE else Decimal(price),
        "valid_from": SINCE,
    }


def _product(row: Mapping[str, str], regions: Mapping[str, UUID]) -> Values:
    return {
        "id": new_id(),
        "code": row["code"],
        "name": row["name"],
        "location_id": regions[row["region_code"]],
        "date_from": SINCE,
    }


def _terms(row: Mapping[str, str], product_id: UUID) -> Values:
    """A year's contribution for so many members, and one for each further one; nobody waits, nothing is shared.

    Who renews a month early gets the discount. The ceiling is that of the whole policy.
    """
    ceiling = Decimal(row["ceiling"] or 0)
    return {
        "id": new_id(),
        "product_id": product_id,
        "valid_from": SINCE,
        "present": True,
        "insurance_period": 12,
        "lump_sum": Decimal(row["lump_sum"]),
        "threshold": int(row["members"]),
        "max_members": int(row["most"]),
        "premium_adult": Decimal(row["further"] or 0),
        "premium_child": Decimal(row["further"] or 0),
        "renewal_discount_percent": Decimal(row["renewal_discount"] or 0),
        "renewal_discount_period": 1 if row["renewal_discount"] else 0,
        "ceiling_type": CeilingType.POLICY if ceiling else None,
        "ceiling": ceiling,
    }


def _covers(terms_id: UUID, items: Iterable[UUID], services: Iterable[UUID]) -> Iterator[Values]:
    yield from ({"terms_id": terms_id, "item_id": id, "service_id": None} for id in items)
    yield from ({"terms_id": terms_id, "item_id": None, "service_id": id} for id in services)
