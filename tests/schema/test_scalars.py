"""Scalars: what a client may send, and how values go out."""

import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLScalarType

from schema import Schema
from tests.schema.asking import Ask
from tests.schema.stock import ANTS


def scalar(schema: Schema, name: str) -> GraphQLScalarType:
    found = schema._schema.type_map[name]
    assert isinstance(found, GraphQLScalarType)
    return found


@pytest.mark.parametrize(
    ("name", "sent", "value"),
    [
        ("ID", str(ANTS), ANTS),
        ("ID", str(ANTS).upper(), ANTS),
        ("Money", "12.5", Decimal("12.50")),
        ("Money", 12, Decimal("12.00")),
        ("Money", "-0.01", Decimal("-0.01")),
        ("Decimal", "0.12345", Decimal("0.12345")),
        ("Decimal", "1234567890123456", Decimal(1234567890123456)),
        ("Decimal", "0.1234567890123456", Decimal("0.1234567890123456")),
        ("Date", "2026-02-28", datetime.date(2026, 2, 28)),
        ("Date", "1000-01-01", datetime.date(1000, 1, 1)),
        ("DateTime", "2026-01-31T08:30:00Z", datetime.datetime(2026, 1, 31, 8, 30, tzinfo=datetime.UTC)),
    ],
)
def test_what_is_sent_becomes_a_value(schema: Schema, name: str, sent: Any, value: Any) -> None:
    assert scalar(schema, name).parse_value(sent) == value


@pytest.mark.parametrize(
    ("name", "sent", "why"),
    [
        ("ID", "7", "is a UUID"),
        ("ID", 7, "UUID in a string"),
        ("Money", 12.5, "as a string"),
        ("Money", True, "as a string"),
        ("Money", "0.001", "at most two decimals"),
        ("Money", "NaN", "at most 16 digits"),
        ("Money", "Infinity", "at most 16 digits"),
        ("Money", "1e16", "at most 16 digits"),
        ("Money", "a lot", "is not a decimal number"),
        ("Decimal", "", "is not a decimal number"),
        ("Decimal", "1e-17", "at most 16 digits after"),
        ("Decimal", "1e-999999", "at most 16 digits after"),
        ("Date", "31.01.2026", "is not a date"),
        ("Date", "2026-02-30", "is not a date"),
        ("Date", "20260131", "is not written YYYY-MM-DD"),
        ("Date", "2026-W05-6", "is not written YYYY-MM-DD"),
        ("Date", "0026-01-31", "begin with the year 1000"),
        ("Date", 20260131, "as a string"),
        ("DateTime", "2026-01-31T08:30:00", "needs its zone"),
        ("DateTime", "yesterday", "is not a time"),
        ("DateTime", 1767000000, "as a string"),
    ],
)
def test_what_cannot_be_one_is_refused_and_the_reason_said(schema: Schema, name: str, sent: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        scalar(schema, name).parse_value(sent)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ID", UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ("Money", Decimal("12.5"), "12.50"),
        ("Money", Decimal(0), "0.00"),
        ("Money", Decimal("0.125"), "0.13"),
        ("Decimal", Decimal("0.1250"), "0.1250"),
        ("Date", datetime.date(2026, 1, 31), "2026-01-31"),
        ("DateTime", datetime.datetime(2026, 1, 31, 8, tzinfo=datetime.UTC), "2026-01-31T08:00:00+00:00"),
    ],
)
def test_a_value_of_an_ordinary_field_goes_out_as_compiled_ones_do(
    schema: Schema, name: str, value: Any, told: str
) -> None:
    assert scalar(schema, name).serialize(value) == told


async def test_columns_go_out_as_text_where_json_has_no_type_for_them(ask: Ask) -> None:
    data = await ask.data("query($id: ID!) { book(id: $id) { id price weight printed addedAt status rare pages } }", {
        "id": str(ANTS)
    })  # fmt: skip
    assert data["book"] == {
        "id": str(ANTS),
        "price": "2.50",
        "weight": "0.0000",
        "printed": "2020-01-01",
        "addedAt": "2025-01-01T08:30:00+00:00",
        "status": "FREE",
        "rare": False,
        "pages": 50,
    }


async def test_sums_of_money_have_two_decimals_also_when_they_are_nothing(ask: Ask) -> None:
    data = await ask.data(
        '{ place(code: "N") { free: worth lost: worth(status: LOST) } empty: place(code: "T") { worth } }'
    )
    assert data == {"place": {"free": "33.00", "lost": "7.00"}, "empty": {"worth": "0.00"}}
