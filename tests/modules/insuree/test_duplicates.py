import importlib.util
from collections.abc import Awaitable, Callable
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncSession

import modules.insuree
from core import Actor, clock, new_id
from core.history import HistoryRow
from core.testing import Api, actor
from modules.insuree.duplicates import MOST
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import chf_number, make_family, make_insuree
from modules.location.models import Location
from modules.location.testing import make_village

BORN = date(1990, 5, 17)
ASHA = {"last_name": "Ramadhani", "other_names": "Asha Juma", "birth_date": BORN}

Ask = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def ask(api: Api) -> Ask:
    """Asks who may be registered already; answers insurance numbers."""

    async def ask(village: Location, who: Actor | None = None, **fields: Any) -> list[str]:
        document = (
            "query($lastName: String!, $otherNames: String!, $birthDate: Date!, $villageId: ID!) { possibleDuplicates("
            "lastName: $lastName, otherNames: $otherNames, birthDate: $birthDate, villageId: $villageId) "
            "{ insuranceNumber } }"
        )
        asked = {"lastName": "Ramazani", "otherNames": "Aisha", "birthDate": BORN, "villageId": village.id, **fields}
        reply = await api(document, asked, actor=who or actor("CLERK"))
        assert reply.errors == []
        return [person["insuranceNumber"] for person in reply.data["possibleDuplicates"]]

    return ask


async def village_of(session: AsyncSession, family: Family) -> Location:
    return await session.get_one(Location, family.location_id)


async def test_somebody_whose_names_sound_alike_is_found(ask: Ask, session: AsyncSession) -> None:
    family = await make_family(session)
    village = await village_of(session, family)
    asha = await make_insuree(session, family, **ASHA)
    await session.commit()
    for same in ({}, {"lastName": "Asha", "otherNames": "Ramadhani"}, {"birthDate": date(1990, 1, 1)}):
        assert await ask(village, **same) == [asha.insurance_number]
    for other in ({"otherNames": "Zuhura"}, {"lastName": "Mushi"}, {"birthDate": date(1991, 5, 17)}):
        assert await ask(village, **other) == []


async def test_the_very_village_and_the_very_day_come_first(ask: Ask, session: AsyncSession) -> None:
    here = await make_village(session)
    ward = await session.get_one(Location, here.ward_id)
    near = await make_village(session, ward)
    families = {village: await make_family(session, village) for village in (near, here)}
    numbers = [
        (await make_insuree(session, families[village], **{**ASHA, "birth_date": born})).insurance_number
        for village in (near, here)
        for born in (date(1990, 1, 1), BORN)
    ]
    await session.commit()
    assert await ask(here) == [numbers[3], numbers[2], numbers[1], numbers[0]]


async def test_only_the_district_is_looked_at_and_of_it_what_the_actor_sees(ask: Ask, session: AsyncSession) -> None:
    family, elsewhere = await make_family(session), await make_family(session)
    village = await village_of(session, family)
    ward = await session.get_one(Location, village.ward_id)
    neighbours = await make_family(session, await make_village(session, ward))
    here, near = [(await make_insuree(session, one, **ASHA)).insurance_number for one in (family, neighbours)]
    await make_insuree(session, elsewhere, **ASHA)
    await make_insuree(session, family, **ASHA, ended_at=clock.now())
    await session.commit()
    assert await ask(village) == [here, near]
    assert await ask(village, actor("CLERK", district=[family.district_id])) == [here, near]
    assert await ask(village, actor("ENROLMENT_OFFICER", village=[village.id])) == [here]
    assert await ask(village, actor("CLERK", district=[elsewhere.district_id])) == []
    assert await ask(Location(id=new_id())) == []


async def test_a_common_name_is_not_told_without_end(ask: Ask, session: AsyncSession) -> None:
    family = await make_family(session)
    for _ in range(MOST + 1):
        await make_insuree(session, family, **ASHA)
    village = await village_of(session, family)
    await session.commit()
    assert len(await ask(village)) == MOST


async def test_who_may_not_read_people_is_told_of_none(api: Api) -> None:
    document = 'query($id: ID!) { possibleDuplicates(lastName: "A", otherNames: "B", birthDate: "1990-01-01", villageId: $id) { id } }'
    reply = await api(document, {"id": new_id()}, actor=actor(rights=("insuree.insuree.create",)))
    assert [error["extensions"]["code"] for error in reply.errors] == ["FORBIDDEN"]


def person(last_name: str, other_names: str, **fields: Any) -> dict[str, Any]:
    """Somebody to register."""
    known = {"insuranceNumber": chf_number(), "birthDate": BORN, "genderCode": "F"}
    return {**known, "lastName": last_name, "otherNames": other_names, **fields}


CREATE = """mutation($input: CreateFamilyInput!) { createFamily(input: $input) { errors { code } family {
    members { nodes { otherNames possibleDuplicates { insuranceNumber } } } } } }"""


async def test_the_answer_to_an_enrolment_warns_of_people_registered_before(api: Api, session: AsyncSession) -> None:
    family = await make_family(session)
    asha = await make_insuree(session, family, **ASHA)
    await session.commit()
    members = [person("Mushi", "Zuhura", relationCode="4")]
    input = {"locationId": family.location_id, "head": person("Ramazani", "Aisha"), "members": members}
    payload = (await api(CREATE, {"input": input}, actor=actor("CLERK"))).data["createFamily"]
    assert payload["errors"] == []
    assert payload["family"]["members"]["nodes"] == [
        {"otherNames": "Aisha", "possibleDuplicates": [{"insuranceNumber": asha.insurance_number}]},
        {"otherNames": "Zuhura", "possibleDuplicates": []},
    ]


async def test_duplicates_of_many_take_as_many_statements_as_of_one(api: Api, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()

    async def enrol(size: int) -> int:
        members = [person("Ramadhani", "Asha", relationCode="4") for _ in range(size - 1)]
        input = {"locationId": village.id, "head": person("Ramadhani", "Asha"), "members": members}
        reply = await api(CREATE, {"input": input}, actor=actor("CLERK"))
        assert len(reply.data["createFamily"]["family"]["members"]["nodes"]) == size
        return reply.statements

    assert await enrol(2) == await enrol(8)


async def test_another_name_finds_other_people(api: Api, session: AsyncSession) -> None:
    family = await make_family(session)
    asha = await make_insuree(session, family, **ASHA)
    renamed = await make_insuree(session, family, **{**ASHA, "other_names": "Zuhura"})
    await session.commit()
    document = """mutation($input: UpdateInsureeInput!) { updateInsuree(input: $input) { insuree {
        possibleDuplicates { id } } } }"""
    for name, found in (("Neema", []), ("Esha", [{"id": str(asha.id)}])):
        await session.refresh(renamed)
        input = {"id": renamed.id, "expectedVersion": renamed.version, "otherNames": name}
        reply = await api(document, {"input": input}, actor=actor("CLERK"))
        assert reply.data["updateInsuree"]["insuree"]["possibleDuplicates"] == found
        await session.rollback()


def revision() -> ModuleType:
    """The revision that adds the column."""
    path = modules.insuree.__path__[0] + "/migrations/insuree_0003_sounds_like.py"
    spec = importlib.util.spec_from_file_location("insuree_0003", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_people_registered_before_get_their_keys_without_a_trace_in_their_history(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = await make_family(session, members=5)
    asha = await make_insuree(session, family, **ASHA)
    keys = dict((await session.execute(select(Insuree.id, Insuree.sounds_like))).all())
    await session.execute(update(Insuree).values(sounds_like=None))
    traces = len((await session.scalars(select(HistoryRow.id))).all())
    module = revision()
    monkeypatch.setattr(module, "CHUNK", 2)

    def again(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            module.downgrade()
            module.upgrade()

    await session.flush()
    await (await session.connection()).run_sync(again)
    assert dict((await session.execute(select(Insuree.id, Insuree.sounds_like))).all()) == keys
    assert keys[asha.id] == "AX LAMSN"
    assert len((await session.scalars(select(HistoryRow.id))).all()) == traces
