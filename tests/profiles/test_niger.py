"""Niger: cards of ten digits, health centres and hospitals, and care that is free."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.host import Host
from core.settings import StartError
from core.testing import Api, Change
from modules.location.levels import offer_levels
from modules.location.testing import make_district, make_village
from modules.product.testing import make_product
from tests.modules.valuation.scheme import Scheme, lines

FACILITY = "healthFacility { level { code } }"
LEVELS = '{ lookups(kind: "facility_level") { code active } }'


def centre(district_id: Any, level: str) -> dict[str, Any]:
    """A facility of a level."""
    return {
        "code": f"N{level}", "name": "Niamey", "levelCode": level, "legalFormCode": "G", "careType": "BOTH",
        "locationId": district_id,
    }  # fmt: skip


async def test_a_card_has_ten_digits_of_which_the_last_is_the_first_nine_modulo_seven(
    change: Change, session: AsyncSession
) -> None:
    village = await make_village(session)
    await session.commit()
    person = {"lastName": "Moussa", "otherNames": "Aïssa", "birthDate": "1990-01-31", "genderCode": "F"}
    told = {}
    for number in ("1234567891", "1234567890", "123456786"):
        head = {**person, "insuranceNumber": number}
        told[number] = (await change("createFamily", "family { id }", locationId=village.id, head=head))["errors"]
    # 123456789 is 1 modulo 7; the last is a good number of nine digits, as mainland Tanzania has them.
    assert told["1234567891"] == []
    assert [error["code"] for error in told["1234567890"]] == ["INSURANCE_NUMBER_CHECK_DIGIT"]
    assert [error["code"] for error in told["123456786"]] == ["INSURANCE_NUMBER_LENGTH"]


async def test_there_are_health_centres_and_hospitals_and_no_dispensaries(
    api: Api, change: Change, everybody: Actor, session: AsyncSession
) -> None:
    district = await make_district(session)
    await session.commit()
    for level in ("C", "H"):
        made = await change("createHealthFacility", FACILITY, **centre(district.id, level))
        assert made == {"healthFacility": {"level": {"code": level}}, "errors": []}
    refused = await change("createHealthFacility", FACILITY, **centre(district.id, "D"))
    assert refused.told == [("UNKNOWN_CODE", "levelCode")]
    offered = (await api(LEVELS, actor=everybody)).data["lookups"]
    assert {level["code"] for level in offered if level["active"]} == {"C", "H"}


async def test_care_is_free_from_the_day_of_enrolment_and_the_fund_pays_the_centre(
    change: Change, scheme: Scheme
) -> None:
    product = await make_product(scheme.session, lump_sum=0, covers=(*scheme.clinic.items, *scheme.clinic.services))
    await scheme.session.commit()
    family: dict[str, Any] = {"familyId": scheme.family.id, "productId": product.id, "enrolledOn": "2026-06-01"}
    policy = await change("enrolPolicy", "policy { status value }", **family)
    assert policy == {"policy": {"status": "ACTIVE", "value": "0.00"}, "errors": []}
    claim = await scheme.processed()
    assert (claim["status"], claim["valuated"]) == ("VALUATED", claim["claimed"])
    assert {line["insureeShare"] for line in lines(claim)} <= {"0.00", None}


async def test_a_level_that_there_is_not_keeps_the_database_from_being_migrated(
    host: Host, session: AsyncSession
) -> None:
    with pytest.raises(StartError, match='no level "K"; there is'):
        await offer_levels(session, ["C", "K"])
