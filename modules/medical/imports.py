"""Loading whole registers from rows of text, as the files of a country have them; loading again changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, literal_column, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import REQUIRED, TAKEN, UNKNOWN_CODE, Problems, clock, new_id
from modules.location.rules import CareType
from modules.location.services import check_columns
from modules.medical.models import (
    CURRENT,
    EVERYONE,
    Diagnosis,
    Item,
    ItemType,
    Register,
    Service,
    ServiceLevel,
    ServiceType,
)
from modules.medical.rules import ServiceCategory

T = TypeVar("T")

CARE_TYPES = {"I": CareType.IN_PATIENT, "O": CareType.OUT_PATIENT, "B": CareType.BOTH}
ITEM_TYPES = {"D": ItemType.DRUG, "M": ItemType.CONSUMABLE}
SERVICE_TYPES = {"P": ServiceType.PREVENTIVE, "C": ServiceType.CURATIVE}
LEVELS = {
    "S": ServiceLevel.SIMPLE,
    "V": ServiceLevel.VISIT,
    "D": ServiceLevel.DAY_HOSPITAL,
    "H": ServiceLevel.HOSPITAL_CASE,
}
CATEGORIES = {
    "": None,
    "S": ServiceCategory.SURGERY,
    "D": ServiceCategory.DELIVERY,
    "A": ServiceCategory.ANTENATAL,
    "H": ServiceCategory.HOSPITALISATION,
    "C": ServiceCategory.CONSULTATION,
    "O": ServiceCategory.OTHER,
    "V": ServiceCategory.VISIT,
}


@dataclass(frozen=True)
class Loaded:
    """How many rows were new, how many said something else than before, and how many said the same."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class Cell:
    """The text of a row's column, and where problems with it are noted: `12.price`, rows counted from 1."""

    row: Mapping[str, str]
    line: int
    problems: Problems

    def text(self, name: str) -> str:
        """The text without the blanks around it; empty when the column is missing."""
        return (self.row.get(name) or "").strip()

    def needed(self, name: str) -> str:
        """The text of a column that must have one."""
        text = self.text(name)
        if not text:
            self.problems.add(REQUIRED, f"{self.line}.{name}")
        return text

    def chosen(self, name: str, choices: Mapping[str, T]) -> T | None:
        """What the letter stands for."""
        letter = self.text(name)
        if letter not in choices:
            self.problems.add(UNKNOWN_CODE if letter else REQUIRED, f"{self.line}.{name}", value=letter)
        return choices.get(letter)

    def number(self, name: str, default: Decimal | None = None) -> Decimal | None:
        """The number, or the default where there is no text."""
        text = self.text(name)
        try:
            return Decimal(text) if text else default
        except InvalidOperation:
            self.problems.add(UNKNOWN_CODE, f"{self.line}.{name}", value=text)
            return None

    def whole(self, name: str, default: int | None = None) -> int | None:
        """The whole number, or the default where there is no text or the number is 0."""
        number = self.number(name)
        return int(number) if number else default


async def load_diagnoses(session: AsyncSession, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Add and update diagnoses from rows of `code` and `name`.

    Raises:
        UserErrors: whatever is wrong, by row and column; then nothing is loaded.
    """
    return await _load(session, Diagnosis, rows, lambda cell: {})


async def load_items(session: AsyncSession, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Add and update items from rows of `code`, `name`, `type` (D, M), `package`, `price`, `care_type` (I, O, B),
    `frequency_days` and `patient_category_mask`.

    Raises:
        UserErrors: whatever is wrong, by row and column; then nothing is loaded.
    """
    return await _load(session, Item, rows, _item)


async def load_services(session: AsyncSession, rows: Iterable[Mapping[str, str]]) -> Loaded:
    """Add and update services from rows as those of items, with `level` (S, V, D, H) and `category` in place of
    `package`; `type` is P or C.

    Raises:
        UserErrors: whatever is wrong, by row and column; then nothing is loaded.
    """
    return await _load(session, Service, rows, _service)


def _item(cell: Cell) -> dict[str, Any]:
    return {**_element(cell), "type": cell.chosen("type", ITEM_TYPES), "package": cell.text("package") or None}


def _service(cell: Cell) -> dict[str, Any]:
    return {
        **_element(cell),
        "type": cell.chosen("type", SERVICE_TYPES),
        "level": cell.chosen("level", LEVELS),
        "category": cell.chosen("category", CATEGORIES),
    }


def _element(cell: Cell) -> dict[str, Any]:
    return {
        "price": cell.number("price", Decimal(0)),
        "care_type": cell.chosen("care_type", CARE_TYPES),
        "frequency_days": cell.whole("frequency_days"),
        "patient_mask": cell.whole("patient_category_mask", EVERYONE),
    }


async def _load(
    session: AsyncSession,
    kind: type[Register],
    rows: Iterable[Mapping[str, str]],
    fields: Callable[[Cell], dict[str, Any]],
) -> Loaded:
    problems = Problems()
    values: dict[str, dict[str, Any]] = {}
    for line, row in enumerate(rows, start=1):
        cell = Cell(row, line, problems)
        read = {"code": cell.needed("code"), "name": cell.needed("name"), **fields(cell)}
        # What is null here by mistake has been noted while the text was read.
        filled = {name: value for name, value in read.items() if value is not None}
        check_columns(kind, filled, problems, f"{line}.")
        if read["code"] and read["code"] in values:
            problems.add(TAKEN, f"{line}.code", value=read["code"])
        values[read["code"]] = read
    problems.stop()
    return await _store(session, kind, list(values.values()))


async def _store(session: AsyncSession, kind: type[Register], values: list[dict[str, Any]]) -> Loaded:
    """Insert or update by code in one go; rows that say the same are not touched."""
    if not values:
        return Loaded(0, 0, 0)
    now = clock.now()
    table = kind.__table__
    columns = [name for name in values[0] if name != "code"]
    statement = insert(kind)
    statement = statement.on_conflict_do_update(
        index_elements=["code"],
        index_where=CURRENT,
        set_={name: statement.excluded[name] for name in columns}
        | {"version": table.c.version + 1, "updated_at": now},
        where=or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in columns)),
    )
    # A row that was inserted has no older version of itself.
    inserted: ColumnElement[bool] = literal_column("xmax = 0")
    stored = (await session.scalars(statement.returning(inserted), [{"id": new_id(), **row} for row in values])).all()
    created = sum(stored)
    return Loaded(created, len(stored) - created, len(values) - len(stored))
