"""`bima doctor`: what is on, in which version, what is wrong, and what to type."""

from typing import TYPE_CHECKING

from core.doctor.database import examine_database
from core.doctor.set_up import examine_set_up
from core.finding import FINE, ODD, WRONG, Finding

if TYPE_CHECKING:
    from core.host import Host

__all__ = ["FINE", "ODD", "WRONG", "Finding", "examine"]


async def examine(host: "Host") -> list[Finding]:
    """What there is to know of an installation; what depends on something that is wrong is left out."""
    return [*examine_set_up(host), *[finding async for finding in examine_database(host)]]
