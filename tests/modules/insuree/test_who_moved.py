"""Where somebody lives today says who sees the person and all that was recorded, also of the time before."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import chf_number, make_family
from modules.location.models import Location
from modules.location.testing import make_village

MOVE = """mutation($i: UpdateFamilyInput!) { updateFamily(input: $i) { family { id } errors { code path } } }"""
SEEN = """query($id: ID!, $person: ID!) {
  family(id: $id) { history { nodes { changes } } }
  insuree(id: $person) { history { nodes { changes } } }
  node(id: $person) { id } insurees { totalCount } }"""
CREATE = """mutation($i: CreateFamilyInput!) { createFamily(input: $i) {
  family { id %s } errors { code path } } }"""
RIGHTS = (
    "insuree.family.read", "insuree.insuree.read", "core.history.read", "insuree.family.create",
    "insuree.family.update", "insuree.contact.read",
)  # fmt: skip


@dataclass
class Village:
    """A village and its district."""

    id: UUID
    district: UUID
    row: Location


async def village(session: AsyncSession) -> Village:
    made = await make_village(session)
    assert made.district_id is not None
    return Village(made.id, made.district_id, made)


async def test_the_new_district_sees_all_versions_and_the_old_one_none(api: Api, session: AsyncSession) -> None:
    old, new = await village(session), await village(session)
    family = await make_family(session, old.row, members=1, address="Behind the mill")
    await session.commit()
    change = {"id": family.id, "expectedVersion": family.version, "locationId": new.id}
    assert (await api(MOVE, {"i": change}, actor=actor(rights=RIGHTS))).data["updateFamily"]["errors"] == []
    asked = {"id": family.id, "person": family.head_id}
    nothing = {"family": None, "insuree": None, "node": None, "insurees": {"totalCount": 0}}
    assert (await api(SEEN, asked, actor=actor(rights=RIGHTS, district=[old.district]))).data == nothing
    assert (await api(SEEN, asked, actor=actor(rights=RIGHTS, village=[old.id]))).data == nothing
    seen = (await api(SEEN, asked, actor=actor(rights=RIGHTS, district=[new.district]))).data
    [moved, made] = [node["changes"] for node in seen["family"]["history"]["nodes"]]
    assert moved["location_id"] == {"before": str(old.id), "after": str(new.id)}
    assert made["address"] == {"after": "Behind the mill"}
    assert len(seen["insuree"]["history"]["nodes"]) == 2


async def test_a_repeated_mutation_shows_nothing_of_whoever_moved_away_meanwhile(
    api: Api, session: AsyncSession
) -> None:
    old, new = await village(session), await village(session)
    await session.commit()
    head = {
        "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Asha", "birthDate": "1985-05-05",
        "genderCode": "F",
    }  # fmt: skip
    clerk = actor(rights=RIGHTS, district=[old.district])
    sent = {"locationId": old.id, "head": head, "clientMutationId": str(new_id())}

    async def create(selection: str) -> Any:
        reply = await api(CREATE % selection, {"i": sent}, actor=clerk)
        assert reply.errors == []
        return reply.data["createFamily"]["family"]

    made = await create("")
    assert (await create("head { lastName }"))["head"] == {"lastName": "Mushi"}
    family = await session.get_one(Family, made["id"])
    person = await session.get_one(Insuree, family.head_id)
    for row in (family, person):
        row.district_id, row.village_id = new.district, new.id
    person.phone = "0712345678"
    await session.commit()
    assert await create("head { lastName phone }") is None
    assert await create("") == made  # what was answered once is answered again
