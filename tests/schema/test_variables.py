"""Variables that are plain scalars come out as graphql-core coerces them; what is wrong is told by graphql-core."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from schema.variables import coerced, plain
from tests.schema.library import library_schema
from tests.schema.stock import ANTS

SCHEMA = library_schema()._schema


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        ("$a: ID!", {"a": str(ANTS)}),
        ("$a: ID!", {"a": "7"}),
        ("$a: ID!", {}),
        ("$a: ID!", {"a": None}),
        ("$a: ID", {}),
        ("$a: ID", {"a": None}),
        ("$a: Int, $b: String", {"b": "x", "a": 7, "c": 1}),
        ("$a: Int", {"a": 7.0}),
        ("$a: Int", {"a": 2**31}),
        ("$a: Int", {"a": True}),
        ("$a: String", {"a": 7}),
        ("$a: Boolean!, $b: Date, $c: Money, $d: DateTime", {"a": False, "b": "2026-01-31", "c": "1.50", "d": "2026-01-31T08:00:00Z"}),
        ("$a: Date", {"a": "2026-02-30"}),
        ("$a: Money", {"a": {"a": 1}}),
    ],
)  # fmt: skip
def test_plain_variables_are_coerced_as_graphql_core_does_it(declared: str, given: dict[str, Any]) -> None:
    [operation] = parse(f"query({declared}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    short = plain(SCHEMA, operation.variable_definitions or ())
    expected = get_variable_values(SCHEMA, operation.variable_definitions or (), given)
    assert short is not None
    found = coerced(short, given)
    if isinstance(expected, list):
        assert found is None
    else:
        assert list((found or {}).items()) == list(expected.coerced.items())


@pytest.mark.parametrize("declared", ["$a: Int = 7", "$a: [ID!]", "$a: BookFilter", "$a: Status", "$a: Int, $b: [Int]"])
def test_other_variables_have_no_short_way(declared: str) -> None:
    [operation] = parse(f"query({declared}) {{ __typename }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert plain(SCHEMA, operation.variable_definitions or ()) is None
