"""What a GraphQL request asks: whatever is sent, it is understood or refused, and nothing else happens."""

from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import BadRequest
from core.operation import MAX_DEPTH, MOST_VALUES, Operation, changes_something, from_address, from_body

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_body_has_a_document_its_variables_and_the_name_of_an_operation() -> None:
    body = b'{"query": "query Q { a }", "variables": {"b": [1]}, "operationName": "Q", "extensions": {"c": 1}}'
    assert from_body(body) == Operation("query Q { a }", {"b": [1]}, "Q")


def test_an_address_has_the_same_as_parameters() -> None:
    address = b"query=query%20Q%20{a}&variables=%7B%22b%22:%5B1%5D%7D&operationName=Q&extensions=%7B%7D"
    assert from_address(address) == Operation("query Q {a}", {"b": [1]}, "Q")


def test_what_is_null_or_empty_counts_as_absent() -> None:
    plain = Operation("{ a }")
    assert from_body(b'{"query": "{ a }", "variables": null, "operationName": null, "extensions": null}') == plain
    assert from_address(b"query={+a+}&variables=&operationName=&extensions=") == plain


@pytest.mark.parametrize("query", [r'{ a(b: "\\u0000") }', r'{ a(b: "\\\\u{0}") }', r'{ a(b: "\u0061\u{1F600}") }'])
def test_text_that_only_looks_like_a_nul_passes(query: str) -> None:
    assert from_body(orjson.dumps({"query": query})).query == query


@pytest.mark.parametrize("query", [r'{ a(b: "\u0000") }', r'{ a(b: "\\\u0000") }', r'{ a(b: "\u{000}") }', "{ a \0 }"])
def test_a_nul_is_refused_however_it_is_written(query: str) -> None:
    with pytest.raises(BadRequest, match="NUL"):
        from_body(orjson.dumps({"query": query}))


def nested(depth: int) -> bytes:
    return b'{"query": "{ a }", "variables": {"b": ' + b"[" * depth + b"]" * depth + b"}}"


def test_json_may_be_wide_and_only_so_deep() -> None:
    wide = {"query": "{ a }", "variables": {"b": [[] for _ in range(1000)]}}
    assert from_body(orjson.dumps(wide)).variables == wide["variables"]
    assert from_body(nested(MAX_DEPTH - 2))
    with pytest.raises(BadRequest, match="64 levels deep"):
        from_body(nested(MAX_DEPTH - 1))


@pytest.mark.parametrize("value", ["[]", "{}", "1", '"a"', '""', '"\\\\"', '"\\""', '{"a":"b"}', '","'])
def test_json_holds_so_many_values_and_no_more(value: str) -> None:
    each = 2 if value[0] in "[{" else 1  # a list or an object counts beside the comma behind it
    head = '{"query":"{ a }","variables":{"b":['
    fitting = ",".join([value] * ((MOST_VALUES - 10) // each))
    assert len(from_body(f"{head}{fitting}]}}}}".encode()).variables["b"]) == (MOST_VALUES - 10) // each
    with pytest.raises(BadRequest, match="values"):
        from_body(f"{head}{fitting}{f',{value}' * 10}]}}}}".encode())


def test_commas_and_brackets_in_texts_are_no_values() -> None:
    text = "[{,}]" * MOST_VALUES
    assert from_body(orjson.dumps({"query": "{ a }", "variables": {"b": text}})).variables == {"b": text}


def understood(read: Callable[[bytes], Operation], data: bytes) -> Operation | None:
    """The operation; None when it is refused. Any other exception fails the test."""
    try:
        return read(data)
    except BadRequest:
        return None


@given(
    st.binary()
    | ANY_JSON.map(orjson.dumps)
    | st.dictionaries(st.sampled_from(["query", "variables"]), ANY_JSON).map(orjson.dumps)
)
def test_any_body_is_understood_or_refused(body: bytes) -> None:
    operation = understood(from_body, body)
    assert operation is None or operation.query.strip()


@given(st.binary())
def test_any_address_is_understood_or_refused(address: bytes) -> None:
    operation = understood(from_address, address)
    assert operation is None or operation.query.strip()


@pytest.mark.parametrize(
    ("query", "name", "changes"),
    [
        ("{ a }", None, False),
        ("mutation { a }", None, True),
        ("subscription { a }", None, True),
        ("query A { a } mutation B { b }", "A", False),
        ("query A { a } mutation B { b }", "B", True),
        ("query A { a } mutation B { b }", None, False),
        ("mutation {", None, False),
        ("{a" * 30_000, None, False),
    ],
)
def test_an_operation_that_changes_something_is_recognised(query: str, name: str | None, changes: bool) -> None:
    assert changes_something(Operation(query, name=name)) is changes
