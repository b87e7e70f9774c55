"""The scalars of the API: ids are UUIDs, money and decimals are strings, dates and times are ISO 8601."""

import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLScalarType
from strawberry.types.scalar import ScalarDefinition

Money = NewType("Money", Decimal)
"""An amount in the scheme's currency; in GraphQL a string with two decimals."""
JSON = NewType("JSON", object)
"""Any JSON value."""
MOST_DIGITS = 16
"""Digits of a number before its point, and after it."""
FIRST_YEAR = 1000
"""Of dates. Earlier ones are slips, such as 0026 for 2026; and rules that go back stay in the calendar."""


def _id(value: object) -> UUID:
    if not isinstance(value, str):
        raise ValueError("an ID is a UUID in a string")
    try:
        return UUID(value)
    except ValueError:
        raise ValueError(f"an ID is a UUID, and {value[:60]!r} is none") from None


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError('send a decimal number as a string, such as "1234.50"')
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{str(value)[:60]!r} is not a decimal number") from None
    exponent = number.as_tuple().exponent  # a letter for what is no finite number
    if not isinstance(exponent, int) or number.adjusted() >= MOST_DIGITS:
        raise ValueError(f"a number has at most {MOST_DIGITS} digits before the point")
    if exponent < -MOST_DIGITS:
        raise ValueError(f"a number has at most {MOST_DIGITS} digits after the point")
    return number


def _money(value: object) -> Decimal:
    number = _decimal(value)
    if number != round(number, 2):
        raise ValueError("an amount of money has at most two decimals")
    return number.quantize(Decimal("0.01"))


def _money_text(value: Any) -> str:
    return str(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _date(value: object) -> datetime.date:
    if not isinstance(value, str):
        raise ValueError("send a date as a string, YYYY-MM-DD")
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:60]!r} is not a date, YYYY-MM-DD") from None
    if day.isoformat() != value:  # Python takes more of ISO 8601, such as weeks
        raise ValueError(f"{value!r} is not written YYYY-MM-DD")
    if day.year < FIRST_YEAR:
        raise ValueError(f"dates begin with the year {FIRST_YEAR}")
    return day


def _datetime(value: object) -> datetime.datetime:
    if not isinstance(value, str):
        raise ValueError('send a time as a string, such as "2026-01-31T08:30:00+03:00"')
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:60]!r} is not a time after ISO 8601") from None
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, such as +03:00 or Z")
    return moment


def _iso(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())


def _id_scalar() -> ScalarDefinition:
    """`ID` as a UUID. graphql-core keeps the name for its own scalar, so ours is named after it is made."""
    made = GraphQLScalarType("UUID", serialize=str, parse_value=_id, description="A UUID.")
    made.name = "ID"
    definition = strawberry.scalar(name="ID", serialize=str, parse_value=_id, description="A UUID.")
    definition.implementation = made
    return definition


SCALARS: dict[object, ScalarDefinition] = {
    UUID: _id_scalar(),
    Money: strawberry.scalar(
        name="Money", serialize=_money_text, parse_value=_money, description="An amount, as a string with two decimals."
    ),
    Decimal: strawberry.scalar(
        name="Decimal", serialize=str, parse_value=_decimal, description="An exact decimal, as a string."
    ),
    datetime.date: strawberry.scalar(name="Date", serialize=_iso, parse_value=_date, description="A day: YYYY-MM-DD."),
    datetime.datetime: strawberry.scalar(
        name="DateTime", serialize=_iso, parse_value=_datetime, description="A moment with its zone, after ISO 8601."
    ),
    JSON: strawberry.scalar(name="JSON", serialize=lambda v: v, parse_value=lambda v: v, description="Any JSON value."),
}
