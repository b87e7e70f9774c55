"""Documents: which operation runs, what is refused before anything runs, and what is kept."""

import pytest
from graphql import get_introspection_query

from schema import Schema
from schema.document import LEAST_SQL, Plans, Recent, read
from tests.schema.asking import Ask, Reply


def refused(reply: Reply, code: str = "BAD_REQUEST") -> None:
    """Nothing was executed, and every error has its code and the request's id."""
    assert reply.answer.executed is False
    assert (reply.data, reply.sent) == (None, 0)
    assert set(reply.codes) == {code}
    assert {error["extensions"]["requestId"] for error in reply.errors} == {"request 1"}


async def test_the_only_operation_runs_named_or_not(ask: Ask) -> None:
    assert await ask.data("{ __typename }") == {"__typename": "Query"}
    assert await ask.data("query A { __typename }") == {"__typename": "Query"}
    assert (await ask("query A { __typename }", operation_name="A")).answer.executed


async def test_one_of_several_operations_runs_by_its_name(ask: Ask) -> None:
    query = 'query A { place(code: "N") { name } } query B { place(code: "S") { name } }'
    assert (await ask(query, operation_name="B")).data == {"place": {"name": "South"}}
    assert (await ask(query, operation_name="A")).data == {"place": {"name": "North"}}
    refused(await ask(query))


@pytest.mark.parametrize("name", ["B", "", "a"])
async def test_an_operation_that_is_not_there_is_refused(ask: Ask, name: str) -> None:
    refused(await ask("query A { __typename }", operation_name=name))
    refused(await ask("{ __typename }", operation_name=name))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "{",
        "nonsense",
        "{ bookz { id } }",
        "{ book { id } ",
        "{ place }",
        '{ place(code: "N") }',
        "{ place(code: 7) { id } }",
        "{ place { id } }",
        "fragment F on Book { id }",
        "type Cat { name: String }",
        "query A { __typename } query A { __typename }",
        "{ __typename } { __typename }",
        "{ ...F }",
        "{ ...F } fragment F on Query { ...F }",
        "query($a: Int) { __typename }",
        "{ places(first: $a) { totalCount } }",
        "{ __typename @nonsense }",
        "subscription { books { totalCount } }",
    ],
)
async def test_what_is_no_query_of_the_schema_is_refused(ask: Ask, query: str) -> None:
    refused(await ask(query))


async def test_an_error_says_where_and_suggests(ask: Ask) -> None:
    [error] = (await ask("{\n  bok { id }\n}")).errors
    assert error["locations"] == [{"line": 2, "column": 3}]
    assert "Did you mean 'book'" in error["message"]


async def test_mutations_can_be_kept_from_requests_that_only_read(ask: Ask) -> None:
    mutation = 'mutation { renameBook(input: { id: "00000000-0000-0000-0000-000000000001", title: "x" }) { id } }'
    refused(await ask(mutation, query_only=True))
    assert (await ask("{ __typename }", query_only=True)).errors == []


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("ID!", "7"),
        ("ID!", 7),
        ("ID!", None),
        ("Int", "7"),
        ("Int", 2**31),
        ("Date", "2026-02-30"),
        ("Money", 1.5),
        ("DateTime", "2026-01-01"),
        ("Boolean", "yes"),
        ("Status", "BURNT"),
        ("BookFilter", {"colour": {"eq": "red"}}),
        ("BookFilter", {"pages": {"eq": "7"}}),
        ("BookFilter", {"place": {"eq": "N"}}),
        ("[BookOrder!]", [{"field": "COLOUR"}]),
        ("[BookOrder!]", [None]),
    ],
)
async def test_variables_of_the_wrong_type_are_refused(ask: Ask, declared: str, value: object) -> None:
    used = {
        "ID!": "book(id: $v) { id }",
        "Int": "books(first: $v) { totalCount }",
        "Date": "books(printedAfter: $v) { totalCount }",
        "Money": "books(filter: { price: { eq: $v } }) { totalCount }",
        "DateTime": "books(filter: { addedAt: { eq: $v } }) { totalCount }",
        "Boolean": "loans(open: $v) { totalCount }",
        "Status": "places { nodes { books(status: $v) { totalCount } } }",
        "BookFilter": "books(filter: $v) { totalCount }",
        "[BookOrder!]": "books(orderBy: $v) { totalCount }",
    }[declared]
    refused(await ask(f"query($v: {declared}) {{ {used} }}", {"v": value}))


@pytest.mark.parametrize(
    "field",
    [
        'book(id: "7") { id }',
        "book(id: 7) { id }",
        'books(printedAfter: "yesterday") { totalCount }',
        "books(filter: { price: { eq: 1.5 } }) { totalCount }",
        "books(filter: { status: { eq: BURNT } }) { totalCount }",
        "books(orderBy: [{ direction: ASC }]) { totalCount }",
        'books(first: "2") { totalCount }',
    ],
)
async def test_literals_of_the_wrong_type_are_refused(ask: Ask, field: str) -> None:
    refused(await ask(f"{{ {field} }}"))


async def test_a_variable_that_is_missing_is_refused(ask: Ask) -> None:
    refused(await ask("query($id: ID!) { book(id: $id) { id } }"))


async def test_the_schema_can_be_asked_for_in_full(ask: Ask) -> None:
    data = await ask.data(get_introspection_query(directive_is_repeatable=True, input_value_deprecation=True))
    names = {type_["name"] for type_ in data["__schema"]["types"]}
    assert {"Book", "BookConnection", "BookFilter", "Money", "__Schema"} <= names
    assert data["__schema"]["queryType"]["name"] == "Query"


async def test_introspection_mixes_with_data(ask: Ask) -> None:
    data = await ask.data('{ __type(name: "Book") { name } place(code: "N") { name } }')
    assert data == {"__type": {"name": "Book"}, "place": {"name": "North"}}


async def test_introspection_that_walks_in_circles_is_refused(ask: Ask) -> None:
    refused(await ask("{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"))


def test_where_strangers_ask_nothing_is_explained(schema: Schema) -> None:
    for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Book") { name } }'):
        assert read(schema._schema, query).errors == []
        errors = read(schema._schema, query, explained=False).errors
        assert errors
        assert all("introspection" in error.message for error in errors)
    assert "Did you mean" in read(schema._schema, "{ bok { id } }").errors[0].message
    assert "Did you mean" not in read(schema._schema, "{ bok { id } }", explained=False).errors[0].message
    assert read(schema._schema, "{ __typename }", explained=False).errors == []


def test_a_document_is_read_once(schema: Schema) -> None:
    from schema.execute import Engine

    engine = Engine(schema._schema)
    assert engine.asked("{ __typename }") is engine.asked("{ __typename }")
    assert engine.asked("{ bok }") is engine.asked("{ bok }")


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    kept = Recent(2)
    kept.keep("a", 1)
    kept.keep("b", 2)
    assert kept.find("a") == 1
    kept.keep("c", 3)
    assert kept.find("b") is None
    assert (kept.find("a"), kept.find("c"), len(kept)) == (1, 3, 2)


def test_all_plans_together_are_bounded_and_the_oldest_go_first() -> None:
    plans, mine, yours = Plans(most_characters=10_000), Recent(100), Recent(100)
    plans.keep(yours, "first", "plan", 4_000)
    for number in range(3):
        plans.keep(mine, number, "plan", 3_000)
    assert (list(yours), list(mine)) == ([], [0, 1, 2])
    for number in range(3, 100):
        plans.keep(mine, number, "small plan", 1)
    assert plans.characters <= 10_000
    assert list(mine) == [*range(100 - 10_000 // LEAST_SQL, 100)]


def test_plans_of_a_document_that_was_forgotten_are_not_held() -> None:
    plans, forgotten = Plans(most_characters=2_000), Recent(100)
    plans.keep(forgotten, "a", "plan", 1_500)
    del forgotten
    kept = Recent(100)
    plans.keep(kept, "b", "plan", 1_500)
    assert (list(kept), plans.characters) == (["b"], 1_500)
