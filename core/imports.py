"""Whole registers from CSV files: every row checked before anything is written, and loading again changes nothing.

A module describes a `Register`: the columns of its file, how a line becomes values, and how values are stored.
`import_commands` gives it `bima import <name> FILE` with progress, bad rows by line and column, and `--skip-bad-rows`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import click
import orjson
from sqlalchemy import ColumnElement, Table, Text, TextClause, bindparam, cast, func, literal_column, or_, select
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.context import Context
from core.db import new_id
from core.lines import BadCell, BadFileError, BadRowsError, Line, read_lines

__all__ = [
    "BadCell", "BadFileError", "BadRowsError", "Line", "Loaded", "Progress", "Register", "Report", "Values",
    "import_commands", "load", "load_file", "read_lines", "upsert",
]  # fmt: skip

Values = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with how many rows are stored, and of how many."""
CHUNK = 2_000
SHOWN = 20
"""Bad cells that the command line shows."""


@dataclass(frozen=True)
class Loaded:
    """How many things were new, how many said something else than before, and how many said the same."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged)


async def _nothing(ctx: Context) -> None:
    """What reading a register without references needs to know."""


@dataclass(frozen=True)
class Register:
    """A register that can be loaded from a file.

    `columns`: those the file must have; `optional`: those it may have besides. `read`: a line's values, given what
    `prepare` found out once. `key`: the column, and value, that may not stand twice in the file. `store`: writes all
    values, set by set, and says what it did.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    read: Callable[[Line, Any], Values]
    store: Callable[[Context, Sequence[Values], Progress], Awaitable[Loaded]]
    optional: tuple[str, ...] = ()
    key: str | None = None
    prepare: Callable[[Context], Awaitable[Any]] = _nothing


@dataclass(frozen=True)
class Report:
    """What a load did, and the cells for which rows were skipped."""

    loaded: Loaded
    skipped: Sequence[BadCell]


async def load(
    ctx: Context,
    register: Register,
    lines: Iterable[Line],
    *,
    skip_bad: bool = False,
    progress: Progress = lambda stored, of: None,
) -> Report:
    """Check every line, then store them all in the transaction under way.

    Raises:
        BadRowsError: some cells are wrong and `skip_bad` is not set; nothing is stored.
    """
    known = await register.prepare(ctx)
    values: list[Values] = []
    problems: list[BadCell] = []
    seen: dict[Any, int] = {}
    for line in lines:
        read = register.read(line, known)
        if register.key and not line.problems:
            key = read[register.key]
            if seen.setdefault(key, line.number) != line.number:
                line.bad(register.key, f"{key} stands in line {seen[key]} already")
        if line.problems:
            problems.extend(line.problems)
        else:
            values.append(read)
    if problems and not skip_bad:
        raise BadRowsError(problems)
    return Report(await register.store(ctx, values, progress), problems)


async def upsert(
    session: AsyncSession,
    model: Any,
    key: Sequence[str],
    values: Sequence[Values],
    progress: Progress = lambda stored, of: None,
    *,
    where: ColumnElement[bool] | TextClause | None = None,
) -> Loaded:
    """Insert rows, or update those whose `key` is there already and that say something else; the rest is not touched.

    All rows name the same columns. `where`: the condition of a partial unique index over the key.
    """
    if not values:
        return Loaded()
    statement = _upsert(model.__table__, key, ["id", *(name for name in values[0] if name != "id")], where)
    done = Loaded()
    for start in range(0, len(values), CHUNK):
        chunk = [_told(row) for row in values[start : start + CHUNK]]
        stored = (await session.scalars(statement, {"rows": orjson.dumps(chunk, default=str).decode()})).all()
        created = sum(stored)
        done += Loaded(created, len(stored) - created, len(chunk) - len(stored))
        progress(start + len(chunk), len(values))
    return done


def _upsert(
    table: Table, key: Sequence[str], names: Sequence[str], where: ColumnElement[bool] | TextClause | None
) -> Any:
    # The rows travel as one JSON text: 20 000 places take one second, as bound values they took nine.
    told = func.jsonb_to_recordset(cast(bindparam("rows", type_=Text), JSONB))
    rows = told.table_valued(*(sql_column(name, table.c[name].type) for name in names)).render_derived(with_types=True)
    statement = insert(table).from_select(list(names), select(*(rows.c[name] for name in names)))
    inserted: Any = literal_column("xmax = 0")  # a row that was inserted has no older version of itself
    new = {name: statement.excluded[name] for name in names if name not in (*key, "id")}
    if not new:
        return statement.on_conflict_do_nothing(index_elements=key, index_where=where).returning(inserted)
    kept: Values = {"updated_at": clock.now()} | ({"version": table.c.version + 1} if "version" in table.c else {})
    return statement.on_conflict_do_update(
        index_elements=key,
        index_where=where,
        set_={**new, **kept},
        where=or_(*(table.c[name].is_distinct_from(value) for name, value in new.items())),
    ).returning(inserted)


def _told(row: Values) -> Values:
    """The row for JSON: enums by the names that are stored, with an id when it brings none."""
    told = {name: value.name if isinstance(value, Enum) else value for name, value in row.items()}
    return {"id": new_id(), **told}


def import_commands(cli: click.Group, *registers: Register) -> None:
    """Add `bima import <name> FILE` for registers, to the group that all modules share."""
    from core.cli import subgroup

    group = subgroup(cli, "import", "Load whole registers from CSV files. Loading again changes nothing.")
    for register in registers:
        group.add_command(_import_command(register))


def _import_command(register: Register) -> click.Command:
    may = f" It may have {', '.join(register.optional)}." if register.optional else ""

    @click.command(
        register.name,
        short_help=f"Load {register.title}.",
        help=f"Load {register.title} from a CSV file with the columns {', '.join(register.columns)}.{may}",
    )
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--skip-bad-rows", is_flag=True, help="Load the good rows of a file that has bad ones.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")
    def command(file: Path, skip_bad_rows: bool, as_json: bool) -> None:
        from core.cli import Stopped, print_json, run

        try:
            report = run(lambda ctx: load_file(ctx, register, file, skip_bad=skip_bad_rows, quiet=as_json))
        except BadFileError as error:
            _show(error.problems)
            way_out = ", or add --skip-bad-rows" if isinstance(error, BadRowsError) else ""
            raise Stopped(f"Nothing was loaded: mend the file{way_out}.") from error
        loaded = report.loaded
        if as_json:
            print_json({**vars(loaded), "skipped": [vars(problem) for problem in report.skipped]})
            return
        _show(report.skipped)
        click.echo(f"{register.title}: {loaded.created} new, {loaded.updated} changed, {loaded.unchanged} as before.")

    return command


async def load_file(
    ctx: Context, register: Register, file: Path, *, skip_bad: bool = False, quiet: bool = False
) -> Report:
    """Load a register's file, showing on standard error how far it is unless `quiet`.

    Raises:
        BadFileError: see `load` and `core.lines.read_lines`.
    """
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task(register.title, total=None)
        return await load(
            ctx,
            register,
            read_lines(file, register.columns, register.optional),
            skip_bad=skip_bad,
            progress=lambda stored, of: bar.update(task, completed=stored, total=of),
        )


def _show(problems: Sequence[BadCell]) -> None:
    for problem in problems[:SHOWN]:
        click.echo(f"line {problem.line}, {problem.column or 'all of it'}: {problem.message}", err=True)
    if len(problems) > SHOWN:
        click.echo(f"... and {len(problems) - SHOWN} more", err=True)
