"""Whole registers from CSV files: every row checked before anything is written, and loading again changes nothing.

A module describes a `Register`: the columns of its file, how a line becomes values, and how values are stored. It gets
`bima import <name> FILE` with progress, bad rows by line and column, and `--skip-bad-rows`.
"""

import csv
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import ColumnElement, literal_column, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.context import Context
from core.db import new_id

T = TypeVar("T")
Values = dict[str, Any]
Progress = Callable[[int], None]
"""Called with how many rows more are stored."""
CHUNK = 2_000
SHOWN = 20
"""Bad rows that the command line shows."""


@dataclass(frozen=True)
class Loaded:
    """How many things were new, how many said something else than before, and how many said the same."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


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


@dataclass
class Line:
    """A line of the file. Reading a cell that is wrong notes it and answers None or an empty text."""

    number: int
    cells: Mapping[str, str | None]
    problems: list[BadCell] = field(default_factory=list)

    def bad(self, column: str, message: str) -> None:
        """Note that a cell is wrong."""
        self.problems.append(BadCell(self.number, column, message))

    def text(self, column: str, most: int | None = None) -> str | None:
        """The text without the blanks around it; None when there is none."""
        text = (self.cells.get(column) or "").strip()
        if "\x00" in text:
            self.bad(column, "holds a NUL character")
        if most is not None and len(text) > most:
            self.bad(column, f"has {len(text)} characters; at most {most} fit")
        return text or None

    def needed(self, column: str, most: int | None = None) -> str:
        """The text of a cell that must have one."""
        text = self.text(column, most)
        if text is None:
            self.bad(column, "is missing")
        return text or ""

    def chosen(self, column: str, choices: Mapping[str, T], default: T | None = None) -> T | None:
        """What the cell's code stands for, or the default where there is no text."""
        text = self.text(column)
        if text is None and (default is not None or "" in choices):
            return default if default is not None else choices[""]
        if text is None or text not in choices:
            known = ", ".join(sorted(filter(None, choices))[:SHOWN])
            self.bad(
                column, f"{text or 'nothing'} is not one of {known}" if len(choices) <= SHOWN else f"{text} is unknown"
            )
            return None
        return choices[text]

    def number_of(self, column: str, default: Decimal | None = None) -> Decimal | None:
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
        return number

    def whole(self, column: str, default: int | None = None) -> int | None:
        """The whole number, not negative, or the default where there is no text."""
        number = self.number_of(column)
        if number is not None and number != int(number):
            self.bad(column, f"{number} is not a whole number")
            return None
        return default if number is None else int(number)

    def day(self, column: str) -> date | None:
        """The date, YYYY-MM-DD; None where there is no text."""
        text = self.text(column)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.bad(column, f"{text} is not a date, YYYY-MM-DD")
            return None


async def _nothing(session: AsyncSession) -> None:
    """What reading a register without references needs to know."""


@dataclass(frozen=True)
class Register:
    """A register that can be loaded from a file.

    `columns`: those the file must have. `read`: a line's values, given what `prepare` found out once. `key`: the values
    that may not stand twice in the file. `store`: writes all values, set by set, and says what it did.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    read: Callable[[Line, Any], Values]
    store: Callable[[AsyncSession, Sequence[Values], Progress], Awaitable[Loaded]]
    key: tuple[str, ...] = ()
    prepare: Callable[[AsyncSession], Awaitable[Any]] = _nothing


@dataclass(frozen=True)
class Report:
    """What a load did, and the cells for which rows were skipped."""

    loaded: Loaded
    skipped: Sequence[BadCell]


async def load(
    session: AsyncSession,
    register: Register,
    lines: Iterable[Line],
    *,
    skip_bad: bool = False,
    progress: Progress = lambda _: None,
) -> Report:
    """Check every line, then store them all in the session's transaction.

    Raises:
        BadFileError: some cells are wrong and `skip_bad` is not set; nothing is stored.
    """
    known = await register.prepare(session)
    values: list[Values] = []
    problems: list[BadCell] = []
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines:
        read = register.read(line, known)
        key = tuple(read.get(name) for name in register.key)
        if key and not line.problems and seen.setdefault(key, line.number) != line.number:
            line.bad(register.key[-1], f"{key[-1]} stands in line {seen[key]} already")
        if line.problems:
            problems.extend(line.problems)
        else:
            values.append(read)
    if problems and not skip_bad:
        raise BadFileError(problems)
    return Report(await register.store(session, values, progress), problems)


def read_file(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """The lines of a CSV file in UTF-8 with a header.

    Raises:
        BadFileError: it is not such a file, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadFileError([BadCell(1, name, "is missing in the header") for name in missing])
            for row in reader:
                line = Line(reader.line_num, row)
                if None in row:
                    line.bad("", "has more cells than the header")
                yield line
    except UnicodeDecodeError as error:
        raise BadFileError([BadCell(1, "", f"the file is not UTF-8 text: {error.reason}")]) from error
    except csv.Error as error:
        raise BadFileError([BadCell(reader.line_num, "", f"is not CSV: {error}")]) from error


async def upsert(
    session: AsyncSession,
    model: Any,
    key: Sequence[str],
    values: Sequence[Values],
    progress: Progress = lambda _: None,
    *,
    where: ColumnElement[bool] | None = None,
) -> Loaded:
    """Insert rows, or update those whose `key` is there already and that say something else; the rest is not touched.

    `where`: the condition of a partial unique index over the key.
    """
    if not values:
        return Loaded()
    table = model.__table__
    changing = [name for name in values[0] if name not in key and name != "id"]
    statement = insert(model)
    new = {name: statement.excluded[name] for name in changing}
    kept: Values = {"updated_at": clock.now()} | ({"version": table.c.version + 1} if "version" in table.c else {})
    statement = statement.on_conflict_do_update(
        index_elements=key,
        index_where=where,
        set_={**new, **kept},
        where=or_(*(table.c[name].is_distinct_from(value) for name, value in new.items())),
    )
    inserted: Any = literal_column("xmax = 0")  # a row that was inserted has no older version of itself
    done = Loaded()
    for start in range(0, len(values), CHUNK):
        chunk = [{"id": new_id(), **row} for row in values[start : start + CHUNK]]
        stored = (await session.scalars(statement.returning(inserted), chunk)).all()
        created = sum(stored)
        done += Loaded(created, len(stored) - created, len(chunk) - len(stored))
        progress(len(chunk))
    return done


def import_command(register: Register) -> click.Command:
    """`bima import <name> FILE`."""

    @click.command(register.name, help=f"Load {register.title} from a CSV file with {', '.join(register.columns)}.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--skip-bad-rows", is_flag=True, help="Load the good rows of a file that has bad ones.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
    def command(file: Path, skip_bad_rows: bool, as_json: bool) -> None:
        from core.cli import Stopped, print_json, run

        try:
            report = run(lambda ctx: _load_file(ctx, register, file, skip_bad_rows, quiet=as_json))
        except BadFileError as error:
            _show(error.problems)
            raise Stopped(
                f"Nothing was loaded: mend the {len(error.problems)} cells, or add --skip-bad-rows."
            ) from error
        loaded = report.loaded
        if as_json:
            skipped = [vars(problem) for problem in report.skipped]
            print_json({**vars(loaded), "skipped": skipped})
            return
        _show(report.skipped)
        click.echo(f"{register.title}: {loaded.created} new, {loaded.updated} changed, {loaded.unchanged} as before.")

    return command


async def _load_file(ctx: Context, register: Register, file: Path, skip_bad: bool, *, quiet: bool) -> Report:
    from rich.console import Console
    from rich.progress import Progress as Bar

    lines = list(read_file(file, register.columns))
    with Bar(console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task(register.title, total=len(lines))
        return await load(
            ctx.session, register, lines, skip_bad=skip_bad, progress=lambda rows: bar.advance(task, rows)
        )


def _show(problems: Sequence[BadCell]) -> None:
    for problem in problems[:SHOWN]:
        click.echo(f"line {problem.line}, {problem.column or 'all of it'}: {problem.message}", err=True)
    if len(problems) > SHOWN:
        click.echo(f"... and {len(problems) - SHOWN} more", err=True)
