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


async def test_the_names_of_a_code_have_a_history_too(api: Api) -> None:
    administrator = actor("SYSTEM_ADMINISTRATOR")
    made = await api(
        """mutation { createLookup(input: {kind: "legal_form", code: "ZZ", names: [{language: "en", name: "Clan"}]}) {
        lookup { id version } errors { code path } } }""",
        actor=administrator,
    )
    lookup = made.data["createLookup"]["lookup"]
    reply = await api(
        """mutation($i: UpdateLookupInput!) { updateLookup(input: $i) {
        lookup { history { nodes { action actorId } } } errors { code path } } }""",
        {"i": {"id": lookup["id"], "expectedVersion": 1, "active": False}},
        actor=administrator,
    )
    entries = reply.data["updateLookup"]["lookup"]["history"]["nodes"]
    assert [entry["action"] for entry in entries] == ["U", "I"]
    assert {entry["actorId"] for entry in entries} == {str(administrator.id)}
