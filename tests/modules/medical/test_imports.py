"""The medical registers from files."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock
from core.imports import BadCell, BadRowsError, Line, Loaded, Register, load
from modules.location.rules import CareType
from modules.medical.models import Diagnosis, Item, ItemType, Service, ServiceLevel, ServiceType
from modules.medical.rules import PackageType, ServiceCategory
from modules.medical.services import DIAGNOSES, ITEMS, SERVICES, by_codes
from modules.medical.testing import make_diagnosis

DIAGNOSIS = {"code": "A00", "name": "Cholera"}
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


async def loaded(ctx: Context, register: Register, *rows: Mapping[str, str]) -> Loaded:
    lines = [Line(number, row) for number, row in enumerate(rows, start=2)]
    return (await load(ctx, register, lines)).loaded


async def test_loading_again_changes_nothing(ctx: Context) -> None:
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid and paratyphoid fevers"}]
    assert await loaded(ctx, DIAGNOSES, *rows) == Loaded(created=2)
    assert await loaded(ctx, DIAGNOSES, *rows) == Loaded(unchanged=2)


async def test_loading_updates_what_differs(ctx: Context, session: AsyncSession) -> None:
    known = await make_diagnosis(session, code="A00", name="Colera")
    rows = [{"code": "A00", "name": "Cholera"}, {"code": "A01", "name": "Typhoid"}]
    assert await loaded(ctx, DIAGNOSES, *rows) == Loaded(created=1, updated=1)
    await session.refresh(known)
    assert (known.name, known.version) == ("Cholera", 2)


async def test_an_entry_that_was_deleted_comes_back_as_a_new_one(ctx: Context, session: AsyncSession) -> None:
    old = await make_diagnosis(session, code="A00", ended_at=clock.now())
    assert await loaded(ctx, DIAGNOSES, {"code": "A00", "name": "Cholera"}) == Loaded(created=1)
    assert (await by_codes(session, Diagnosis, ["A00"]))["A00"].id != old.id


async def test_letters_and_numbers_of_an_item_are_understood(ctx: Context, session: AsyncSession) -> None:
    await loaded(ctx, ITEMS, ITEM)
    item = (await by_codes(session, Item, ["0002"]))["0002"]
    assert (item.name, item.type, item.package) == ("ADRENALINE 1ML INJ 1MG/ML", ItemType.DRUG, "10 VIALS")
    assert (item.price, item.care_type, item.frequency_days, item.patient_mask) == (
        Decimal(1000),
        CareType.OUT_PATIENT,
        None,
        15,
    )


async def test_letters_and_numbers_of_a_service_are_understood(ctx: Context, session: AsyncSession) -> None:
    rows = [SERVICE, {**SERVICE, "code": "M2", "category": "", "price": "", "patient_category_mask": "0"}]
    assert await loaded(ctx, SERVICES, *rows) == Loaded(created=2)
    found = await by_codes(session, Service, ["M1", "M2"])
    first, second = found["M1"], found["M2"]
    assert (first.type, first.level, first.category) == (
        ServiceType.CURATIVE,
        ServiceLevel.DAY_HOSPITAL,
        ServiceCategory.SURGERY,
    )
    assert (first.care_type, first.frequency_days, first.patient_mask) == (CareType.BOTH, 7, 14)
    assert (first.package_type, first.manual_price) == (PackageType.SINGLE, False)
    assert (second.category, second.price, second.patient_mask) == (None, Decimal(0), 15)


async def test_whatever_is_wrong_is_told_by_line_and_column_and_nothing_is_loaded(
    ctx: Context, session: AsyncSession
) -> None:
    rows = [
        ITEM,
        {**ITEM, "code": "", "type": "X"},
        {**ITEM, "code": "TOOLONG", "price": "ten"},
        {**ITEM, "code": "0003", "price": "-1", "patient_category_mask": "16"},
        {**ITEM, "name": "x" * 101},
    ]
    with pytest.raises(BadRowsError) as raised:
        await loaded(ctx, ITEMS, *rows)
    assert raised.value.problems == [
        BadCell(3, "code", "is missing"),
        BadCell(3, "type", "X is not one of D, M"),
        BadCell(4, "code", "has 7 characters; at most 6 fit"),
        BadCell(4, "price", "ten is not a number from 0"),
        BadCell(5, "price", "-1 is not a number from 0"),
        BadCell(5, "patient_category_mask", "16 is not a whole number from 0 to 15"),
        BadCell(6, "name", "has 101 characters; at most 100 fit"),
    ]
    assert await by_codes(session, Item, ["0002"]) == {}


@pytest.mark.parametrize(("name", "row"), [("diagnoses", DIAGNOSIS), ("items", ITEM), ("services", SERVICE)])
def test_each_is_imported_from_a_file(
    cli: Callable[..., Result], tmp_path: Path, name: str, row: dict[str, str]
) -> None:
    (tmp_path / name).write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    done = cli("import", name, str(tmp_path / name))
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(": 1 new, 0 changed, 0 as before.\n")
