"""Placeholders: their presence may shape a statement, their value may not."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLInt, GraphQLList, Undefined, parse_value

from schema.errors import DeclarationError
from schema.scalars import Money
from schema.values import Placeholder, element, given, member, plain, shape, sql_type
from tests.schema.stock import ANTS, NORTH
from tests.schema.tables import BookRow, Status

FILTER = GraphQLInputObjectType("F", lambda: {"size": GraphQLInputField(GraphQLInt), "or": GraphQLInputField(many())})


def many() -> GraphQLList[GraphQLInputObjectType]:
    return GraphQLList(FILTER)


def a_placeholder() -> Placeholder:
    return Placeholder("status", None, type_=sa.Text(), unique=False)


def test_a_placeholder_cannot_be_compared_with_a_constant() -> None:
    with pytest.raises(DeclarationError, match="status is a bound value"):
        _ = a_placeholder() == "FREE"
    with pytest.raises(DeclarationError):
        _ = a_placeholder() == Status.FREE
    with pytest.raises(DeclarationError):
        _ = a_placeholder() > 3
    with pytest.raises(DeclarationError):
        _ = a_placeholder() in ("FREE", "LENT")


def test_a_placeholder_has_no_truth() -> None:
    with pytest.raises(DeclarationError, match="test `is not None` for its presence"):
        _ = "yes" if a_placeholder() else "no"
    with pytest.raises(DeclarationError):
        _ = not a_placeholder()


def test_a_placeholder_is_no_list_of_constants() -> None:
    values = Placeholder("ids", None, type_=sa.ARRAY(sa.Uuid()), unique=False)
    with pytest.raises(DeclarationError, match=r"write `column == any_\(values\)` instead of `in_`"):
        BookRow.id.in_(values)
    assert str(BookRow.id == sa.any_(values)) == "book.id = ANY (:ids)"


def test_a_placeholder_compares_with_columns_expressions_and_null() -> None:
    assert str(BookRow.title == a_placeholder()) == "book.title = :status"
    assert str(a_placeholder() == BookRow.title) == ":status = book.title"
    assert str(a_placeholder() == sa.func.now()) == ":status = now()"
    assert str(a_placeholder().is_(None)) == ":status IS NULL"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": "x"}, {"a": ["x", "y"]}),
        ({"f": {"size": 1}}, {"f": {"size": 2}}),
        ({"f": [{"size": 1}]}, {"f": [{"size": 2}]}),
    ],
)
def test_other_values_have_the_same_shape(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert shape(one) == shape(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"a": 1}),
        ({"a": None}, {"a": 1}),
        ({"a": None}, {}),
        ({"f": {"size": 1}}, {"f": {"size": None}}),
        ({"f": {"size": 1}}, {"f": {}}),
        ({"f": [{"size": 1}]}, {"f": [{"size": 1}, {"size": 1}]}),
        ({"f": []}, {"f": [{}]}),
    ],
)
def test_absence_nulls_keys_and_numbers_of_objects_are_another_shape(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert shape(one) != shape(other)


def test_an_argument_that_is_not_given_has_its_default() -> None:
    found = given(None, GraphQLInt, 7, {})
    assert (found.now, found.constant, found.read({})) == (7, True, 7)


def test_a_variable_that_is_not_given_leaves_the_default_of_the_argument() -> None:
    found = given(parse_value("$n"), GraphQLInt, 7, {})
    assert (found.now, found.read({"n": 3}), found.read({})) == (7, 3, 7)
    assert not found.constant


def test_a_literal_without_variables_is_constant() -> None:
    found = given(parse_value("{size: 3}"), FILTER, Undefined, {})
    assert (found.constant, found.now) == (True, {"size": 3})


def test_an_absent_variable_in_an_object_leaves_its_field_out() -> None:
    found = given(parse_value("{size: $n}"), FILTER, Undefined, {"n": 3})
    assert found.read({}) == {}
    assert found.read({"n": None}) == {"size": None}
    assert member(found, "size").read({"n": 5}) == 5


def test_one_value_stands_for_a_list_of_one_also_with_a_variable_in_it() -> None:
    found = given(parse_value("{or: {size: $n}}"), FILTER, Undefined, {"n": 3})
    inner = member(found, "or")
    assert inner.now == [{"size": 3}]
    assert member(element(inner, 0), "size").read({"n": 4}) == 4


def test_a_member_of_nothing_is_absent() -> None:
    found = member(given(parse_value("null"), FILTER, Undefined, {}), "size")
    assert not found.present
    assert found.null
    assert found.read({}) is Undefined


def test_the_database_gets_enums_by_name_and_ids_as_one_literal() -> None:
    assert plain(Status.FREE) == "FREE"
    assert plain([Status.FREE, Status.LOST]) == ["FREE", "LOST"]
    assert plain([ANTS, NORTH]) == f"{{{ANTS},{NORTH}}}"
    assert plain([]) == []
    assert plain(None) is None


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        (UUID, sa.Uuid),
        (Status, sa.Text),
        (Decimal, sa.Numeric),
        (Money, sa.Numeric),
        (date, sa.Date),
        (int, sa.BigInteger),
        (bool, sa.Boolean),
    ],
)
def test_every_kind_of_argument_has_its_sql_type(kind: Any, type_: type) -> None:
    assert type(sql_type(kind)) is type_
