"""Places and facilities for tests, written straight to the tables. Give a session; commit before asking the API."""

from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.matrix import Corner
from modules.location.models import HealthFacility, Location
from modules.location.rules import CareType, LocationLevel

_numbers = count(1)


async def make_region(session: AsyncSession, **fields: Any) -> Location:
    """A region."""
    return await _make_place(session, LocationLevel.REGION, None, fields)


async def make_district(session: AsyncSession, region: Location | None = None, **fields: Any) -> Location:
    """A district, in a region of its own unless one is given."""
    return await _make_place(session, LocationLevel.DISTRICT, region or await make_region(session), fields)


async def make_ward(session: AsyncSession, district: Location | None = None, **fields: Any) -> Location:
    """A ward, in a district of its own unless one is given."""
    return await _make_place(session, LocationLevel.WARD, district or await make_district(session), fields)


async def make_village(session: AsyncSession, ward: Location | None = None, **fields: Any) -> Location:
    """A village, in a ward of its own unless one is given."""
    return await _make_place(session, LocationLevel.VILLAGE, ward or await make_ward(session), fields)


async def make_facility(session: AsyncSession, district: Location | None = None, **fields: Any) -> HealthFacility:
    """An active dispensary for out-patients, in a district of its own unless one is given."""
    number = next(_numbers)
    place = district or await make_district(session)
    defaults = {
        "code": f"F{number:05}",
        "name": f"Facility {number}",
        "level_code": "D",
        "legal_form_code": "G",
        "care_type": CareType.OUT_PATIENT,
    }
    facility = HealthFacility(location_id=place.district_id, **{**defaults, **fields})
    session.add(facility)
    await session.flush()
    return facility


async def _make_place(
    session: AsyncSession, level: LocationLevel, parent: Location | None, fields: dict[str, Any]
) -> Location:
    id, number = fields.pop("id", None) or new_id(), next(_numbers)
    address = {f"{above.lower()}_id": getattr(parent, f"{above.lower()}_id", None) for above in LocationLevel}
    address[f"{level.lower()}_id"] = id
    defaults = {"code": f"{level[0]}{number:05}", "name": f"{level.title()} {number}"}
    place = Location(id=id, level=level, parent_id=parent.id if parent else None, **address, **{**defaults, **fields})
    session.add(place)
    await session.flush()
    return place


async def populate(corner: Corner) -> None:
    """A region with a district, a ward, a village and a facility, and an account at each of them."""
    region = await make_region(corner.session)
    district = await make_district(corner.session, region)
    ward = await make_ward(corner.session, district)
    village = await make_village(corner.session, ward)
    facility = await make_facility(corner.session, district)
    for place in (region, district, ward, village):
        corner.account(place.level.lower(), ("location", place.id))
    corner.account("facility", ("health_facility", facility.id))
    corner.inputs["createHealthFacility"] = {
        "locationId": district.id,
        "levelCode": facility.level_code,
        "legalFormCode": facility.legal_form_code,
    }
    corner.points |= {"parentId": Location, "newParentId": Location, "locationId": Location}


def village_of(corner: Corner) -> Location:
    """The village of a corner."""
    return _of_level(corner, LocationLevel.VILLAGE)


def district_of(corner: Corner) -> Location:
    """The district of a corner."""
    return _of_level(corner, LocationLevel.DISTRICT)


def _of_level(corner: Corner, level: LocationLevel) -> Location:
    places: list[Location] = corner.rows[Location]
    return next(place for place in places if place.level is level)
