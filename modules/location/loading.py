"""Whole registers from files. A load may be repeated: rows are known by their codes and brought up to date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow, Row, clock, new_id
from modules.location.models import FacilityIdentifier, HealthFacility, Location
from modules.location.rules import CareType, FacilityStatus, LocationLevel

Values = dict[str, Any]
REGISTERS = ("HFR", "NHIF", "DHIS2")
LOOKUPS = {"level_code": "facility_level", "sub_level_code": "facility_sub_level", "legal_form_code": "legal_form"}


@dataclass(frozen=True)
class Loaded:
    """How many rows of a register a load added and how many it changed."""

    added: int
    changed: int


async def load_locations(session: AsyncSession, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Store places from rows with `region_code`, `region` (the name), and the same of district, ward and village.

    A place is known by its level and code; its name is brought up to date. A row may end at any level: the fields
    below it are empty or absent.

    Raises:
        ValueError: a place lies elsewhere in the table or in another row. Moving it is `move_location`, since what
            belongs to the place goes along.
    """
    place = Location.__table__.c
    known = {
        (row["level"], row["code"]): dict(row)
        for row in (await session.execute(select(*(place[name] for name in _PLACE)))).mappings()
    }
    written: dict[tuple[LocationLevel, str], Values] = {}
    for row in rows:
        parent: Values = dict.fromkeys(_PLACE)
        for level in LocationLevel:
            code, name = _text(row, f"{level.lower()}_code"), _text(row, level.lower())
            if code is None or name is None:
                break
            found = known.get((level, code))
            if found is None:
                found = known[level, code] = _new_place(level, code, parent)
            if found["parent_id"] != parent["id"]:
                raise ValueError(f"{level.lower()} {code} {name} lies elsewhere already: move it, then load again")
            if found["name"] != name:
                found["name"] = name
                written[level, code] = found
            parent = found
    return await _upsert(session, Location, ("level", "code"), ("name",), list(written.values()))


async def load_facilities(session: AsyncSession, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Store health facilities from rows named like their columns, with `district_code` for the district.

    Needed: `code`, `name`, `level_code`, `legal_form_code`, `care_type`, `district_code`. Known besides:
    `sub_level_code`, `status`, `contract_from`, `contract_to`, `address`, `phone`, `fax`, `email`, `account_code`,
    and the numbers in other registers, `HFR`, `NHIF` and `DHIS2`.

    Raises:
        ValueError: a row lacks what is needed, or names an unknown district, code or date; says which row.
    """
    place = select(Location.code, Location.id).where(Location.level == LocationLevel.DISTRICT)
    districts = dict((await session.execute(place)).all())
    codes = {(kind, code) for kind, code in await session.execute(select(LookupRow.kind, LookupRow.code))}
    written: dict[str, Values] = {}
    numbers: dict[tuple[str, str], str] = {}
    for line, row in enumerate(rows, start=1):
        try:
            facility = _facility(row, districts, codes)
        except ValueError as error:
            raise ValueError(f"row {line}: {error}") from error
        written[facility["code"]] = facility
        numbers.update({(facility["code"], name): number for name in REGISTERS if (number := _text(row, name))})
    changing = ("location_id", "care_type", "status", *_TEXTS, *_DATES)
    loaded = await _upsert(session, HealthFacility, ("code",), changing, list(written.values()))
    await _store_numbers(session, numbers)
    return loaded


async def _store_numbers(session: AsyncSession, numbers: Mapping[tuple[str, str], str]) -> None:
    facility = select(HealthFacility.code, HealthFacility.id)
    facilities = dict((await session.execute(facility)).all())
    rows = [
        {"id": new_id(), "facility_id": facilities[code], "system_code": system, "value": value}
        for (code, system), value in numbers.items()
    ]
    await _upsert(session, FacilityIdentifier, ("facility_id", "system_code"), ("value",), rows)


async def _upsert(
    session: AsyncSession, model: type[Row], key: Sequence[str], changing: Sequence[str], rows: Sequence[Values]
) -> Loaded:
    table: Any = model.__table__
    if not rows:
        return Loaded(0, 0)
    statement = insert(table)
    new = {name: statement.excluded[name] for name in changing}
    kept = {"updated_at": clock.now()} | ({"version": table.c.version + 1} if "version" in table.c else {})
    statement = statement.on_conflict_do_update(
        index_elements=key,
        set_={**new, **kept},
        where=or_(*(table.c[name].is_distinct_from(value) for name, value in new.items())),
    )
    before = await session.scalar(select(func.count()).select_from(table))
    result: Any = await session.execute(statement, rows, execution_options={"preserve_rowcount": True})
    after = await session.scalar(select(func.count()).select_from(table))
    added = (after or 0) - (before or 0)
    return Loaded(added, result.rowcount - added)


_ADDRESS = tuple(f"{level.lower()}_id" for level in LocationLevel)
_PLACE = ("id", "code", "name", "level", "parent_id", *_ADDRESS)
_NEEDED = ("name", "level_code", "legal_form_code")
_TEXTS = (*_NEEDED, "sub_level_code", "address", "phone", "fax", "email", "account_code")
_DATES = ("contract_from", "contract_to")


def _new_place(level: LocationLevel, code: str, parent: Values) -> Values:
    place = {**parent, "id": new_id(), "code": code, "name": None, "level": level, "parent_id": parent["id"]}
    place[f"{level.lower()}_id"] = place["id"]
    return place


def _facility(row: Mapping[str, str], districts: Mapping[str, UUID], codes: set[tuple[str, str]]) -> Values:
    texts = {name: _text(row, name) for name in ("code", *_TEXTS)}
    for name in ("code", *_NEEDED):
        if texts[name] is None:
            raise ValueError(f"{name} is missing")
    for name, kind in LOOKUPS.items():
        if texts[name] is not None and (kind, texts[name]) not in codes:
            raise ValueError(f"{texts[name]} is not a code of the lookup {kind}")
    district = _text(row, "district_code") or ""
    if district not in districts:
        raise ValueError(f"there is no district {district!r}")
    return {
        "id": new_id(),
        **texts,
        **{name: date.fromisoformat(day) if (day := _text(row, name)) else None for name in _DATES},
        "location_id": districts[district],
        "care_type": CareType(_text(row, "care_type") or ""),
        "status": FacilityStatus(_text(row, "status") or "ACTIVE"),
    }


def _text(row: Mapping[str, str], name: str) -> str | None:
    return (row.get(name) or "").strip() or None
