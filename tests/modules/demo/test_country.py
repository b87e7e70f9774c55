"""`bima demo load --scale`: as many people as there are, copied, and still all of it right."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from click.testing import Result

from core import clock
from modules.demo import loading
from modules.demo.country.loading import batches
from modules.demo.country.scale import FACILITIES, FAMILIES, SCALES, VILLAGES, Scale, share
from modules.demo.country.sheets import COLUMNS
from modules.demo.country.villages import Care, Facility, Given, Offer, Places, Village
from modules.policy.rules import Terms

TABLES = [table.__tablename__ for table in COLUMNS]
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s) ORDER BY 1"
CONSTRAINTS = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) ORDER BY 1"
)
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, attname, confrelid::regclass::text FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""


@pytest.fixture
def database(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def one_village(monkeypatch: pytest.MonkeyPatch) -> None:
    """A district of one village, so that its test takes a second and not twenty minutes."""
    monkeypatch.setattr(loading, "SCALES", (Scale("district", "2530702"),))


def test_what_is_copied_is_as_right_as_what_is_entered(
    cli: Callable[..., Result], database: psycopg.Connection[Any], one_village: None
) -> None:
    before = [database.execute(query, [TABLES]).fetchall() for query in (INDEXES, CONSTRAINTS)]
    done = cli("demo", "load", "--scale", "district")
    assert done.exit_code == 0, done.output

    def ask(query: str) -> Any:
        return database.execute(query).fetchone()

    [families, members] = ask("SELECT (SELECT count(*) FROM insuree_family), (SELECT count(*) FROM insuree_insuree)")
    assert families == FAMILIES // VILLAGES
    assert 4 < members / families < 6
    assert [database.execute(query, [TABLES]).fetchall() for query in (INDEXES, CONSTRAINTS)] == before
    orphans = [
        (table, column)
        for table, column, other in database.execute(FOREIGN_KEYS, [TABLES]).fetchall()
        if ask(
            f"SELECT count(*) FROM {table} t WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT FROM {other} o WHERE o.id = t.{column})"
        )
        != (0,)
    ]
    assert orphans == []
    assert ask(
        "SELECT count(*) FROM claim_claim c WHERE claimed <> (SELECT sum(quantity_provided * price_asked) FROM claim_line WHERE claim_id = c.id)"
    ) == (0,)
    assert ask(
        "SELECT count(*) FROM claim_claim c WHERE NOT EXISTS (SELECT FROM policy_cover v WHERE v.insuree_id = c.insuree_id AND c.date_from BETWEEN v.starts_on AND v.ends_on)"
    ) == (0,)
    assert ask(
        "SELECT count(*) FROM valuation_claim v WHERE valuated <> (SELECT sum(price_valuated) FROM valuation_line l WHERE l.claim_id = v.claim_id)"
    ) == (0,)
    again = cli("demo", "load", "--scale", "district")
    assert (again.exit_code, "There are families already" in again.output) == (1, True)


def test_the_same_seed_makes_the_same_country() -> None:
    offer = Offer("product", "terms", Terms(insurance_period=12, threshold=6, max_members=6))
    village = Village("village", "district", "officer", offer, [Facility("facility", "D", "administrator")])
    care = Care("diagnosis", 0, False, [None], [Given(None, "service", 100, 65000)])
    places = Places([village] * 40, {"D": [care]})

    def made(seed: int) -> list[Any]:
        with clock.at(datetime(2026, 6, 1, tzinfo=UTC)):
            return list(batches(places, lambda done, of: None, seed))

    assert made(1) == made(1)
    assert made(1) != made(2)


def test_parts_of_a_number_add_up_to_it() -> None:
    assert sum(share(FACILITIES, 158, number) for number in range(158)) == FACILITIES
    assert {share(FAMILIES, VILLAGES, number) for number in range(VILLAGES)} == {54, 55}


def test_there_is_a_district_a_region_and_the_country() -> None:
    assert [scale.name for scale in SCALES] == ["district", "region", "country"]
