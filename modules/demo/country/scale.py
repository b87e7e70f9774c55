"""How much of the country is made up: a district, a region or all of it, each as dense as the whole."""

from dataclasses import dataclass

FAMILIES, VILLAGES = 912_000, 16_692
FACILITIES, DISTRICTS = 6_270, 158
"""Mainland Tanzania's (decision 35)."""


@dataclass(frozen=True)
class Scale:
    """The places that are filled: those whose village's code begins so."""

    name: str
    villages: str


SCALES = (Scale("district", "253"), Scale("region", "25"), Scale("country", ""))
"""Hai in Kilimanjaro, Kilimanjaro, mainland Tanzania."""


def share(of: int, parts: int, part: int) -> int:
    """What one of equal parts gets of a number, whole ones only; all of them together get all of it."""
    return of * (part + 1) // parts - of * part // parts
