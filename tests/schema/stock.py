"""What the library of the tests holds: few rows, with nulls, equal keys, odd letters and rows of other branches."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from tests.schema.tables import Base, BookRow, LoanRow, MemberRow, PlaceRow, ShelfRow, Status

TODAY = date(2026, 3, 1)
TITLES = ("Ants", "Bees", "Bees", "100% Cats", "a_b", "a\\b", "Élan", "ants at home", "Zebras", '"Quoted"')
SUBTITLES = (None, "A history", "of ants", "50%", None, "under_score")


def known(kind: str, number: int) -> UUID:
    """The id of a row: the same in every run, in no order."""
    return uuid5(NAMESPACE_OID, f"{kind} {number}")


NORTH, HARBOUR, SOUTH, TOWER = (known("place", number) for number in range(4))
ANTS = known("book", 0)
"""A free book of the North."""
LENT = known("book", 1)
"""A book of the Harbour, lent in the North to a member of the South."""


def stock() -> Iterator[Base]:
    """All rows, referred ones first."""
    yield PlaceRow(id=NORTH, code="N", name="North", parent_id=None)
    yield PlaceRow(id=HARBOUR, code="H", name="Harbour", parent_id=NORTH)
    yield PlaceRow(id=SOUTH, code="S", name="South", parent_id=None)
    yield PlaceRow(id=TOWER, code="T", name="Tower", parent_id=None)  # has nothing
    places = (NORTH, HARBOUR, SOUTH)
    for number in range(6):
        yield ShelfRow(id=known("shelf", number), name=f"Shelf {number % 4}", place_id=places[number % 3])
    for number in range(30):
        yield BookRow(
            id=known("book", number),
            title=TITLES[number % 10],
            subtitle=SUBTITLES[number % 6],
            price=Decimal(number % 7) + Decimal("2.50"),
            weight=None if number % 3 else Decimal(number) / 8,
            pages=None if number % 4 == 3 else 50 + number % 5 * 10,
            printed=None if number % 5 == 4 else date(2020 + number % 4 * 2, 1 + number % 2, 1),
            added_at=datetime(2025, 1, 1 + number % 6, 8, 30, number, tzinfo=UTC),
            status=list(Status)[number // 4 % 3],
            rare=number % 4 == 1,
            # Every sixth book stands on a shelf of another branch.
            shelf_id=None if number % 6 == 5 else known("shelf", number % 4),
            place_id=places[number % 3],
        )
    for number in range(10):
        yield MemberRow(
            id=known("member", number),
            name=("Asha", "Baraka", "Chiku", "Asha")[number % 4] + f" {number % 5}",
            phone=None if number % 3 == 2 else f"07{number:08}",
            note="" if number % 2 else "Pays late",
            born=None if number % 4 == 3 else date(1980 + number % 3, 5, 17),
            place_id=places[number * 2 % 3],
        )
    for number in range(40):
        yield LoanRow(
            id=known("loan", number),
            book_id=known("book", number % 29),
            member_id=known("member", number * 3 % 10),
            lent_on=date(2026, 1, 1 + number % 9),
            # The first eleven books were borrowed twice and are back from one of their loans.
            returned_on=date(2026, 2, 1 + number % 5) if number < 11 or number % 3 == 0 else None,
            fine=None if number % 4 else Decimal(number) / 4,
            place_id=places[number % 2],
        )
