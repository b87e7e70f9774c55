"""Which claims are picked for review or feedback (claims spec 2.13). Only claims still idle take part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from random import Random
from uuid import UUID

from core.money import ZERO
from modules.claim.rules.states import SelectionEvent


class SelectionMode(StrEnum):
    """How claims are picked for review or for feedback. The first three draw among claims that were in no draw yet.

    ALL: every claim of at least the smallest amount. RANDOM: a percentage of the claims, at random. VARIANCE:
    claims that exceed the mean of their main diagnosis in the last year by a percentage. SELECT: the very claims
    that are named. SKIP: those named are not selected. BYPASS: those named were selected, and go on without.
    """

    ALL = "ALL"
    RANDOM = "RANDOM"
    VARIANCE = "VARIANCE"
    SELECT = "SELECT"
    SKIP = "SKIP"
    BYPASS = "BYPASS"


NAMED: Mapping[SelectionMode, SelectionEvent] = {
    SelectionMode.SELECT: SelectionEvent.SELECT,
    SelectionMode.SKIP: SelectionEvent.SKIP,
    SelectionMode.BYPASS: SelectionEvent.BYPASS,
}
"""What happens to each claim in the modes that do not draw."""


@dataclass(frozen=True)
class SelectableClaim:
    """What selection looks at."""

    id: UUID
    claimed: Decimal
    diagnosis_id: UUID


def select_by_value(claims: Iterable[SelectableClaim], least: Decimal) -> tuple[UUID, ...]:
    """Claims of at least this amount."""
    return tuple(claim.id for claim in claims if claim.claimed >= least)


def select_at_random(claims: Sequence[SelectableClaim], percent: int, random: Random) -> tuple[UUID, ...]:
    """A random `percent` per cent of the claims, rounded up."""
    size = -(-len(claims) * percent // 100)
    return tuple(claim.id for claim in random.sample(claims, size))


def select_by_variance(
    claims: Iterable[SelectableClaim],
    percent: Decimal,
    averages: Mapping[UUID, Decimal],
    least: Decimal = ZERO,
) -> tuple[UUID, ...]:
    """Claims that reach their diagnosis' average of the last year by `percent` per cent or more.

    `averages` holds the mean amount claimed by diagnosis. A diagnosis without history has nothing to compare with.
    """
    return tuple(
        claim.id
        for claim in claims
        if claim.claimed >= least
        and claim.diagnosis_id in averages
        and claim.claimed * 100 >= averages[claim.diagnosis_id] * (100 + percent)
    )


def sample_ratio(approved: Decimal, adjusted: Decimal) -> Decimal:
    """What reviews left of each shilling of the claims drawn, to four places (claims spec 2.13).

    Raises ValueError where nothing was reviewed.
    """
    if not adjusted:
        raise ValueError("nothing was reviewed")
    return (approved / adjusted).quantize(Decimal("0.0001"), ROUND_HALF_UP)
