"""Long lists that no index serves: what they would cost is seen first, and too much is refused."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

import schema.reach
from core import Actor, new_id
from core.testing import Api, actor
from modules.insuree.testing import make_family
from modules.location.testing import make_village

PEOPLE = "query($f: InsureeFilter, $o: [InsureeOrder!]) { insurees(filter: $f, orderBy: $o) { nodes { lastName } } }"
CLAIMS = "query($f: ClaimFilter, $o: [ClaimOrder!]) { claims(filter: $f, orderBy: $o) { nodes { code } } }"
ID = "01990000-0000-7000-8000-000000000000"
BY_DATE: list[dict[str, Any]] = [{"field": "DATE_FROM"}]


CASES: list[tuple[Any, Any, bool]] = [
    (None, None, False),
    (None, BY_DATE, False),
    (None, [{"field": "CLAIMED"}], True),
    (None, [{"field": "STATUS"}], True),
    (None, [{"field": "STATUS"}, {"field": "DATE_FROM"}], False),
    (None, [{"field": "STATUS"}, {"field": "DATE_FROM", "direction": "DESC"}], True),
    ({"status": {"eq": "CHECKED"}}, None, False),
    ({"status": {"eq": "CHECKED"}, "dateFrom": {"gte": "2026-01-01", "lt": "2027-01-01"}}, None, False),
    ({"status": {"eq": "CHECKED"}, "claimedOn": {"gte": "2026-01-01"}}, None, True),
    ({"status": {"eq": "CHECKED"}}, [{"field": "CLAIMED"}], True),
    ({"status": {"in": ["CHECKED", "VALUATED"]}}, None, True),
    ({"status": {"ne": "CHECKED"}}, None, True),
    ({"not": {"insuree": {"eq": ID}}}, None, True),
    ({"insuree": {"isNull": False}}, None, True),
    ({"restores": {"eq": None}}, None, True),
    ({"insuree": {"eq": ID}, "careType": {"eq": "IN_PATIENT"}}, [{"field": "CLAIMED"}], False),
    ({"or": [{"insuree": {"eq": ID}}, {"code": {"eq": "C1"}}]}, None, False),
    ({"or": [{"insuree": {"eq": ID}}, {"careType": {"eq": "IN_PATIENT"}}]}, None, True),
    ({"or": []}, None, True),
    ({"code": {"contains": "C00012"}}, None, False),
    ({"code": {"contains": "C"}}, None, True),
    ({"explanation": {"contains": "fever"}}, None, True),
]
"""A filter and an order of claims, and whether they are weighed."""


def everywhere() -> Actor:
    return actor("SCHEME_ADMINISTRATOR", "MEDICAL_OFFICER", "CLERK")


async def test_what_is_not_found_and_runs_along_no_index_is_weighed(api: Api) -> None:
    replies = [await api(CLAIMS, {"f": filter, "o": order}, actor=everywhere()) for filter, order, _ in CASES]
    assert [reply.errors for reply in replies if reply.errors] == []
    told = [(filter, order, reply.statements == 2) for (filter, order, _), reply in zip(CASES, replies, strict=True)]
    assert told == CASES


async def test_whether_a_text_is_long_enough_is_seen_with_every_request(api: Api) -> None:
    for text, statements in (("C00012", 1), ("C", 2), ("C00013", 1)):
        reply = await api(CLAIMS, {"f": {"code": {"contains": text}}}, actor=everywhere())
        assert reply.statements == statements
    query = "query($s: String) { claims(search: $s) { nodes { code } } }"
    for text, statements in (("C00012", 1), ("C1", 2), ("C1 C00012", 1)):
        assert (await api(query, {"s": text}, actor=everywhere())).statements == statements


async def test_in_places_nothing_is_weighed(api: Api) -> None:
    clerk = actor("CLERK", district=[new_id()])
    reply = await api(PEOPLE, {"f": {"email": {"eq": "x"}}}, actor=clerk)
    assert (reply.errors, reply.statements) == ([], 1)


async def test_what_costs_too_much_is_refused_and_told_how_to_narrow_it(
    api: Api, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = await make_family(session, await make_village(session), members=2)
    await session.commit()
    by_email = {"email": {"isNull": True}}
    reply = await api(PEOPLE, {"f": by_email}, actor=everywhere())
    assert (reply.errors, len(reply.data["insurees"]["nodes"])) == ([], 2)

    monkeypatch.setattr(schema.reach, "MOST_COST", 0.1)
    refused = await api(PEOPLE, {"f": by_email}, actor=everywhere())
    assert refused.data is None
    [error] = refused.errors
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert error["path"] == ["insurees"]
    assert "filtered by email in the order of lastName, otherNames" in error["message"]
    assert "insuranceNumber" in error["message"]

    found = await api(PEOPLE, {"f": {**by_email, "family": {"eq": family.id}}}, actor=everywhere())
    assert (found.errors, len(found.data["insurees"]["nodes"])) == ([], 2)
