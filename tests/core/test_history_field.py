"""`history` tells who changed what and when, to those with the right to see it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.location.testing import make_region

pytestmark = pytest.mark.profile("minimal")

RENAME = """mutation($i: UpdateLocationInput!) { updateLocation(input: $i) {
  location { history { totalCount nodes { action actorId changes } } } errors { code } } }"""
READ = "query($id: ID!) { location(id: $id) { name history(first: 1) { nodes { action changes } } } }"


async def test_a_change_is_told_with_what_was_before_and_who_made_it(api: Api, session: AsyncSession) -> None:
    region = await make_region(session, name="Dodoma")
    await session.commit()
    administrator = actor("SYSTEM_ADMINISTRATOR")
    change = {"id": region.id, "expectedVersion": 1, "name": "Singida"}
    reply = await api(RENAME, {"i": change}, actor=administrator)
    assert reply.data["updateLocation"]["errors"] == []
    history = reply.data["updateLocation"]["location"]["history"]
    assert history["totalCount"] == 2
    changed, made = history["nodes"]
    assert (made["action"], made["actorId"]) == ("I", None)
    assert (changed["action"], changed["actorId"]) == ("U", str(administrator.id))
    assert changed["changes"]["name"] == {"before": "Dodoma", "after": "Singida"}


async def test_history_needs_its_right_and_the_rest_does_not(api: Api, session: AsyncSession) -> None:
    region = await make_region(session)
    await session.commit()
    clerk = actor("CLERK")
    reply = await api(READ, {"id": region.id}, actor=clerk)
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]
    reply = await api("query($id: ID!) { location(id: $id) { name } }", {"id": region.id}, actor=clerk)
    assert reply.data["location"]["name"] == region.name
