"""CSV files of registers: what a cell may say, and how one that says something else is told."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.lines import BadCell, BadFileError, Line, read_lines
from core.lookups import LookupRow
from tests.core.priced import Priced


def told(line: Line) -> list[tuple[str, str]]:
    return [(problem.column, problem.message) for problem in line.problems]


def cell(text: str | None) -> Line:
    return Line(7, {"x": text})


def test_blanks_around_a_text_do_not_count_and_blanks_alone_are_none() -> None:
    assert [cell(text).text("x") for text in (" a b ", " ", "", None)] == ["a b", None, None, None]


def test_a_text_must_fit_its_column() -> None:
    line = cell("é" * 21)
    line.text("x", LookupRow.code)
    assert line.problems == [BadCell(7, "x", "has 21 characters; at most 20 fit")]
    fits = cell("é" * 20)
    assert (fits.text("x", LookupRow.code), fits.problems) == ("é" * 20, [])


def test_a_text_with_a_nul_character_is_refused() -> None:
    line = cell("a\x00b")
    line.text("x")
    assert told(line) == [("x", "holds a NUL character")]


def test_a_needed_text_must_be_there() -> None:
    line = cell("  ")
    assert line.needed("x") == ""
    assert told(line) == [("x", "is missing")]


def test_a_code_stands_for_its_choice() -> None:
    choices = {"M": 1, "F": 2}
    assert (cell("F").chosen("x", choices), cell("").chosen("x", choices, 1)) == (2, 1)
    assert cell("").chosen("x", {"": None, **choices}) is None
    wrong, missing = cell("Z"), cell("")
    assert (wrong.chosen("x", choices), missing.chosen("x", choices)) == (None, None)
    assert told(wrong) == [("x", "Z is not one of F, M")]
    assert told(missing) == [("x", "is missing")]


def test_of_many_choices_none_is_named() -> None:
    line = cell("Z")
    line.chosen("x", {str(number): number for number in range(21)})
    assert told(line) == [("x", "Z is unknown")]


@pytest.mark.parametrize(
    ("text", "number"), [("0", "0"), ("12.50", "12.50"), ("9999999999999999.99", "9999999999999999.99")]
)
def test_an_amount_is_a_decimal(text: str, number: str) -> None:
    line = cell(text)
    assert line.decimal("x", Priced.price) == Decimal(number)
    assert line.problems == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ten", "ten is not a number from 0"),
        ("-1", "-1 is not a number from 0"),
        ("NaN", "NaN is not a number from 0"),
        ("Infinity", "Infinity is not a number from 0"),
        ("10000000000000000", "10000000000000000 is too large"),
        ("1.005", "1.005 has more than 2 decimal places"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, message: str) -> None:
    line = cell(text)
    line.decimal("x", Priced.price)
    assert told(line) == [("x", message)]


@pytest.mark.parametrize("text", ["1.0", "-1", "x", "1e3", "2147483648", "16"])
def test_what_is_no_whole_number_up_to_the_most_is_refused(text: str) -> None:
    line = cell(text)
    assert line.whole("x", most=15) is None
    assert told(line) == [("x", f"{text} is not a whole number from 0 to 15")]


def test_a_whole_number_or_its_default() -> None:
    assert (cell("15").whole("x", most=15), cell("").whole("x", 3), cell("").whole("x")) == (15, 3, None)


def test_a_day_is_written_with_the_year_first() -> None:
    line = cell("31.12.2024")
    assert line.day("x") is None
    assert told(line) == [("x", "31.12.2024 is not a date, YYYY-MM-DD")]
    day: Any = cell("2024-12-31").day("x")
    assert (day.isoformat(), cell("").day("x")) == ("2024-12-31", None)


def read(path: Path, content: bytes) -> list[Line]:
    (path / "file.csv").write_bytes(content)
    return list(read_lines(path / "file.csv", ("code", "name"), ("note",)))


def refused(path: Path, content: bytes) -> list[BadCell]:
    with pytest.raises(BadFileError) as raised:
        read(path, content)
    return list(raised.value.problems)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    lines = read(tmp_path, b'\xef\xbb\xbfcode,name\r\nA,"One\r\ntwo"\r\n\r\nB,Three\r\n')
    assert [(line.number, line.text("code")) for line in lines] == [(3, "A"), (5, "B")]
    assert lines[0].text("name") == "One\r\ntwo"
    assert not lines[0].has("note")


def test_a_short_line_lacks_cells_and_a_long_one_is_bad(tmp_path: Path) -> None:
    short, long = read(tmp_path, b"name,code\nOne\nTwo,B,C\n")
    assert short.text("code") is None
    assert long.problems == [BadCell(3, "", "has more cells than the header")]


def test_the_header_has_what_is_needed_and_nothing_unknown(tmp_path: Path) -> None:
    assert refused(tmp_path, b"code,nmae,code\n") == [
        BadCell(1, "name", "is missing in the header"),
        BadCell(1, "nmae", "is none of code, name, note"),
        BadCell(1, "code", "stands in the header twice"),
    ]
    assert [problem.column for problem in refused(tmp_path, b"")] == ["code", "name"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"code,name\nA,\xff\n", "the file is not UTF-8 text: invalid start byte"),
        (b'code,name\nA,"One\n', "is not CSV: unexpected end of data"),
    ],
)
def test_what_is_no_csv_file_is_refused_whole(tmp_path: Path, content: bytes, message: str) -> None:
    assert [problem.message for problem in refused(tmp_path, content)] == [message]
