"""What places and health facilities may be: closed sets and pure checks, no database."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class LocationLevel(StrEnum):
    """How large a place is. Each level lies in the one before it; a region lies in none (enrolment spec 1.1).

    REGION: the largest, in no other place. DISTRICT: a part of a region; health facilities belong to districts.
    WARD: a part of a district. VILLAGE: a part of a ward; families live in villages.
    """

    REGION = "REGION"
    DISTRICT = "DISTRICT"
    WARD = "WARD"
    VILLAGE = "VILLAGE"


class CareType(StrEnum):
    """Whether patients stay overnight, go home the same day, or both.

    IN_PATIENT: they stay overnight. OUT_PATIENT: they go home the same day. BOTH: either.
    """

    IN_PATIENT = "IN_PATIENT"
    OUT_PATIENT = "OUT_PATIENT"
    BOTH = "BOTH"


class FacilityStatus(StrEnum):
    """Whether a health facility works with the scheme.

    ACTIVE: its claims are taken in. INACTIVE: not for the time being. DELISTED: no longer. IDLE: not yet.
    """

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


def level_below(level: LocationLevel) -> LocationLevel | None:
    """The level of what lies directly in a place; None for a village."""
    return next(iter(LEVELS[LEVELS.index(level) + 1 :]), None)


def level_of(path: Sequence[object]) -> LocationLevel:
    """The level of a place, from its path: the places it lies in, from the region down, and itself."""
    return LEVELS[len(path) - 1]


def moved_path(path: Sequence[T], top: LocationLevel, above: Sequence[T]) -> tuple[T, ...]:
    """The path of a place after the place of level `top` in it has moved below the place with the path `above`.

    Levels shift with it. What would come to lie below a village becomes a village beside it, in the same ward
    (enrolment spec 1.2 rule 5). What stands in the paths does not matter: ids, or the columns that hold them.
    """
    moved = (*above, *path[LEVELS.index(top) :])
    return moved if len(moved) <= len(LEVELS) else (*moved[: len(LEVELS) - 1], moved[-1])


CONTRACT_INCOMPLETE = "CONTRACT_INCOMPLETE"
CONTRACT_REVERSED = "CONTRACT_REVERSED"


def contract_problem(start: date | None, end: date | None, *, mandatory: bool = False) -> str | None:
    """What is wrong with a facility's contract dates: both or neither, the end after the start (enrolment spec 1.2).

    `mandatory`: the scheme accepts no facility without both dates.
    """
    if start is None or end is None:
        return CONTRACT_INCOMPLETE if mandatory or start != end else None
    return CONTRACT_REVERSED if end <= start else None
