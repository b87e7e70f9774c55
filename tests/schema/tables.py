"""The tables of the library, and who may see their rows."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Numeric, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column

from schema import EVERYBODY, Viewer, Where, one_of


class Status(Enum):
    """What can be done with a book."""

    FREE = "f"
    LENT = "l"
    LOST = "x"


class Base(DeclarativeBase):
    """Base of the library's tables."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: sa.DateTime(timezone=True),
        Status: sa.Enum(Status, native_enum=False),
        str: sa.Text(),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


def in_place(row: Any, viewer: Viewer) -> Where:
    """Rows of the places that the viewer works in."""
    if not viewer.unbounded:
        yield viewer.among("place", row.place_id)


def in_place_or_named(row: Any, viewer: Viewer) -> Where:
    """Members of the places that the viewer works in, and those that he or she is named."""
    if not viewer.unbounded:
        scopes = (("place", row.place_id), ("member", row.id))
        yield sa.or_(sa.false(), *(viewer.among(name, column) for name, column in scopes if viewer.has(name)))


def within(column: Any, place: Any) -> sa.ColumnElement[bool]:
    """Whether a place is another, or lies directly in it."""
    inner = aliased(PlaceRow)
    ids = select(inner.id).where((inner.id == place) | (inner.parent_id == place)).scalar_subquery()
    return one_of(column, sa.func.array(ids, type_=ARRAY(sa.Uuid())))


class PlaceRow(Base):
    __tablename__ = "place"
    __scope__ = EVERYBODY
    __within__ = within

    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))


class ShelfRow(Base):
    __tablename__ = "shelf"
    __scope__ = in_place

    name: Mapped[str]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))


class BookRow(Base):
    __tablename__ = "book"
    __scope__ = in_place
    __found_by__ = ("shelf_id",)

    title: Mapped[str]
    subtitle: Mapped[str | None]
    price: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    weight: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    pages: Mapped[int | None]
    printed: Mapped[date | None]
    added_at: Mapped[datetime]
    status: Mapped[Status]
    rare: Mapped[bool]
    shelf_id: Mapped[UUID | None] = mapped_column(ForeignKey("shelf.id"))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))


class MemberRow(Base):
    __tablename__ = "member"
    __scope__ = in_place_or_named
    __found_by__ = ("phone",)

    name: Mapped[str]
    phone: Mapped[str | None]
    note: Mapped[str]
    born: Mapped[date | None]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))


class LoanRow(Base):
    __tablename__ = "loan"
    __scope__ = in_place
    __found_by__ = ("book_id", "member_id")

    book_id: Mapped[UUID] = mapped_column(ForeignKey("book.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id"))
    lent_on: Mapped[date]
    returned_on: Mapped[date | None]
    fine: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
