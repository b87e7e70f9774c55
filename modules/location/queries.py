"""Root queries of places and health facilities. Every account that is signed in may use these registers."""

from typing import Annotated
from uuid import UUID

from core import SIGNED_IN, BadRequest, Where, argument, one, page
from modules.location import models
from modules.location.rules import LocationLevel
from modules.location.types import HealthFacility, Location


@page(Location, order=("name", "id"), right=SIGNED_IN)
def locations(location: type[models.Location]) -> Where:
    """Places of all levels, by name."""
    yield from ()


@one(Location, right=SIGNED_IN)
def location(
    location: type[models.Location],
    id: Annotated[UUID | None, argument("The place's id.")] = None,
    code: Annotated[str | None, argument("The place's code; give its level too.")] = None,
    level: Annotated[LocationLevel | None, argument("The level that the code belongs to.")] = None,
) -> Where:
    """One place, by its id or by its code and level."""
    if id is None and (code is None or level is None):
        raise BadRequest("Give the place's id, or its code and its level.")
    if id is not None:
        yield location.id == id
    if code is not None:
        yield location.code == code
    if level is not None:
        yield location.level == level


@page(HealthFacility, order=("name", "id"), right=SIGNED_IN)
def health_facilities(facility: type[models.HealthFacility]) -> Where:
    """Health facilities, by name."""
    yield from ()


@one(HealthFacility, right=SIGNED_IN)
def health_facility(
    facility: type[models.HealthFacility],
    id: Annotated[UUID | None, argument("The facility's id.")] = None,
    code: Annotated[str | None, argument("The facility's code.")] = None,
) -> Where:
    """One health facility, by its id or code."""
    if id is None and code is None:
        raise BadRequest("Give the facility's id or its code.")
    if id is not None:
        yield facility.id == id
    if code is not None:
        yield facility.code == code
