from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from modules.insuree.testing import make_officer
from modules.location.testing import make_village

OFFICER = {"code": "E00005", "lastName": "Kimaro", "otherNames": "Neema"}


async def test_an_officer_works_in_villages_from_today(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    await session.commit()
    added = await change("createEnrolmentOfficer", {**OFFICER, "villageIds": [village.id, village.id]})
    assert added["errors"] == []
    officer = added["object"]
    assert (officer["validFrom"], officer["validTo"]) == (clock.today().isoformat(), None)
    assert officer["villages"]["nodes"] == [{"id": str(village.id)}]
    again = await change("createEnrolmentOfficer", OFFICER)
    assert again["errors"] == [("TAKEN", "code")]


async def test_villages_that_are_sent_replace_those_that_were(change: Any, session: AsyncSession) -> None:
    old, new = await make_village(session), await make_village(session)
    officer = await make_officer(session, old)
    await session.commit()
    own = {"id": officer.id, "expectedVersion": 1}
    kept = await change("updateEnrolmentOfficer", {**own, "phone": "0681333045"})
    assert kept["object"]["villages"]["nodes"] == [{"id": str(old.id)}]
    own["expectedVersion"] = 2
    changed = await change("updateEnrolmentOfficer", {**own, "villageIds": [new.id]})
    assert changed["object"]["villages"]["nodes"] == [{"id": str(new.id)}]


async def test_all_problems_of_an_officer_are_told_at_once(change: Any, session: AsyncSession) -> None:
    account = new_id()
    village = await make_village(session)
    officer = await make_officer(session)
    await make_officer(session, account_id=account)
    await session.commit()
    wrong: dict[str, Any] = {"validTo": "2019-12-31", "code": None, "userId": account, "substituteId": officer.id}
    wrong["villageIds"] = [village.id, village.ward_id]
    answer = await change("updateEnrolmentOfficer", {"id": officer.id, "expectedVersion": 1, **wrong})
    assert answer["errors"] == [
        ("REQUIRED", "code"),
        ("DATES_REVERSED", "validTo"),
        ("OWN_SUBSTITUTE", "substituteId"),
        ("TAKEN", "userId"),
        ("NOT_FOUND", "villageIds.1"),
    ]


async def test_an_officers_work_ends_and_somebody_stands_in(change: Any, session: AsyncSession) -> None:
    officer, substitute = await make_officer(session), await make_officer(session)
    await session.commit()
    own = {"id": officer.id, "expectedVersion": 1}
    early = await change("endEnrolmentOfficer", {**own, "validTo": "2019-12-31"})
    assert early["errors"] == [("DATES_REVERSED", "validTo")]
    unknown = await change("endEnrolmentOfficer", {**own, "substituteId": new_id()})
    assert unknown["errors"] == [("NOT_FOUND", "substituteId")]
    ended = await change("endEnrolmentOfficer", {**own, "substituteId": substitute.id})
    assert ended["object"]["validTo"] == clock.today().isoformat()
    assert ended["object"]["substitute"] == {"id": str(substitute.id)}
