from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.host import Host
from core.testing import counted
from modules.location.testing import make_facility
from modules.medical.models import PriceListLine
from modules.medical.prices import DAY, changes
from modules.medical.services import Wanted, prices
from modules.medical.testing import make_item, make_price_list, make_service

JUNE = date(2024, 6, 1)
LAST_OF_MAY = date(2024, 5, 31)


async def test_the_price_on_the_list_goes_before_the_registers_rule_2_4(session: AsyncSession) -> None:
    item, service, unlisted = await make_item(session), await make_service(session), await make_service(session)
    facility, without_lists = await make_facility(session), await make_facility(session)
    await make_price_list(session, {item: 700}, facility)
    await make_price_list(session, {service: None}, facility)
    wanted = [
        Wanted(place.id, each.id, JUNE) for place in (facility, without_lists) for each in (item, service, unlisted)
    ]
    assert await prices(session, wanted) == {
        Wanted(facility.id, item.id, JUNE): Decimal(700),
        Wanted(facility.id, service.id, JUNE): Decimal(5000),
    }


async def test_each_day_has_the_price_of_its_version(session: AsyncSession) -> None:
    service, facility = await make_service(session), await make_facility(session)
    price_list = await make_price_list(session, {}, facility, valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31))
    for price, valid_from, valid_to in (
        (100, date(2023, 1, 1), LAST_OF_MAY),
        (None, JUNE, JUNE),
        (300, JUNE + DAY, None),
    ):
        own_price = None if price is None else Decimal(price)
        session.add(
            PriceListLine(
                price_list_id=price_list.id,
                service_id=service.id,
                own_price=own_price,
                valid_from=valid_from,
                valid_to=valid_to,
            )
        )
    await session.flush()
    days = (date(2023, 12, 31), date(2024, 1, 1), LAST_OF_MAY, JUNE, JUNE + DAY, date(2025, 1, 1))
    found = await prices(session, [Wanted(facility.id, service.id, day) for day in days])
    assert {wanted.on: int(price) for wanted, price in found.items()} == {
        date(2024, 1, 1): 100,
        LAST_OF_MAY: 100,
        JUNE: 5000,
        JUNE + DAY: 300,
    }


async def test_facilities_are_paid_by_their_own_lists(session: AsyncSession) -> None:
    item = await make_item(session)
    cheap, dear = await make_facility(session), await make_facility(session)
    await make_price_list(session, {item: 1}, cheap)
    await make_price_list(session, {item: 2}, dear)
    found = await prices(session, [Wanted(cheap.id, item.id, JUNE), Wanted(dear.id, item.id, JUNE)])
    assert [int(found[Wanted(place.id, item.id, JUNE)]) for place in (cheap, dear)] == [1, 2]


async def test_many_prices_take_one_statement(session: AsyncSession, host: Host) -> None:
    items = [await make_item(session) for _ in range(30)]
    facility = await make_facility(session)
    await make_price_list(session, dict.fromkeys(items, 5), facility)
    with counted(host) as statements:
        found = await prices(session, [Wanted(facility.id, item.id, JUNE) for item in items])
    assert len(found) == 30
    assert len(statements) == 1


async def test_no_price_asked_for_takes_no_statement() -> None:
    assert await prices(None, []) == {}  # type: ignore[arg-type]


ELEMENTS = [new_id() for _ in range(3)]
DAYS = st.integers(0, 20).map(lambda days: JUNE + timedelta(days=days))
PRICES = st.dictionaries(st.sampled_from(ELEMENTS), st.none() | st.integers(0, 3).map(Decimal))


def asked(lines: list[PriceListLine], day: date) -> dict[UUID, Decimal | None]:
    """What is on a list on a day; no element twice."""
    holding = [line for line in lines if line.valid_from <= day and (line.valid_to is None or line.valid_to >= day)]
    found = {line.element_id: line.own_price for line in holding}
    assert len(found) == len(holding)
    return found


def apply(lines: list[PriceListLine], wanted: Mapping[UUID, Decimal | None], day: date) -> list[PriceListLine]:
    """The lines after a change from a day on."""
    found = changes([line for line in lines if line.valid_to is None or line.valid_to >= day], wanted, day)
    for line in lines:
        if line.id in found.closed:
            line.valid_to = day - DAY
    opened = [
        PriceListLine(id=new_id(), item_id=element, own_price=price, valid_from=day)
        for element, price in found.opened.items()
    ]
    return [line for line in lines if line.id not in found.dropped] + opened


@given(st.lists(st.tuples(PRICES, DAYS), max_size=5))
def test_setting_a_list_says_all_later_days_and_leaves_the_earlier_ones(
    settings: list[tuple[dict[UUID, Decimal | None], date]],
) -> None:
    lines: list[PriceListLine] = []
    horizon = [JUNE + timedelta(days=days) for days in range(25)]
    for wanted, day in settings:
        before = {each: asked(lines, each) for each in horizon}
        lines = apply(lines, wanted, day)
        for each in horizon:
            assert asked(lines, each) == (wanted if each >= day else before[each])


def test_saying_the_same_again_changes_nothing() -> None:
    lines = apply([], {ELEMENTS[0]: Decimal(5), ELEMENTS[1]: None}, JUNE)
    again = changes(lines, {ELEMENTS[0]: Decimal("5.00"), ELEMENTS[1]: None}, JUNE + DAY)
    assert (again.closed, again.dropped, again.opened) == ([], [], {})
