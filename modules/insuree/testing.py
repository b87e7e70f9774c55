"""Families, people and officers for tests, written straight to the tables. Commit before asking the API."""

from datetime import date
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import FileKind, clock, new_id
from core.files.models import FileRow
from core.matrix import Corner
from modules.insuree.models import EnrolmentOfficer, Family, Insuree, InsureePhoto, OfficerVillage
from modules.insuree.personal import unsaid as unsaid
from modules.insuree.rules import check_digit, person_sounds_like
from modules.location.models import HealthFacility, Location
from modules.location.testing import make_village, village_of

SPOUSE, CHILD = "8", "4"
_numbers = count(10_000_000)


def chf_number(first_eight: int | None = None) -> str:
    """A valid CHF number: eight digits, fresh ones unless given, and their check digit."""
    digits = f"{next(_numbers) if first_eight is None else first_eight:08}"
    return digits + check_digit(digits)


async def make_family(
    session: AsyncSession, village: Location | None = None, members: int = 4, **fields: Any
) -> Family:
    """A family in a village of its own unless one is given: a head of 1985, a spouse of 1989, children from 2012."""
    place = village or await make_village(session)
    ids = {"id": new_id(), "head_id": new_id()}
    family = Family(**{**ids, "location_id": place.id, "district_id": place.district_id, **fields})
    session.add(family)
    await session.flush()
    head = {"id": family.head_id, "is_head": True, "relation_code": None}
    await make_insuree(session, family, **head, birth_date=date(1985, 5, 5))
    if members > 1:
        await make_insuree(session, family, relation_code=SPOUSE, birth_date=date(1989, 9, 9))
    for year in range(2012, 2012 + members - 2):
        await make_insuree(session, family, birth_date=date(year, 3, 3))
    return family


async def make_insuree(session: AsyncSession, family: Family, **fields: Any) -> Insuree:
    """An active member of a family, a child of the head born in 2012 unless told otherwise."""
    defaults: dict[str, Any] = {
        "insurance_number": chf_number(),
        "last_name": "Mushi",
        "other_names": "Asha",
        "birth_date": date(2012, 3, 3),
        "gender_code": "F",
        "relation_code": CHILD,
        "district_id": family.district_id,
        "village_id": family.village_id,
    }
    insuree = Insuree(family_id=family.id, **{**defaults, **fields})
    insuree.sounds_like = person_sounds_like(insuree.last_name, insuree.other_names)
    session.add(insuree)
    await session.flush()
    return insuree


async def make_officer(session: AsyncSession, *villages: Location, **fields: Any) -> EnrolmentOfficer:
    """An enrolment officer of the villages, at work since 2020."""
    number = next(_numbers) % 100_000
    defaults: dict[str, Any] = {
        "code": f"E{number:05}",
        "last_name": "Kimaro",
        "other_names": "Neema",
        "valid_from": date(2020, 1, 1),
    }
    officer = EnrolmentOfficer(**{**defaults, **fields})
    session.add(officer)
    await session.flush()
    session.add_all(OfficerVillage(officer_id=officer.id, village_id=village.id) for village in villages)
    await session.flush()
    return officer


async def populate(corner: Corner) -> None:
    """A family of three with a photo, another family, and an officer with a substitute."""
    session, village = corner.session, village_of(corner)
    family = await make_family(session, village, members=3)
    await make_family(session, village, members=1)
    picture = FileRow(account_id=new_id(), kind=FileKind.PHOTO, media_type="image/jpeg", size=1, sha256=b"")
    session.add(picture)
    await session.flush()
    session.add(InsureePhoto(insuree_id=family.head_id, file_id=picture.id, taken_on=clock.today()))
    officer = await make_officer(session, village)
    await make_officer(session, village, substitute_id=officer.id)
    corner.points |= {
        "headId": Insuree, "villageId": Location, "villageIds": Location, "currentVillageId": Location,
        "firstServicePointId": HealthFacility, "officerId": EnrolmentOfficer, "substituteId": EnrolmentOfficer,
        "userId": None, "fileId": None, "photoFileId": None,
    }  # fmt: skip
    corner.inputs["createFamily"] = {
        "locationId": village.id,
        "head": {
            "insuranceNumber": chf_number(), "lastName": "Mushi", "otherNames": "Neema", "birthDate": "1990-01-01",
            "genderCode": "F",
        },
    }  # fmt: skip
    corner.inputs["moveInsuree"] = {"id": next(row.id for row in corner.rows[Insuree] if not row.is_head)}
    corner.beyond["insuranceNumberCheck"] = "a number is unique in the whole country"
