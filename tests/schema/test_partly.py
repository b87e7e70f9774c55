"""A relation that shows a part of what lies outside the viewer's scope."""

import pytest

from schema import Node, Query, Schema, Where, column, extend, mapped, page, reference
from schema.errors import DeclarationError
from tests.schema.tables import BookRow, LoanRow


def test_what_is_never_null_must_be_named() -> None:
    @mapped(BookRow)
    class Volume(Node):
        """A book."""

        title: str = column("Its title.")
        subtitle: str | None = column("Its second title.")

    @mapped(LoanRow)
    class Borrowing(Node):
        """A loan."""

        book: Volume = reference("What was borrowed.", seen_with_parent=("subtitle",))

    @page(Borrowing)
    def borrowings(loan: type[LoanRow]) -> Where:
        """All."""
        yield from ()

    with pytest.raises(DeclarationError, match=r"declare Volume.title nullable or name it"):
        Schema([("library", extend(Query, borrowings))])
