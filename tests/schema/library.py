"""A small domain for the tests of `schema`: places with shelves and books, members, and what they borrow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy import func, select

from schema import (
    SQL,
    Money,
    Mutation,
    Node,
    Part,
    Query,
    Schema,
    Viewer,
    Where,
    argument,
    column,
    computed,
    expression,
    extend,
    last,
    many,
    mapped,
    one,
    page,
    reference,
)
from schema.asker import Asker
from schema.compose import node_field
from schema.errors import BadRequest
from tests.schema.tables import BookRow, LoanRow, MemberRow, PlaceRow, ShelfRow, Status


@dataclass(frozen=True)
class Right:
    """What an account may be allowed to do."""

    name: str


READ_BOOKS = Right("book.read")
READ_MEMBERS = Right("member.read")
READ_PHONES = Right("member.phone.read")
READ_NOTES = Right("member.note.read")
READ_FINES = Right("loan.fine.read")


@mapped(PlaceRow)
class Place(Node):
    """A branch of the library."""

    code: str = column("What its stamp says.")
    name: str = column("What people call it.")
    parent: "Place | None" = reference("The branch that runs it.")

    @many("Shelf", order="name")
    def shelves(place: type[PlaceRow], shelf: type[ShelfRow]) -> Where:
        """Its shelves."""
        yield shelf.place_id == place.id

    @page("Book", order=("-printed", "title"))
    def books(
        place: type[PlaceRow], book: type[BookRow], status: Status | None = None, rare: bool | None = None
    ) -> Where:
        """Its books, the youngest first."""
        yield book.place_id == place.id
        if status is not None:
            yield book.status == status
        if rare is not None:
            yield book.rare == rare

    @expression
    def book_count(place: type[PlaceRow]) -> SQL[int]:
        """How many books it has."""
        return select(func.count()).select_from(BookRow).where(BookRow.place_id == place.id).scalar_subquery()

    @expression
    def worth(place: type[PlaceRow], status: Status = Status.FREE) -> SQL[Money]:
        """What its books of a status cost together."""
        total = select(func.sum(BookRow.price)).where(BookRow.place_id == place.id, BookRow.status == status)
        return func.coalesce(total.scalar_subquery(), 0)


@mapped(ShelfRow)
class Shelf(Node):
    """Where books stand."""

    name: str = column("What its sign says.")
    place: Place = reference("The branch it stands in.")

    @page("Book", order="title")
    def books(shelf: type[ShelfRow], book: type[BookRow]) -> Where:
        """The books on it."""
        yield book.shelf_id == shelf.id


@mapped(BookRow, search=("title", "subtitle"))
class Book(Node):
    """A copy that can be borrowed."""

    title: str = column("Its title.")
    subtitle: str | None = column("Its second title.")
    price: Money = column("What it cost.")
    weight: Decimal | None = column("In kilograms.")
    pages: int | None = column("How many pages it has.")
    printed: date | None = column("When it was printed.")
    added_at: datetime = column("When it came.")
    status: Status = column("What can be done with it.")
    rare: bool = column("Whether it is kept behind glass.")
    shelf: Shelf | None = reference("Where it stands.")
    place: Place = reference("The branch it belongs to.")

    @page("Loan", order="-lent_on")
    def loans(book: type[BookRow], loan: type[LoanRow]) -> Where:
        """Who borrowed it, the latest first."""
        yield loan.book_id == book.id

    @one("Loan", seen_with_parent=True)
    def current_loan(book: type[BookRow], loan: type[LoanRow]) -> Where:
        """Who has it now."""
        yield loan.book_id == book.id
        yield loan.returned_on.is_(None)

    @expression
    def pages_left(book: type[BookRow], read: int = 0) -> SQL[int | None]:
        """How many pages are left to read."""
        return book.pages - read

    @expression
    def is_new(book: type[BookRow], viewer: Viewer) -> SQL[bool]:
        """Whether it was printed this year."""
        year = func.date_part("year", viewer.value("today", sa.Date))
        return func.coalesce(func.date_part("year", book.printed) == year, False)

    @computed(needs=("title", "printed"))
    def label(rows: Sequence[Any]) -> list[str]:
        """What is written on its back."""
        return [row.title if row.printed is None else f"{row.title} ({row.printed.year})" for row in rows]

    @computed(needs=("price", "status"))
    def sale_price(rows: Sequence[Any]) -> list[Money | None]:
        """What it would be sold for; a lost one cannot be."""
        return [Money(row.price - 1) if row.status is not Status.LOST else None for row in rows]

    @computed(needs=("status",))
    def may_become(rows: Sequence[Any]) -> list[list[Status]]:
        """The states it can get into next."""
        return [[status for status in Status if status is not row.status] for row in rows]


@mapped(MemberRow, search=("name", "phone"))
class Member(Node):
    """Who may borrow."""

    name: str = column("What they are called.")
    phone: str | None = column("Where they can be reached.", right=READ_PHONES, mask=last(2))
    note: str = column("What the staff should know.", right=READ_NOTES)
    born: date | None = column("Their birthday.")
    place: Place = reference("Where they joined.")

    @computed(needs=("name",))
    def label(rows: Sequence[Any]) -> list[str]:
        """What is written on their card."""
        return [f"Member {row.name}" for row in rows]

    @computed(needs=("born",))
    def turns(rows: Sequence[Any], asker: Asker) -> list[int | None]:
        """How old they get this year."""
        return [None if row.born is None else asker.value("today").year - row.born.year for row in rows]


@mapped(LoanRow)
class Loan(Node):
    """That a member borrowed a book."""

    book: Book = reference("What was borrowed.", seen_with_parent=True)
    member: Member | None = reference("Who borrowed it.")
    place: Place = reference("Where it was borrowed.")
    lent_on: date = column("First day.")
    returned_on: date | None = column("Last day.")
    fine: Money | None = column("What was paid for being late.", right=READ_FINES)


@page(Place, order="name")
def places(place: type[PlaceRow]) -> Where:
    """All branches."""
    yield from ()


@one(Place)
def place(place: type[PlaceRow], code: str) -> Where:
    """A branch by its code."""
    yield place.code == code


@many(Place, order="code")
def my_places(place: type[PlaceRow], viewer: Viewer) -> Where:
    """The branches that the viewer works in."""
    yield viewer.among("place", place.id)


@page(Book, order="title", right=READ_BOOKS)
def books(
    book: type[BookRow],
    printed_after: Annotated[date | None, argument("Only those printed later.")] = None,
    ids: list[UUID] | None = None,
) -> Where:
    """All books."""
    if printed_after is not None:
        yield book.printed > printed_after
    if ids is not None:
        yield book.id == sa.any_(cast(sa.ColumnElement[list[UUID]], ids))


@one(Book, right=READ_BOOKS)
def book(book: type[BookRow], id: UUID | None = None, title: str | None = None) -> Where:
    """A book by its id, or the first with a title."""
    if id is None and title is None:
        raise BadRequest("Give the book's id or its title.")
    if id is not None:
        yield book.id == id
    if title is not None:
        first = select(BookRow.id).where(BookRow.title == title).order_by(BookRow.id).limit(1)
        yield book.id == first.scalar_subquery()


@page(Member, order=("born", "-name"), right=READ_MEMBERS)
def members(member: type[MemberRow]) -> Where:
    """All members, the oldest first."""
    yield from ()


@page(Loan, order="-lent_on", right=READ_BOOKS)
def loans(loan: type[LoanRow], open: bool | None = None) -> Where:
    """All loans, the latest first."""
    if open is not None:
        yield loan.returned_on.is_(None) == open


@page(Loan, order="lent_on")
def member_loans(member: type[MemberRow], loan: type[LoanRow]) -> Where:
    """What the member borrowed, the first first."""
    yield loan.member_id == member.id


member_loans.python_name = "loans"


@strawberry.type
class Advice:
    """A book that somebody should read."""

    text: str
    book: Book | None


@strawberry.field
async def advice(info: strawberry.Info, ids: list[UUID]) -> list[Advice]:
    """Advice on books."""
    return [Advice(text=f"Read {number}!", book=id) for number, id in enumerate(ids)]  # type: ignore[arg-type]


@strawberry.field
async def favourites(info: strawberry.Info, ids: list[UUID]) -> list[Book]:
    """Books by their ids, as an ordinary list."""
    return ids  # type: ignore[return-value]


@strawberry.field
async def favourite(info: strawberry.Info, id: UUID) -> Book | None:
    """A book by its id, as an ordinary field."""
    return id  # type: ignore[return-value]


@strawberry.field
def broken(info: strawberry.Info) -> str | None:
    """A field with a bug."""
    raise RuntimeError("the password is 1234")


@strawberry.input
class RenameBookInput:
    """Which book, and its new title."""

    id: UUID
    title: str
    fail: bool = False


@strawberry.mutation
async def rename_book(info: strawberry.Info, input: RenameBookInput) -> Book | None:
    """Give a book another title."""
    await info.context.result(
        b"UPDATE book SET title = $1 WHERE id = $2", [input.title.encode(), str(input.id).encode()]
    )
    if input.fail:
        raise RuntimeError("after the change")
    return input.id  # type: ignore[return-value]


READING = extend(Query, node_field(None), places, place, my_places, books, book, members, loans)
"""The root fields that are compiled."""


def parts() -> Iterator[tuple[str, Part]]:
    """What the library's modules contribute to a schema."""
    yield "library", READING
    yield "lending", extend(Member, member_loans)
    yield "advice", extend(Query, advice, favourites, favourite, broken)
    yield "advice", extend(Mutation, rename_book)


def library_schema() -> Schema:
    """A schema of its own of the whole library."""
    return Schema(list(parts()))
