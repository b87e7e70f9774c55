"""A claim shows its patient's number, names, sex and day of birth wherever the patient lives, and no more (decision 3)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import FileKind, new_id
from core.files.models import FileRow
from core.testing import Api, actor
from modules.claim.models import Claim, FeedbackPrompt
from modules.claim.rules import SelectionStatus
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.models import Insuree, InsureePhoto
from modules.insuree.testing import make_family
from modules.location.testing import make_village

PATIENT = """query($id: ID!) { claim(id: $id) { insuree {
  id insuranceNumber lastName otherNames birthDate age gender { code }
  phone email idNumber idType { code } profession { code } education { code } maritalStatus { code } statusOn endedAt
  family { id } currentVillage { name } firstServicePoint { name } photo { url } history { totalCount nodes { changes } }
  possibleDuplicates { id } claims { totalCount } } } }"""
RIGHTS = (
    "claim.claim.read", "insuree.insuree.read", "insuree.contact.read", "insuree.identity.read", "core.history.read",
)  # fmt: skip


@pytest.fixture
async def claim(session: AsyncSession) -> Claim:
    """A claim of a clinic for somebody of another district, of whom everything is known."""
    village = await make_village(session)
    clinic = await make_clinic(session)
    asha = await session.get_one(Insuree, (await make_family(session, village, members=1)).head_id)
    asha.phone, asha.email, asha.id_number, asha.id_type_code = "0712345678", "asha@example.org", "19850505-21", "P"
    asha.profession_code, asha.education_code, asha.marital_status_code = "1", "1", "M"
    asha.current_village_id, asha.first_service_point_id = village.id, clinic.facility.id
    picture = FileRow(account_id=new_id(), kind=FileKind.PHOTO, media_type="image/jpeg", size=1, sha256=b"")
    session.add(picture)
    await session.flush()
    session.add(InsureePhoto(insuree_id=asha.id, file_id=picture.id, taken_on=date(2026, 1, 1)))
    claim = await make_claim(session, clinic, asha, on=date(2026, 1, 5))
    await session.commit()
    return claim


async def patient(api: Api, claim: Claim, **scopes: Any) -> dict[str, Any]:
    reply = await api(PATIENT, {"id": claim.id}, actor=actor(rights=RIGHTS, **scopes))
    assert reply.errors == []
    return dict(reply.data["claim"]["insuree"])


async def test_of_a_patient_from_elsewhere_a_facility_sees_what_identifies_and_its_own_claims(
    api: Api, claim: Claim
) -> None:
    seen = await patient(api, claim, facility=[claim.health_facility_id])
    known = ("id", "insuranceNumber", "lastName", "otherNames", "birthDate", "age", "gender")
    assert all(seen.pop(name) for name in known)
    assert seen.pop("claims") == {"totalCount": 1}
    assert seen.pop("history") == {"totalCount": 0, "nodes": []}
    assert seen.pop("possibleDuplicates") == []
    assert {name for name, value in seen.items() if value is not None} == set()


async def test_who_is_to_be_asked_about_care_is_not_seen_further_through_the_prompt(
    api: Api, session: AsyncSession, claim: Claim
) -> None:
    asha = await session.get_one(Insuree, claim.insuree_id)
    claim.feedback_status = SelectionStatus.SELECTED
    where = {
        "village_id": asha.village_id, "district_id": asha.district_id, "health_facility_id": claim.health_facility_id,
        "claim_district_id": claim.district_id,
    }  # fmt: skip
    session.add(FeedbackPrompt(claim_id=claim.id, prompted_on=date(2026, 1, 6), **where))
    await session.commit()
    document = "{ claimFeedbackPrompts { nodes { insuree { lastName phone email idNumber photo { url } } } } }"
    clinic = actor(rights=(*RIGHTS, "claim.feedback.read"), facility=[claim.health_facility_id])
    [prompt] = (await api(document, actor=clinic)).data["claimFeedbackPrompts"]["nodes"]
    hidden = {"email": None, "idNumber": None, "photo": None}
    assert prompt["insuree"] == {"lastName": "Mushi", "phone": "0712345678", **hidden}
    officer = actor(rights=(*RIGHTS, "claim.feedback.read"), village=[asha.village_id])
    [prompt] = (await api(document, actor=officer)).data["claimFeedbackPrompts"]["nodes"]
    assert prompt["insuree"]["email"] == "asha@example.org"


async def test_where_the_patient_lives_and_in_the_whole_country_everything_is_seen(
    api: Api, session: AsyncSession, claim: Claim
) -> None:
    asha = await session.get_one(Insuree, claim.insuree_id)
    everything = await patient(api, claim, facility=[claim.health_facility_id], district=[asha.district_id])
    assert everything["phone"] == "0712345678"
    assert everything["photo"] is not None
    assert everything["history"]["totalCount"] > 0
    assert everything["firstServicePoint"] is not None
    assert everything["family"] is not None
    national = await patient(api, claim)
    assert {**national, "photo": None} == {**everything, "photo": None}
