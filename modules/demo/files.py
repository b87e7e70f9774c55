"""The demo's CSV files; `data/README.md` says where each comes from."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from core.imports import Line, Register, read_lines
from modules.location.services import FACILITIES, LOCATIONS
from modules.medical.services import DIAGNOSES, ITEMS, SERVICES

DATA = Path(__file__).parent / "data"
REGISTERS: tuple[tuple[Register, str], ...] = (
    (LOCATIONS, "tanzania-locations"),
    (FACILITIES, "facilities"),
    (DIAGNOSES, "icd10"),
    (ITEMS, "medical-items"),
    (SERVICES, "medical-services"),
)
"""The registers in an order in which each finds what it refers to, and their files."""


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the demo's own files."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def register_lines(register: Register, name: str) -> Iterable[Line]:
    """The lines of a register's file; services get the categories that the file lacks."""
    lines = read_lines(DATA / f"{name}.csv", register.columns, register.optional)
    if register is not SERVICES:
        return lines
    categories = {row["code"]: row["category"] for row in rows("service-categories")}
    return (_with_category(line, categories.get(line.cells["code"] or "")) for line in lines)


def _with_category(line: Line, category: str | None) -> Line:
    return line if category is None else replace(line, cells={**line.cells, "category": category})
