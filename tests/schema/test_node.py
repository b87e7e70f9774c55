"""Declarations: what a mapped type must say, and what is refused before a request is answered."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import strawberry
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schema import (
    EVERYBODY,
    SQL,
    Node,
    Query,
    Schema,
    Viewer,
    Where,
    column,
    computed,
    expression,
    extend,
    mapped,
    one,
    page,
    reference,
)
from schema.errors import DeclarationError
from schema.node import MAPPED
from schema.rows import Row, RowColumn
from tests.schema import tables
from tests.schema.library import Book, Place, Shelf
from tests.schema.tables import BookRow, LoanRow, MemberRow, PlaceRow, ShelfRow


class Other(DeclarativeBase):
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Unscoped(Other):
    __tablename__ = "unscoped"


class Heir(Other):
    __tablename__ = "heir"
    __scope__ = staticmethod(tables.in_place)

    place_id: Mapped[UUID]


def test_a_model_must_say_who_may_see_its_rows() -> None:
    with pytest.raises(DeclarationError, match="Unscoped has no __scope__: say who may see its rows, or EVERYBODY"):

        @mapped(Unscoped)
        class Thing(Node):
            """A thing."""


def test_a_scope_may_be_a_static_method_or_come_from_a_base_of_the_model() -> None:
    @mapped(Heir)
    class Thing(Node):
        """A thing."""

    assert MAPPED[Thing].scope is tables.in_place


def test_a_mapped_type_has_no_ordinary_fields() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.shout is an ordinary field: it would never run"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            @strawberry.field
            def shout(self) -> str:
                return "!"


def test_a_field_says_what_it_is() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.name needs column\(...\) or reference"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            name: str


def test_a_column_has_a_type() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.name needs a type"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            name = column("Its name.")


def test_a_column_is_one_of_the_model() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.colour: PlaceRow has no column colour"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            colour: str = column("Its colour.")


def test_a_reference_points_by_a_column_of_the_model() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.shelf: PlaceRow has no column shelf_id"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            shelf: Shelf | None = reference("Its shelf.")


def test_a_column_that_may_be_null_is_declared_so() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.pages may be null in the table"):

        @mapped(BookRow)
        class Thing(Node):
            """A thing."""

            pages: int = column("How many.")


def test_a_reference_that_may_be_null_is_declared_so() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.parent may be null in the table"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            parent: Place = reference("Its parent.")


def test_a_python_field_needs_columns_of_the_model() -> None:
    with pytest.raises(DeclarationError, match=r"Thing.loud: PlaceRow has no column sound"):

        @mapped(PlaceRow)
        class Thing(Node):
            """A thing."""

            @computed(needs=("sound",))
            def loud(rows: Sequence[Any]) -> list[str]:
                """How it sounds."""
                return [row.sound for row in rows]


def test_a_search_looks_into_columns_of_the_model() -> None:
    with pytest.raises(DeclarationError, match="the search of Thing: PlaceRow has no column colour"):

        @mapped(PlaceRow, search=("colour",))
        class Thing(Node):
            """A thing."""


def test_a_list_is_ordered_by_columns_of_its_rows() -> None:
    @page(Place, order=("-colour",))
    def colourful(place: type[PlaceRow]) -> Where:
        """Places by colour."""
        yield from ()

    with pytest.raises(DeclarationError, match=r"the order of Query.colourful: PlaceRow has no column colour"):
        Schema([("a", extend(Query, colourful))])


def test_a_reference_that_scopes_may_deny_is_nullable_or_seen_with_its_parent() -> None:
    @mapped(LoanRow)
    class Scoped(Node):
        """A loan."""

        book: Book = reference("What was borrowed.")

    @mapped(LoanRow)
    class Seen(Node):
        """A loan."""

        book: Book = reference("What was borrowed.", seen_with_parent=True)
        place: Place = reference("Everybody sees places.")

    def root(target: type) -> Any:
        @one(target)
        def found(loan: type[LoanRow], id: UUID) -> Where:
            """A loan."""
            yield loan.id == id

        return extend(Query, found)

    with pytest.raises(DeclarationError, match=r"Scoped.book may lie outside the viewer's scope"):
        Schema([("a", root(Scoped))])
    Schema([("a", root(Seen))])


def test_a_mapped_type_has_an_id_and_the_descriptions_of_its_parts() -> None:
    fields = {field.python_name: field for field in Place.__strawberry_definition__.fields}  # type: ignore[attr-defined]
    assert fields["id"].description == "Identifies the object: a UUID, version 7."
    assert fields["code"].description == "What its stamp says."
    assert fields["books"].description == "Its books, the youngest first."
    assert Place.__strawberry_definition__.description == "A branch of the library."  # type: ignore[attr-defined]


def test_a_function_has_rows_a_viewer_if_it_wants_one_and_arguments() -> None:
    @page(Book)
    def late(
        member: type[MemberRow], book: type[BookRow], viewer: Viewer, since: date, rare: bool | None = None
    ) -> Where:
        """Late books."""
        yield from ()

    assert late.row_parameters == 2
    assert late.viewer_parameter == "viewer"
    assert late.argument_names == ["since", "rare"]


def test_a_target_may_be_named_before_it_is_declared_but_must_be_declared() -> None:
    @page("Nowhere")
    def lost(place: type[PlaceRow]) -> Where:
        """Nothing."""
        yield from ()

    with pytest.raises(NameError, match="lost names Nowhere, which is not declared"):
        _ = lost.target


def test_a_row_names_the_columns_of_its_model_and_no_others() -> None:
    row = Row(BookRow.__table__.alias("b"), MAPPED[Book].attributes)
    assert isinstance(row.title, RowColumn)
    assert str(row.title == "x") == "b.title = :param_1"
    with pytest.raises(DeclarationError, match="b has no column colour"):
        _ = row.colour


def test_a_column_of_a_row_never_joins_its_table() -> None:
    row = Row(BookRow.__table__.alias("b"), MAPPED[Book].attributes)
    inner = sa.select(ShelfRow.id).where(ShelfRow.id == row.shelf_id, ShelfRow.place_id == row.place_id)
    statement = sa.select(sa.literal(1)).where(
        sa.exists(sa.select(LoanRow.id).where(LoanRow.id == inner.scalar_subquery()))
    )
    assert "book" not in str(statement)


def test_everybody_sees_the_rows_of_a_register() -> None:
    assert list(EVERYBODY(None, None)) == []  # type: ignore[arg-type]
    assert MAPPED[Place].scope is EVERYBODY
    assert MAPPED[Shelf].scope is tables.in_place


def test_the_type_of_an_expression_is_what_it_returns() -> None:
    @expression
    def twice(book: type[BookRow]) -> SQL[int | None]:
        """Twice the pages."""
        return book.pages * 2

    assert twice.own_type().of_type is int
