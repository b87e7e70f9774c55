"""The registers of places and health facilities as the files of a country have them: `bima import`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import Context, LookupRow, new_id
from core.imports import Line, Loaded, Progress, Register, Values, upsert
from modules.location.models import FacilityIdentifier, HealthFacility, Location
from modules.location.rules import (
    CARE_TYPE_LETTERS,
    CONTRACT_INCOMPLETE,
    FacilityStatus,
    LocationLevel,
    contract_problem,
)
from modules.location.settings import Settings

Key = tuple[LocationLevel, str]
Number = tuple[str, str]
"""A register and a facility's number in it."""

LOOKUPS = {"level_code": "facility_level", "sub_level_code": "facility_sub_level", "legal_form_code": "legal_form"}
REGISTERS = {"hfr": "HFR", "nhif": "NHIF", "dhis2": "DHIS2"}
"""The columns with a facility's numbers in other registers, and those registers' codes."""
STATUSES = {status.value: status for status in FacilityStatus}
TEXTS = ("address", "phone", "fax", "email", "account_code")
ADDRESS = tuple(f"{level.lower()}_id" for level in LocationLevel)
NOWHERE: Values = dict.fromkeys(("id", *ADDRESS))


@dataclass
class Places:
    """The places that are stored, and those read from the file so far with the lines that told them first."""

    stored: dict[Key, tuple[UUID | None, UUID | None]]
    """Ids of the stored places and of what they lie in."""
    read: dict[Key, tuple[Values, int]] = field(default_factory=dict)


async def _places(ctx: Context) -> Places:
    rows = await ctx.session.execute(select(Location.level, Location.code, Location.id, Location.parent_id))
    return Places({(level, code): (id, parent_id) for level, code, id, parent_id in rows})


def _line_of_places(line: Line, known: Places) -> Values:
    """The places that a line names, from the region down; it may end at any level."""
    found: list[Values] = []
    ended = False
    for level in LocationLevel:
        code = line.text(f"{level.lower()}_code", Location.code)
        name = line.text(level.lower(), Location.name)
        if code is None and name is None and level is not LocationLevel.REGION:
            ended = True
        elif code is None or name is None:
            line.bad(level.lower() if code else f"{level.lower()}_code", "is missing")
        elif ended:
            line.bad(f"{level.lower()}_code", f"{code} {name} lies in nothing: the cells before it are empty")
        else:
            place = _place(known, (level, code), name, found[-1] if found else NOWHERE)
            _check_place(line, known, place)
            found.append(place)
    if not line.problems:
        for place in found:
            known.read.setdefault((place["level"], place["code"]), (place, line.number))
    return {"places": found}


def _place(known: Places, key: Key, name: str, parent: Values) -> Values:
    level, code = key
    stored, _ = known.stored.get(key, (None, None))
    read, _ = known.read.get(key, (NOWHERE, 0))
    id = stored or read["id"] or new_id()
    address = {column: parent[column] for column in ADDRESS} | {f"{level.lower()}_id": id}
    return {"id": id, "code": code, "name": name, "level": level, "parent_id": parent["id"], **address}


def _check_place(line: Line, known: Places, place: Values) -> None:
    """Moving a place is a decision, since what belongs to it goes along: a file cannot do it."""
    key, column = (place["level"], place["code"]), f"{place['level'].lower()}_code"
    if key in known.stored and known.stored[key][1] != place["parent_id"]:
        line.bad(column, f"{place['code']} {place['name']} lies elsewhere already: move it there, then load again")
    if key in known.read:
        before, number = known.read[key]
        if before["parent_id"] != place["parent_id"]:
            line.bad(column, f"{place['code']} {place['name']} lies elsewhere in line {number}")
        elif before["name"] != place["name"]:
            line.bad(column.removesuffix("_code"), f"{place['code']} is {before['name']} in line {number}")


async def _store_places(ctx: Context, values: Sequence[Values], progress: Progress) -> Loaded:
    places = {(place["level"], place["code"]): place for line in values for place in line["places"]}
    return await upsert(ctx.session, Location, ("level", "code"), list(places.values()), progress)


@dataclass(frozen=True)
class Surroundings:
    """What facilities refer to: districts by code, lookups' codes by kind, whose number each one is, and the rules."""

    districts: dict[str, UUID]
    codes: dict[str, dict[str, str]]
    numbers: dict[Number, str]
    contract_mandatory: bool


async def _surroundings(ctx: Context) -> Surroundings:
    places = select(Location.code, Location.id).where(Location.level == LocationLevel.DISTRICT)
    lookups = select(LookupRow.kind, LookupRow.code).where(LookupRow.kind.in_(LOOKUPS.values()), LookupRow.active)
    numbers = select(FacilityIdentifier.system_code, FacilityIdentifier.value, HealthFacility.code).join(
        HealthFacility, HealthFacility.id == FacilityIdentifier.facility_id
    )
    codes: dict[str, dict[str, str]] = {kind: {} for kind in LOOKUPS.values()}
    for kind, code in await ctx.session.execute(lookups):
        codes[kind][code] = code
    return Surroundings(
        districts=dict((await ctx.session.execute(places)).all()),
        codes=codes,
        numbers={(system, value): code for system, value, code in await ctx.session.execute(numbers)},
        contract_mandatory=ctx.settings(Settings).contract_dates_mandatory,
    )


def _facility(line: Line, known: Surroundings) -> Values:
    facility = HealthFacility
    values: Values = {
        "code": line.needed("code", facility.code),
        "name": line.needed("name", facility.name),
        "level_code": line.chosen("level_code", known.codes["facility_level"]),
        "legal_form_code": line.chosen("legal_form_code", known.codes["legal_form"]),
        "care_type": line.chosen("care_type", CARE_TYPE_LETTERS),
        "location_id": line.chosen("district_code", known.districts),
    }
    optional: dict[str, Callable[[str], Any]] = {
        "sub_level_code": lambda column: line.chosen(column, {"": None, **known.codes["facility_sub_level"]}),
        "status": lambda column: line.chosen(column, STATUSES, FacilityStatus.ACTIVE),
        "contract_from": line.day,
        "contract_to": line.day,
        **{column: lambda column: line.text(column, getattr(facility, column)) for column in TEXTS},
    }
    # What a column that the file does not have would say stays as it was.
    values |= {column: read(column) for column, read in optional.items() if line.has(column)}
    _check_contract(line, values, mandatory=known.contract_mandatory)
    return {**values, "numbers": _numbers(line, values["code"], known)}


def _check_contract(line: Line, values: Values, *, mandatory: bool) -> None:
    start, end = values.get("contract_from"), values.get("contract_to")
    problem = contract_problem(start, end, mandatory=mandatory)
    if problem == CONTRACT_INCOMPLETE:
        line.bad("contract_from" if start is None else "contract_to", "is missing: a contract has two dates")
    elif problem is not None:
        line.bad("contract_to", "is not after contract_from")


def _numbers(line: Line, code: str, known: Surroundings) -> list[Number]:
    numbers = []
    for column, system in REGISTERS.items():
        value = line.text(column, FacilityIdentifier.value)
        if value is None:
            continue
        owner = known.numbers.setdefault((system, value), code)
        if owner != code:
            line.bad(column, f"{value} is the number of {owner}")
        numbers.append((system, value))
    return numbers


async def _store_facilities(ctx: Context, values: Sequence[Values], progress: Progress) -> Loaded:
    rows = [{name: value for name, value in row.items() if name != "numbers"} for row in values]
    loaded = await upsert(ctx.session, HealthFacility, ("code",), rows, progress)
    facilities = dict((await ctx.session.execute(select(HealthFacility.code, HealthFacility.id))).all())
    numbers = [
        {"facility_id": facilities[row["code"]], "system_code": system, "value": value}
        for row in values
        for system, value in row["numbers"]
    ]
    await upsert(ctx.session, FacilityIdentifier, ("facility_id", "system_code"), numbers)
    return loaded


LOCATIONS = Register(
    name="locations",
    title="regions, districts, wards and villages",
    columns=tuple(f"{level.lower()}{part}" for level in LocationLevel for part in ("_code", "")),
    read=_line_of_places,
    store=_store_places,
    prepare=_places,
)
FACILITIES = Register(
    name="facilities",
    title="health facilities",
    columns=("code", "name", "level_code", "legal_form_code", "care_type", "district_code"),
    optional=("sub_level_code", "status", "contract_from", "contract_to", *TEXTS, *REGISTERS),
    key="code",
    read=_facility,
    store=_store_facilities,
    prepare=_surroundings,
)
ALL = (LOCATIONS, FACILITIES)
