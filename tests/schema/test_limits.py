"""Limits: what one document may ask, measured without walking fragments again and again."""

from typing import Any

import pytest
from graphql import SelectionSetNode

from schema.limits import MOST_DEPTH, MOST_FIELDS, MOST_ROOTS, LimitsRule
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
    wide = "".join(f" a{number}: name" for number in range(MOST_FIELDS))
    assert (await ask(f"{{ places {{ nodes {{{wide} }} }} }}")).codes == ["LIMIT_EXCEEDED"]


async def test_more_columns_than_a_statement_can_have_are_a_limit(ask: Ask) -> None:
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


async def test_thirty_fragments_that_double_are_measured_once_each(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Any] = []
    measure = LimitsRule._measure

    def counted(rule: LimitsRule, selections: SelectionSetNode | None) -> Any:
        measured.append(selections)
        return measure(rule, selections)

    monkeypatch.setattr(LimitsRule, "_measure", counted)
    fragments = [f"fragment F{n} on Place {{ ...F{n + 1} parent {{ ...F{n + 1} }} }}" for n in range(30)]
    reply = await ask("{ places { nodes { ...F0 } } } " + " ".join(fragments) + " fragment F30 on Place { name }")
    assert set(reply.codes) == {"LIMIT_EXCEEDED"}
    assert any("far more than 2000 fields" in error["message"] for error in reply.errors)
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
