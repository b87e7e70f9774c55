"""The data: what `bima demo load --scale` makes, loaded once for all benchmarks, and a copy for each of them.

On one day the same places, people, policies and claims everywhere; `modules/demo/country` says how they come about.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.working import started, working
from core.context import SYSTEM
from core.host import Host
from core.templates import Templates
from modules.demo.country.scale import SCALES, Scale
from modules.demo.loading import load_people
from modules.people.testing import make_account

WARD = Scale("ward", "25307")
DISTRICT, REGION, _ = SCALES
ROLES = ("CLERK", "ENROLMENT_OFFICER", "SCHEME_ADMINISTRATOR", "CLAIM_ADMINISTRATOR", "MEDICAL_OFFICER", "ACCOUNTANT")
ONE, OFFICE = "one-district", "three-districts"
"""Accounts that see a district, and three of them."""
SCOPE = 3
"""Districts whose rows the office sees."""
DECIDED_DAYS = 200
"""Claims of care so many days ago are all decided."""


@dataclass(frozen=True)
class Place:
    """A district that is asked about, with one of its facilities, of its villages and of its products."""

    district: UUID
    facility: UUID | None
    """The one with the most claims that are entered and not yet handed in."""
    service: str
    """The code of a service that its facilities give."""
    village: UUID
    product: UUID | None
    """One that its families have."""


@dataclass(frozen=True)
class Waiting:
    """Claims that wait to be handed in: their days of care, on which no others wait, and their ids."""

    first: date
    last: date
    ids: Sequence[UUID]


@dataclass(frozen=True)
class Data:
    """The databases that were loaded so far, kept until `kept` ends."""

    templates: Templates
    modules: Host
    kept: ExitStack
    loaded: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def copy(self, scale: Scale) -> AsyncIterator[str]:
        """The address of a copy of a scale's database, dropped afterwards."""
        if scale.name not in self.loaded:
            url = self.kept.enter_context(self.templates.copy(self.modules))
            await _load(self.modules.on(url), scale)
            self.loaded[scale.name] = url
        with self.templates.twin(self.loaded[scale.name]) as url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
            os.sync()  # a copy is most of a gigabyte, whose writing to disk takes the first half minute of what follows
            yield url


async def _load(host: Host, scale: Scale) -> None:
    async with started(host):
        async with working(host, SYSTEM) as ctx:
            await load_people(ctx, scale)
        seen = places(host.database_url)
        async with AsyncSession(host.db.engine) as session:
            for name, count in ((ONE, 1), (OFFICE, SCOPE)):
                grants = [("location", place.district) for place in seen[:count]]
                await make_account(session, name, roles=ROLES, grants=grants)
            await session.commit()
    with psycopg.connect(host.database_url, autocommit=True) as connection:
        # What autovacuum would do some time later, in the middle of the measuring.
        connection.execute("VACUUM ANALYZE")


PLACES = """
SELECT d.id AS district, (
    SELECT health_facility_id FROM claim_claim WHERE district_id = d.id AND status = 'ENTERED' AND ended_at IS NULL
    GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) AS facility, (
    SELECT s.code FROM claim_claim c JOIN claim_line l ON l.claim_id = c.id
    JOIN medical_service s ON s.id = l.service_id WHERE c.district_id = d.id LIMIT 1) AS service, (
    SELECT id FROM location_location WHERE district_id = d.id AND level = 'VILLAGE' ORDER BY code LIMIT 1) AS village, (
    SELECT product_id FROM policy_policy WHERE district_id = d.id LIMIT 1) AS product
FROM location_location d WHERE d.level = 'DISTRICT' AND starts_with(d.code, %s)
ORDER BY (SELECT count(*) FROM insuree_family WHERE district_id = d.id) DESC, d.code
"""


def places(url: str) -> list[Place]:
    """The districts of the region, the one with most people first; only one has any where no more was loaded."""
    with psycopg.connect(url, row_factory=class_row(Place)) as connection:
        first, *others = connection.execute(PLACES, [REGION.villages]).fetchall()
    return [first, *others]


def families(url: str) -> int:
    """How many families there are."""
    return int(column(url, "SELECT count(*) FROM insuree_family")[0])


PUT_BACK = (
    (
        "UPDATE claim_claim SET status = 'ENTERED', category = NULL, approved = NULL, submitted_at = NULL, "
        "processed_at = NULL WHERE id = ANY(%s)"
    ),
    "UPDATE claim_line SET price_adjusted = NULL WHERE claim_id = ANY(%s)",
    "DELETE FROM valuation_line WHERE claim_id = ANY(%s)",
    "DELETE FROM valuation_claim WHERE claim_id = ANY(%s)",
    "DELETE FROM valuation_usage WHERE claim_id = ANY(%s)",
)


def put_back(url: str, number: int, districts: Sequence[UUID] = ()) -> Waiting:
    """Take decided claims back to how they were entered, at least so many where they are there, whole days of them.

    The demo has as many claims that wait as a region has on a day, which is too few to measure with.
    """
    where = "status = 'VALUATED' AND date_from <= current_date - %s AND (%s::uuid[] = '{}' OR district_id = ANY(%s))"
    given = [DECIDED_DAYS, list(districts), list(districts)]
    with psycopg.connect(url) as connection:
        # Neither history nor foreign keys are looked at, as when they were loaded.
        connection.execute("SET session_replication_role = replica")
        [first, last] = connection.execute(
            f"SELECT min(date_from), max(date_from) FROM (SELECT date_from FROM claim_claim WHERE {where} "
            "ORDER BY date_from DESC LIMIT %s) AS latest",
            [*given, number],
        ).fetchone() or [None, None]
        ids = connection.execute(
            f"SELECT id FROM claim_claim WHERE {where} AND date_from >= %s ORDER BY date_from DESC, id", [*given, first]
        ).fetchall()
        claims = [id for (id,) in ids]
        for statement in PUT_BACK:
            connection.execute(statement, [claims])
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE claim_claim, claim_line, valuation_line, valuation_claim, valuation_usage")
    return Waiting(first, last, claims)


def column(url: str, query: Any, *values: Any) -> list[Any]:
    """The first column of a query's rows."""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(query, values)]
