from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock, every, new_id
from core.testing import Api, actor
from modules.location.hooks import Use
from modules.location.testing import make_district, make_facility, make_region, make_village
from modules.medical.models import PriceListKind, PriceListLine
from modules.medical.testing import LONG_AGO, make_item, make_price_list, make_service

Change = Callable[..., Awaitable[Any]]

LIST = "priceList { id name kind location { name } validFrom validTo version endedAt }"
LINES = "priceList { version lines { price ownPrice validFrom validTo item { code } service { code } } }"
FACILITY = "healthFacility { servicesPriceList { id } itemsPriceList { id } }"
NATIONAL = {"name": "National services", "kind": "SERVICES", "validFrom": "2024-01-01"}


async def test_a_price_list_is_national_unless_it_has_a_place(change: Change, session: AsyncSession) -> None:
    region = await make_region(session, name="Arusha")
    await session.commit()
    national = (await change("createPriceList", LIST, **NATIONAL))["priceList"]
    assert (national["location"], national["validTo"], national["version"]) == (None, None, 1)
    local = await change("updatePriceList", LIST, id=national["id"], expectedVersion=1, locationId=region.id)
    assert local["priceList"]["location"] == {"name": "Arusha"}
    again = await change("updatePriceList", LIST, id=national["id"], expectedVersion=2, locationId=None)
    assert again["priceList"] == {**national, "version": 3}


async def test_a_price_list_is_for_a_region_or_a_district(change: Change, session: AsyncSession) -> None:
    district, village = await make_district(session), await make_village(session)
    await session.commit()
    assert (await change("createPriceList", LIST, **NATIONAL, locationId=district.id)).told == []
    wrong = {**NATIONAL, "name": "Another"}
    assert (await change("createPriceList", LIST, **wrong, locationId=village.id)).told == [
        ("WRONG_LEVEL", "locationId")
    ]
    assert (await change("createPriceList", LIST, **wrong, locationId=new_id())).told == [("NOT_FOUND", "locationId")]


async def test_names_are_unique_and_days_in_order(change: Change, session: AsyncSession) -> None:
    await make_price_list(session, {}, name="National services")
    await session.commit()
    answer = await change("createPriceList", LIST, **NATIONAL, validTo="2023-12-31")
    assert answer.told == [("TAKEN", "name"), ("DATES_REVERSED", "validTo")]


async def test_prices_are_set_from_a_day_on(change: Change, api: Api, session: AsyncSession) -> None:
    first, second, third = [await make_service(session) for _ in range(3)]
    price_list = await make_price_list(session, {first: 100, second: 200, third: None})
    await session.commit()
    changed = await change(
        "setPriceListLines",
        LINES,
        id=price_list.id,
        expectedVersion=1,
        validFrom="2024-06-01",
        lines=[{"serviceCode": first.code, "price": "150.00"}, {"serviceId": second.id, "price": "200.00"}],
    )
    assert changed.told == []
    query = """query($id: ID!, $on: Date) { priceList(id: $id) { version lines(on: $on) {
        price ownPrice validFrom validTo service { code } } } }"""
    may = await api(query, {"id": price_list.id, "on": "2024-05-31"}, actor=actor("CLAIM_ADMINISTRATOR"))
    june = await api(query, {"id": price_list.id, "on": "2024-06-01"}, actor=actor("CLAIM_ADMINISTRATOR"))
    prices = {
        day: {line["service"]["code"]: (line["price"], line["ownPrice"]) for line in reply.data["priceList"]["lines"]}
        for day, reply in (("may", may), ("june", june))
    }
    assert prices == {
        "may": {
            first.code: ("100.00", "100.00"),
            second.code: ("200.00", "200.00"),
            third.code: ("5000.00", None),
        },
        "june": {first.code: ("150.00", "150.00"), second.code: ("200.00", "200.00")},
    }
    # The line that stayed the same is the same version still.
    kept = next(line for line in june.data["priceList"]["lines"] if line["service"]["code"] == second.code)
    assert (kept["validFrom"], kept["validTo"]) == (LONG_AGO.isoformat(), None)


async def test_prices_set_without_a_day_hold_from_today(change: Change, session: AsyncSession) -> None:
    item = await make_item(session)
    price_list = await make_price_list(session, {}, kind=PriceListKind.ITEMS)
    await session.commit()
    with clock.at(datetime(2024, 6, 1, 9, tzinfo=UTC)):
        changed = await change(
            "setPriceListLines", LINES, id=price_list.id, expectedVersion=1, lines=[{"itemId": item.id}]
        )
    assert changed["priceList"] == {
        "version": 2,
        "lines": [
            {
                "price": "1000.00",
                "ownPrice": None,
                "validFrom": "2024-06-01",
                "validTo": None,
                "item": {"code": item.code},
                "service": None,
            }
        ],
    }


async def test_what_is_wrong_with_lines_is_told_where_it_lies(change: Change, session: AsyncSession) -> None:
    item, service = await make_item(session), await make_service(session)
    price_list = await make_price_list(session, {}, kind=PriceListKind.ITEMS)
    await session.commit()
    lines = [
        {"itemId": item.id},
        {"itemCode": item.code},
        {"serviceId": service.id},
        {"itemCode": "NONE"},
        {"price": "5.00"},
        {"itemId": item.id, "itemCode": item.code},
        {"itemId": new_id(), "price": "-1.00"},
    ]
    answer = await change("setPriceListLines", LINES, id=price_list.id, expectedVersion=1, lines=lines)
    assert sorted(answer.told, key=lambda error: error[1]) == [
        ("TAKEN", "lines.1"),
        ("LIST_OF_OTHER_KIND", "lines.2"),
        ("UNKNOWN_CODE", "lines.3.itemCode"),
        ("ITEM_OR_SERVICE", "lines.4"),
        ("ITEM_OR_SERVICE", "lines.5"),
        ("NOT_FOUND", "lines.6.itemId"),
        ("NEGATIVE", "lines.6.price"),
    ]


async def test_two_who_set_the_same_list_do_not_overwrite_each_other(change: Change, session: AsyncSession) -> None:
    price_list = await make_price_list(session, {})
    await session.commit()
    lines = {"id": price_list.id, "expectedVersion": 1, "lines": []}
    assert (await change("setPriceListLines", LINES, **lines)).told == []
    assert (await change("setPriceListLines", LINES, **lines)).told == [("STALE", "expectedVersion")]


async def test_statements_do_not_grow_with_the_lines(change: Change, session: AsyncSession) -> None:
    items = [await make_item(session) for _ in range(60)]
    short, long = await make_price_list(session, {items[0]: 1}), await make_price_list(session, dict.fromkeys(items, 1))
    await session.commit()
    counts = []
    for price_list, size in ((short, 1), (long, 60)):
        lines = [{"itemId": item.id, "price": "2.00"} for item in items[:size]]
        answer = await change("setPriceListLines", "priceList { id }", id=price_list.id, expectedVersion=1, lines=lines)
        assert answer.told == []
        counts.append(answer.statements)
    assert counts[0] == counts[1]


async def test_the_database_refuses_two_prices_on_one_day(session: AsyncSession) -> None:
    item = await make_item(session)
    price_list = await make_price_list(session, {item: 1})
    line = {"price_list_id": price_list.id, "item_id": item.id, "valid_from": LONG_AGO}
    with pytest.raises(IntegrityError, match="ex_medical_price_list_line_validity"):
        await session.execute(insert(PriceListLine).values(**line))


async def test_a_facility_is_paid_by_lists_of_its_district_its_region_or_the_nation(
    change: Change, session: AsyncSession
) -> None:
    region = await make_region(session)
    district = await make_district(session, region)
    facility = await make_facility(session, district)
    services = [await make_price_list(session, {}, location_id=place) for place in (None, region.id, district.id)]
    elsewhere = await make_price_list(session, {}, location_id=(await make_district(session, region)).id)
    items = await make_price_list(session, {}, kind=PriceListKind.ITEMS)
    await session.commit()
    own = {"healthFacilityId": facility.id}
    for version, price_list in enumerate(services, start=1):
        lists = {"expectedVersion": version, "servicesPriceListId": price_list.id}
        answer = await change("setFacilityPriceLists", FACILITY, **own, **lists)
        assert answer["healthFacility"]["servicesPriceList"] == {"id": str(price_list.id)}
    late = await change("setFacilityPriceLists", FACILITY, **own, expectedVersion=3, itemsPriceListId=items.id)
    assert late.told == [("STALE", "expectedVersion")]
    both = await change("setFacilityPriceLists", FACILITY, **own, expectedVersion=4, itemsPriceListId=items.id)
    assert both["healthFacility"] == {
        "servicesPriceList": {"id": str(services[-1].id)},
        "itemsPriceList": {"id": str(items.id)},
    }
    gone = await change("setFacilityPriceLists", FACILITY, **own, expectedVersion=5, servicesPriceListId=None)
    assert gone["healthFacility"]["servicesPriceList"] is None
    wrong = {"servicesPriceListId": elsewhere.id, "itemsPriceListId": services[0].id}
    answer = await change("setFacilityPriceLists", FACILITY, **own, expectedVersion=6, **wrong)
    assert answer.told == [
        ("PRICE_LIST_NOT_HERE", "servicesPriceListId"),
        ("LIST_OF_OTHER_KIND", "itemsPriceListId"),
    ]
    nobody = {"healthFacilityId": new_id(), "expectedVersion": 1}
    unknown = await change("setFacilityPriceLists", FACILITY, **nobody, itemsPriceListId=new_id())
    assert unknown.told == [("NOT_FOUND", "healthFacilityId")]


async def test_a_list_that_pays_facilities_is_not_deleted(change: Change, session: AsyncSession) -> None:
    facility = await make_facility(session)
    price_list = await make_price_list(session, {}, facility)
    await session.commit()
    refused = await change("deletePriceList", LIST, id=price_list.id, expectedVersion=1)
    assert refused.told == [("PRICE_LIST_IN_USE", "id")]
    await change(
        "setFacilityPriceLists", FACILITY, healthFacilityId=facility.id, expectedVersion=1, servicesPriceListId=None
    )
    deleted = await change("deletePriceList", LIST, id=price_list.id, expectedVersion=1)
    assert deleted["priceList"]["endedAt"] is not None


async def test_price_lists_are_found_by_name_while_they_are_current(api: Api, session: AsyncSession) -> None:
    await make_price_list(session, {}, name="Arusha services")
    await make_price_list(session, {}, name="Arusha items", kind=PriceListKind.ITEMS)
    await make_price_list(session, {}, name="Arusha old", ended_at=clock.now())
    await session.commit()
    reply = await api('{ priceLists(search: "arusha") { nodes { name kind } } }', actor=actor("ACCOUNTANT"))
    assert reply.data["priceLists"]["nodes"] == [
        {"name": "Arusha items", "kind": "ITEMS"},
        {"name": "Arusha services", "kind": "SERVICES"},
    ]


async def test_a_place_with_price_lists_is_in_use(ctx: Context, session: AsyncSession) -> None:
    region, empty = await make_region(session), await make_region(session)
    await make_price_list(session, {}, location_id=region.id)
    answers = await every(ctx.host, "location_in_use", ctx=ctx, location_ids=[region.id, empty.id])
    assert [use for answer in answers for use in answer] == [Use(region.id, "price lists")]
