"""Filters and searches: every operator, nulls, and what people type."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.schema.asking import ANYWHERE, AT_HARBOUR, Ask, Person
from tests.schema.stock import ANTS, HARBOUR, NORTH, SOUTH, stock
from tests.schema.tables import BookRow, Status

Keep = Callable[[BookRow], bool]
BOOKS = [row for row in stock() if isinstance(row, BookRow)]
QUERY = "query($f: BookFilter) { books(filter: $f, first: 100) { totalCount nodes { id } } }"


async def found(ask: Ask, filter_: Any) -> set[str]:
    """The ids of the books that a filter lets through, by a variable and by a literal alike."""
    data = (await ask.data(QUERY, {"f": filter_}))["books"]
    by_literal = await ask.data(f"{{ books(filter: {written(filter_)}, first: 100) {{ totalCount nodes {{ id }} }} }}")
    assert by_literal["books"] == data
    ids = {node["id"] for node in data["nodes"]}
    assert len(ids) == data["totalCount"]
    return ids


def written(value: Any) -> str:
    """A value as GraphQL writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return value if value in Status.__members__ else json.dumps(value)


def ids(keep: Keep) -> set[str]:
    """The ids of the books that a Python condition keeps."""
    return {str(book.id) for book in BOOKS if keep(book)}


CASES: dict[str, tuple[Any, Keep]] = {
    "eq": ({"title": {"eq": "Bees"}}, lambda book: book.title == "Bees"),
    "eq null": ({"subtitle": {"eq": None}}, lambda book: book.subtitle is None),
    "eq state": ({"status": {"eq": "LOST"}}, lambda book: book.status is Status.LOST),
    "eq flag": ({"rare": {"eq": True}}, lambda book: book.rare),
    "eq id": ({"id": {"eq": str(ANTS)}}, lambda book: book.id == ANTS),
    "eq reference": ({"place": {"eq": str(SOUTH)}}, lambda book: book.place_id == SOUTH),
    "eq money": ({"price": {"eq": "3.5"}}, lambda book: str(book.price) == "3.50"),
    "eq time": (
        {"addedAt": {"eq": "2025-01-02T11:30:00.000001+03:00"}},
        lambda book: book.added_at.isoformat() == "2025-01-02T08:30:00.000001+00:00",
    ),
    "ne": ({"title": {"ne": "Bees"}}, lambda book: book.title != "Bees"),
    "ne counts null as different": ({"subtitle": {"ne": "50%"}}, lambda book: book.subtitle != "50%"),
    "ne null": ({"subtitle": {"ne": None}}, lambda book: book.subtitle is not None),
    "in": ({"title": {"in": ["Bees", "Ants", "Cows"]}}, lambda book: book.title in ("Bees", "Ants")),
    "in states": ({"status": {"in": ["LOST", "LENT"]}}, lambda book: book.status is not Status.FREE),
    "in references": ({"place": {"in": [str(NORTH), str(SOUTH)]}}, lambda book: book.place_id != HARBOUR),
    "in amounts": ({"price": {"in": ["2.5", "8.50"]}}, lambda book: str(book.price) in ("2.50", "8.50")),
    "in days": ({"printed": {"in": ["2020-01-01"]}}, lambda book: str(book.printed) == "2020-01-01"),
    "in nothing": ({"title": {"in": []}}, lambda book: False),
    "isNull": ({"printed": {"isNull": True}}, lambda book: book.printed is None),
    "isNull false": ({"printed": {"isNull": False}}, lambda book: book.printed is not None),
    "gt": ({"price": {"gt": "3.50"}}, lambda book: book.price > 3.5),
    "gte": ({"price": {"gte": "3.50"}}, lambda book: book.price >= 3.5),
    "lt": ({"pages": {"lt": 60}}, lambda book: book.pages is not None and book.pages < 60),
    "lte": ({"weight": {"lte": "1.125"}}, lambda book: book.weight is not None and book.weight <= 1.125),
    "between days": (
        {"printed": {"gte": "2022-01-01", "lt": "2024-02-01"}},
        lambda book: book.printed is not None and "2022-01-01" <= str(book.printed) < "2024-02-01",
    ),
    "gt text": ({"title": {"gt": "Z"}}, lambda book: book.title > "Z"),
    "contains": ({"title": {"contains": "EE"}}, lambda book: book.title == "Bees"),
    "startsWith": ({"title": {"startsWith": "ant"}}, lambda book: book.title.lower().startswith("ant")),
    "contains nothing": ({"subtitle": {"contains": ""}}, lambda book: book.subtitle is not None),
    "percent is a letter": ({"title": {"contains": "0%"}}, lambda book: book.title == "100% Cats"),
    "only percent": ({"title": {"startsWith": "%"}}, lambda book: False),
    "underscore is a letter": ({"title": {"startsWith": "a_"}}, lambda book: book.title == "a_b"),
    "backslash is a letter": ({"title": {"contains": "\\"}}, lambda book: book.title == "a\\b"),
    "quotes": ({"title": {"contains": '"q'}}, lambda book: book.title == '"Quoted"'),
    "within": ({"place": {"within": str(NORTH)}}, lambda book: book.place_id in (NORTH, HARBOUR)),
    "several fields": (
        {"rare": {"eq": True}, "status": {"eq": "FREE"}},
        lambda book: book.rare and book.status is Status.FREE,
    ),
    "or": ({"or": [{"title": {"eq": "Bees"}}, {"rare": {"eq": True}}]}, lambda book: book.title == "Bees" or book.rare),
    "or of nothing": ({"or": []}, lambda book: False),
    "or of everything": ({"or": [{}]}, lambda book: True),
    "or beside a field": (
        {"or": [{"title": {"eq": "Bees"}}, {"title": {"eq": "Ants"}}], "rare": {"eq": False}},
        lambda book: book.title in ("Bees", "Ants") and not book.rare,
    ),
    "not": ({"not": {"title": {"eq": "Bees"}}}, lambda book: book.title != "Bees"),
    "not of a null": ({"not": {"pages": {"gt": 60}}}, lambda book: not (book.pages is not None and book.pages > 60)),
    "not nothing": ({"not": {}}, lambda book: False),
    "not of an or": (
        {"not": {"or": [{"rare": {"eq": True}}, {"pages": {"lt": 70}}]}},
        lambda book: not (book.rare or (book.pages is not None and book.pages < 70)),
    ),
    "nothing": ({}, lambda book: True),
    "null": (None, lambda book: True),
    "a field that is null": ({"title": None, "or": None, "not": None}, lambda book: True),
    "operators that are null": ({"price": {"gt": None, "in": None, "isNull": None}}, lambda book: True),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_filter_lets_through(ask: Ask, case: str) -> None:
    filter_, keep = CASES[case]
    assert await found(ask, filter_) == ids(keep)


async def test_the_lookups_of_a_case_find_something_to_tell_apart() -> None:
    telling = [case for case, (_, keep) in CASES.items() if 0 < len(ids(keep)) < len(BOOKS)]
    assert len(telling) > 30


async def test_a_filter_may_hold_variables(ask: Ask) -> None:
    query = """query($t: String, $s: [Status!], $m: Money) { books(first: 100, filter: {
                 or: { title: { eq: $t } }, status: { in: $s }, not: { price: { gt: $m } } }) { nodes { id } } }"""

    async def read(**variables: Any) -> set[str]:
        return {node["id"] for node in (await ask.data(query, variables))["books"]["nodes"]}

    assert await read(t="Bees", s=["FREE"], m="5") == ids(
        lambda book: book.title == "Bees" and book.status is Status.FREE and book.price <= 5
    )
    assert await read(t="Ants", s=["FREE", "LOST"], m="9") == ids(
        lambda book: book.title == "Ants" and book.status is not Status.LENT
    )
    # What is left out is no condition: an `or` of one filter without conditions holds, its negation does not.
    assert await read(s=["FREE"], m="9") == ids(lambda book: book.status is Status.FREE)
    assert await read(t="Ants") == set()


async def test_a_filter_nests_five_levels(ask: Ask) -> None:
    filter_: dict[str, Any] = {"rare": {"eq": True}}
    for _ in range(5):
        filter_ = {"not": filter_}
    assert await found(ask, filter_) == ids(lambda book: not book.rare)
    reply = await ask(QUERY, {"f": {"or": [filter_]}})
    assert reply.codes == ["BAD_REQUEST"]
    assert "at most 5 levels" in reply.errors[0]["message"]


async def test_in_takes_a_thousand_values(ask: Ask) -> None:
    assert (await ask.data(QUERY, {"f": {"pages": {"in": list(range(1000))}}}))["books"]["totalCount"] == 23
    assert (await ask(QUERY, {"f": {"pages": {"in": list(range(1001))}}})).codes == ["BAD_REQUEST"]
    assert (await ask(f"{{ books(filter: {{ pages: {{ in: {list(range(1001))} }} }}) {{ totalCount }} }}")).codes == [
        "BAD_REQUEST"
    ]


async def test_a_filter_takes_so_many_values_and_no_more(ask: Ask) -> None:
    texts = dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte", "contains", "startsWith"), "Ants")
    many = {"or": [{"title": texts, "pages": {"gt": 1, "lt": 2, "ne": 3}}] * 200}
    assert (await ask(QUERY, {"f": many})).codes == ["LIMIT_EXCEEDED"]


async def test_or_takes_two_hundred_conditions(ask: Ask) -> None:
    assert (await ask(QUERY, {"f": {"or": [{}] * 200}})).errors == []
    assert (await ask(QUERY, {"f": {"or": [{}] * 201}})).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize("text", ["\0", "a\0b"])
async def test_letters_that_the_database_cannot_hold_are_a_bad_request(ask: Ask, text: str) -> None:
    assert (await ask(QUERY, {"f": {"title": {"eq": text}}})).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("bees", {"Bees"}),
        ("  HISTORY   bees ", {"Bees"}),
        ("history ants", {"ants at home"}),
        ("%", {"100% Cats"}),
        ("_b", {"a_b"}),
        ("\\", {"a\\b"}),
        ("élan", {"Élan"}),
        ("bees zebras", set()),
    ],
)
async def test_every_word_of_a_search_stands_somewhere_in_the_row(ask: Ask, text: str, titles: set[str]) -> None:
    def matches(book: BookRow) -> bool:
        return all(word.lower() in f"{book.title}\n{book.subtitle or ''}".lower() for word in text.split())

    data = await ask.data("query($s: String) { books(search: $s, first: 100) { nodes { id title } } }", {"s": text})
    assert {node["id"] for node in data["books"]["nodes"]} == ids(matches)
    assert titles <= {node["title"] for node in data["books"]["nodes"]}


@pytest.mark.parametrize("text", ["", "   ", None])
async def test_a_search_without_words_finds_everything(ask: Ask, text: str | None) -> None:
    data = await ask.data("query($s: String) { books(search: $s) { totalCount } }", {"s": text})
    assert data["books"]["totalCount"] == 30


async def test_a_search_looks_for_its_first_five_words(ask: Ask) -> None:
    query = "query($s: String) { books(search: $s) { totalCount } }"
    assert (await ask.data(query, {"s": "b e b e b nonsense"}))["books"]["totalCount"] > 0
    assert (await ask.data(query, {"s": "b e b e nonsense"}))["books"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("alias", "text", "person", "first"),
    [
        ("anywhere", "Bees", ANYWHERE, True),
        ("mixed", "Bees of", ANYWHERE, True),
        ("short", "of", ANYWHERE, False),
        ("here", "Bees of", AT_HARBOUR, True),
        ("empty", "", AT_HARBOUR, False),
    ],
)
async def test_what_an_index_finds_is_found_before_it_is_put_in_order(
    ask: Ask, alias: str, text: str, person: Person, first: bool
) -> None:
    query = f"query($s: String) {{ {alias}: books(search: $s) {{ nodes {{ title }} }} }}"
    await ask.data(query, {"s": text}, person=person)
    [statement] = ask.sql(query)
    assert ("OFFSET 0" in statement) is first


async def test_only_types_with_search_columns_can_be_searched(ask: Ask) -> None:
    assert (await ask('{ loans(search: "x") { totalCount } }')).codes == ["BAD_REQUEST"]


async def test_filters_offer_the_columns_and_references_of_a_type(ask: Ask) -> None:
    data = await ask.data('{ __type(name: "LoanFilter") { inputFields { name type { name } } } }')
    offered = {field["name"]: field["type"]["name"] for field in data["__type"]["inputFields"]}
    assert offered == {
        "id": "IDFilter",
        "book": "IDFilter",
        "member": "IDFilter",
        "place": "PlaceIDFilter",
        "lentOn": "DateFilter",
        "returnedOn": "DateFilter",
        "fine": "MoneyFilter",
        "or": None,
        "not": "LoanFilter",
    }
