"""Keeping price lists: their names and places, their lines, and the facilities paid by them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from core import (
    DATES_REVERSED,
    NEGATIVE,
    NOT_FOUND,
    TAKEN,
    UNSET,
    Context,
    Problems,
    UserError,
    check_changeable,
    check_columns,
    clock,
    find,
    given,
    new_id,
    noting,
    tidy,
)  # fmt: skip
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel
from modules.location.services import place
from modules.medical import errors, inputs
from modules.medical.models import FacilityPriceLists, Item, PriceList, PriceListKind, PriceListLine, Service
from modules.medical.prices import DAY, Changes, changes
from modules.medical.registers import Named, named

ELEMENTS: dict[PriceListKind, tuple[type[Item] | type[Service], str]] = {
    PriceListKind.ITEMS: (Item, "item"),
    PriceListKind.SERVICES: (Service, "service"),
}


async def create_price_list(ctx: Context, input: inputs.CreatePriceListInput) -> PriceList:
    """Add a price list without lines.

    Raises:
        UserErrors: REQUIRED, TOO_LONG, TAKEN, DATES_REVERSED; NOT_FOUND or WRONG_LEVEL of the place.
    """
    price_list = PriceList(id=input.id or new_id(), kind=input.kind)
    return await _write(ctx, price_list, given(input))


async def update_price_list(ctx: Context, input: inputs.UpdatePriceListInput) -> PriceList:
    """Change a price list's name, place or days.

    Raises:
        UserErrors: as `create_price_list`; NOT_FOUND, STALE.
    """
    price_list = await find(ctx, PriceList, input.id, "id", version=input.expected_version, lock=True)
    return await _write(ctx, price_list, given(input))


async def delete_price_list(ctx: Context, input: inputs.DeleteRegisterEntryInput) -> PriceList:
    """End a price list that no health facility is paid by.

    Raises:
        UserError: NOT_FOUND, STALE, PRICE_LIST_IN_USE.
    """
    price_list = await find(ctx, PriceList, input.id, "id", version=input.expected_version, lock=True)
    assigned = or_(
        FacilityPriceLists.services_list_id == price_list.id, FacilityPriceLists.items_list_id == price_list.id
    )
    count = await ctx.session.scalar(select(func.count()).select_from(FacilityPriceLists).where(assigned))
    if count:
        raise UserError(errors.LIST_IN_USE, "id", name=price_list.name, count=count)
    price_list.ended_at = clock.now()
    await ctx.session.flush()
    return price_list


async def set_lines(ctx: Context, input: inputs.SetPriceListLinesInput) -> PriceList:
    """Say all prices of a list from a day on; earlier days keep theirs (decision 7).

    Raises:
        UserErrors: NOT_FOUND, STALE; at a line ITEM_OR_SERVICE, UNKNOWN_CODE, TAKEN when it is there
            twice, NEGATIVE.
    """
    price_list = await find(ctx, PriceList, input.id, "id", version=input.expected_version, lock=True)
    wanted = await _wanted(ctx, price_list, input.lines)
    day = input.valid_from or clock.today()
    stored = await ctx.session.scalars(
        select(PriceListLine).where(
            PriceListLine.price_list_id == price_list.id,
            or_(PriceListLine.valid_to.is_(None), PriceListLine.valid_to >= day),
        )
    )
    await _apply(ctx, price_list, changes(stored, wanted, day), day)
    # The list counts changes of its lines as its own, so that two editors cannot overwrite each other.
    price_list.updated_at = clock.now()
    await ctx.session.flush()
    return price_list


async def set_facility_lists(ctx: Context, input: inputs.SetFacilityPriceListsInput) -> HealthFacility:
    """Say which lists a facility is paid by: lists of its district, its region or the nation (claims spec 2.4).

    The facility's version counts the change.

    Raises:
        UserErrors: NOT_FOUND, STALE, LIST_OF_OTHER_KIND, PRICE_LIST_NOT_HERE.
    """
    facility = await find(
        ctx, HealthFacility, input.health_facility_id, "healthFacilityId", version=input.expected_version, lock=True
    )
    district = await ctx.session.get_one(Location, facility.location_id)
    problems = Problems()
    chosen = {
        "services_list_id": (input.services_price_list_id, PriceListKind.SERVICES, "servicesPriceListId"),
        "items_list_id": (input.items_price_list_id, PriceListKind.ITEMS, "itemsPriceListId"),
    }
    chosen = {column: choice for column, choice in chosen.items() if choice[0] is not UNSET}
    ids = [id for id, _, _ in chosen.values() if id is not None]
    current = select(PriceList).where(PriceList.id.in_(ids), PriceList.ended_at.is_(None))
    lists = {row.id: row for row in await ctx.session.scalars(current)}
    for id, kind, path in chosen.values():
        if id is None:
            continue
        price_list = lists.get(id)
        if price_list is None:
            problems.add(NOT_FOUND, path)
        elif price_list.kind is not kind:
            problems.add(errors.LIST_OF_OTHER_KIND, path, name=price_list.name, kind=price_list.kind)
        elif price_list.location_id not in (None, district.id, district.region_id):
            problems.add(errors.LIST_NOT_HERE, path, name=price_list.name)
    problems.stop()
    assigned = await ctx.session.scalar(
        select(FacilityPriceLists).where(FacilityPriceLists.health_facility_id == facility.id)
    )
    if assigned is None:
        assigned = FacilityPriceLists(health_facility_id=facility.id)
        ctx.session.add(assigned)
    for column, (id, _, _) in chosen.items():
        setattr(assigned, column, id)
    facility.updated_at = clock.now()
    await ctx.session.flush()
    return facility


async def region_or_district(ctx: Context, location_id: UUID, path: str) -> Location:
    """The place that a price list or a product is for.

    Raises:
        UserError: NOT_FOUND where the actor does not work, WRONG_LEVEL of a ward or village.
    """
    found = await place(ctx, location_id, path)
    if found.level is LocationLevel.REGION:
        return found
    return await place(ctx, location_id, path, level=LocationLevel.DISTRICT)


async def _write(ctx: Context, price_list: PriceList, values: dict[str, Any]) -> PriceList:
    values = tidy(values)
    problems = Problems()
    check_columns(PriceList, values, problems)
    name = values.get("name")
    if name and name != price_list.name and await _name_taken(ctx, name):
        problems.add(TAKEN, "name", value=name)
    valid_from = values.get("valid_from", price_list.valid_from)
    valid_to = values.get("valid_to", price_list.valid_to)
    if valid_from and valid_to and valid_to < valid_from:
        problems.add(DATES_REVERSED, "validTo")
    if values.get("location_id") is not None:
        with noting(problems):
            await region_or_district(ctx, values["location_id"], "locationId")
    problems.stop()
    for column, value in values.items():
        setattr(price_list, column, value)
    ctx.session.add(price_list)
    await check_changeable(ctx, price_list, "locationId")
    return price_list


async def _name_taken(ctx: Context, name: str) -> bool:
    query = select(PriceList.id).where(PriceList.name == name, PriceList.ended_at.is_(None))
    return await ctx.session.scalar(query) is not None


async def _wanted(ctx: Context, price_list: PriceList, lines: Sequence[inputs.PriceListLineInput]) -> dict[UUID, Any]:
    """The prices that lines name, by item or service."""
    kind, field = ELEMENTS[price_list.kind]
    problems = Problems()
    names = {}
    for index, line in enumerate(lines):
        path = f"lines.{index}"
        sent = {
            name for name in ("item_id", "item_code", "service_id", "service_code") if getattr(line, name) is not None
        }
        if len(sent) != 1:
            problems.add(errors.ITEM_OR_SERVICE, path)
        elif not sent <= {f"{field}_id", f"{field}_code"}:
            problems.add(errors.LIST_OF_OTHER_KIND, path, name=price_list.name, kind=price_list.kind)
        else:
            name = Named(f"{path}.{field}", getattr(line, f"{field}_id"), getattr(line, f"{field}_code"))
            names[name] = line.price
        if line.price is not None and line.price < 0:
            problems.add(NEGATIVE, f"{path}.price", value=line.price)
    found = await named(ctx.session, kind, list(names), problems)
    wanted: dict[UUID, Any] = {}
    for name, element in found.items():
        if element.id in wanted:
            problems.add(TAKEN, name.path.removesuffix(f".{field}"), value=element.code)
        wanted[element.id] = names[name]
    problems.stop()
    return wanted


async def _apply(ctx: Context, price_list: PriceList, found: Changes, day: date) -> None:
    """Close and drop before opening: at no moment may two lines of one element hold on one day."""
    session, line = ctx.session, PriceListLine
    column = f"{ELEMENTS[price_list.kind][1]}_id"
    if found.dropped:
        await session.execute(delete(line).where(line.id.in_(found.dropped)))
    if found.closed:
        await session.execute(update(line).where(line.id.in_(found.closed)).values(valid_to=day - DAY))
    session.add_all(
        PriceListLine(price_list_id=price_list.id, own_price=price, valid_from=day, **{column: element_id})
        for element_id, price in found.opened.items()
    )
    await session.flush()
