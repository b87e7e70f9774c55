"""Photos of insured people: sent, set, seen through links by those who see the person, and due again."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import httpx
import orjson
import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import SYSTEM, Actor, Context, clock, new_id, visible
from core.files.models import FileRow
from core.files.services import sweep
from core.history import HistoryRow
from core.host import Host
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree, InsureePhoto
from modules.insuree.settings import Settings
from modules.insuree.testing import make_family, make_insuree
from modules.location.testing import make_village

Http = Callable[..., httpx.AsyncClient]
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SET = """mutation($input: SetInsureePhotoInput!) { setInsureePhoto(input: $input) {
    insuree { id version photoDue photo { url takenOn } } errors { code path message } } }"""
SEE = "query($id: ID!) { insuree(id: $id) { photoDue photo { id url takenOn } } }"


@pytest.fixture
async def family(session: AsyncSession) -> Family:
    """A family of four."""
    family = await make_family(session)
    await session.commit()
    return family


def picture(colour: str = "teal") -> bytes:
    """A picture as a phone makes it, larger than what is kept."""
    made = BytesIO()
    Image.new("RGB", (900, 600), colour).save(made, "JPEG")
    return made.getvalue()


async def send(http: Http, who: Actor, content: bytes | None = None, kind: str = "photo") -> str:
    answer = await http(who).post(f"/files?kind={kind}", content=content or picture())
    assert answer.status_code == 201
    return str(answer.json()["fileId"])


async def set_photo(http: Http, who: Actor, **input: Any) -> Any:
    """What setInsureePhoto answers over HTTP, its errors as (code, path)."""
    body = orjson.dumps({"query": SET, "variables": {"input": input}}, default=str)
    answer = (await http(who).post("/graphql", content=body, headers={"content-type": "application/json"})).json()
    assert "errors" not in answer
    payload = answer["data"]["setInsureePhoto"]
    payload["errors"] = [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
    return payload


async def see(api: Api, id: Any, who: Actor | None = None) -> Any:
    reply = await api(SEE, {"id": id}, actor=who or actor("CLERK"))
    assert reply.errors == []
    return reply.data["insuree"]


async def test_an_officer_sends_a_photo_and_sets_it(http: Http, family: Family, session: AsyncSession) -> None:
    officer = actor("ENROLMENT_OFFICER")
    with clock.at(NOON):
        file_id = await send(http, officer)
        done = await set_photo(http, officer, insureeId=family.head_id, fileId=file_id, takenOn="2026-03-08")
    assert done["errors"] == []
    assert (done["insuree"]["id"], done["insuree"]["version"]) == (str(family.head_id), 2)
    assert (done["insuree"]["photoDue"], done["insuree"]["photo"]["takenOn"]) == (False, "2026-03-08")
    with clock.at(NOON):
        answer = await http().get(done["insuree"]["photo"]["url"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).size == (400, 267)
    [photo] = await session.scalars(select(InsureePhoto))
    assert (str(photo.file_id), photo.account_id, photo.replaced_at) == (file_id, officer.id, None)
    assert (await session.get_one(FileRow, photo.file_id)).claimed_at is not None


async def test_a_photo_was_taken_today_unless_it_is_said(http: Http, family: Family) -> None:
    clerk = actor("CLERK")
    with clock.at(NOON):
        file_id = await send(http, clerk)
        done = await set_photo(http, clerk, insureeId=family.head_id, fileId=file_id)
    assert done["insuree"]["photo"]["takenOn"] == "2026-03-10"


async def test_the_photo_before_is_kept_and_no_longer_shown(
    http: Http, api: Api, family: Family, session: AsyncSession
) -> None:
    clerk = actor("CLERK")
    for colour in ("teal", "navy"):
        file_id = await send(http, clerk, picture(colour))
        done = await set_photo(http, clerk, insureeId=family.head_id, fileId=file_id)
    assert done["insuree"]["version"] == 3
    first, second = await session.scalars(select(InsureePhoto).order_by(InsureePhoto.created_at))
    assert first.replaced_at is not None
    assert second.replaced_at is None
    assert str(second.file_id) == file_id
    assert (await see(api, family.head_id))["photo"]["id"] == str(second.id)


async def test_two_who_set_a_photo_at_once_leave_one_shown(http: Http, family: Family, session: AsyncSession) -> None:
    clerk = actor("CLERK")
    files = [await send(http, clerk) for _ in range(4)]
    answers = await asyncio.gather(
        *(set_photo(http, clerk, insureeId=family.head_id, fileId=file_id) for file_id in files)
    )
    assert [answer["errors"] for answer in answers] == [[]] * 4
    photos = list(await session.scalars(select(InsureePhoto)))
    assert [photo.replaced_at is None for photo in photos].count(True) == 1
    assert len(photos) == 4


async def test_one_file_is_the_photo_of_one_person(http: Http, family: Family, session: AsyncSession) -> None:
    other = await make_insuree(session, family)
    await session.commit()
    clerk = actor("CLERK")
    file_id = await send(http, clerk)
    people = (family.head_id, other.id)
    answers = await asyncio.gather(*(set_photo(http, clerk, insureeId=id, fileId=file_id) for id in people))
    assert sorted(answer["errors"] for answer in answers) == [[], [("FILE_UNKNOWN", "fileId")]]
    assert len(list(await session.scalars(select(InsureePhoto)))) == 1


async def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_used_up(http: Http, family: Family) -> None:
    clerk = actor("CLERK")
    with clock.at(NOON):
        scan, photo = await send(http, clerk, kind="document"), await send(http, clerk)
        refused = await set_photo(http, clerk, insureeId=family.head_id, fileId=scan, takenOn="2026-03-11")
        assert refused["errors"] == [("DATE_IN_FUTURE", "takenOn"), ("FILE_KIND", "fileId")]
        late = await set_photo(http, clerk, insureeId=family.head_id, fileId=photo, takenOn="2026-03-11")
        assert late["errors"] == [("DATE_IN_FUTURE", "takenOn")]
        assert (await set_photo(http, clerk, insureeId=family.head_id, fileId=photo))["errors"] == []


async def test_nobody_uses_the_file_of_another(http: Http, family: Family) -> None:
    file_id = await send(http, actor("CLERK"))
    for id in (file_id, str(new_id())):
        refused = await set_photo(http, actor("CLERK"), insureeId=family.head_id, fileId=id)
        assert refused["errors"] == [("FILE_UNKNOWN", "fileId")]


async def test_a_photo_of_somebody_who_is_out_of_sight_cannot_be_set(
    http: Http, family: Family, session: AsyncSession
) -> None:
    elsewhere = await make_village(session)
    await session.commit()
    officer = actor("ENROLMENT_OFFICER", village=[elsewhere.id])
    refused = await set_photo(http, officer, insureeId=family.head_id, fileId=await send(http, officer))
    assert refused["errors"] == [("NOT_FOUND", "insureeId")]


async def test_a_change_based_on_an_older_version_is_stale_if_one_is_named(http: Http, family: Family) -> None:
    clerk = actor("CLERK")
    files = [await send(http, clerk) for _ in range(3)]
    first = await set_photo(http, clerk, insureeId=family.head_id, fileId=files[0], expectedVersion=1)
    assert first["errors"] == []
    stale = await set_photo(http, clerk, insureeId=family.head_id, fileId=files[1], expectedVersion=1)
    assert stale["errors"] == [("STALE", "expectedVersion")]
    assert stale["insuree"]["version"] == 2
    assert (await set_photo(http, clerk, insureeId=family.head_id, fileId=files[1]))["errors"] == []


async def test_setting_a_photo_needs_its_right(http: Http, family: Family) -> None:
    receptionist = actor("RECEPTIONIST")
    input = {"insureeId": str(family.head_id), "fileId": await send(http, receptionist)}
    answer = await http(receptionist).post("/graphql", json={"query": SET, "variables": {"input": input}})
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["FORBIDDEN"]


async def test_a_repeated_mutation_sets_one_photo(http: Http, family: Family, session: AsyncSession) -> None:
    clerk = actor("CLERK")
    once = {"insureeId": family.head_id, "fileId": await send(http, clerk), "clientMutationId": "m1"}
    first, again = [await set_photo(http, clerk, **once) for _ in range(2)]
    assert first["errors"] == again["errors"] == []
    assert len(list(await session.scalars(select(InsureePhoto)))) == 1


async def test_the_history_tells_who_set_a_photo_and_never_the_picture(
    http: Http, host: Host, family: Family, session: AsyncSession
) -> None:
    clerk = actor("CLERK")
    file_id = await send(http, clerk)
    await set_photo(http, clerk, insureeId=family.head_id, fileId=file_id)
    [change] = await session.scalars(select(HistoryRow).where(HistoryRow.table_name == "insuree_photo"))
    assert (change.action, change.actor_id, change.changes["file_id"]) == ("I", clerk.id, {"after": file_id})
    assert set(change.changes) == {"id", "insuree_id", "file_id", "taken_on", "account_id", "created_at"}
    assert "core_file" not in set(await session.scalars(select(HistoryRow.table_name)))


async def test_the_photos_of_a_family_are_one_statement(http: Http, api: Api, family: Family) -> None:
    clerk = actor("CLERK")
    members = "query($id: ID!) { family(id: $id) { members { nodes { id photo { url takenOn } photoDue } } } }"
    ids = [
        node["id"] for node in (await api(members, {"id": family.id}, actor=clerk)).data["family"]["members"]["nodes"]
    ]
    for id in ids[:3]:
        await set_photo(http, clerk, insureeId=id, fileId=await send(http, clerk))
    reply = await api(members, {"id": family.id}, actor=clerk)
    nodes = reply.data["family"]["members"]["nodes"]
    assert reply.statements == 1
    assert [(node["photo"] is None, node["photoDue"]) for node in nodes] == [(False, False)] * 3 + [(True, True)]
    assert len({node["photo"]["url"] for node in nodes[:3]}) == 3
    for node in nodes[:3]:
        assert (await http().get(node["photo"]["url"])).status_code == 200


async def test_a_photo_is_seen_by_those_who_see_the_person(http: Http, api: Api, session: AsyncSession) -> None:
    village, other = await make_village(session), await make_village(session)
    family = await make_family(session, village)
    await session.commit()
    clerk = actor("CLERK")
    await set_photo(http, clerk, insureeId=family.head_id, fileId=await send(http, clerk))
    assert (await see(api, family.head_id, actor("RECEPTIONIST", village=[village.id])))["photo"] is not None
    assert await see(api, family.head_id, actor("RECEPTIONIST", village=[other.id])) is None
    photo = await session.scalar(select(InsureePhoto.id))
    reply = await api("query($id: ID!) { node(id: $id) { id } }", {"id": photo}, actor=clerk)
    assert reply.data == {"node": None}


async def test_rows_of_photos_are_as_visible_as_their_people(http: Http, host: Host, session: AsyncSession) -> None:
    village, other = await make_village(session), await make_village(session)
    family = await make_family(session, village)
    await session.commit()
    clerk = actor("CLERK")
    await set_photo(http, clerk, insureeId=family.head_id, fileId=await send(http, clerk))
    for who, seen in ((clerk, 1), (actor("CLERK", village=[village.id]), 1), (actor("CLERK", village=[other.id]), 0)):
        photos = select(InsureePhoto).where(*visible(Context(host, who), InsureePhoto))
        assert len(list(await session.scalars(photos))) == seen


@pytest.mark.parametrize(
    ("born", "taken", "due"),
    [
        (date(1985, 5, 5), None, True),
        (date(1985, 5, 5), date(2021, 3, 10), False),
        (date(1985, 5, 5), date(2021, 3, 9), True),
        (date(2015, 5, 5), date(2025, 3, 10), False),
        (date(2015, 5, 5), date(2025, 3, 9), True),
        (date(2008, 3, 10), date(2025, 3, 9), False),
        (date(2008, 3, 11), date(2025, 3, 9), True),
    ],
    ids=["none", "adult 60 months", "adult older", "child 12 months", "child older", "just 18", "not yet 18"],
)
async def test_a_photo_is_due_after_60_months_or_12_for_a_minor_rule_2_3_12(
    api: Api, session: AsyncSession, family: Family, born: date, taken: date | None, due: bool
) -> None:
    insuree = await make_insuree(session, family, birth_date=born, photo_on=taken)
    await session.commit()
    with clock.at(NOON):
        assert (await see(api, insuree.id))["photoDue"] is due


async def test_how_old_photos_get_is_a_setting(host: Host, api: Api, session: AsyncSession, family: Family) -> None:
    taken = NOON.date() - timedelta(days=40)
    insuree = await make_insuree(session, family, birth_date=date(1985, 5, 5), photo_on=taken)
    await session.commit()
    host._module_settings = {**host._module_settings, Settings: Settings(photo_months_adult=1)}
    with clock.at(NOON):
        assert (await see(api, insuree.id))["photoDue"] is True


async def test_photos_that_nobody_set_are_swept_and_those_before_are_kept(
    http: Http, host: Host, api: Api, family: Family, session: AsyncSession
) -> None:
    clerk = actor("CLERK")
    used = [await send(http, clerk) for _ in range(2)]
    await send(http, clerk)
    for file_id in used:
        await set_photo(http, clerk, insureeId=family.head_id, fileId=file_id)
    with clock.at(clock.now() + timedelta(days=2)):
        await sweep(Context(host, SYSTEM, _session=session))
        await session.commit()
    assert {str(id) for id in await session.scalars(select(FileRow.id))} == set(used)
    assert (await http().get((await see(api, family.head_id))["photo"]["url"])).status_code == 200
    assert (await session.get_one(Insuree, family.head_id)).photo_on is not None
