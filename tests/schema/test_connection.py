"""Keyset pages: every row once, forwards and backwards, whatever the order; and cursors that are none."""

import base64
from typing import Any

import orjson
import pytest

from schema import pages
from tests.schema.asking import AT_HARBOUR, Ask
from tests.schema.stock import NORTH

ORDERS = {
    "the list's own": [],
    "equal keys": [{"field": "TITLE"}],
    "downwards": [{"field": "ADDED_AT", "direction": "DESC"}],
    "nulls last": [{"field": "PRINTED", "direction": "ASC"}],
    "nulls first": [{"field": "WEIGHT", "direction": "DESC"}],
    "mixed": [{"field": "TITLE", "direction": "DESC"}, {"field": "PRICE", "direction": "ASC"}],
    "mixed with nulls": [{"field": "PAGES", "direction": "DESC"}, {"field": "PRINTED"}, {"field": "STATUS"}],
    "booleans and states": [{"field": "RARE", "direction": "DESC"}, {"field": "STATUS", "direction": "DESC"}],
    "the id": [{"field": "ID", "direction": "DESC"}],
    "one twice": [{"field": "TITLE"}, {"field": "TITLE", "direction": "DESC"}],
}
PAGE = """
    query($first: Int, $after: String, $last: Int, $before: String, $order: [BookOrder!]) {
      books(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        nodes { id } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    } }
"""


async def read(ask: Ask, **arguments: Any) -> Any:
    """A page of books."""
    page = (await ask.data(PAGE, arguments))["books"]
    assert page["nodes"] == [edge["node"] for edge in page["edges"]]
    cursors = [edge["cursor"] for edge in page["edges"]] or [None]
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    assert page["totalCount"] == 30
    return page


def ids(page: Any) -> list[str]:
    return [node["id"] for node in page["nodes"]]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("size", [1, 7, 10])
async def test_pages_forward_visit_every_row_once(ask: Ask, order: list[Any], size: int) -> None:
    whole = ids(await read(ask, first=100, order=order))
    assert len(set(whole)) == 30
    seen: list[str] = []
    after = None
    while True:
        page = await read(ask, first=size, after=after, order=order)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        seen += ids(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        assert len(page["nodes"]) == size
    assert seen == whole


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("size", [1, 7, 10])
async def test_pages_backward_visit_every_row_once_in_the_same_order(ask: Ask, order: list[Any], size: int) -> None:
    whole = ids(await read(ask, first=100, order=order))
    seen: list[str] = []
    before = None
    while True:
        page = await read(ask, last=size, before=before, order=order)
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        seen = ids(page) + seen
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        assert len(page["nodes"]) == size
    assert seen == whole


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_what_lies_between_two_cursors_is_a_page(ask: Ask, order: list[Any]) -> None:
    edges = (await read(ask, first=100, order=order))["edges"]
    whole = [edge["node"]["id"] for edge in edges]
    between = {"after": edges[4]["cursor"], "before": edges[12]["cursor"], "order": order}
    assert ids(await read(ask, first=100, **between)) == whole[5:12]
    assert ids(await read(ask, first=3, **between)) == whole[5:8]
    assert ids(await read(ask, last=3, **between)) == whole[9:12]


async def test_a_page_has_twenty_rows_unless_another_number_is_asked_for(ask: Ask) -> None:
    assert len(ids(await read(ask))) == 20
    assert len(ids(await read(ask, first=None, last=None))) == 20
    assert len(ids(await read(ask, first=100))) == 30


async def test_an_empty_page_still_tells_whether_there_is_more(ask: Ask) -> None:
    page = await read(ask, first=0)
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([], True)


@pytest.mark.parametrize(
    "sizes",
    [{"first": -1}, {"first": 101}, {"last": -1}, {"last": 101}, {"first": 2, "last": 2}, {"first": 0, "last": 0}],
)
async def test_sizes_that_are_none_are_refused(ask: Ask, sizes: dict[str, int]) -> None:
    by_variables = await ask(PAGE, sizes)
    literals = ", ".join(f"{name}: {size}" for name, size in sizes.items())
    by_literals = await ask(f"{{ books({literals}) {{ totalCount }} }}")
    assert by_variables.codes == by_literals.codes == ["BAD_REQUEST"]
    assert (by_variables.sent, by_literals.sent) == (0, 0)


def a_cursor(*parts: Any) -> str:
    return base64.b64encode(orjson.dumps(parts)).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "zzz",
        "not base64!",
        a_cursor(),
        base64.b64encode(b"{}").decode(),
        base64.b64encode(b"[[[").decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        a_cursor("Ants"),
        a_cursor("Ants", "no id"),
        a_cursor("Ants", 7),
        a_cursor("Ants", ["x"]),
        a_cursor("An\0ts", str(NORTH)),
        a_cursor("Ants", str(NORTH), 1),
    ],
)
async def test_a_cursor_that_is_none_of_the_list_is_refused(ask: Ask, cursor: str) -> None:
    for arguments in ({"after": cursor}, {"before": cursor}):
        assert (await ask(PAGE, arguments)).codes == ["BAD_REQUEST"]


async def test_a_cursor_of_another_order_is_refused(ask: Ask) -> None:
    cursor = (await read(ask, first=1, order=ORDERS["mixed"]))["edges"][0]["cursor"]
    assert (await ask(PAGE, {"after": cursor})).codes == ["BAD_REQUEST"]
    number = (await read(ask, first=1, order=[{"field": "PAGES"}]))["edges"][0]["cursor"]
    assert (await ask(PAGE, {"after": number, "order": [{"field": "PRINTED"}]})).codes == ["BAD_REQUEST"]


async def test_a_cursor_of_a_row_that_is_not_there_continues_where_it_would_be(ask: Ask) -> None:
    first = await ask.data(
        "query($after: String) { books(first: 1, after: $after) { nodes { title } } }",
        {"after": a_cursor("M", str(NORTH))},
    )
    assert first["books"]["nodes"] == [{"title": "Zebras"}]


async def test_a_bad_cursor_of_one_list_leaves_the_other_fields(ask: Ask) -> None:
    reply = await ask('{ place(code: "N") { books(after: "zzz") { nodes { id } } } __typename }')
    assert (reply.data, reply.codes) == ({"place": None, "__typename": "Query"}, ["BAD_REQUEST"])


async def test_an_entry_of_the_order_needs_its_field(ask: Ask) -> None:
    query = "query($f: BookOrderField! = TITLE) { books(orderBy: [{ field: $f }], first: 1) { nodes { title } } }"
    assert (await ask.data(query))["books"]["nodes"] == [{"title": '"Quoted"'}]
    assert (await ask.data(query, {"f": "PRICE"}))["books"]["nodes"][0]["title"] != '"Quoted"'
    nullable = query.replace("BookOrderField!", "BookOrderField")
    for _ in range(2):
        assert (await ask(nullable, {"f": None})).codes == ["BAD_REQUEST"]


async def test_one_entry_may_stand_for_a_list_of_one_order(ask: Ask) -> None:
    query = (
        "query($d: OrderDirection) { books(first: 1, orderBy: { field: TITLE, direction: $d }) { nodes { title } } }"
    )
    assert (await ask.data(query, {"d": "DESC"}))["books"]["nodes"] == [{"title": "Élan"}]
    assert (await ask.data(query, {"d": "ASC"}))["books"]["nodes"] == [{"title": '"Quoted"'}]
    assert (await ask.data(query))["books"]["nodes"] == [{"title": '"Quoted"'}]


@pytest.mark.parametrize(
    "selection",
    ["pageInfo { hasPreviousPage }", "pageInfo { __typename }", "pageInfo { hasNextPage }", "edges { __typename }",
     "__typename", "totalCount"],
)  # fmt: skip
async def test_any_part_of_a_page_may_be_asked_for_alone(ask: Ask, selection: str) -> None:
    data = await ask.data(f'{{ books(first: 2) {{ {selection} }} none: books(search: "nothing") {{ {selection} }} }}')
    assert list(data) == ["books", "none"]
    assert data["books"].keys() == data["none"].keys()


async def test_rows_are_counted_only_when_that_is_asked_for(ask: Ask) -> None:
    await ask.data("{ books(first: 3) { nodes { title } edges { cursor } } }")
    [rows] = ask.sql("{ books(first: 3) { nodes { title } edges { cursor } } }")
    assert "count(" not in rows
    await ask.data("{ books { totalCount } }")
    [count] = ask.sql("{ books { totalCount } }")
    assert "count(" in count
    assert "row_number" not in count


async def test_the_count_is_of_all_that_the_viewer_may_see_and_the_filter_lets_through(ask: Ask) -> None:
    query = "{ books(first: 1, filter: { rare: { eq: true } }) { totalCount } }"
    assert (await ask.data(query))["books"]["totalCount"] == 8
    assert (await ask.data(query, person=AT_HARBOUR))["books"]["totalCount"] == 3


async def test_a_list_in_one_direction_without_nulls_continues_along_its_index(ask: Ask) -> None:
    query = "query($a: String) { books(after: $a, first: 2) { nodes { id } } }"
    await ask.data(query, {"a": a_cursor("Ants", str(NORTH))})
    assert "(book_1.title, book_1.id) > (" in ask.sql(query)[0]


async def test_a_page_reads_one_row_more_than_it_shows(ask: Ask) -> None:
    query = "query($n: Int) { loans(first: $n) { nodes { id } } }"
    await ask.data(query, {"n": 4})
    [plan] = ask.plans(query)
    assert plan[0].statement is not None
    assert b"LIMIT 5" in plan[0].statement.sql


async def test_a_list_cannot_be_ordered_by_a_field_that_needs_a_right(ask: Ask) -> None:
    data = await ask.data('{ __type(name: "MemberOrderField") { enumValues { name } } }')
    assert [value["name"] for value in data["__type"]["enumValues"]] == ["ID", "NAME", "BORN"]


async def test_a_count_stops_where_it_tells_nothing_more(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_COUNTED", 7)
    assert await ask.data("{ many: books { totalCount } }") == {"many": {"totalCount": 7}}
    few = await ask.data('{ few: books(filter: { title: { eq: "Bees" } }) { totalCount } }')
    assert few["few"]["totalCount"] < 7
