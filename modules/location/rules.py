"""What places and health facilities may be: closed sets and pure checks, no database."""

from datetime import date
from enum import StrEnum


class LocationLevel(StrEnum):
    """How large a place is. Each level lies in the one before it; a region lies in none (enrolment spec 1.1)."""

    REGION = "REGION"
    DISTRICT = "DISTRICT"
    WARD = "WARD"
    VILLAGE = "VILLAGE"


class CareType(StrEnum):
    """Whether patients stay overnight, go home the same day, or both."""

    IN_PATIENT = "IN_PATIENT"
    OUT_PATIENT = "OUT_PATIENT"
    BOTH = "BOTH"


class FacilityStatus(StrEnum):
    """Whether a health facility works with the scheme."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DELISTED = "DELISTED"
    IDLE = "IDLE"


CARE_TYPE_LETTERS = {"I": CareType.IN_PATIENT, "O": CareType.OUT_PATIENT, "B": CareType.BOTH}
"""How the files of countries write care types."""
LEVELS = tuple(LocationLevel)


def level_above(level: LocationLevel) -> LocationLevel | None:
    """The level of a place's parent; None for a region."""
    position = LEVELS.index(level)
    return LEVELS[position - 1] if position else None


def levels_down_to(level: LocationLevel) -> tuple[LocationLevel, ...]:
    """The levels from the region down to this one, itself included."""
    return LEVELS[: LEVELS.index(level) + 1]


CONTRACT_INCOMPLETE = "CONTRACT_INCOMPLETE"
CONTRACT_REVERSED = "CONTRACT_REVERSED"


def contract_problem(start: date | None, end: date | None, *, mandatory: bool = False) -> str | None:
    """What is wrong with a facility's contract dates: both or neither, the end after the start (enrolment spec 1.2).

    `mandatory`: the scheme accepts no facility without both dates.
    """
    if start is None or end is None:
        return CONTRACT_INCOMPLETE if mandatory or start != end else None
    return CONTRACT_REVERSED if end <= start else None
