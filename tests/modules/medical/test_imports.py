from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context
from core.imports import BadFileError, Line, Loaded, Register, load
from modules.location.rules import CareType
from modules.medical.models import Diagnosis, Item, ItemType, Service, ServiceLevel, ServiceType
from modules.medical.rules import PackageType, ServiceCategory
from modules.medical.services import DIAGNOSES, ITEMS, SERVICES, by_codes
from modules.medical.testing import make_diagnosis

Read = Callable[[Register, Sequence[Mapping[str, str]]], Awaitable[Loaded]]

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



@pytest.fixture
def read(ctx: Context) -> Read:
    """Loads rows into a register; the first one is line 2, below the header."""

    async def send(register: Register, rows: Sequence[Mapping[str, str]]) -> Loaded:
        lines: list[Any] = [Line(number, row) for number, row in enumerate(rows, start=2)]
        return (await load(ctx, register, lines)).loaded

    return send


async def test_loading_again_changes_nothing(read: Read) -> None:
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid and paratyphoid fevers"}]
    assert await read(DIAGNOSES, rows) == Loaded(created=2)
    assert await read(DIAGNOSES, rows) == Loaded(unchanged=2)


async def test_loading_updates_what_differs(read: Read, session: AsyncSession) -> None:
    known = await make_diagnosis(session, code="A00", name="Colera")
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid"}]
    assert await read(DIAGNOSES, rows) == Loaded(created=1, updated=1)
    await session.refresh(known)
    assert (known.name, known.version) == ("Cholera", 2)


async def test_letters_and_numbers_of_an_item_are_understood(read: Read, session: AsyncSession) -> None:
    await read(ITEMS, [ITEM])
    item = (await by_codes(session, Item, ["0002"]))["0002"]
    assert (item.name, item.type, item.package) == ("ADRENALINE 1ML INJ 1MG/ML", ItemType.DRUG, "10 VIALS")
    assert (item.price, item.care_type) == (Decimal(1000), CareType.OUT_PATIENT)
    assert (item.frequency_days, item.patient_mask) == (None, 15)


async def test_letters_and_numbers_of_a_service_are_understood(read: Read, session: AsyncSession) -> None:
    rows = [SERVICE, {**SERVICE, "code": "M2", "category": "", "price": ""}]
    assert await read(SERVICES, rows) == Loaded(created=2)
    found = await by_codes(session, Service, ["M1", "M2"])
    first = found["M1"]
    assert (first.type, first.level) == (ServiceType.CURATIVE, ServiceLevel.DAY_HOSPITAL)
    assert (first.category, first.care_type) == (ServiceCategory.SURGERY, CareType.BOTH)
    assert (first.frequency_days, first.patient_mask) == (7, 14)
    assert (first.package_type, first.manual_price) == (PackageType.SINGLE, False)
    assert (found["M2"].category, found["M2"].price) == (None, Decimal(0))


async def test_whatever_is_wrong_is_told_by_line_and_column_and_nothing_is_loaded(
    read: Read, session: AsyncSession
) -> None:
    rows = [
        ITEM,
        {**ITEM, "code": "", "type": "X"},
        {**ITEM, "code": "TOOLONG", "price": "ten"},
        {**ITEM, "code": "0003", "price": "-1", "patient_category_mask": "16"},
        ITEM,
    ]
    with pytest.raises(BadFileError) as raised:
        await read(ITEMS, rows)
    assert sorted((problem.line, problem.column) for problem in raised.value.problems) == [
        (3, "code"),
        (3, "type"),
        (4, "code"),
        (4, "price"),
        (5, "patient_category_mask"),
        (5, "price"),
        (6, "code"),
    ]
    assert await by_codes(session, Item, ["0002"]) == {}


async def test_a_large_register_is_loaded_in_one_go(read: Read, session: AsyncSession) -> None:
    rows = [{"code": f"{number:05}", "name": f"Diagnosis {number}"} for number in range(2500)]
    assert await read(DIAGNOSES, rows) == Loaded(created=2500)
    rows[7]["name"] = "Renamed"
    assert await read(DIAGNOSES, rows) == Loaded(updated=1, unchanged=2499)
    assert len(await by_codes(session, Diagnosis, ["00007", "02499"])) == 2
