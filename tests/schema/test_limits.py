"""Limits: what one document may ask, measured without walking fragments again and again."""

from typing import Any

import pytest
from graphql import SelectionSetNode, parse

from schema import Schema, limits
from schema.document import read
from schema.limits import (
    LONGEST,
    MOST_ALIASES,
    MOST_COST,
    MOST_DEPTH,
    MOST_DIRECTIVES,
    MOST_FIELDS,
    MOST_FRAGMENTS,
    MOST_OPERATIONS,
    MOST_ROOTS,
    MOST_TOKENS,
    MOST_VARIABLES,
    Measuring,
)
from tests.schema.asking import Ask


def deep(levels: int) -> str:
    """A query of so many levels: a loan, its book, the book's loan ..."""
    assert levels % 2 == 0
    pairs = (levels - 2) // 2
    return '{ book(title: "Ants") { ' + "currentLoan { book { " * pairs + "title" + " } }" * pairs + " } }"


async def test_the_deepest_query_is_answered(ask: Ask) -> None:
    assert (await ask(deep(MOST_DEPTH))).errors == []


async def test_pages_in_pages_are_answered_as_deep_as_the_limit_goes(ask: Ask) -> None:
    inner = "books(first: 1) { edges { node { place { " * 4 + "id" + "} } } } " * 4
    reply = await ask(f"{{ places(first: 1) {{ edges {{ node {{ {inner} }} }} }} }}")
    assert (reply.errors, reply.sent) == ([], 1)


async def test_a_query_that_is_deeper_is_refused(ask: Ask) -> None:
    reply = await ask(deep(MOST_DEPTH + 2))
    assert (reply.codes, reply.answer.executed, reply.sent) == (["LIMIT_EXCEEDED"], False, 0)
    assert reply.errors[0]["message"].startswith("This operation has 22 levels; at most 20 are allowed.")


async def test_fragments_count_where_they_are_spread(ask: Ask) -> None:
    fragment = "currentLoan { book { " * 10 + "id" + " } }" * 10
    query = f'{{ book(title: "Ants") {{ ...F }} }} fragment F on Book {{ {fragment} }}'
    assert (await ask(query)).codes == ["LIMIT_EXCEEDED"]


async def test_a_query_that_is_wider_is_refused(ask: Ask) -> None:
    wide = " name" * MOST_FIELDS
    assert (await ask(f"{{ places {{ nodes {{{wide} }} }} }}")).codes == ["LIMIT_EXCEEDED"]


async def test_aliases_are_limited(ask: Ask) -> None:
    wide = "".join(f" a{number}: name" for number in range(MOST_ALIASES))
    assert (await ask(f"{{ places {{ nodes {{{wide} }} }} }}")).errors == []
    assert (await ask(f"{{ places {{ nodes {{{wide} b: name }} }} }}")).codes == ["LIMIT_EXCEEDED"]


async def test_more_columns_than_a_statement_can_have_are_a_limit(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ALIASES", MOST_FIELDS)
    wide = "".join(f" a{number}: name" for number in range(MOST_FIELDS - 2))
    reply = await ask(f"{{ places {{ nodes {{{wide} }} }} }}")
    assert (reply.codes, reply.answer.executed) == (["LIMIT_EXCEEDED"], True)


async def test_root_fields_are_limited_also_in_fragments(ask: Ask) -> None:
    roots = "".join(f' a{number}: place(code: "N") {{ id }}' for number in range(MOST_ROOTS + 1))
    assert (await ask(f"{{{roots} }}")).codes == ["LIMIT_EXCEEDED"]
    assert (await ask(f"{{ ...F }} fragment F on Query {{{roots} }}")).codes == ["LIMIT_EXCEEDED"]
    assert (await ask(f"{{ ... {{{roots} }} }}")).codes == ["LIMIT_EXCEEDED"]


async def test_as_many_root_fields_as_allowed_are_answered(ask: Ask) -> None:
    roots = "".join(f' a{number}: place(code: "N") {{ id }}' for number in range(MOST_ROOTS))
    assert (await ask(f"{{ ...F }} fragment F on Query {{{roots} }}")).answer.statements == MOST_ROOTS


async def test_aliases_are_as_long_as_the_database_keeps_them(ask: Ask) -> None:
    longest = "a" * 63
    assert (await ask.data(f'{{ place(code: "N") {{ {longest}: code }} }}'))["place"] == {longest: "N"}
    reply = await ask(f"{{ {longest}a: __typename }}")
    assert (reply.codes, reply.answer.executed) == (["LIMIT_EXCEEDED"], False)


async def test_comparing_fields_with_each_other_is_limited(ask: Ask) -> None:
    again = " parent { name }"
    assert (await ask(f"{{ places {{ nodes {{{again * 60} }} }} }}")).errors == []
    reply = await ask(f"{{ places {{ nodes {{{again * 900} }} }} }}")
    assert (reply.codes, reply.sent) == (["LIMIT_EXCEEDED"], 0)


async def test_a_node_counts_for_several_root_fields(ask: Ask) -> None:
    id_ = "018f0000-0000-7000-8000-000000000000"
    roots = "".join(f' a{number}: node(id: "{id_}") {{ id }}' for number in range(11))
    assert (await ask(f"{{{roots} }}")).codes == ["LIMIT_EXCEEDED"]
    assert (await ask(f"{{{roots.replace(' a10', ' # a10')}\n }}")).errors == []


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ("query Q0 { __typename } " + " ".join(f"query Q{n + 1} {{ __typename }}" for n in range(MOST_OPERATIONS)), "operations"),
        ("{ __typename } " + " ".join(f"fragment F{n} on Place {{ id }}" for n in range(MOST_FRAGMENTS + 1)), "fragments"),
        ("{ __typename" + " @skip(if: false)" * (MOST_DIRECTIVES + 1) + " }", "directives"),
        ("query(" + " ".join(f"$v{n}: Int" for n in range(MOST_VARIABLES + 1)) + ") { __typename }", "variables"),
        ("{ __typename ...F } fragment F on Query {" + " __typename @include(if: true)" * (MOST_DIRECTIVES + 1) + " }", "directives"),
    ],
)  # fmt: skip
async def test_what_a_document_holds_is_limited(ask: Ask, document: str, what: str) -> None:
    reply = await ask(document)
    assert (set(reply.codes), reply.sent) == ({"LIMIT_EXCEEDED"}, 0)
    assert any(f" {what}; at most" in error["message"] for error in reply.errors)


async def test_the_length_of_a_document_is_limited(ask: Ask) -> None:
    longest = "{ __typename }" + "#" * (LONGEST - 14)
    assert (await ask(longest)).errors == []
    assert (await ask(longest + "#")).codes == ["LIMIT_EXCEEDED"]


async def test_the_words_of_a_document_are_limited_before_it_is_understood(ask: Ask) -> None:
    reply = await ask("{ a(b: [" + "1 " * MOST_TOKENS + "]) }")
    assert (len(reply.errors), reply.codes) == (1, ["LIMIT_EXCEEDED"])


def test_what_is_too_much_is_not_validated(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("validated")

    monkeypatch.setattr("schema.document.validate", never)
    assert read(schema._schema, "{" + " __typename" * (MOST_ROOTS + 1) + "}").errors


def test_an_answer_tells_a_bounded_number_of_errors(schema: Schema) -> None:
    for wrong in ("a{}: bok", "a{}: __typename @no", "a{}{}: __typename".format("{}", "a" * 63)):
        assert len(read(schema._schema, "{ " + " ".join(wrong.format(n) for n in range(40)) + " }").errors) <= 21


# What the lists of a query may come to.


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ __typename }", 0),
        ("{ places { totalCount } }", 1),
        ("{ places { nodes { id } } }", 1 + 20),
        ("{ places(first: 7) { nodes { id } } }", 1 + 7),
        ("{ places(last: 7) { edges { node { id } } } }", 1 + 7 * 2),
        ("{ places(first: 1000) { nodes { id } } }", 1 + 100),
        ("{ places(first: 7) { nodes { books(first: 3) { nodes { id } } } } }", 1 + 7 * (1 + 1 + 3)),
        ("{ places(first: 7) { nodes { ...F } } } fragment F on Place { books(first: 3) { nodes { id } } }", 1 + 7 * (1 + 1 + 3)),
        ("{ places(first: 7) { ...F } } fragment F on PlaceConnection { nodes { id } }", 1 + 7),
        ("{ places(first: $n) { nodes { books(first: $n) { nodes { id } } } } }", 1 + 50 * (1 + 1 + 50)),
        ("{ nonsense(first: 3) { nodes { id } } }", 0),
    ],
)  # fmt: skip
def test_the_cost_is_what_the_lists_come_to(schema: Schema, query: str, cost: int) -> None:
    document = parse(query)
    fragments: dict[str, Any] = {node.name.value: node for node in document.definitions[1:]}  # type: ignore[attr-defined]
    measuring = Measuring(schema._schema, fragments, {"n": 50}.get)
    assert measuring.operation(document.definitions[0]).rows(10) == cost  # type: ignore[arg-type]


NESTED = "query($n: Int) { places(first: %s) { nodes { books(first: %s) { nodes { place { books(first: %s) { totalCount nodes { id } } } } } } } }"


async def test_long_pages_in_long_pages_are_refused(ask: Ask) -> None:
    reply = await ask(NESTED.replace("($n: Int)", "") % (100, 100, 100))
    assert (reply.codes, reply.answer.executed, reply.sent) == (["LIMIT_EXCEEDED"], False, 0)
    assert f"at most {MOST_COST:,} are allowed" in reply.errors[0]["message"]
    assert (await ask(NESTED.replace("($n: Int)", "") % (20, 20, 20))).errors == []


async def test_the_length_of_pages_counts_when_it_is_a_variable_too(ask: Ask) -> None:
    query = NESTED % ("$n", "$n", "$n")
    for _ in range(2):
        assert (await ask(query, {"n": 5})).errors == []
        reply = await ask(query, {"n": 100})
        assert (reply.codes, reply.answer.executed, reply.sent) == (["LIMIT_EXCEEDED"], False, 0)
        assert (await ask(query)).errors == []


async def test_thirty_fragments_that_double_are_measured_once_each(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Any] = []
    measure = Measuring.selections

    def counted(self: Measuring, selections: SelectionSetNode | None, parent: Any) -> Any:
        measured.append(selections)
        return measure(self, selections, parent)

    monkeypatch.setattr(Measuring, "selections", counted)
    fragments = [f"fragment F{n} on Place {{ ...F{n + 1} parent {{ ...F{n + 1} }} }}" for n in range(30)]
    reply = await ask("{ places { nodes { ...F0 } } } " + " ".join(fragments) + " fragment F30 on Place { name }")
    assert set(reply.codes) == {"LIMIT_EXCEEDED"}
    assert any("far more than 2,000 fields" in error["message"] for error in reply.errors)
    # Spread, they would be a thousand million fields.
    assert len([selections for selections in measured if selections is not None]) == 3 + 30 * 2 + 1


async def test_fragments_in_a_circle_are_no_endless_work(ask: Ask) -> None:
    assert "BAD_REQUEST" in (await ask("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")).codes


@pytest.mark.parametrize(
    "query",
    [
        "{" * 10_000,
        "{a" * 10_000 + "}" * 10_000,
        "{ books(filter: " + "{not: " * 5_000 + "{}" + "}" * 5_000 + ") { totalCount } }",
        "{ places(orderBy: " + "[" * 10_000,
        "{ " + "... { " * 10_000 + "__typename" + " }" * 10_000 + " }",
        "query(" + "$a: [" * 5_000,
        "{ places { nodes { ...F0 } } } "
        + " ".join(f"fragment F{n} on Place {{ ...F{n + 1} }}" for n in range(2_000))
        + " fragment F2000 on Place { name }",
        "{" + " a" * 30_000 + "}",
    ],
)
async def test_documents_that_nest_without_end_are_refused_and_nothing_breaks(ask: Ask, query: str) -> None:
    reply = await ask(query)
    assert reply.answer.executed is False
    assert set(reply.codes) <= {"BAD_REQUEST", "LIMIT_EXCEEDED"}
    assert reply.codes


async def test_variables_that_nest_without_end_are_refused(ask: Ask) -> None:
    filter_: dict[str, Any] = {}
    for _ in range(1_000):
        filter_ = {"not": filter_}
    reply = await ask("query($f: BookFilter) { books(filter: $f) { totalCount } }", {"f": filter_})
    assert reply.codes == ["BAD_REQUEST"]
