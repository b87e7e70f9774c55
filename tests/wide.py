"""The people of a district, as if each of their villages lay in another district: a country in small."""

from dataclasses import replace
from itertools import cycle
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select

from core import Context
from modules.claim.models import ClaimAdministrator
from modules.demo.country import villages
from modules.demo.country.scale import Scale
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel

WORKED = """
INSERT INTO policy_renewal (id, policy_id, head_id, product_id, officer_id, renewal_on, prompted_on, warnings, answer,
    answered_on, district_id, village_id, created_at, updated_at, version)
SELECT gen_random_uuid(), p.id, f.head_id, p.product_id, p.officer_id, expires_on, expires_on - 14, '{}',
    CASE WHEN expires_on < now() THEN 'DECLINED' ELSE 'NONE' END, CASE WHEN expires_on < now() THEN expires_on END,
    p.district_id, p.village_id, now(), now(), 1
FROM policy_policy p JOIN insuree_family f ON f.id = p.family_id;
UPDATE claim_claim SET explanation = 'seen';
UPDATE claim_claim SET feedback_status = CASE WHEN status = 'CHECKED' THEN 'SELECTED' ELSE 'DELIVERED' END
    WHERE get_byte(uuid_send(id), 15) < 26;
INSERT INTO claim_feedback_prompt (id, claim_id, officer_id, village_id, district_id, health_facility_id,
    claim_district_id, prompted_on, created_at, updated_at)
SELECT gen_random_uuid(), c.id, p.officer_id, i.village_id, i.district_id, c.health_facility_id, c.district_id,
    c.claimed_on, now(), now()
FROM claim_claim c JOIN insuree_insuree i ON i.id = c.insuree_id
LEFT JOIN LATERAL (SELECT officer_id FROM policy_policy WHERE family_id = i.family_id LIMIT 1) p ON true
WHERE c.feedback_status <> 'IDLE';
"""
"""What jobs and users would have written by now; the triggers of the history write it too."""

_real_places = villages.places


async def wide_places(ctx: Context, scale: Scale) -> villages.Places:
    """The places of a scale, each village in a district and near a facility of its own, as far as there are any."""
    real = await _real_places(ctx, scale)
    found = await ctx.session.scalars(select(Location.id).where(Location.level == LocationLevel.DISTRICT))
    districts = cycle(sorted(found))
    facilities = await ctx.session.execute(
        select(HealthFacility.id, HealthFacility.level_code, ClaimAdministrator.id)
        .join(ClaimAdministrator, ClaimAdministrator.health_facility_id == HealthFacility.id)
        .where(ClaimAdministrator.code == "CA-" + HealthFacility.code)
    )
    near = cycle([villages.Facility(str(id), level, str(person)) for id, level, person in facilities])
    wide = [
        replace(village, district_id=str(district), facilities=[facility])
        for village, district, facility in zip(real.villages, districts, near, strict=False)
    ]
    return replace(real, villages=wide)


def work(database: psycopg.Connection[Any]) -> None:
    """Let the jobs and users have worked, and PostgreSQL look at what there is."""
    database.execute(WORKED)
    database.execute("ANALYZE")


def some_districts(database: psycopg.Connection[Any], number: int) -> list[UUID]:
    """Districts in which people live."""
    query = "SELECT DISTINCT district_id FROM insuree_insuree ORDER BY 1 LIMIT %s"
    return [id for (id,) in database.execute(query, [number]).fetchall()]
