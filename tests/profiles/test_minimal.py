"""Minimal: places and facilities, and an API of nothing else."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.host import Host
from core.testing import Api, Change
from modules.location.testing import make_district

STRANGERS = (
    "famil",
    "insuree",
    "person",
    "user",
    "role",
    "policy",
    "product",
    "claim",
    "medical",
    "diagnos",
    "contribution",
)


async def test_the_api_knows_places_and_facilities_only(host: Host) -> None:
    roots = {name.partition(".")[2] for name in host.schema.root_fields}
    assert roots >= {"locations", "healthFacilities", "createLocation", "createHealthFacility", "lookups", "modules"}
    assert [root for root in roots if any(word in root.lower() for word in STRANGERS)] == []
    assert {right.name.split(".")[0] for right in host.rights} == {"core", "location"}


async def test_a_country_is_drawn_and_its_facilities_are_found_below_a_region(
    api: Api, change: Change, everybody: Actor, session: AsyncSession
) -> None:
    district = await make_district(session)
    await session.commit()
    facility: dict[str, Any] = {
        "code": "HC1",
        "name": "Mji Mwema",
        "levelCode": "C",
        "legalFormCode": "G",
        "careType": "BOTH",
    }
    made = await change("createHealthFacility", "healthFacility { id }", locationId=district.id, **facility)
    assert made["errors"] == []
    find = "query($id: ID!) { healthFacilities(filter: { location: { within: $id } }) { nodes { name location { parent { level } } } } }"
    found = await api(find, {"id": district.parent_id}, actor=everybody)
    assert found.errors == []
    assert found.data["healthFacilities"]["nodes"] == [
        {"name": "Mji Mwema", "location": {"parent": {"level": "REGION"}}}
    ]
