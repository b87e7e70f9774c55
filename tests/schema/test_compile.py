"""Compiled reads: every kind of field, everything a selection may hold, and one statement per root field."""

import pytest

from tests.schema.asking import ANYWHERE, AT_HARBOUR, NOBODY, NOWHERE, Ask
from tests.schema.library import READ_NOTES, READ_PHONES
from tests.schema.stock import ANTS, HARBOUR, LENT, NORTH, SOUTH, TODAY, TOWER, known, stock
from tests.schema.tables import BookRow, Status


async def test_columns_references_expressions_relations_and_python_fields_are_read(ask: Ask) -> None:
    data = await ask.data(
        """query($id: ID!) { book(id: $id) {
             title subtitle place { name parent { name } } shelf { name }
             currentLoan { lentOn member { name } } loans(first: 1) { nodes { fine } }
             pagesLeft(read: 8) isNew label salePrice mayBecome
        } }""",
        {"id": str(LENT)},
    )
    assert data["book"] == {
        "title": "Bees",
        "subtitle": "A history",
        "place": {"name": "Harbour", "parent": {"name": "North"}},
        "shelf": {"name": "Shelf 1"},
        "currentLoan": None,
        "loans": {"nodes": [{"fine": None}]},
        "pagesLeft": 52,
        "isNew": False,
        "label": "Bees (2022)",
        "salePrice": "2.50",
        "mayBecome": ["LENT", "LOST"],
    }


async def test_a_root_field_is_one_statement_whatever_its_depth(ask: Ask) -> None:
    reply = await ask(
        """{ places { totalCount pageInfo { endCursor } edges { cursor node { bookCount shelves { name }
             books { nodes { label loans(first: 5) { nodes { member { label loans(first: 5) { nodes { book { title } } } } } } } } } } } }"""
    )
    assert reply.errors == []
    assert (reply.sent, reply.answer.statements) == (1, 1)


async def test_root_fields_are_a_statement_each(ask: Ask) -> None:
    reply = await ask('{ a: place(code: "N") { name } b: place(code: "S") { name } __typename }')
    assert reply.data == {"a": {"name": "North"}, "b": {"name": "South"}, "__typename": "Query"}
    assert (reply.sent, reply.answer.statements) == (2, 2)


async def test_the_answer_has_the_order_of_the_selection(ask: Ask) -> None:
    reply = await ask('{ b: __typename place(code: "N") { name code id } a: __typename }')
    assert reply.answer.body.decode() == (
        f'{{"data":{{"b":"Query","place":{{"name":"North","code":"N","id":"{NORTH}"}},"a":"Query"}}}}'
    )


async def test_nothing_found_is_null_and_an_empty_list_is_empty(ask: Ask) -> None:
    data = await ask.data('{ place(code: "?") { name } members(search: "nobody") { nodes { id } edges { cursor } } }')
    assert data == {"place": None, "members": {"nodes": [], "edges": []}}


# Selections


async def test_aliases_name_fields_also_like_the_names_of_sql(ask: Ask) -> None:
    data = await ask.data(
        '{ place(code: "N") { select: name anon_1: name Name: code name: code n: name c0: code shelf_1: shelves { row: id } } }'
    )
    assert data["place"]["select"] == data["place"]["anon_1"] == data["place"]["n"] == "North"
    assert data["place"]["Name"] == data["place"]["name"] == data["place"]["c0"] == "N"
    assert len(data["place"]["shelf_1"]) == 2


async def test_one_page_may_be_asked_for_twice_with_other_arguments(ask: Ask) -> None:
    query = (
        "query($a: Int, $b: Int) { x: places(first: $a) { nodes { code } } y: places(first: $b) { nodes { code } } }"
    )
    for a, b in ((1, 2), (3, 2), (3, 0)):
        data = await ask.data(query, {"a": a, "b": b})
        assert (len(data["x"]["nodes"]), len(data["y"]["nodes"])) == (a, b)


async def test_fragments_are_spread_where_their_type_applies(ask: Ask) -> None:
    query = """
        query($id: ID!) { node(id: $id) { ...Any ... on Book { ...Title } ... on Member { name } ... { id } } }
        fragment Any on Node { __typename }
        fragment Title on Book { title }
    """
    assert (await ask.data(query, {"id": str(ANTS)}))["node"] == {
        "__typename": "Book",
        "title": "Ants",
        "id": str(ANTS),
    }
    member = known("member", 0)
    data = await ask.data(query, {"id": str(member)})
    assert data["node"] == {"__typename": "Member", "name": "Asha 0", "id": str(member)}


async def test_a_field_selected_twice_is_merged(ask: Ask) -> None:
    data = await ask.data(
        """{ place(code: "H") { name name parent { name } ...More books(first: 1) { totalCount } } }
           fragment More on Place { parent { code name } books(first: 1) { nodes { title } totalCount } }"""
    )
    assert data["place"] == {
        "name": "Harbour",
        "parent": {"name": "North", "code": "N"},
        "books": {"nodes": [{"title": '"Quoted"'}], "totalCount": 10},
    }


@pytest.mark.parametrize(("yes", "no"), [(True, False), (False, True), (True, True)])
async def test_skip_and_include_with_variables(ask: Ask, yes: bool, no: bool) -> None:
    data = await ask.data(
        """query($yes: Boolean!, $no: Boolean!) { place(code: "N") {
             a: code @include(if: $yes) b: code @skip(if: $no) ... @include(if: $no) { c: code } ...D @skip(if: $yes)
             e: code @include(if: $yes) @skip(if: $no) f: books @skip(if: $yes) { totalCount }
        } } fragment D on Place { d: code }""",
        {"yes": yes, "no": no},
    )
    expected = {"a": yes, "b": not no, "c": no, "d": not yes, "e": yes and not no, "f": not yes}
    assert list(data["place"]) == [key for key, there in expected.items() if there]


async def test_skip_and_include_with_literals(ask: Ask) -> None:
    data = await ask.data(
        """{ place(code: "N") { a: code @include(if: true) b: code @skip(if: true) }
             gone: place(code: "N") @skip(if: true) { code } }"""
    )
    assert data == {"place": {"a": "N"}}


async def test_an_object_of_which_everything_is_skipped_is_empty(ask: Ask) -> None:
    data = await ask.data(
        """{ place(code: "N") { name @skip(if: true) } none: place(code: "?") { name @skip(if: true) }
             places(first: 1) { nodes { name @skip(if: true) } pageInfo { endCursor @skip(if: true) } }
             books(first: 1) @include(if: true) { totalCount @skip(if: true) } }"""
    )
    assert data == {"place": {}, "none": None, "places": {"nodes": [{}], "pageInfo": {}}, "books": {}}


async def test_typename_is_told_at_every_level(ask: Ask) -> None:
    data = await ask.data(
        """{ __typename places(first: 1) { __typename pageInfo { __typename }
             edges { __typename node { __typename } } nodes { __typename shelves { __typename } } } }"""
    )
    assert data["__typename"] == "Query"
    assert data["places"]["__typename"] == "PlaceConnection"
    assert data["places"]["pageInfo"] == {"__typename": "PageInfo"}
    assert data["places"]["edges"] == [{"__typename": "PlaceEdge", "node": {"__typename": "Place"}}]
    assert data["places"]["nodes"][0]["shelves"] == [{"__typename": "Shelf"}, {"__typename": "Shelf"}]


# Arguments


async def test_an_argument_that_is_absent_or_null_adds_no_condition(ask: Ask) -> None:
    query = 'query($s: Status, $r: Boolean) { place(code: "N") { books(status: $s, rare: $r) { totalCount } } }'
    counts = [
        (await ask.data(query, variables))["place"]["books"]["totalCount"]
        for variables in ({}, {"s": None, "r": None}, {"s": "LOST"}, {"s": "LOST", "r": True}, {"r": False})
    ]
    assert counts == [10, 10, 2, 2, 8]


async def test_an_argument_may_be_a_list(ask: Ask) -> None:
    query = "query($ids: [ID!]) { books(ids: $ids) { nodes { id } } }"
    data = await ask.data(query, {"ids": [str(ANTS), str(LENT), str(NORTH)]})
    assert {node["id"] for node in data["books"]["nodes"]} == {str(ANTS), str(LENT)}
    assert (await ask.data(query, {"ids": []}))["books"]["nodes"] == []


async def test_a_null_for_an_argument_that_must_have_a_value_is_refused(ask: Ask) -> None:
    reply = await ask('query($code: String = "N") { place(code: $code) { name } }', {"code": None})
    assert (reply.data, reply.codes) == ({"place": None}, ["BAD_REQUEST"])


async def test_expressions_of_a_row_in_a_list_belong_to_that_row(ask: Ask) -> None:
    data = await ask.data("{ places { nodes { worth bookCount } edges { node { worth bookCount } } } }")
    books = [row for row in stock() if isinstance(row, BookRow) and row.status is Status.FREE]
    prices = [[book.price for book in books if book.place_id == place] for place in (HARBOUR, NORTH, SOUTH, TOWER)]
    assert [node["worth"] for node in data["places"]["nodes"]] == [f"{sum(of_place):.2f}" for of_place in prices]
    assert [node["bookCount"] for node in data["places"]["nodes"]] == [10, 10, 10, 0]
    assert [edge["node"] for edge in data["places"]["edges"]] == data["places"]["nodes"]


async def test_a_python_field_gets_what_it_needs_and_leaves_nothing_of_it(ask: Ask) -> None:
    data = await ask.data(
        """{ books(first: 2, filter: { printed: { isNull: true } }) { nodes { label } edges { node { again: label title } } }
             place(code: "N") { books(first: 1) { nodes { loans(first: 1) { nodes { book { label } } } } } } }"""
    )
    assert data["books"]["nodes"] == [{"label": '"Quoted"'}] * 2
    assert data["books"]["edges"] == [{"node": {"again": '"Quoted"', "title": '"Quoted"'}}] * 2
    [book] = data["place"]["books"]["nodes"]
    assert [list(loan["book"]) for loan in book["loans"]["nodes"]] == [["label"]]


async def test_a_python_field_may_depend_on_who_asks(ask: Ask) -> None:
    query = "query($id: ID!) { node(id: $id) { ... on Member { turns } } }"
    assert (await ask.data(query, {"id": str(known("member", 1))}))["node"] == {"turns": TODAY.year - 1981}
    assert (await ask.data(query, {"id": str(known("member", 3))}))["node"] == {"turns": None}


async def test_python_fields_of_several_types_may_meet_under_one_name(ask: Ask) -> None:
    query = """query($id: ID!) { node(id: $id) { ... on Book { label place { code } } ... on Member { label place { name } }
                 ... on Loan { book { label } } } }"""
    assert (await ask.data(query, {"id": str(ANTS)}))["node"] == {"label": "Ants (2020)", "place": {"code": "N"}}
    data = await ask.data(query, {"id": str(known("member", 0))})
    assert data["node"] == {"label": "Member Asha 0", "place": {"name": "North"}}
    assert list((await ask.data(query, {"id": str(known("loan", 0))}))["node"]) == ["book"]
    assert (await ask.data(query, {"id": str(NORTH)}))["node"] == {}


# Who sees what


async def test_rows_outside_the_scope_are_not_there_at_any_depth(ask: Ask) -> None:
    query = "{ books(first: 100) { totalCount nodes { place { code } } } places { nodes { books { totalCount } shelves { id } } } }"
    data = await ask.data(query, person=AT_HARBOUR)
    assert data["books"]["totalCount"] == 10
    assert {node["place"]["code"] for node in data["books"]["nodes"]} == {"H"}
    assert [node["books"]["totalCount"] for node in data["places"]["nodes"]] == [10, 0, 0, 0]
    assert [len(node["shelves"]) for node in data["places"]["nodes"]] == [2, 0, 0, 0]


async def test_who_is_bounded_to_nothing_sees_nothing_but_registers(ask: Ask) -> None:
    data = await ask.data("{ books { totalCount } loans { nodes { id } } places { totalCount } }", person=NOWHERE)
    assert data == {"books": {"totalCount": 0}, "loans": {"nodes": []}, "places": {"totalCount": 4}}


async def test_a_reference_to_a_row_outside_the_scope_is_null(ask: Ask) -> None:
    query = "{ loans(first: 100) { nodes { member { place { code } } } } }"
    members = [loan["member"] for loan in (await ask.data(query, person=AT_HARBOUR))["loans"]["nodes"]]
    assert {member and member["place"]["code"] for member in members} == {None, "H"}
    assert all(loan["member"] for loan in (await ask.data(query))["loans"]["nodes"])


async def test_what_is_seen_with_its_parent_ignores_its_own_scope(ask: Ask) -> None:
    query = (
        "{ loans(first: 100) { nodes { place { code } book { place { code } shelf { id } loans { totalCount } } } } }"
    )
    loans = (await ask.data(query, person=AT_HARBOUR))["loans"]["nodes"]
    assert {loan["place"]["code"] for loan in loans} == {"H"}
    assert {loan["book"]["place"]["code"] for loan in loans} == {"N", "H", "S"}


async def test_what_hangs_on_a_row_seen_with_its_parent_is_scoped_again(ask: Ask) -> None:
    query = "{ loans(first: 100) { nodes { book { shelf { place { code } } } } } }"
    shelves = [loan["book"]["shelf"] for loan in (await ask.data(query, person=AT_HARBOUR))["loans"]["nodes"]]
    assert {shelf and shelf["place"]["code"] for shelf in shelves} == {None, "H"}


async def test_a_relation_seen_with_its_parent_crosses_the_scope(ask: Ask) -> None:
    # Book 12 is of the North, and was lent there; book 13 is of the Harbour, and was lent at the Harbour.
    lent_elsewhere = known("book", 16)
    query = "query($id: ID!) { book(id: $id) { place { code } currentLoan { place { code } } loans { totalCount } } }"
    data = await ask.data(query, {"id": str(lent_elsewhere)}, person=AT_HARBOUR)
    assert data["book"] == {
        "place": {"code": "H"}, "currentLoan": {"place": {"code": "N"}}, "loans": {"totalCount": 0}
    }  # fmt: skip


async def test_a_viewers_own_set_of_ids_is_a_bound_value(ask: Ask) -> None:
    query = "{ myPlaces { code } }"
    assert (await ask.data(query, person=AT_HARBOUR))["myPlaces"] == [{"code": "H"}]
    assert (await ask.data(query, person=NOWHERE))["myPlaces"] == []
    assert all(str(HARBOUR) not in sql for sql in ask.sql(query))


async def test_a_field_without_its_right_that_cannot_be_null_is_forbidden(ask: Ask) -> None:
    query = "{ members(first: 1) { nodes { note } } }"
    reply = await ask(query)
    assert (reply.data, reply.codes) == (None, ["FORBIDDEN"])
    assert "member.note.read" in reply.errors[0]["message"]
    assert (await ask(query, person=ANYWHERE.holding(READ_NOTES))).errors == []


@pytest.mark.parametrize(
    "filter_", ['{ phone: { startsWith: "07" } }', "{ or: [{ not: { phone: { isNull: true } } }] }"]
)
async def test_nobody_filters_by_what_they_may_not_read(ask: Ask, filter_: str) -> None:
    query = f"{{ members(filter: {filter_}) {{ totalCount nodes {{ id }} }} }}"
    assert (await ask(query)).codes == ["FORBIDDEN"]
    assert (await ask(query, person=ANYWHERE.holding(READ_PHONES))).errors == []


async def test_a_root_field_needs_its_right(ask: Ask) -> None:
    reply = await ask(f'{{ book(id: "{ANTS}") {{ id }} place(code: "N") {{ code }} }}', person=NOBODY)
    assert (reply.data, reply.codes) == ({"book": None, "place": {"code": "N"}}, ["FORBIDDEN"])


# node(id:)


@pytest.mark.parametrize(("id", "type_"), [(ANTS, "Book"), (SOUTH, "Place"), (known("loan", 3), "Loan")])
async def test_node_finds_any_type_with_one_statement(ask: Ask, id: object, type_: str) -> None:
    reply = await ask("query($id: ID!) { node(id: $id) { __typename id } }", {"id": str(id)})
    assert (reply.data["node"], reply.sent) == ({"__typename": type_, "id": str(id)}, 1)


async def test_node_finds_nothing_outside_the_scope(ask: Ask) -> None:
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert (await ask.data(query, {"id": str(ANTS)}, person=AT_HARBOUR))["node"] is None
    assert (await ask.data(query, {"id": str(LENT)}, person=AT_HARBOUR))["node"] == {"id": str(LENT)}


async def test_node_finds_nothing_that_no_root_field_would_show_the_viewer(ask: Ask) -> None:
    query = "query($id: ID!) { node(id: $id) { id } }"
    assert (await ask.data(query, {"id": str(ANTS)}, person=NOBODY))["node"] is None
    assert (await ask.data(query, {"id": str(NORTH)}, person=NOBODY))["node"] == {"id": str(NORTH)}
    # Shelves have no root field of their own.
    assert (await ask.data(query, {"id": str(known("shelf", 0))}))["node"] is None


async def test_node_of_an_unknown_id_is_null(ask: Ask) -> None:
    data = await ask.data('{ node(id: "00000000-0000-7000-8000-000000000000") { id ... on Book { label } } }')
    assert data["node"] is None
