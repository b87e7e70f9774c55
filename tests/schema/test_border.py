"""Ordinary fields beside compiled ones: they run in Python, and rows below them are read by compiled statements."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from psycopg.pq.abc import PGresult

from schema import Query, Schema, extend
from tests.schema.asking import ANYWHERE, AT_HARBOUR, NOBODY, Ask, CountingConnection, Request
from tests.schema.library import READ_NOTES, Member, library_schema, parts
from tests.schema.stock import ANTS, LENT, NORTH, known

BEGIN_AND_END = 2
BOOKS = [str(known("book", number)) for number in range(10)]


async def test_rows_below_an_ordinary_field_are_read_with_one_statement(ask: Ask) -> None:
    reply = await ask(
        "query($ids: [ID!]!) { advice(ids: $ids) { text book { title place { code } loans { totalCount } } } }",
        {"ids": BOOKS},
    )
    assert [advice["book"]["title"] for advice in reply.data["advice"]][:3] == ["Ants", "Bees", "Bees"]
    assert reply.data["advice"][0] == {
        "text": "Read 0!", "book": {"title": "Ants", "place": {"code": "N"}, "loans": {"totalCount": 2}}
    }  # fmt: skip
    assert reply.sent == BEGIN_AND_END + 1


async def test_a_list_of_rows_is_read_with_one_statement_in_its_order(ask: Ask) -> None:
    ids = [BOOKS[3], BOOKS[1], BOOKS[3], BOOKS[0]]
    reply = await ask("query($ids: [ID!]!) { favourites(ids: $ids) { id label } }", {"ids": ids})
    assert [book["id"] for book in reply.data["favourites"]] == ids
    assert reply.data["favourites"][3]["label"] == "Ants (2020)"
    assert reply.sent == BEGIN_AND_END + 1


async def test_each_selection_of_rows_is_a_statement(ask: Ask) -> None:
    reply = await ask(
        "query($ids: [ID!]!) { advice(ids: $ids) { a: book { title } b: book { price } } }", {"ids": BOOKS[:2]}
    )
    assert reply.data["advice"][1] == {"a": {"title": "Bees"}, "b": {"price": "3.50"}}
    assert reply.sent == BEGIN_AND_END + 2


async def test_ordinary_and_compiled_fields_mix_in_the_order_of_the_document(ask: Ask) -> None:
    reply = await ask(
        f"""{{ a: favourite(id: "{ANTS}") {{ title }} b: place(code: "N") {{ code }} __typename
               c: favourite(id: "{LENT}") {{ title }} d: __type(name: "Book") {{ name }} }}"""
    )
    assert list(reply.data.items()) == [
        ("a", {"title": "Ants"}),
        ("b", {"code": "N"}),
        ("__typename", "Query"),
        ("c", {"title": "Bees"}),
        ("d", {"name": "Book"}),
    ]
    assert reply.answer.statements == 1


async def test_variables_directives_and_fragments_reach_below_an_ordinary_field(ask: Ask) -> None:
    query = """query($ids: [ID!]!, $id: ID!, $n: Int, $yes: Boolean!, $f: LoanFilter) {
                 favourites(ids: $ids) { ...F title @include(if: $yes) }
                 favourite(id: $id) @skip(if: $yes) { id } }
               fragment F on Book { loans(first: $n, filter: $f) { totalCount nodes { id } } }"""
    loan = str(known("loan", 0))
    asked = {"ids": [BOOKS[0]], "id": BOOKS[0]}
    reply = await ask(query, {**asked, "n": 1, "yes": True, "f": {"id": {"in": [loan]}}})
    assert reply.data == {"favourites": [{"loans": {"totalCount": 1, "nodes": [{"id": loan}]}, "title": "Ants"}]}
    reply = await ask(query, {**asked, "n": 0, "yes": False})
    assert reply.data == {"favourites": [{"loans": {"totalCount": 2, "nodes": []}}], "favourite": {"id": BOOKS[0]}}


async def test_what_an_ordinary_field_answers_is_seen_whatever_the_scope(ask: Ask) -> None:
    query = f'{{ favourite(id: "{ANTS}") {{ title place {{ code }} shelf {{ name }} loans {{ totalCount }} }} }}'
    data = await ask.data(query, person=AT_HARBOUR)
    # The book itself is seen with the field; what hangs on it is scoped as ever.
    assert data["favourite"] == {"title": "Ants", "place": {"code": "N"}, "shelf": None, "loans": {"totalCount": 1}}


async def test_a_row_that_is_not_there_is_null(ask: Ask) -> None:
    data = await ask.data(
        f'{{ favourite(id: "{NORTH}") {{ title }} advice(ids: ["{NORTH}"]) {{ text book {{ id }} }} }}'
    )
    assert data == {"favourite": None, "advice": [{"text": "Read 0!", "book": None}]}


async def test_a_row_that_must_be_there_and_is_not_is_an_error(ask: Ask) -> None:
    reply = await ask(f'{{ favourites(ids: ["{ANTS}", "{NORTH}"]) {{ title }} }}')
    assert (reply.data, reply.codes) == (None, ["INTERNAL"])
    assert reply.errors[0]["path"] == ["favourites", 1]


async def test_rights_hold_below_an_ordinary_field(connection: CountingConnection) -> None:
    @strawberry.field
    async def staff(info: strawberry.Info) -> Member | None:
        """A member."""
        return known("member", 0)  # type: ignore[return-value]

    ask = Ask(Schema([*parts(), ("staff", extend(Query, staff))]), connection)
    assert (await ask.data("{ staff { name phone } }"))["staff"] == {"name": "Asha 0", "phone": "•••00"}
    reply = await ask("{ staff { name note } }")
    assert (reply.data, reply.codes, reply.errors[0]["path"]) == ({"staff": None}, ["FORBIDDEN"], ["staff"])
    assert (await ask("{ staff { note } }", person=ANYWHERE.holding(READ_NOTES))).errors == []


async def test_a_bug_in_an_ordinary_field_is_masked_and_leaves_the_others(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await ask('{ broken place(code: "N") { code } }')
    assert (reply.data, reply.codes) == ({"broken": None, "place": {"code": "N"}}, ["INTERNAL"])
    assert reply.errors[0]["path"] == ["broken"]
    assert reply.errors[0]["extensions"]["requestId"] == "request 1"
    assert b"1234" not in reply.answer.body
    assert "the password is 1234" in caplog.text


RENAME = """mutation($id: ID!, $t: String!, $fail: Boolean! = false) {
              renameBook(input: { id: $id, title: $t, fail: $fail }) { title label } }"""


async def test_a_mutation_answers_the_row_as_its_own_transaction_sees_it(ask: Ask) -> None:
    book = str(known("book", 29))
    before = await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book})
    try:
        reply = await ask(RENAME, {"id": book, "t": "Moths"})
        assert reply.data["renameBook"]["title"] == "Moths"
        assert (await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book}))["book"] == {
            "title": "Moths"
        }
    finally:
        await ask.data(RENAME, {"id": book, "t": before["book"]["title"]})


async def test_a_mutation_that_fails_leaves_nothing_behind(ask: Ask) -> None:
    book = str(known("book", 29))
    before = await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book})
    reply = await ask(RENAME, {"id": book, "t": "Moths", "fail": True})
    assert (reply.data, reply.codes) == ({"renameBook": None}, ["INTERNAL"])
    assert await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book}) == before


async def test_a_failure_below_a_mutation_undoes_it(ask: Ask) -> None:
    book = str(known("book", 29))
    query = RENAME.replace("title label", "title place { books(first: 101) { totalCount } }")
    assert (await ask(query, {"id": book, "t": "Moths"})).codes == ["BAD_REQUEST"]
    data = await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book})
    assert data["book"]["title"] != "Moths"


async def test_mutations_run_one_after_the_other_each_in_its_own_transaction(ask: Ask) -> None:
    book = str(known("book", 29))
    title = (await ask.data("query($id: ID!) { book(id: $id) { title } }", {"id": book}))["book"]["title"]
    reply = await ask(
        """mutation($id: ID!, $t: String!) {
             a: renameBook(input: { id: $id, title: "Moths" }) { title }
             b: renameBook(input: { id: $id, title: "Wasps", fail: true }) { title }
             c: renameBook(input: { id: $id, title: $t }) { title } }""",
        {"id": book, "t": title},
    )
    assert reply.data == {"a": {"title": "Moths"}, "b": None, "c": {"title": title}}
    assert [error["path"] for error in reply.errors] == [["b"]]


@dataclass
class Failing(Request):
    """A request whose transactions cannot be committed."""

    @asynccontextmanager
    async def transaction(self, arguments: dict[str, Any]) -> AsyncIterator[Any]:
        """A transaction that fails when it ends."""

        async def keep(_: bytes | None) -> None:
            raise RuntimeError("the constraint ck_secret is violated")

        yield keep


async def test_a_commit_that_fails_is_told_instead_of_the_answer(ask: Ask) -> None:
    query = f'{{ favourite(id: "{ANTS}") {{ title }} place(code: "N") {{ code }} }}'
    answer = await ask.schema.engine.answer(query, None, None, Failing(ANYWHERE, ask.connection))
    assert answer.body.startswith(b'{"data":{"favourite":null,"place":{"code":"N"}},"errors":[{')
    assert b"ck_secret" not in answer.body


@dataclass
class OneAtATime(Request):
    """A request whose connection may be asked for by one at a time, like the one of a session."""

    busy: list[int] = field(default_factory=list)

    async def result(self, sql: bytes, parameters: Sequence[bytes | None]) -> PGresult:
        """An answer, while nobody else waits for one."""
        assert not self.busy, "another reader is at it"
        self.busy.append(1)
        await asyncio.sleep(0)
        answer = await super().result(sql, parameters)
        self.busy.clear()
        return answer


async def test_readers_of_one_operation_take_turns_at_its_connection(ask: Ask) -> None:
    query = f'{{ advice(ids: ["{ANTS}"]) {{ a: book {{ title }} b: book {{ id }} c: book {{ price }} }} }}'
    answer = await ask.schema.engine.answer(query, None, None, OneAtATime(ANYWHERE, ask.connection))
    assert b"errors" not in answer.body


async def test_an_ordinary_field_needs_its_right(connection: CountingConnection) -> None:
    @strawberry.field
    async def secret(info: strawberry.Info) -> str | None:
        """A secret."""
        return "secret"

    secret.right = READ_NOTES  # type: ignore[attr-defined]
    schema = Schema([("a", extend(Query, secret))])
    schema.root_fields["Query.secret"].right = READ_NOTES
    ask = Ask(schema, connection)
    assert (await ask("{ secret }", person=NOBODY)).codes == ["FORBIDDEN"]
    assert (await ask("{ secret }", person=NOBODY.holding(READ_NOTES))).data == {"secret": "secret"}


async def test_the_first_answer_of_a_schema_and_the_next_are_the_same(connection: CountingConnection) -> None:
    ask = Ask(library_schema(), connection)
    query = "query($ids: [ID!]!) { favourites(ids: $ids) { title } }"
    assert (await ask(query, {"ids": BOOKS})).answer == (await ask(query, {"ids": BOOKS})).answer
