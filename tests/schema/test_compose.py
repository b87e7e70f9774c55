"""Composition: modules add fields to types; schemas live side by side and leave the types as they are."""

import copy
from typing import Annotated, Any
from uuid import UUID

import pytest
import strawberry
from graphql import build_schema, print_schema
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from schema import Mutation, Node, Query, Schema, Where, extend, page
from schema.compose import node_field
from schema.errors import DeclarationError
from tests.schema.asking import Ask, CountingConnection
from tests.schema.library import (
    READ_BOOKS,
    READING,
    Advice,
    Book,
    Member,
    Place,
    RenameBookInput,
    advice,
    library_schema,
    member_loans,
    parts,
    places,
)
from tests.schema.tables import BookRow, PlaceRow, Status


@strawberry.type
class Cat:
    name: str


@strawberry.field
def ordinary() -> str:
    """An ordinary field."""
    return "!"


@page(Book, order="title")
def rare_books(place: type[PlaceRow], book: type[BookRow]) -> Where:
    """The rare books of a place."""
    yield book.place_id == place.id
    yield book.rare


@pytest.mark.parametrize("target", [RenameBookInput, Status, Node, int], ids=["input", "enum", "interface", "class"])
def test_only_object_types_can_be_extended(target: Any) -> None:
    with pytest.raises(DeclarationError, match="only object types can be extended"):
        extend(target, ordinary)


def test_a_union_cannot_be_extended() -> None:
    pet: Any = Annotated[Cat | Advice, strawberry.union("Pet")]
    with pytest.raises(DeclarationError, match="only object types can be extended"):
        extend(pet, ordinary)


def test_only_fields_can_be_added() -> None:
    with pytest.raises(DeclarationError, match="is no field: decorate it"):
        extend(Query, lambda: "x")


def test_a_mapped_type_takes_no_ordinary_field() -> None:
    with pytest.raises(DeclarationError, match=r"Book.ordinary is an ordinary field: it would never run"):
        extend(Book, ordinary)


def test_an_ordinary_type_takes_ordinary_fields() -> None:
    schema = Schema([("a", extend(Advice, ordinary)), ("a", extend(Query, advice))])
    assert "ordinary: String!" in schema.sdl()


def test_two_modules_that_add_one_field_are_both_named() -> None:
    with pytest.raises(DeclarationError, match=r"both lending and fines add Member.loans: rename one"):
        Schema([*parts(), ("fines", extend(Member, member_loans))])


def test_a_module_cannot_replace_a_field_that_a_type_has() -> None:
    @page(Book)
    def books(place: type[PlaceRow], book: type[BookRow]) -> Where:
        """Its books."""
        yield book.place_id == place.id

    with pytest.raises(DeclarationError, match=r"extras adds Place.books, which the type has itself"):
        Schema([*parts(), ("extras", extend(Place, books))])


def test_a_schema_without_mutations_has_no_mutation_type() -> None:
    assert Schema([("library", READING)])._schema.mutation_type is None
    assert library_schema()._schema.mutation_type is not None


async def test_schemas_with_other_parts_live_side_by_side(connection: CountingConnection) -> None:
    query = "{ members(first: 1) { nodes { loans(first: 1) { totalCount } } } }"
    added = '{ place(code: "N") { rareBooks(first: 1) { nodes { title } } } }'
    first = Ask(library_schema(), connection)
    before = await first(query)
    second = Ask(Schema([("library", READING), ("rare", extend(Place, rare_books))]), connection)
    assert (await second(query)).codes == ["BAD_REQUEST"]
    assert (await second.data(added))["place"]["rareBooks"]["nodes"] == [{"title": '"Quoted"'}]
    assert (await first(added)).codes == ["BAD_REQUEST"]
    assert before.errors == []
    assert (await first(query)).answer == before.answer
    assert first.schema.engine is not second.schema.engine


def test_composing_changes_neither_the_types_nor_the_schemas_that_are_there() -> None:
    names = {type_: _field_names(type_) for type_ in (Query, Mutation, Book, Place, Member)}
    first = library_schema()
    before = first.sdl(), print_schema(first._schema)
    Schema([*parts(), ("rare", extend(Place, rare_books))])
    assert {type_: _field_names(type_) for type_ in names} == names
    assert (first.sdl(), print_schema(first._schema)) == before
    assert library_schema().sdl() == before[0]


def _field_names(type_: Any) -> list[str]:
    return [field.python_name for field in type_.__strawberry_definition__.fields]


def test_a_field_in_two_schemas_has_its_arguments_once_in_each() -> None:
    for schema in (library_schema(), library_schema()):
        page_ = schema._schema.query_type.fields["places"]  # type: ignore[union-attr]
        assert list(page_.args) == ["first", "after", "last", "before", "filter", "orderBy"]
        definition = page_.extensions["strawberry-definition"]
        assert definition is not places
        assert definition.right is places.right


def test_strawberry_keeps_the_arguments_of_a_field_in_arguments() -> None:
    """`schema` empties `_arguments` of the copies it makes: a change of this private name must not go unseen."""
    field: Any = strawberry.field(resolver=lambda: 1, graphql_type=int)
    one = StrawberryArgument("one", None, StrawberryAnnotation(int))
    field.arguments = [one]
    assert field._arguments == [one]
    copied = copy.copy(field)
    assert copied.arguments == [one]
    copied._arguments = None
    assert copied.arguments == []
    assert field.arguments == [one]


def test_a_field_can_be_looked_up_by_its_names() -> None:
    schema = library_schema()
    assert schema.get_field_for_type("loans", "Member") is not None
    assert schema.get_field_for_type("loans", "Member") is not member_loans
    assert schema.get_field_for_type("nothing", "Member") is None
    assert schema.get_field_for_type("name", "Status") is None


def test_root_fields_are_listed_with_their_rights() -> None:
    rights: dict[str, Any] = {
        name: getattr(field, "right", None) for name, field in library_schema().root_fields.items()
    }
    assert rights["Query.books"] is READ_BOOKS
    assert rights["Query.places"] is None
    assert "Mutation.renameBook" in rights


def test_the_sdl_is_whole_described_and_in_alphabetical_order() -> None:
    sdl = library_schema().sdl()
    built = build_schema(sdl)
    assert built.type_map["Book"].description == "A copy that can be borrowed."
    declared = [
        line.split()[1] for line in sdl.splitlines() if line.startswith(("type ", "enum ", "input ", "interface "))
    ]
    assert declared == sorted(declared)
    assert "scalar Money" in sdl
    assert "__Schema" not in sdl


def test_ids_are_uuids_under_the_name_that_clients_know() -> None:
    scalar: Any = library_schema()._schema.type_map["ID"]
    assert scalar.name == "ID"
    assert scalar.parse_value("00000000-0000-0000-0000-000000000001") == UUID(int=1)


def test_node_is_a_field_like_others() -> None:
    assert "node(" not in Schema([("a", extend(Query, places))]).sdl()
    assert "node(" in Schema([("a", extend(Query, places, node_field(None)))]).sdl()
