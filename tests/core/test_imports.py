"""Registers from files: all or nothing, again and again."""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import imports
from core.context import Context
from core.imports import BadCell, BadRowsError, Line, Loaded, Progress, Register, Values, load, upsert
from tests.core.conftest import Workshop
from tests.core.priced import TABLE, Priced, Shade

pytestmark = pytest.mark.profile("tests/core/bare.toml")


def _read(line: Line, known: object) -> Values:
    return {
        "code": line.needed("code", Priced.code),
        "price": line.decimal("price", Priced.price),
        "shade": line.chosen("shade", {"d": Shade.DARK, "l": Shade.LIGHT}),
    }


async def _store(ctx: Context, values: Sequence[Values], progress: Progress) -> Loaded:
    return await upsert(ctx.session, Priced, ("code",), values, progress, where=text("NOT ended"))


PRICED = Register(
    name="priced", title="priced things", columns=("code", "price", "shade"), key="code", read=_read, store=_store
)


@pytest.fixture
async def session(session: AsyncSession) -> AsyncSession:
    await session.run_sync(lambda sync: TABLE.create(sync.connection()))
    return session


def lines(*rows: tuple[str, str, str]) -> list[Line]:
    return [Line(number, dict(zip(PRICED.columns, row, strict=True))) for number, row in enumerate(rows, start=2)]


A, B = ("A", "10", "d"), ("B", "", "l")


async def test_loading_again_changes_nothing(ctx: Context) -> None:
    first = await load(ctx, PRICED, lines(A, B))
    assert first == imports.Report(Loaded(created=2), [])
    assert (await load(ctx, PRICED, lines(A, B))).loaded == Loaded(unchanged=2)


async def test_what_says_something_else_is_updated_and_counted(ctx: Context, session: AsyncSession) -> None:
    await load(ctx, PRICED, lines(A, B))
    again = await load(ctx, PRICED, lines(("A", "10.00", "l"), B, ("C", "7.25", "d")))
    assert again.loaded == Loaded(created=1, updated=1, unchanged=1)
    rows = (await session.scalars(select(Priced).order_by(Priced.code))).all()
    assert [(row.code, row.price, row.shade, row.version) for row in rows] == [
        ("A", Decimal("10.00"), Shade.LIGHT, 2),
        ("B", None, Shade.LIGHT, 1),
        ("C", Decimal("7.25"), Shade.DARK, 1),
    ]
    assert {row.note for row in rows} == {"none"}
    assert rows[0].updated_at > rows[1].updated_at


async def test_a_number_that_was_there_is_cleared_by_an_empty_cell(ctx: Context, session: AsyncSession) -> None:
    await load(ctx, PRICED, lines(A))
    assert (await load(ctx, PRICED, lines(("A", "", "d")))).loaded == Loaded(updated=1)
    assert await session.scalar(select(Priced.price)) is None


async def test_rows_outside_a_partial_index_are_left_alone(ctx: Context, session: AsyncSession) -> None:
    session.add(Priced(code="A", shade=Shade.DARK, ended=True))
    await session.flush()
    assert (await load(ctx, PRICED, lines(A))).loaded == Loaded(created=1)
    assert len((await session.scalars(select(Priced))).all()) == 2


async def test_a_bad_cell_keeps_the_whole_file_out_and_every_one_is_told(ctx: Context, session: AsyncSession) -> None:
    with pytest.raises(BadRowsError) as raised:
        await load(ctx, PRICED, lines(A, ("", "ten", "d"), ("TOOLONG", "", "x"), ("A", "1", "d")))
    assert raised.value.problems == [
        BadCell(3, "code", "is missing"),
        BadCell(3, "price", "ten is not a number from 0"),
        BadCell(4, "code", "has 7 characters; at most 6 fit"),
        BadCell(4, "shade", "x is not one of d, l"),
        BadCell(5, "code", "A stands in line 2 already"),
    ]
    assert await session.scalar(select(Priced.id)) is None


async def test_bad_rows_may_be_skipped(ctx: Context, session: AsyncSession) -> None:
    report = await load(ctx, PRICED, lines(("A", "ten", "d"), A, B), skip_bad=True)
    assert report == imports.Report(Loaded(created=2), [BadCell(2, "price", "ten is not a number from 0")])
    assert await session.scalar(select(Priced.price).where(Priced.code == "A")) == 10


async def test_nothing_to_store_is_nothing_stored(ctx: Context) -> None:
    assert (await load(ctx, PRICED, [])).loaded == Loaded()


async def test_a_large_file_is_stored_in_chunks_and_tells_how_far_it_is(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", 2)
    told: list[tuple[int, int]] = []
    await load(ctx, PRICED, lines(A, B, ("C", "1", "d")), progress=lambda stored, of: told.append((stored, of)))
    assert told == [(2, 3), (3, 3)]


# The command.

COLOURS = """
    @hook
    def commands(cli):
        from core import LookupRow
        from core.imports import Register, import_commands, upsert

        def read(line, known):
            return {"kind": "colour", "code": line.needed("code", LookupRow.code), "names": {"en": line.needed("name")}}

        async def store(ctx, values, progress):
            return await upsert(ctx.session, LookupRow, ("kind", "code"), values, progress)

        import_commands(
            cli, Register("colours", "all colours", ("code", "name"), read, store, optional=("note",), key="code")
        )
"""


@pytest.fixture
def import_colours(workshop: Workshop, database_url: str, tmp_path: Path) -> Callable[..., Result]:
    """Imports a file with this content."""
    from tests.core.test_cli import bima

    workshop.module("paint", COLOURS)

    def run(content: str, *options: str) -> Result:
        file = tmp_path / "colours.csv"
        file.write_text(content)
        return bima("import", "colours", str(file), *options, modules="paint", database_url=database_url)

    return run


def test_a_file_is_imported_and_the_counts_are_told(import_colours: Callable[..., Result]) -> None:
    done = import_colours("code,name\nRED,Red\nBLUE,Blue\n")
    assert (done.exit_code, done.stdout) == (0, "all colours: 2 new, 0 changed, 0 as before.\n"), done.output
    assert import_colours("code,name\nRED,Red\nBLUE,Azure\n").stdout == "all colours: 0 new, 1 changed, 1 as before.\n"
    told = json.loads(import_colours("code,name\nRED,Red\n", "--json").stdout)
    assert told == {"created": 0, "updated": 0, "unchanged": 1, "skipped": []}


def test_bad_rows_are_told_by_line_and_column_and_nothing_is_imported(import_colours: Callable[..., Result]) -> None:
    done = import_colours("code,name\nRED,Red\nRED,\n")
    assert done.exit_code == 1
    assert "line 3, name: is missing\n" in done.stderr
    assert "Error: Nothing was loaded: mend the file, or add --skip-bad-rows." in done.stderr
    assert import_colours("code,name\nRED,Red\n").stdout.startswith("all colours: 1 new")


def test_bad_rows_are_skipped_when_told_to(import_colours: Callable[..., Result]) -> None:
    done = import_colours("code,name\nRED,Red\n,x\n", "--skip-bad-rows", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "created": 1, "updated": 0, "unchanged": 0,
        "skipped": [{"line": 3, "column": "code", "message": "is missing"}],
    }  # fmt: skip


def test_a_wrong_header_is_no_bad_row_to_skip(import_colours: Callable[..., Result]) -> None:
    done = import_colours("code,nmae\nRED,Red\n", "--skip-bad-rows")
    assert done.exit_code == 1
    assert "line 1, nmae: is none of code, name, note" in done.stderr
    assert "Error: Nothing was loaded: mend the file.\n" in done.stderr


def test_the_first_bad_cells_are_told_and_the_others_counted(import_colours: Callable[..., Result]) -> None:
    done = import_colours("code,name\n" + "RED,\n" * 22)
    assert done.stderr.count("name: is missing") == 20
    assert "... and 2 more" in done.stderr


def test_help_names_the_columns(workshop: Workshop) -> None:
    from tests.core.test_cli import bima

    workshop.module("paint", COLOURS)
    told = " ".join(bima("import", "colours", "--help", modules="paint").stdout.split())
    assert "with the columns code, name. It may have note." in told
