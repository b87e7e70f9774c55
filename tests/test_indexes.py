"""What a country of millions is looked up by has an index."""

from typing import Any

import psycopg
import pytest

from core.host import Host
from schema.node import MAPPED

UNINDEXED_KEYS = """
SELECT conrelid::regclass::text, attname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'procrastinate%'
    AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = attnum)
"""
TRIGRAMS = """
SELECT indrelid::regclass::text, attname FROM pg_index
JOIN pg_opclass ON pg_opclass.oid = indclass[0] AND opcname = 'gin_trgm_ops'
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
"""
LEADING = """
SELECT indrelid::regclass::text, attname FROM pg_index
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE indpred IS NULL OR pg_get_expr(indpred, indrelid) = format('(%I IS NOT NULL)', attname)
"""
SMALL = {
    "claim_administrator", "contribution_funding", "insuree_officer", "medical_diagnosis", "medical_item",
    "medical_price_list", "medical_service", "people_access_key", "people_account", "people_role", "product_present",
    "settlement_payment",
}  # fmt: skip
"""Tables of some ten thousand rows at most, which are read through in no time."""


@pytest.fixture
def database(database_url: str) -> Any:
    with psycopg.connect(database_url) as connection:
        yield connection


def test_every_foreign_key_has_an_index(database: Any) -> None:
    assert database.execute(UNINDEXED_KEYS).fetchall() == []


async def test_what_is_searched_in_large_tables_has_an_index_of_trigrams(host: Host, database: Any) -> None:
    indexed = set(database.execute(TRIGRAMS).fetchall())
    large = {table.name for module in host.modules for table in host.tables_of(module.name)} - SMALL
    searched = {
        (mapping.table.name, mapping.attributes[name].name)
        for mapping in MAPPED.values()
        for name in mapping.search
        if mapping.table.name in large
    }
    assert ("insuree_insuree", "last_name") in searched
    assert searched - indexed == set()


async def test_what_large_tables_are_found_by_has_an_index(host: Host, database: Any) -> None:
    indexed = set(database.execute(LEADING).fetchall())
    tables = {table.name for module in host.modules for table in host.tables_of(module.name)}
    found_by = {
        (mapping.table.name, mapping.attributes[name].name)
        for mapping in MAPPED.values()
        for name in mapping.found_by
        if mapping.table.name in tables
    }
    assert ("claim_claim", "insuree_id") in found_by
    assert found_by - indexed == set()
