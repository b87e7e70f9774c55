"""The lines of CSV files, cell by cell: what is wrong is noted by line and column, and reading goes on."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Numeric, String
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")
Column = InstrumentedAttribute[Any] | None
"""The mapped column that a cell goes into: it says how much fits."""
LARGEST_INTEGER = 2**31 - 1
LISTED = 20
"""Choices that a message names at most."""


@dataclass(frozen=True)
class BadCell:
    """What is wrong with one cell of the file; lines count from 1, the header's."""

    line: int
    column: str
    message: str


class BadFileError(Exception):
    """A file that was not loaded, and everything that is wrong with it."""

    def __init__(self, problems: Sequence[BadCell]) -> None:
        super().__init__(f"{len(problems)} cells are wrong")
        self.problems = problems


class BadRowsError(BadFileError):
    """A file in which only some rows are wrong: the others could be loaded."""


@dataclass
class Line:
    """A line of the file. Reading a cell that is wrong notes it and answers None or an empty text."""

    number: int
    cells: Mapping[str, str | None]
    problems: list[BadCell] = field(default_factory=list)

    def bad(self, column: str, message: str) -> None:
        """Note that a cell is wrong."""
        self.problems.append(BadCell(self.number, column, message))

    def has(self, column: str) -> bool:
        """Whether the file has the column. What an absent one would say stays as it was."""
        return column in self.cells

    def text(self, column: str, into: Column = None) -> str | None:
        """The text without the blanks around it; None when there is none."""
        text = (self.cells.get(column) or "").strip()
        if "\x00" in text:
            self.bad(column, "holds a NUL character")
        if into is not None and (most := _longest(into)) is not None and len(text) > most:
            self.bad(column, f"has {len(text)} characters; at most {most} fit")
        return text or None

    def needed(self, column: str, into: Column = None) -> str:
        """The text of a cell that must have one."""
        text = self.text(column, into)
        if text is None:
            self.bad(column, "is missing")
        return text or ""

    def chosen(self, column: str, choices: Mapping[str, T], default: T | None = None) -> T | None:
        """What the cell's code stands for, or the default where there is no text; "" among the choices is no text."""
        text = self.text(column)
        if text is None and (default is not None or "" in choices):
            return default if default is not None else choices[""]
        if text is None:
            self.bad(column, "is missing")
        elif text not in choices:
            known = ", ".join(sorted(filter(None, choices)))
            self.bad(column, f"{text} is not one of {known}" if len(choices) <= LISTED else f"{text} is unknown")
        return choices.get(text or "")

    def decimal(self, column: str, into: Column, default: Decimal | None = None) -> Decimal | None:
        """The number, not negative, or the default where there is no text."""
        text = self.text(column)
        if text is None:
            return default
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            self.bad(column, f"{text} is not a number from 0")
            return None
        if into is not None and isinstance(into.type, Numeric):
            digits, places = into.type.precision or 18, into.type.scale or 0
            if number >= 10 ** (digits - places):
                self.bad(column, f"{text} is too large")
            elif number != round(number, places):
                self.bad(column, f"{text} has more than {places} decimal places")
        return number

    def whole(self, column: str, default: int | None = None, most: int = LARGEST_INTEGER) -> int | None:
        """The whole number, not negative, or the default where there is no text."""
        text = self.text(column)
        if text is None:
            return default
        if not text.isdecimal() or int(text) > most:
            self.bad(column, f"{text} is not a whole number from 0 to {most}")
            return None
        return int(text)

    def day(self, column: str) -> date | None:
        """The date, YYYY-MM-DD; None where there is no text."""
        text = self.text(column)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.bad(column, f"{text} is not a date, YYYY-MM-DD")
            return None


def read_lines(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Line]:
    """The lines of a CSV file in UTF-8 whose header has the columns, and of the optional ones which it likes.

    Raises:
        BadFileError: it is not such a file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            _check_header(reader.fieldnames or (), columns, optional)
            for row in reader:
                line = Line(reader.line_num, row)
                if None in row:
                    line.bad("", "has more cells than the header")
                yield line
    except UnicodeDecodeError as error:
        raise BadFileError([BadCell(1, "", f"the file is not UTF-8 text: {error.reason}")]) from error
    except csv.Error as error:
        raise BadFileError([BadCell(reader.line_num, "", f"is not CSV: {error}")]) from error


@cache
def _longest(column: InstrumentedAttribute[Any]) -> int | None:
    kind = column.type
    return kind.length if isinstance(kind, String) else None


def _check_header(header: Sequence[str], columns: Sequence[str], optional: Sequence[str]) -> None:
    # A misspelt column would be a column left out, and what it says lost without a word.
    known = (*columns, *optional)
    problems = [BadCell(1, name, "is missing in the header") for name in columns if name not in header]
    problems += [BadCell(1, name, f"is none of {', '.join(known)}") for name in header if name not in known]
    problems += [BadCell(1, name, "stands in the header twice") for name in known if header.count(name) > 1]
    if problems:
        raise BadFileError(problems)
