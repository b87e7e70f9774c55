"""Lists of somebody who works in several places: one walk for each, merged; the rows are those of any other way."""

from dataclasses import replace
from typing import Any

import pytest

from schema.walks import FEW, MANY, MOST_WALKED, size_of
from tests.schema.asking import ANYWHERE, AT_HARBOUR, AT_MANY, AT_TWO, AT_TWO_AND_NAMED, NAMED, Ask, Person
from tests.schema.stock import HARBOUR, NORTH, SOUTH, known

BOOKS = "query($f: BookFilter) { books(first: 100, filter: $f) { totalCount nodes { id title } } }"
MEMBERS = "{ members(first: 100) { totalCount nodes { id } } }"
PLACES = {str(HARBOUR), str(SOUTH)}


def elsewhere(number: int) -> tuple[Any, ...]:
    """Places that have nothing."""
    return tuple(known("elsewhere", at) for at in range(number))


def at(*places: Any) -> Person:
    """Somebody who works there."""
    return Person(scopes={"place": places}, unbounded=False)


@pytest.mark.parametrize("number", [0, 1, 8, FEW - 1, FEW, MOST_WALKED - 2, MOST_WALKED - 1, 200])
async def test_the_rows_are_those_of_the_places_however_many_they_are(ask: Ask, number: int) -> None:
    everything = await ask.data("{ books(first: 100) { nodes { id title place { id } } } }")
    expected = [
        {"id": book["id"], "title": book["title"]}
        for book in everything["books"]["nodes"]
        if book["place"]["id"] in PLACES
    ]
    found = await ask.data(BOOKS, person=at(HARBOUR, SOUTH, *elsewhere(number)))
    assert found["books"] == {"totalCount": len(expected), "nodes": expected}


@pytest.mark.parametrize("order", ["TITLE", "PRICE", "PAGES", "STATUS", "ADDED_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_page_after_page_there_and_back_is_the_whole_list(ask: Ask, order: str, direction: str) -> None:
    query = (
        f"query($first: Int, $after: String, $last: Int, $before: String) {{ books(first: $first, after: $after, "
        f"last: $last, before: $before, orderBy: [{{ field: {order}, direction: {direction} }}]) "
        "{ nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    )
    [whole] = [(await ask.data(query, {"first": 100}, person=AT_TWO))["books"]["nodes"]]
    assert len(whole) == 20
    forth: list[Any] = []
    given: dict[str, Any] = {"first": 3}
    while True:
        page = (await ask.data(query, given, person=AT_TWO))["books"]
        forth += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        given = {"first": 3, "after": page["pageInfo"]["endCursor"]}
    back: list[Any] = page["nodes"]
    while page["pageInfo"]["hasPreviousPage"]:
        page = (await ask.data(query, {"last": 3, "before": page["pageInfo"]["startCursor"]}, person=AT_TWO))["books"]
        back = page["nodes"] + back
    assert forth == back == whole


async def test_a_row_that_is_seen_in_two_ways_comes_once(ask: Ask) -> None:
    found = (await ask.data(MEMBERS, person=AT_TWO_AND_NAMED))["members"]
    ids = [member["id"] for member in found["nodes"]]
    places = (await ask.data(MEMBERS, person=AT_TWO))["members"]["nodes"]
    assert set(ids) == {member["id"] for member in places} | set(map(str, NAMED))
    assert found["totalCount"] == len(ids) == len(set(ids))
    assert len(ids) < len(places) + len(NAMED)


async def test_a_place_that_is_granted_twice_shows_its_rows_once(ask: Ask) -> None:
    twice = at(HARBOUR, SOUTH, HARBOUR, *elsewhere(FEW))
    assert await ask.data(BOOKS, person=twice) == await ask.data(BOOKS, person=AT_TWO)


async def test_one_way_of_seeing_rows_may_be_long_and_another_one_place(ask: Ask) -> None:
    for places in ((HARBOUR,), (HARBOUR, *elsewhere(MOST_WALKED))):
        person = replace(AT_TWO_AND_NAMED, scopes={"place": places, "member": NAMED})
        found = (await ask.data(MEMBERS, person=person))["members"]
        alone = (await ask.data(MEMBERS, person=AT_HARBOUR))["members"]["nodes"]
        ids = [member["id"] for member in found["nodes"]]
        assert sorted(ids) == sorted({member["id"] for member in alone} | set(map(str, NAMED)))


@pytest.mark.parametrize(
    ("person", "filter", "walks"),
    [
        (AT_TWO, None, True),
        (AT_TWO, {"status": {"eq": "FREE"}}, True),
        (AT_TWO, {"shelf": {"eq": str(known("shelf", 1))}}, False),
        (AT_HARBOUR, None, False),
        (AT_MANY, None, False),
        (ANYWHERE, None, False),
        (ANYWHERE, {"place": {"within": str(NORTH)}}, True),
        (ANYWHERE, {"place": {"within": str(NORTH)}, "shelf": {"eq": str(known("shelf", 1))}}, False),
    ],
)
async def test_places_are_walked_when_there_are_several_and_nothing_finds_the_rows(
    ask: Ask, person: Person, filter: Any, walks: bool
) -> None:
    query = f"query Walks{id(person)}($f: BookFilter) {{ books(filter: $f) {{ nodes {{ id }} }} }}"
    await ask.data(query, {"f": filter}, person=person)
    assert ("LATERAL" in ask.sql(query)[-1]) is walks


@pytest.mark.parametrize("person", [ANYWHERE, AT_HARBOUR, AT_TWO, AT_MANY])
async def test_rows_within_a_place_are_those_of_the_places_in_it(ask: Ask, person: Person) -> None:
    query = "query($f: BookFilter) { books(first: 100, filter: $f) { totalCount nodes { id title place { id } } } }"
    seen = (await ask.data(query, {"f": None}, person=person))["books"]["nodes"]
    inside = [book for book in seen if book["place"]["id"] in {str(NORTH), str(HARBOUR)}]
    assert inside
    found = await ask.data(query, {"f": {"place": {"within": str(NORTH)}}}, person=person)
    assert found["books"] == {"totalCount": len(inside), "nodes": inside}


async def test_plans_are_kept_by_how_many_places_there_are(ask: Ask) -> None:
    query = "query Sizes { books { nodes { id title } } }"
    sizes = [1, 2, 3, FEW, FEW + 1, MOST_WALKED, MOST_WALKED + 1, 200]
    for number in sizes * 2:
        await ask.data(query, person=at(*elsewhere(number)))
    assert len(ask.plans(query)) == len({size_of(elsewhere(number)) for number in sizes}) == 6


def test_sizes() -> None:
    sizes = {number: size_of(range(number)) for number in (0, 1, 2, FEW, FEW + 1, MOST_WALKED, MOST_WALKED + 1)}
    assert sizes == {
        0: FEW, 1: 1, 2: 2, FEW: FEW, FEW + 1: MOST_WALKED, MOST_WALKED: MOST_WALKED, MOST_WALKED + 1: MANY,
    }  # fmt: skip


async def test_who_sees_very_many_places_is_served_as_one_who_sees_all(ask: Ask) -> None:
    by_weight = '{ books(filter: { weight: { gte: "0" } }) { nodes { id } } }'
    for person, statements in ((AT_HARBOUR, 1), (AT_TWO, 1), (AT_MANY, 2), (ANYWHERE, 2)):
        reply = await ask(by_weight, person=person)
        assert (reply.errors, reply.answer.statements) == ([], statements)
