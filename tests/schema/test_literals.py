"""Literals in documents: whatever a document holds, lifting them gives the bytes that reading it whole gives."""

from typing import Any

import orjson
import pytest
from graphql import GraphQLSyntaxError, Source, TokenKind
from graphql.language import Lexer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schema import Schema
from schema.document import read
from schema.execute import Engine
from schema.literals import Asked, split
from tests.schema.asking import ANYWHERE, AT_HARBOUR, Ask, CountingConnection, Person
from tests.schema.library import READ_NOTES, READ_PHONES, library_schema
from tests.schema.random_queries import POOLS, Query, library_queries
from tests.schema.stock import ANTS, LENT

SCHEMA = library_schema()._schema
PERSON = ANYWHERE.holding(READ_NOTES, READ_PHONES)


class Whole(Engine):
    """An engine that reads each document as it stands."""

    def _known(self, text: str) -> Asked:
        return Asked(text, read(self.schema, text, explained=self.explained))


WHOLE = Whole(SCHEMA)


@pytest.fixture
def fresh(connection: CountingConnection) -> Ask:
    """Asks a schema that nobody has asked yet."""
    return Ask(library_schema(), connection)


async def same(ask: Ask, text: str, variables: dict[str, Any] | None = None, person: Person = PERSON) -> bytes:
    """The answer of both ways, which must be the same bytes."""
    lifted = await ask.schema.engine.answer(text, variables, None, ask.request(person))
    whole = await WHOLE.answer(text, variables, None, ask.request(person))
    assert lifted.body == whole.body
    assert (lifted.executed, lifted.statements) == (whole.executed, whole.statements)
    return lifted.body


def shared(ask: Ask, *texts: str) -> bool:
    """Whether documents are one to the engine."""
    return len({id(ask.schema.engine.asked(text).document) for text in texts}) == 1


# What is shared

ODD = [
    # strings: escapes, blocks, emptiness, what looks like something else
    ('{ place(code: "N") { name } }', '{ place(code: "S") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\u004e") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\u{4e}") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\"") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\\") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "# no comment { } \\u0022 $x") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "Élan 🐘") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "tab\there") { name } }'),
    ('{ place(code: """N""") { name } }', '{ place(code: """S""") { name } }'),
    ('{ place(code: """\n  N\n  """) { name } }', '{ place(code: """\n  S\n  """) { name } }'),
    ('{ place(code: """N \\""" "N" 1""") { name } }', '{ place(code: """N \\""" "S" 2""") { name } }'),
    ('{ place(code:"N"){name}}', '{ place(code:"S"){name}}'),
    ('{ place(code: "N") { name } } # "a" 1', '{ place(code: "S") { name } } # "a" 2'),
    ('# """\n{ place(code: "N") { name } }', '# """\n{ place(code: "S") { name } }'),
    ('{ # 1 "x\n place(code: "N") { name } }', '{ # 1 "x\n place(code: "S") { name } }'),
    ('\ufeff{ place(code: "N") { name } }', '\ufeff{ place(code: "S") { name } }'),
    ('{,place(code:,"N",),{,name,},}', '{,place(code:,"S",),{,name,},}'),
    ('{\r\n place(code: "N") {\r name } }', '{\r\n place(code: "S") {\r name } }'),
    # no documents
    ('{ place(code: "N") { name } }', '{ place(code: "S\n") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\q") { name } }'),
    ('{ place(code: "N") { name } }', r'{ place(code: "\ud800") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "N" "S") { name } }'),
    ('{ place(code: "N") { name } }', '{ place(code: "N) { name } }'),
    ('{ place(code: "N") { name } }', "{ place(code: 'N') { name } }"),
    ('{ place(code: "N") { name } }', "{ place(code: 1) { name } }"),
    ('{ place(code: "N") { name } }', "{ place(code: N) { name } }"),
    ('{ place(code: "N") { name } }', "{ place(code: null) { name } }"),
    # numbers
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: -20) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 01) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 1.0) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 1e0) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 1a) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: -0) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 2147483648) } } }"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", f"{{ books {{ nodes {{ pagesLeft(read: {'9' * 5000}) }} }} }}"),
    ("{ books { nodes { pagesLeft(read: 1) } } }", '{ books { nodes { pagesLeft(read: "1") } } }'),
    ("{ books { nodes { pagesLeft(read:-1) } } }", "{ books { nodes { pagesLeft(read:-2) } } }"),
    # values that are not valid where they stand
    (f'{{ book(id: "{ANTS}") {{ title }} }}', f'{{ book(id: "{LENT}") {{ title }} }}'),
    (f'{{ book(id: "{ANTS}") {{ title }} }}', '{ book(id: "7") { title } }'),
    (f'{{ book(id: "{ANTS}") {{ title }} }}', "{ book(id: 7) { title } }"),
    (f'{{ node(id: "{ANTS}") {{ __typename id }} }}', f'{{ node(id: "{LENT}") {{ __typename id }} }}'),
    ('{ books(printedAfter: "2020-01-01") { totalCount } }', '{ books(printedAfter: "2020-02-30") { totalCount } }'),
    ('{ books(filter: { price: { eq: "2.50" } }) { totalCount } }', '{ books(filter: { price: { eq: "x" } }) { totalCount } }'),
    ("{ books(filter: { price: { gt: 2 } }) { totalCount } }", "{ books(filter: { price: { gt: 5 } }) { totalCount } }"),
    ("{ books(filter: { price: { gt: 2.5 } }) { totalCount } }", "{ books(filter: { price: { gt: 5 } }) { totalCount } }"),
    # cursors and searches
    ('{ books(after: "x") { totalCount } }', '{ books(after: "WyJCZWVzIl0=") { totalCount } }'),
    ('{ books(search: "ants") { nodes { id } } }', '{ books(search: "of  history") { nodes { id } } }'),
    ('{ books(search: "ants") { nodes { id } } }', '{ books(search: " ") { nodes { id } } }'),
    ('{ books(search: "ants") { nodes { id } } }', '{ books(search: "%_\\\\") { nodes { id } } }'),
    # filters
    ('{ books(filter: { title: { startsWith: "A" }, pages: { gt: 60 } }) { nodes { id } } }',
     '{ books(filter: { title: { startsWith: "b" }, pages: { gt: 1 } }) { nodes { id } } }'),
    ('{ books(filter: { or: [{ title: { eq: "Ants" } }, { title: { eq: "Bees" } }] }) { nodes { id } } }',
     '{ books(filter: { or: [{ title: { eq: "Bees" } }, { title: { eq: "Bees" } }] }) { nodes { id } } }'),
    ('{ books(filter: { title: { in: ["Ants", "Bees"] } }) { nodes { id } } }',
     '{ books(filter: { title: { in: ["Zebras", "Bees"] } }) { nodes { id } } }'),
    ('{ books(filter: { title: { in: "Ants" } }) { nodes { id } } }', '{ books(filter: { title: { in: "Bees" } }) { nodes { id } } }'),
    ('{ books(filter: { title: { eq: "a" }, nonsense: 1 }) { totalCount } }', '{ books(filter: { title: { eq: "b" }, nonsense: 1 }) { totalCount } }'),
    # what shapes a statement
    ("{ books(first: 1) { nodes { id } } }", "{ books(first: 2) { nodes { id } } }"),
    ('{ books(first: 1, search: "a") { nodes { id } } }', '{ books(first: 2, search: "b") { nodes { id } } }'),
    ('{ books(filter: { pages: { gt: 1 }, title: { in: ["Ants"] } }) { nodes { id } } }',
     '{ books(filter: { pages: { gt: 2 }, title: { in: ["Bees"] } }) { nodes { id } } }'),
    (f'{{ place(code: "N") {{ name }} favourites(ids: ["{ANTS}"]) {{ title }} }}', f'{{ place(code: "S") {{ name }} favourites(ids: ["{LENT}"]) {{ title }} }}'),
    ("{ books(first: 1) { nodes { id } } }", "{ books(first: 100000) { nodes { id } } }"),
    ("{ books(first: 1) { nodes { id } } }", "{ books(first: -1) { nodes { id } } }"),
    ('{ books(first: 2, search: "a") { nodes { id } } }', '{ books(last: 2, search: "b") { nodes { id } } }'),
    ('{ place(code: "N") { name @include(if: true) } }', '{ place(code: "N") { name @include(if: false) } }'),
    ('{ place(code: "N") @skip(if: "x") { name } }', '{ place(code: "N") @skip(if: "y") { name } }'),
    ("{ places(orderBy: [{ field: CODE }]) { nodes { id } } }", "{ places(orderBy: [{ field: NAME }]) { nodes { id } } }"),
    # two fields of one response key must ask the same
    ('{ place(code: "N") { name } place(code: "N") { code } }', '{ place(code: "S") { name } place(code: "S") { code } }'),
    ('{ place(code: "N") { name } place(code: "N") { code } }', '{ place(code: "S") { name } place(code: "N") { code } }'),
    ('{ place(code: "N") { name } place(code: "N") { code } }', '{ place(code: "S") { name } place(code: "\\u0053") { code } }'),
    ('{ place(code: "N") { name } place(code: "N") { code } }', '{ place(code: "S") { name } place(code: """S""") { code } }'),
    ('{ a: place(code: "N") { name } b: place(code: "N") { code } }', '{ a: place(code: "S") { name } b: place(code: "N") { code } }'),
    ('{ ...F place(code: "N") { name } } fragment F on Query { place(code: "N") { code } }',
     '{ ...F place(code: "S") { name } } fragment F on Query { place(code: "N") { code } }'),
    ("{ books { nodes { pagesLeft(read: 1) } edges { node { pagesLeft(read: 2) } } } }",
     "{ books { nodes { pagesLeft(read: 3) } edges { node { pagesLeft(read: 3) } } } }"),
    ("{ books { nodes { pagesLeft(read: 1) pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 1) pagesLeft(read: 2) } } }"),
    # fragments, spread twice and in each other
    ('{ ...F ...F } fragment F on Query { place(code: "N") { name } }', '{ ...F ...F } fragment F on Query { place(code: "S") { name } }'),
    ('{ ...F } fragment F on Query { ...G } fragment G on Query { place(code: "N") { name } }',
     '{ ...F } fragment F on Query { ...G } fragment G on Query { place(code: "S") { name } }'),
    # operations and variables
    ('query A { place(code: "N") { name } } query B { place(code: "S") { name } }', 'query A { place(code: "T") { name } } query B { place(code: "S") { name } }'),
    ('query($c: String = "N") { place(code: $c) { name } }', 'query($c: String = "S") { place(code: $c) { name } }'),
    ('query A($c: String!) { place(code: $c) { name } x: place(code: "N") { name } }', 'query A($c: String!) { place(code: $c) { name } x: place(code: "S") { name } }'),
    ('subscription { place(code: "N") { name } }', 'subscription { place(code: "S") { name } }'),
    ('{ __type(name: "Book") { name } }', '{ __type(name: "Place") { name } }'),
    # ordinary fields, and errors that say where they are
    (f'{{ favourite(id: "{ANTS}") {{ title pagesLeft(read: 10) }} }}', f'{{ favourite(id: "{LENT}") {{ title pagesLeft(read: 7) }} }}'),
    (f'{{ favourites(ids: ["{ANTS}"]) {{ title }} }}', f'{{ favourites(ids: ["{LENT}"]) {{ title }} }}'),
    (f'{{ favourites(ids: "{ANTS}") {{ title }} }}', f'{{ favourites(ids: "{LENT}") {{ title }} }}'),
    ('{ place(code: "N") { name } broken }', '{ place(code: "South, further away") { name } broken }'),
    ('{ place(code: "N")\n { name } x: broken y: broken }', '{ place(code: "")\n { name } x: broken y: broken }'),
    ('query($n: Int!) { place(code: "N") { name } books(first: $n) { totalCount } }', 'query($n: Int!) { place(code: "a longer one") { name } books(first: $n) { totalCount } }'),
    ('query A { place(code: "N") { name } } ', 'query A { place(code: "much longer") { name } bok } '),
    ('{ book(title: "Ants") { id } member }', '{ book(title: "Bees") { id } member }'),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), ODD)
async def test_a_document_is_answered_as_if_it_were_read_whole(fresh: Ask, first: str, second: str) -> None:
    for text in (first, second, first, second):
        await same(fresh, text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ODD[0], ODD[2], ODD[8],
        ("{ books { nodes { pagesLeft(read: 1) } } }", "{ books { nodes { pagesLeft(read: 2) } } }"),
        ('{ books(filter: { or: [{ title: { eq: "a" } }, { pages: { gt: 7 } }] }) { totalCount } }',
         '{ books(filter: { or: [{ title: { eq: "b" } }, { pages: { gt: 8 } }] }) { totalCount } }'),
        ('{ place(code: "N") { name } place(code: "N") { code } }', '{ place(code: "S") { name } place(code: "S") { code } }'),
        ('{ a: place(code: "N") { name } b: place(code: "N") { code } }', '{ a: place(code: "S") { name } b: place(code: "T") { code } }'),
        ('query($n: Int) { books(first: $n, search: "a") { totalCount } }', 'query($n: Int) { books(first: $n, search: "b") { totalCount } }'),
        ('{ ...F } fragment F on Query { place(code: "N") { name } }', '{ ...F } fragment F on Query { place(code: "S") { name } }'),
    ],
)  # fmt: skip
async def test_documents_that_differ_in_literals_share_a_plan(fresh: Ask, first: str, second: str) -> None:
    assert (await fresh(first)).errors == (await fresh(second)).errors == []
    assert shared(fresh, first, second)
    assert len(fresh.plans(first)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{ books(first: 1) { totalCount } }", "{ books(first: 2) { totalCount } }"),
        ('{ books(first: 1, search: "a") { totalCount } }', '{ books(first: 2, search: "a") { totalCount } }'),
        ('{ books(filter: { title: { in: ["a"] } }) { totalCount } }', '{ books(filter: { title: { in: ["b"] } }) { totalCount } }'),
        ('{ books(orderBy: [{ field: TITLE }]) { totalCount } }', '{ books(orderBy: [{ field: PAGES }]) { totalCount } }'),
        ('query($c: String! = "N") { place(code: $c) { name } }', 'query($c: String! = "S") { place(code: $c) { name } }'),
        ('{ place(code: """N""") { name } }', '{ place(code: """S""") { name } }'),
        ("{ loans(open: true) { totalCount } }", "{ loans(open: false) { totalCount } }"),
        ('query A { place(code: "N") { name } } query B { __typename }', 'query A { place(code: "S") { name } } query B { __typename }'),
    ],
)  # fmt: skip
async def test_what_stays_in_the_document_keeps_documents_apart(fresh: Ask, first: str, second: str) -> None:
    assert not shared(fresh, first, second)


async def test_what_fails_is_not_shared(fresh: Ask) -> None:
    bad, good = '{ book(id: "7") { id } }', f'{{ book(id: "{ANTS}") {{ id }} }}'
    for text in (bad, good, bad, good):
        assert bool((await fresh(text)).errors) is (text == bad)
    assert fresh.schema.engine.asked(bad).document.errors


async def test_no_variable_of_a_client_takes_the_place_of_a_literal(fresh: Ask) -> None:
    text = '{ place(code: "N") { name } }'
    [lifted] = fresh.schema.engine.asked(text).raw
    answer = await same(fresh, text, {lifted: "S"})
    assert orjson.loads(answer)["data"] == {"place": {"name": "North"}}


@pytest.mark.parametrize("title", ["Ants", 'a \\"longer\\" title \\u00e9'])
async def test_changes_take_their_literals_too(fresh: Ask, title: str) -> None:
    text = 'mutation { renameBook(input: { id: "%s", title: "%s"%s }) { title pagesLeft(read: 3) } }'
    changed = {"renameBook": {"title": orjson.loads(f'"{title}"'), "pagesLeft": 47}}
    assert (await fresh(text % (ANTS, "Bees", ""))).errors == []
    assert await fresh.data(text % (ANTS, title, "")) == changed
    assert shared(fresh, text % (ANTS, "Bees", ""), text % (ANTS, title, ""))
    for told in ("x", "Quite another title"):
        await same(fresh, text % (ANTS, told, ", fail: true"))
    await fresh.data(text % (ANTS, "Ants", ""))


# How a document is split


@settings(max_examples=300, deadline=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
@given(
    st.lists(
        st.sampled_from(
            ['"', '"""', "\\", "\\u0041", "#", "\n", "\r", " ", "a", "_1", "0", "1", "12", "-", ".", "...", "e", "E+",
             "{", "}", "(", ":", ",", "$", "@", "é", "\ufeff", "\ud800", "\x00", "\t", '"x"', "1.5", "-0"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_literals_are_those_of_the_lexer(text: str) -> None:
    parts = split(text)
    try:
        lexer, expected = Lexer(Source(text)), []
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            if token.kind in (TokenKind.STRING, TokenKind.INT, TokenKind.FLOAT):
                expected.append((token.start, text[token.start : token.end]))
    except GraphQLSyntaxError:
        return  # such a text is read whole, or its literals are no good and it is read whole then
    found = [] if parts is None else list(zip(parts.starts(), parts.literals, strict=True))
    assert found == expected


def test_a_document_of_many_literals_is_read_whole() -> None:
    assert split('{ a(b: "x") }') is not None
    assert split("{ a }") is None
    assert split("{ a(b: [%s]) }" % (600 * "1 ")) is None


# Random documents


def twin(text: str, choices: list[int]) -> str:
    """The document with other literals of the same kinds."""
    parts = split(text)
    if parts is None:
        return text
    written, pieces = "", list(parts.skeleton)
    for index, literal in enumerate(parts.literals):
        pool = (
            POOLS["Int"] if literal[0] != '"' else (*POOLS["String"], *POOLS["ID"][:3], *POOLS["Date"], *POOLS["Money"])
        )
        choice = choices[index % len(choices)]
        other = pool[choice % len(pool)] if choice % 3 else None
        written += pieces[index][:-1] + (literal if other is None else orjson.dumps(other).decode())
    return written + pieces[-1]


some = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,  # the audit looks for new ones
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
CHOICES = st.lists(st.integers(0, 1000), min_size=1, max_size=8)


@some
@given(query=library_queries(SCHEMA), choices=CHOICES, person=st.sampled_from((PERSON, AT_HARBOUR)))
async def test_random_documents_are_answered_as_if_they_were_read_whole(
    ask: Ask, query: Query, choices: list[int], person: Person
) -> None:
    for text in (query.text, twin(query.text, choices)):
        await same(ask, text, query.variables, person)


@pytest.mark.audit
@settings(some, max_examples=1000, derandomize=False, phases=[Phase.generate, Phase.shrink])
@given(query=library_queries(SCHEMA), choices=CHOICES, person=st.sampled_from((PERSON, AT_HARBOUR)))
async def test_many_random_documents_are_answered_as_if_they_were_read_whole(
    ask: Ask, query: Query, choices: list[int], person: Person
) -> None:
    for text in (query.text, twin(query.text, choices)):
        await same(ask, text, query.variables, person)


def test_a_schema_keeps_what_it_read(schema: Schema) -> None:
    engine = Engine(schema._schema)
    text = '{ place(code: "N") { name } }'
    assert engine.asked(text) is engine.asked(text)
    assert engine.skeletons.asked.characters == len(text)
