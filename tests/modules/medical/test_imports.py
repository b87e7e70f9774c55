from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import UserErrors
from modules.location.rules import CareType
from modules.medical.models import Diagnosis, Item, ItemType, Service, ServiceLevel, ServiceType
from modules.medical.rules import PackageType, ServiceCategory
from modules.medical.services import Loaded, by_codes, load_diagnoses, load_items, load_services
from modules.medical.testing import make_diagnosis

ITEM = {
    "code": "0002",
    "name": "ADRENALINE 1ML INJ 1MG/ML",
    "type": "D",
    "package": "10 VIALS",
    "price": "1000.00",
    "care_type": "O",
    "frequency_days": "0",
    "patient_category_mask": "15",
}
SERVICE = {
    "code": "M1",
    "name": "OBG Cervical Cerclage - Shrodikar",
    "type": "C",
    "level": "D",
    "price": "21000.00",
    "care_type": "B",
    "frequency_days": "7",
    "patient_category_mask": "14",
    "category": "S",
}


async def test_loading_again_changes_nothing(session: AsyncSession) -> None:
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid and paratyphoid fevers"}]
    assert await load_diagnoses(session, rows) == Loaded(created=2, updated=0, unchanged=0)
    assert await load_diagnoses(session, rows) == Loaded(created=0, updated=0, unchanged=2)


async def test_loading_updates_what_differs(session: AsyncSession) -> None:
    known = await make_diagnosis(session, code="A00", name="Colera")
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid"}]
    assert await load_diagnoses(session, rows) == Loaded(created=1, updated=1, unchanged=0)
    await session.refresh(known)
    assert (known.name, known.version) == ("Cholera", 2)


async def test_letters_and_numbers_of_an_item_are_understood(session: AsyncSession) -> None:
    await load_items(session, [ITEM])
    item = (await by_codes(session, Item, ["0002"]))["0002"]
    assert (item.name, item.type, item.package) == ("ADRENALINE 1ML INJ 1MG/ML", ItemType.DRUG, "10 VIALS")
    assert (item.price, item.care_type, item.frequency_days, item.patient_mask) == (
        Decimal(1000),
        CareType.OUT_PATIENT,
        None,
        15,
    )


async def test_letters_and_numbers_of_a_service_are_understood(session: AsyncSession) -> None:
    rows = [SERVICE, {**SERVICE, "code": "M2", "category": "", "price": ""}]
    assert await load_services(session, rows) == Loaded(created=2, updated=0, unchanged=0)
    found = await by_codes(session, Service, ["M1", "M2"])
    first = found["M1"]
    assert (first.type, first.level, first.category) == (
        ServiceType.CURATIVE,
        ServiceLevel.DAY_HOSPITAL,
        ServiceCategory.SURGERY,
    )
    assert (first.care_type, first.frequency_days, first.patient_mask) == (CareType.BOTH, 7, 14)
    assert (first.package_type, first.manual_price) == (PackageType.SINGLE, False)
    assert (found["M2"].category, found["M2"].price) == (None, Decimal(0))


async def test_whatever_is_wrong_is_told_by_row_and_column_and_nothing_is_loaded(session: AsyncSession) -> None:
    rows = [
        ITEM,
        {**ITEM, "code": "", "type": "X"},
        {**ITEM, "code": "TOOLONG", "price": "ten"},
        {**ITEM, "price": "-1"},
    ]
    with pytest.raises(UserErrors) as raised:
        await load_items(session, rows)
    assert sorted((".".join(error.path), error.code.code) for error in raised.value.errors) == [
        ("2.code", "REQUIRED"),
        ("2.type", "UNKNOWN_CODE"),
        ("3.code", "TOO_LONG"),
        ("3.price", "UNKNOWN_CODE"),
        ("4.code", "TAKEN"),
        ("4.price", "NEGATIVE"),
    ]
    assert await by_codes(session, Item, ["0002"]) == {}


async def test_a_large_register_is_loaded_in_one_go(session: AsyncSession) -> None:
    rows = [{"code": f"{number:05}", "name": f"Diagnosis {number}"} for number in range(2500)]
    assert await load_diagnoses(session, rows) == Loaded(created=2500, updated=0, unchanged=0)
    rows[7]["name"] = "Renamed"
    assert await load_diagnoses(session, rows) == Loaded(created=0, updated=1, unchanged=2499)
    assert len(await by_codes(session, Diagnosis, ["00007", "02499"])) == 2
