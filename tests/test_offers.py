"""What the lists of large tables offer is served by an index, or weighed before it is done (decision 40)."""

from collections.abc import Callable, Container
from typing import Any

import psycopg
import pytest
from click.testing import Result
from psycopg.rows import dict_row

from core import Context
from core.host import Host
from core.testing import actor
from modules.demo.country import villages
from tests.offered import OPERATORS, Asker, large_lists
from tests.wide import some_districts, wide_places, work

REPRESENTATIVE = {"eq", "in", "within", "gte", "contains"}
"""The others differ from one of these in a letter of SQL only, or are always weighed."""
LARGE = 50_000
"""Rows of a region's table that is not read whole; smaller ones take a few milliseconds."""
Explain = Callable[..., list[Any]]


@pytest.fixture
def database(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def people(cli: Callable[..., Result], database: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Loads the people of a scale."""

    def load(scale: str) -> None:
        monkeypatch.setattr(villages, "places", wide_places)
        done = cli("demo", "load", "--scale", scale)
        assert done.exit_code == 0, done.output
        work(database)

    return load


@pytest.fixture
def read_whole(request: pytest.FixtureRequest, database: Any) -> Explain:
    """What reads a large table whole, of all that its list offers and that is not weighed first."""
    host: Host = request.getfixturevalue("_loaded")
    lists = large_lists(host)

    def rows_of(table: str) -> int:
        [rows] = database.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table]).fetchone()
        return int(rows)

    def explain(operators: Container[str], *, walks: bool = True, least: int = 0, **who: Any) -> list[Any]:
        tables = {table for table in (listed.mapping.table.name for listed in lists) if rows_of(table) >= least}
        account = actor(rights=tuple(right.name for right in host.rights), **who)
        asker = Asker(host, Context(host, account), database)
        found = []
        for listed in lists:
            row = database.cursor(row_factory=dict_row).execute(f"SELECT * FROM {listed.mapping.table.name} LIMIT 1")
            for variables in listed.offers(row.fetchone(), operators):
                plan = asker.explain(listed, variables)
                whole = plan.read_whole(tables, walks=walks) if plan is not None else ()
                found += [(listed.name, variables, how) for how in whole]
        return found

    return explain


def test_an_index_serves_what_lists_offer(people: Callable[[str], None], database: Any, read_whole: Explain) -> None:
    people("district")
    # Some tables of a district are small enough to be read whole. Here the question is whether an index would serve.
    database.execute("SET enable_seqscan = off")
    assert read_whole(REPRESENTATIVE) == []
    database.execute("SET enable_indexscan = off")  # nor walking along an order until there are enough rows
    assert read_whole({"eq"}, district=some_districts(database, 3)) == []


@pytest.mark.audit
def test_the_planner_takes_these_indexes(people: Callable[[str], None], database: Any, read_whole: Explain) -> None:
    people("region")
    assert read_whole(OPERATORS, least=LARGE) == []
    # Whoever sees three districts may be served by walking along an order until there are enough rows.
    assert read_whole(OPERATORS, walks=False, least=LARGE, district=some_districts(database, 3)) == []
