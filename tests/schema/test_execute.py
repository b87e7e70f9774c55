"""Answering: plans are kept and fit, failures stay where they are and tell nothing they should not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
import pytest
import sqlalchemy as sa
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import OperationalError

from schema import Query, Schema, Where, extend, many, one
from schema.document import MOST_PLANS
from schema.errors import Forbidden, RequestError, Unauthenticated, request_error
from schema.execute import Engine
from tests.schema.asking import ANYWHERE, AT_HARBOUR, NOBODY, NOWHERE, Ask, CountingConnection, Person, Request
from tests.schema.library import READ_NOTES, READ_PHONES, Book, Place, library_schema, parts
from tests.schema.stock import ANTS, HARBOUR, LENT, NORTH, SOUTH, stock
from tests.schema.tables import BookRow, PlaceRow, Status


@pytest.fixture
def fresh(connection: CountingConnection) -> Ask:
    """Asks a schema that nobody has asked yet."""
    return Ask(library_schema(), connection)


# Plans


async def test_other_values_need_no_other_plan(fresh: Ask) -> None:
    query = """query($id: ID, $s: Status, $f: BookFilter, $after: String) {
                 book(id: $id, title: "Ants") { id } places { nodes { books(status: $s, filter: $f, after: $after) { totalCount } } } }"""
    cursor = "WyIyMDIwLTAxLTAxIiwgIkFudHMiLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0="
    for id, status, pages in ((ANTS, "FREE", [50]), (LENT, "LOST", [60, 70]), (NORTH, "LENT", [])):
        filter_ = {"pages": {"in": pages}, "or": [{"rare": {"eq": True}}]}
        assert (await fresh(query, {"id": str(id), "s": status, "f": filter_, "after": cursor})).errors == []
    assert len(fresh.plans(query)) == 1


async def test_the_same_plan_gives_every_value_its_own_answer(fresh: Ask) -> None:
    query = "query($id: ID!) { book(id: $id) { id } }"
    for id in (ANTS, LENT, ANTS):
        assert (await fresh.data(query, {"id": str(id)}))["book"] == {"id": str(id)}
    assert len(fresh.plans(query)) == 1


async def test_an_absent_argument_and_a_null_one_are_planned_apart(fresh: Ask) -> None:
    query = "query($s: Status) { places { nodes { books(status: $s) { totalCount } } } }"
    asked: list[dict[str, Any]] = [{"s": "FREE"}, {}, {"s": None}]
    for number, variables in enumerate(asked, 1):
        await fresh.data(query, variables)
        assert len(fresh.plans(query)) == number
    await fresh.data(query, {"s": "LOST"})
    assert len(fresh.plans(query)) == 3


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($n: Int) { places(first: $n) { nodes { id } } }", [{"n": 1}, {"n": 2}]),
        ("query($n: Int) { places(last: $n) { nodes { id } } }", [{"n": 1}, {"n": 2}]),
        ("query($a: Int, $b: Int) { x: places(first: $a) { nodes { id } } y: places(first: $b) { nodes { id } } }",
         [{"a": 1, "b": 2}, {"a": 2, "b": 2}, {"a": 2, "b": 1}]),
        ("query($o: [PlaceOrder!]) { places(orderBy: $o) { nodes { id } } }",
         [{"o": [{"field": "CODE"}]}, {"o": [{"field": "NAME"}]}, {"o": [{"field": "NAME", "direction": "DESC"}]}]),
        ("query($f: PlaceOrderField!) { places(orderBy: [{ field: $f }]) { nodes { id } } }", [{"f": "CODE"}, {"f": "ID"}]),
        ("query($s: String) { books(search: $s) { totalCount } }", [{"s": "one"}, {"s": "one two"}]),
        ("query($i: Boolean!) { places { nodes { id code @include(if: $i) } } }", [{"i": True}, {"i": False}]),
        ("query($f: BookFilter) { books(filter: $f) { totalCount } }",
         [{"f": {"title": {"eq": "x"}}}, {"f": {"title": {"ne": "x"}}}, {"f": {"or": [{}]}}, {"f": {"or": [{}, {}]}}]),
    ],
)  # fmt: skip
async def test_what_shapes_a_statement_is_planned_apart(
    fresh: Ask, query: str, variables: list[dict[str, Any]]
) -> None:
    for _ in range(2):
        for number, values in enumerate(variables, 1):
            await fresh.data(query, values)
            assert len(fresh.plans(query)) >= number
    assert len(fresh.plans(query)) == len(variables)


async def test_one_argument_of_two_types_at_one_place_is_planned_for_both(fresh: Ask) -> None:
    query = """query($id: ID!, $a: Int, $b: Int) { node(id: $id) {
                 ... on Place { books(first: $a) { nodes { id } } } ... on Member { loans(first: $b) { nodes { id } } } } }"""
    for a, b in ((1, 2), (2, 2), (3, 1)):
        data = await fresh.data(query, {"id": str(NORTH), "a": a, "b": b})
        assert len(data["node"]["books"]["nodes"]) == a


async def test_who_asks_shapes_the_plan_and_their_ids_do_not(fresh: Ask) -> None:
    query = "{ books(first: 100) { totalCount } }"
    two_places = Person(scopes={"place": (HARBOUR, SOUTH)}, unbounded=False)
    people = (ANYWHERE, AT_HARBOUR, two_places, NOWHERE, ANYWHERE)
    counts = [(await fresh.data(query, person=person))["books"]["totalCount"] for person in people]
    assert counts == [30, 10, 20, 0, 30]
    # For a place alone it is `=`, which keeps the order of an index.
    assert len(fresh.plans(query)) == 4
    assert sorted("ANY" in sql for sql in fresh.sql(query)) == [False, False, True, True]


async def test_the_rights_of_the_fields_asked_for_shape_the_plan_and_others_do_not(fresh: Ask) -> None:
    query = "{ members(first: 1) { nodes { phone } } }"
    for person in (ANYWHERE, ANYWHERE.holding(READ_PHONES), ANYWHERE.holding(READ_NOTES)):
        await fresh.data(query, person=person)
    assert len(fresh.plans(query)) == 2


async def test_operations_of_a_document_are_planned_apart(fresh: Ask) -> None:
    query = "query A($n: Int) { places(first: $n) { totalCount } } query B($n: Int) { books(first: $n) { totalCount } }"
    for name, count in (("A", 4), ("B", 30), ("A", 4)):
        [value] = (await fresh(query, {"n": 1}, operation_name=name)).data.values()
        assert value["totalCount"] == count
    assert len(fresh.plans(query)) == 2


async def test_a_document_keeps_so_many_plans_and_no_more(fresh: Ask) -> None:
    query = "query($f: PlaceFilter) { places(filter: $f, first: 1) { __typename } }"
    for number in range(MOST_PLANS + 5):
        await fresh.data(query, {"f": {"or": [{}] * number}})
    assert len(fresh.plans(query)) == MOST_PLANS


async def test_an_engine_keeps_so_many_documents_and_no_more(fresh: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh.schema.engine.documents, "most", 10)
    for number in range(15):
        await fresh(f"{{ a{number}: __typename }}")
    assert len(fresh.schema.engine.documents) == 10


async def test_an_engine_keeps_so_many_characters_of_documents_and_no_more(
    fresh: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = fresh.schema.engine.documents
    monkeypatch.setattr(documents, "most_characters", 100)
    for query in ("{ a: __typename }", "{ b: __typename } #" + "x" * 60, "{ c: __typename }"):
        await fresh(query)
    kept = [str(query) for query in documents]
    assert [query[2] for query in kept] == ["b", "c"]
    assert documents.characters == len("".join(kept)) <= 100
    await fresh("{ d: __typename } #" + "x" * 100)
    assert (len(documents), documents.characters) == (0, 0)


async def test_no_statement_is_made_for_who_lacks_the_right_of_a_root_field(fresh: Ask) -> None:
    query = "{ books { totalCount } }"
    assert (await fresh(query, person=NOBODY)).codes == ["FORBIDDEN"]
    assert fresh.sql(query) == []
    await fresh.data(query, person=ANYWHERE)
    assert len(fresh.sql(query)) == 1


async def test_a_refusal_of_values_is_not_kept_for_others(fresh: Ask) -> None:
    query = "query($n: Int, $after: String) { places(first: $n, after: $after) { totalCount } books(after: $after) { nodes { id } } }"
    assert (await fresh(query, {"n": 101})).codes == ["BAD_REQUEST"]
    assert (await fresh(query, {"n": 100})).errors == []
    assert (await fresh(query, {"n": 1, "after": "zzz"})).codes == ["BAD_REQUEST"]


# Declarations that only show when they are planned


def schema_with(field: Any) -> Schema:
    return Schema([*parts(), ("extras", extend(Query, field))])


async def test_comparing_an_argument_in_python_is_our_own_fault_and_logged(
    connection: CountingConnection, caplog: pytest.LogCaptureFixture
) -> None:
    @many(Book)
    def lost(book: type[BookRow], status: Status | None = None) -> Where:
        """Books."""
        if status == Status.LOST:
            yield book.status == status

    ask = Ask(schema_with(lost), connection)
    assert (await ask("{ lost { id } }")).errors == []
    reply = await ask("{ lost(status: LOST) { id } }")
    assert reply.codes == ["INTERNAL"]
    assert "bound value" not in reply.errors[0]["message"]
    assert "its presence may shape a statement" in caplog.text


async def test_testing_the_truth_of_an_argument_is_our_own_fault_and_logged(
    connection: CountingConnection, caplog: pytest.LogCaptureFixture
) -> None:
    @many(Book)
    def some(book: type[BookRow], rare: bool = False) -> Where:
        """Books."""
        if rare:
            yield book.rare

    assert (await Ask(schema_with(some), connection)("{ some { id } }")).codes == ["INTERNAL"]
    assert "test `is not None` for its presence" in caplog.text


async def test_a_fields_function_may_use_constants_lists_and_subqueries(connection: CountingConnection) -> None:
    @many(Book, order=("status", "title"))
    def shelved(book: type[BookRow], titles: list[str]) -> Where:
        """Books."""
        yield book.title == sa.any_(cast(sa.ColumnElement[list[str]], titles))
        yield book.status.in_([Status.FREE, Status.LENT])
        yield sa.exists(sa.select(PlaceRow.id).where(PlaceRow.id == book.place_id, PlaceRow.code == "N"))

    query = '{ shelved(titles: ["Ants", "Bees", "Zebras"]) { title status } }'
    books = [row for row in stock() if isinstance(row, BookRow) and row.title in ("Ants", "Bees", "Zebras")]
    found = sorted((row.status.name, row.title) for row in books if row.place_id == NORTH and row.status != Status.LOST)
    data = await Ask(schema_with(shelved), connection).data(query)
    assert [(book["status"], book["title"]) for book in data["shelved"]] == found
    assert found


async def test_a_function_may_refuse_what_it_is_asked(ask: Ask) -> None:
    reply = await ask('{ book { id } place(code: "N") { code } }')
    assert (reply.data, reply.codes) == ({"book": None, "place": {"code": "N"}}, ["BAD_REQUEST"])
    assert reply.errors[0]["message"] == "Give the book's id or its title."


# Failures


async def test_an_error_has_its_path_its_code_and_the_requests_id(ask: Ask) -> None:
    reply = await ask("{ x: book { id } }")
    assert reply.errors == [
        {
            "message": "Give the book's id or its title.",
            "path": ["x"],
            "extensions": {"code": "BAD_REQUEST", "requestId": "request 1"},
        }
    ]
    assert reply.answer.executed is True


async def test_an_error_of_a_field_that_cannot_be_null_takes_the_data(ask: Ask) -> None:
    reply = await ask('{ place(code: "N") { code } books { totalCount } loans { totalCount } }', person=NOBODY)
    assert (reply.data, reply.codes) == (None, ["FORBIDDEN"])


@one(Place)
def divided(place: type[PlaceRow], by: int) -> Where:
    """A field that fails in the database."""
    yield sa.literal(1) / by == 1


@one(Place)
def slow(place: type[PlaceRow]) -> Where:
    """A field that takes long."""
    yield sa.func.pg_sleep(10).is_not(None)


@one(Place)
def wrong(place: type[PlaceRow]) -> Where:
    """A field with a bug in its SQL."""
    yield sa.literal_column("nonsense.column") == 1


async def test_what_fails_in_the_database_for_its_values_is_a_bad_request(connection: CountingConnection) -> None:
    ask = Ask(schema_with(divided), connection)
    reply = await ask("query($by: Int!) { divided(by: $by) { id } }", {"by": 0})
    assert (reply.data, reply.codes) == ({"divided": None}, ["BAD_REQUEST"])
    assert "division" not in reply.answer.body.decode()


async def test_a_bug_in_sql_is_masked_and_logged(
    connection: CountingConnection, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await Ask(schema_with(wrong), connection)('{ wrong { id } place(code: "N") { code } }')
    assert (reply.data, reply.codes) == ({"wrong": None, "place": {"code": "N"}}, ["INTERNAL"])
    told = reply.answer.body.decode()
    assert "nonsense" not in told
    assert "Traceback" not in told
    assert "nonsense" in caplog.text


async def test_a_statement_that_takes_too_long_is_a_limit(connection: CountingConnection) -> None:
    await connection.execute("SET statement_timeout = 50")
    try:
        reply = await Ask(schema_with(slow), connection)('{ slow { id } place(code: "N") { code } }')
    finally:
        await connection.execute("RESET statement_timeout")
    assert (reply.data, reply.codes) == ({"slow": None, "place": {"code": "N"}}, ["LIMIT_EXCEEDED"])


@dataclass
class Unconnected(Request):
    """A request for which there is no connection."""

    async def read(self, sql: bytes, parameters: Any, notes: Any = ()) -> bytes | None:
        """None to be had."""
        raise psycopg.OperationalError("the host db.internal is down")

    @asynccontextmanager
    async def transaction(self, arguments: dict[str, Any]) -> AsyncIterator[Any]:
        """None to be had either."""
        raise psycopg.OperationalError("the host db.internal is down")
        yield


@pytest.mark.parametrize("query", ['{ place(code: "N") { code } }', f'{{ favourite(id: "{ANTS}") {{ id }} }}'])
async def test_a_database_that_is_not_there_is_masked(ask: Ask, query: str) -> None:
    answer = await ask.schema.engine.answer(query, None, None, Unconnected(ANYWHERE, ask.connection))
    assert answer.executed is True
    assert b"INTERNAL" in answer.body
    assert b"db.internal" not in answer.body


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Forbidden("x"), "FORBIDDEN"),
        (Unauthenticated("x"), "UNAUTHENTICATED"),
        (psycopg.errors.QueryCanceled("x"), "LIMIT_EXCEEDED"),
        (psycopg.errors.TooManyColumns("x"), "LIMIT_EXCEEDED"),
        (psycopg.errors.InvalidTextRepresentation("x"), "BAD_REQUEST"),
        (psycopg.errors.UndefinedTable("x"), "INTERNAL"),
        (OperationalError("SELECT 1", {}, psycopg.errors.QueryCanceled("x")), "LIMIT_EXCEEDED"),
        (OperationalError("SELECT 1", {}, psycopg.OperationalError("x")), "INTERNAL"),
        (RuntimeError("x"), "INTERNAL"),
    ],
)  # fmt: skip
def test_every_exception_has_a_code(error: Exception, code: str) -> None:
    told = request_error(error)
    assert isinstance(told, RequestError)
    assert told.code == code
    assert (str(told) == "x") is (told is error)


# The answer


async def test_the_answer_is_json_as_bytes_from_the_database(ask: Ask) -> None:
    reply = await ask('{ place(code: "N") { name } }')
    assert reply.answer.body == b'{"data":{"place":{"name":"North"}}}'


async def test_a_query_that_selects_nothing_at_the_root_is_answered(ask: Ask) -> None:
    assert (await ask("{ __typename @skip(if: true) }")).answer.body == b'{"data":{}}'


async def test_an_engine_is_kept_with_its_schema(ask: Ask) -> None:
    assert isinstance(ask.schema.engine, Engine)
    assert ask.schema.engine is ask.schema.engine


@pytest.mark.parametrize("error", [psycopg.OperationalError("connection refused"), PoolTimeout("no connection")])
def test_a_database_that_does_not_answer_is_told_as_that(error: Exception) -> None:
    told = request_error(error)
    assert (told.code, str(told)) == ("INTERNAL", "The database does not answer. Try again in a moment.")
