"""Health facilities: adding, changing and deleting them."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select

from core import (
    DATES_REVERSED,
    NOT_FOUND,
    UNSET,
    Code,
    Context,
    Problems,
    UserError,
    check_changeable,
    check_codes,
    check_columns,
    codes_in,
    delete_unused,
    find,
    given,
    new_id,
    noting,
    tidy,
)
from modules.location import errors, inputs
from modules.location.models import FacilityCatchment, FacilityIdentifier, HealthFacility, Location
from modules.location.rules import CONTRACT_INCOMPLETE, LocationLevel, contract_problem
from modules.location.services import place
from modules.location.settings import Settings

LOOKUPS = {"level_code": "facility_level", "sub_level_code": "facility_sub_level", "legal_form_code": "legal_form"}
Detail = FacilityIdentifier | FacilityCatchment


async def create_facility(ctx: Context, input: inputs.CreateHealthFacilityInput) -> HealthFacility:
    """Add a health facility in a district where the actor works.

    Raises:
        UserErrors: TAKEN, NOT_FOUND, WRONG_LEVEL, UNKNOWN_CODE, CONTRACT_INCOMPLETE, DATES_REVERSED, NAMED_TWICE,
            PERCENT_OUT_OF_RANGE, and what the fields lack.
    """
    facility = HealthFacility(id=input.id or new_id())
    await _write(ctx, facility, given(input))
    return facility


async def update_facility(ctx: Context, input: inputs.UpdateHealthFacilityInput) -> HealthFacility:
    """Change a health facility; a list that is sent replaces the one that was.

    Raises:
        UserErrors: NOT_FOUND, STALE, and what `create_facility` raises.
    """
    facility = await find(ctx, HealthFacility, input.id, "id", version=input.expected_version, lock=True)
    await _write(ctx, facility, given(input))
    return facility


async def delete_facility(ctx: Context, input: inputs.DeleteHealthFacilityInput) -> None:
    """Delete a health facility that no record names.

    Raises:
        UserError: NOT_FOUND, STALE, FACILITY_IN_USE.
    """
    facility = await find(ctx, HealthFacility, input.id, "id", version=input.expected_version, lock=True)
    await delete_unused(ctx, facility, UserError(errors.FACILITY_IN_USE, "id", name=facility.name))


async def _write(ctx: Context, facility: HealthFacility, values: dict[str, Any]) -> None:
    identifiers, catchments = values.pop("identifiers", UNSET), values.pop("catchments", UNSET)
    values = tidy(values)
    problems = Problems()
    check_columns(HealthFacility, values, problems)
    _check_contract(ctx, facility, values, problems)
    await check_codes(ctx, [*codes_in(values, LOOKUPS), *_registers(identifiers or ())], problems)
    if values.get("location_id") is not None:
        with noting(problems):
            await place(ctx, values["location_id"], "locationId", level=LocationLevel.DISTRICT)
    _check_identifiers(identifiers or (), problems)
    await _check_catchments(ctx, catchments or (), problems)
    problems.stop()

    for name, value in values.items():
        setattr(facility, name, value)
    ctx.session.add(facility)
    await check_changeable(ctx, facility, "locationId")
    if identifiers is not UNSET:
        await _replace(ctx, facility, FacilityIdentifier, identifiers or ())
    if catchments is not UNSET:
        await _replace(ctx, facility, FacilityCatchment, catchments or ())


async def _replace(ctx: Context, facility: HealthFacility, model: type[Detail], details: Sequence[Any]) -> None:
    await ctx.session.execute(delete(model).where(model.facility_id == facility.id))
    ctx.session.add_all(model(facility_id=facility.id, **tidy(vars(detail))) for detail in details)
    await ctx.session.flush()


def _check_contract(ctx: Context, facility: HealthFacility, values: dict[str, Any], problems: Problems) -> None:
    start = values.get("contract_from", facility.contract_from)
    end = values.get("contract_to", facility.contract_to)
    problem = contract_problem(start, end, mandatory=ctx.settings(Settings).contract_dates_mandatory)
    if problem is not None:
        missing = "contractFrom" if start is None else "contractTo"
        problems.add(errors.CONTRACT_INCOMPLETE if problem == CONTRACT_INCOMPLETE else DATES_REVERSED, missing)


def _registers(identifiers: Sequence[inputs.FacilityIdentifierInput]) -> Iterator[Code]:
    for at, identifier in enumerate(identifiers):
        yield Code("facility_register", identifier.system_code, f"identifiers.{at}.systemCode")


def _check_identifiers(identifiers: Sequence[inputs.FacilityIdentifierInput], problems: Problems) -> None:
    _check_once([identifier.system_code for identifier in identifiers], "identifiers.{}.systemCode", problems)
    for at, identifier in enumerate(identifiers):
        check_columns(FacilityIdentifier, tidy({"value": identifier.value}), problems, f"identifiers.{at}.")


async def _check_catchments(
    ctx: Context, catchments: Sequence[inputs.FacilityCatchmentInput], problems: Problems
) -> None:
    _check_once([catchment.location_id for catchment in catchments], "catchments.{}.locationId", problems)
    ids = [catchment.location_id for catchment in catchments]
    villages = select(Location.id).where(Location.id.in_(ids), Location.level == LocationLevel.VILLAGE)
    known = set(await ctx.session.scalars(villages)) if ids else set()
    for at, catchment in enumerate(catchments):
        if catchment.location_id not in known:
            problems.add(NOT_FOUND, f"catchments.{at}.locationId")
        if not 0 < catchment.percent <= 100:
            problems.add(errors.PERCENT_OUT_OF_RANGE, f"catchments.{at}.percent", value=catchment.percent)


def _check_once(keys: Sequence[Hashable], path: str, problems: Problems) -> None:
    for at, key in enumerate(keys):
        if key in keys[:at]:
            problems.add(errors.NAMED_TWICE, path.format(at))
