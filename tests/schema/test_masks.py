"""Fields with a right of their own: what those get who lack it, and what nobody may learn around it."""

from collections.abc import Sequence
from typing import Any

import pytest

from schema import Node, Query, Schema, Where, column, computed, extend, last, many, mapped, page
from schema.errors import DeclarationError
from tests.schema.asking import ANYWHERE, Ask
from tests.schema.library import READ_FINES, READ_PHONES, READING, Member
from tests.schema.stock import known
from tests.schema.tables import MemberRow

CHIKU = known("member", 6)
ALLOWED = ANYWHERE.holding(READ_PHONES)


@pytest.mark.parametrize(
    "query",
    [
        "{ members(first: 1) { nodes { phone } } }",
        "{ members(first: 1) { edges { node { phone } } } }",
        f'{{ node(id: "{CHIKU}") {{ ... on Member {{ phone }} }} }}',
        f'{{ loans(first: 1, filter: {{ member: {{ eq: "{CHIKU}" }} }}) {{ nodes {{ member {{ phone }} }} }} }}',
    ],
)
async def test_without_the_right_a_masked_field_ends_as_it_does_at_every_depth(ask: Ask, query: str) -> None:
    assert b"0700000006" in (await ask(query, person=ALLOWED)).answer.body
    masked = await ask(query)
    assert masked.errors == []
    assert "•••06".encode() in masked.answer.body
    assert b"0700" not in masked.answer.body


async def test_a_field_without_its_right_and_without_a_mask_is_null(ask: Ask) -> None:
    query = "{ loans(first: 100) { nodes { fine } } }"
    assert {node["fine"] for node in (await ask.data(query))["loans"]["nodes"]} == {None}
    seen = await ask.data(query, person=ANYWHERE.holding(READ_FINES))
    assert "9.00" in {node["fine"] for node in seen["loans"]["nodes"]}


async def test_the_value_does_not_leave_the_database(ask: Ask) -> None:
    query = "{ members { nodes { phone } } }"
    await ask.data(query)
    [sql] = ask.sql(query)
    assert "right(" in sql
    await ask.data(query, person=ALLOWED)
    assert any("right(" not in sql for sql in ask.sql(query))


async def test_plans_differ_by_the_rights_that_a_document_asks_for_only(ask: Ask) -> None:
    query = "{ members(first: 2) { nodes { name } } }"
    for person in (ANYWHERE, ALLOWED, ANYWHERE.holding(READ_FINES)):
        await ask.data(query, person=person)
    assert len(ask.plans(query)) == 1


async def test_nobody_searches_in_what_they_may_not_read(ask: Ask) -> None:
    query = '{ members(search: "0700000006") { totalCount } }'
    assert (await ask.data(query))["members"]["totalCount"] == 0
    assert (await ask.data(query, person=ALLOWED))["members"]["totalCount"] == 1
    assert (await ask.data('{ members(search: "Chiku") { totalCount } }'))["members"]["totalCount"] > 0


async def test_nobody_orders_by_a_field_with_a_right(ask: Ask) -> None:
    order = ask.schema._schema.type_map["MemberOrderField"]
    assert set(order.values) == {"NAME", "BORN", "ID"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "shown"), [("0700000006", "•••06"), ("0706", "•••06"), ("070", "•••"), ("", "•••"), (None, None)]
)
async def test_a_mask_shows_no_more_than_half_and_not_how_much_it_hides(
    ask: Ask, text: str | None, shown: str | None
) -> None:
    cursor = await ask.connection.execute("SELECT 1")
    query = f'{{ node(id: "{CHIKU}") {{ ... on Member {{ phone }} }} }}'
    await ask.connection.execute("BEGIN")
    try:
        await cursor.execute("UPDATE member SET phone = %s WHERE id = %s", (text, CHIKU))
        assert (await ask.data(query))["node"]["phone"] == shown
    finally:
        await ask.connection.execute("ROLLBACK")


def test_the_description_says_what_is_shown_without_the_right() -> None:
    phone = next(field for field in Member.__strawberry_definition__.fields if field.name == "phone")  # type: ignore[attr-defined]
    assert phone.description == (
        "Where they can be reached. Without the right member.phone.read its last 2 characters are shown."
    )


def test_a_mask_needs_a_right_that_lifts_it() -> None:
    with pytest.raises(DeclarationError, match="a mask needs a right that lifts it: Where they are"):
        column("Where they are.", mask=last(2))


def test_a_list_is_not_ordered_by_what_needs_a_right() -> None:
    @page(Member, order="phone")
    def by_phone(member: type[MemberRow]) -> Where:
        """Members by telephone number."""
        yield from ()

    with pytest.raises(DeclarationError, match=r"the order of Query.byPhone tells phone without asking for its right"):
        Schema([("library", READING), ("phones", extend(Query, by_phone))])


def test_a_python_field_asks_for_the_rights_of_what_it_needs() -> None:
    @computed(needs=("phone",))
    def called(rows: Sequence[Any]) -> list[str]:
        """What to dial."""
        return [row.phone for row in rows]

    with pytest.raises(DeclarationError, match=r"Member.called tells phone without asking for its right"):
        Schema([("library", READING), ("phones", extend(Member, called))])


async def test_a_list_that_is_nullable_is_null_without_its_right(ask: Ask) -> None:
    @mapped(MemberRow)
    class Reader(Node):
        """Who reads."""

    @many(Reader, right=READ_PHONES, nullable=True)
    def friends(member: type[MemberRow], other: type[MemberRow]) -> Where:
        """Everybody else."""
        yield other.id != member.id

    asked = Ask(Schema([("library", READING), ("friends", extend(Member, friends))]), ask.connection)
    query = "{ members(first: 1) { nodes { friends { id } } } }"
    assert (await asked.data(query))["members"]["nodes"] == [{"friends": None}]
    assert len((await asked.data(query, person=ALLOWED))["members"]["nodes"][0]["friends"]) == 9
