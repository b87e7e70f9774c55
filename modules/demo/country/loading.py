"""Loading a country of some scale: its places as rows, its people by COPY."""

from collections.abc import Iterator
from random import Random

from core import Base, clock
from core.imports import Progress
from modules.demo.country.claims import Claims
from modules.demo.country.people import Calendar, People
from modules.demo.country.policies import Policies
from modules.demo.country.scale import FAMILIES, VILLAGES, share
from modules.demo.country.sheets import Sheets
from modules.demo.country.villages import Places

BATCH = 2_000
"""Families whose lines are sent together."""
SEED = 20260101


def batches(places: Places, progress: Progress, seed: int = SEED) -> Iterator[dict[type[Base], bytes]]:
    """The lines of all families of the places with their policies and claims: the same for one seed and one day."""
    sheets, calendar, random = Sheets(), Calendar(clock.today()), Random(seed)
    people, policies = People(sheets, calendar, random), Policies(sheets, calendar, random)
    claims = Claims(sheets, calendar, random, dict(places.care))
    total = len(places.villages) * FAMILIES // VILLAGES
    done = 0
    for number, village in enumerate(places.villages):
        for _ in range(share(total, len(places.villages), number)):
            family = people.household(village)
            for covered in policies.enrol(family):
                claims.treat(village, covered)
            done += 1
            if done % BATCH == 0:
                yield sheets.take()
                progress(done, total)
    yield sheets.take()
    progress(total, total)
