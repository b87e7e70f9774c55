"""Lists, searches and far pages where there are more and more people: each should take the same time.

The people come from `bima demo load --scale`. A question is asked of all databases in turns, so that whatever else the
machine does meets all of them. In this process, without HTTP, which takes the same time everywhere.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.frame import Bench, Result, Row, Target
from benchmarks.plots import DARK, GREY, Bar, bars
from benchmarks.working import started
from core import Actor, new_id
from core.host import Host
from core.testing import Api, api_of
from tests import test_reads

HAI = "253"
"""The district that all databases have."""
NEAR = """SELECT id FROM location_location WHERE level = 'DISTRICT' AND starts_with(code, %s)
ORDER BY code <> %s, code LIMIT 3"""
TIMES = 100
"""How often each question is asked of each database."""
WARM = 8
"""How often before that, so that statements are prepared and their plans settled."""
PAGE = 10_000
FLAT = 1.5
"""How many times as long a question may take where there are more people."""

PEOPLE = "query($after: String) { insurees(first: 1, after: $after) { nodes { insuranceNumber lastName otherNames } } }"
FAMILIES = "query($after: String) { families(first: 1, after: $after) { nodes { id head { lastName } } } }"
CLAIMS = "query($after: String) { claims(first: 1, after: $after) { nodes { code status claimed } } }"
FOUND = "{ nodes { insuranceNumber lastName otherNames birthDate } }"
QUESTIONS: Mapping[str, str] = {
    "people, 20": f"{{ insurees {FOUND} }}",
    "families with heads, 20": "{ families { nodes { id head { lastName otherNames } location { name } } } }",
    "policies, 20": "{ policies { nodes { status value enrolledOn } } }",
    "active policies, 20": "{ policies(filter: { status: { eq: ACTIVE } }) { nodes { status value } } }",
    "contributions, 20": "{ contributions { nodes { receipt amount } } }",
    "claims, 20": "{ claims { nodes { code status claimed insuree { lastName } } } }",
    "claims that wait for valuation, 20": "{ claims(filter: { status: { eq: CHECKED } }) { nodes { code status } } }",
    "one person by number": f'{{ insurees(filter: {{ insuranceNumber: {{ eq: "$number" }} }}) {FOUND} }}',
    "people by a number's start": f'{{ insurees(filter: {{ insuranceNumber: {{ startsWith: "$start" }} }}) {FOUND} }}',
    "claims by a part of their code": '{ claims(search: "$code") { nodes { code } } }',
    "a member with family and policies": test_reads.MEMBER.replace("query($number: String!) ", "").replace(
        "$number", '"$number"'
    ),
    "50 families with heads and policies": test_reads.FAMILIES,
    "100 claims with lines": test_reads.CLAIMS.replace("totalCount ", ""),
}


@dataclass(frozen=True)
class Database:
    """A database of some scale, and who asks there."""

    name: str
    api: Api
    accounts: Mapping[str, Actor]
    values: Mapping[str, str]
    """What stands for names that begin with a dollar in the questions."""

    def document(self, question: str) -> str:
        """A question about somebody who is there."""
        for name, value in self.values.items():
            question = question.replace(name, value)
        return question


async def run(bench: Bench) -> Result:
    """Ask copies of the databases, in turns."""
    async with AsyncExitStack() as stack:
        databases = []
        for scale in bench.scales:
            url = await stack.enter_async_context(bench.data.copy(scale))
            databases.append(_asked(scale.name, await stack.enter_async_context(started(bench.modules.on(url)))))
        if bench.country:
            host = await stack.enter_async_context(started(bench.modules.on(bench.country)))
            databases.append(_asked("country", host))
        small, *larger = databases
        rows: list[Row] = []
        far: list[Row] = []
        for account in small.accounts:
            for name, question in QUESTIONS.items():
                took = await _times(databases, account, [question] * len(databases), [{}] * len(databases))
                rows += _beside(f"{name}, {account}", small, larger, took)
            for name, question in (("people", PEOPLE), ("families", FAMILIES), ("claims", CLAIMS)):
                last = larger[-1]
                after = {"after": await _cursor(last, account, question)}
                first, page = await _times([last, last], account, [question] * 2, [{}, after])
                far.append(Row(f"{name}, {account}: page {PAGE:,} beside page 1 of one", "ms", page, first))
    targets = [
        Target(f"flat, the worst: {worst.what}", worst.ratio, FLAT)
        for worst in (max(rows, key=lambda row: row.ratio), max(far, key=lambda row: row.ratio))
    ]
    rows += far
    slow = [row.what for row in rows if row.ratio > FLAT]
    notes = [f"p50 of {TIMES}", f"more than {FLAT} times: {'; '.join(slow) or 'none'}"]
    title = "Flatness: the same question where there are more people"
    return Result(title, "more", "fewer", rows, notes, targets, _plot(title, rows))


def _plot(title: str, rows: Sequence[Row]) -> str:
    shown = [
        Bar(row.what, [(row.ratio, DARK if row.ratio <= FLAT else GREY)], f"{row.ratio:.2f} ({row.ours:.2f} ms)")
        for row in rows
    ]
    return bars(f"{title}, how many times as long", shown, max(2 * FLAT, 1), FLAT)


def _asked(name: str, host: Host) -> Database:
    rights = frozenset(right.name for right in host.rights)
    with psycopg.connect(host.database_url) as connection:

        def one(query: str) -> Any:
            [value] = connection.execute(query).fetchone() or [None]
            return value

        district: UUID = one(f"SELECT id FROM location_location WHERE code = '{HAI}'")
        districts = tuple(id for (id,) in connection.execute(NEAR, [HAI[:2], HAI]))
        number = one(f"SELECT insurance_number FROM insuree_insuree WHERE district_id = '{district}' LIMIT 1")
        code = one(f"SELECT code FROM claim_claim WHERE district_id = '{district}' LIMIT 1")
    accounts = {
        "all of it": Actor(id=new_id(), rights=rights, unbounded=True),
        "a district": Actor(id=new_id(), rights=rights, scopes={"district": (district,)}),
        "three districts": Actor(id=new_id(), rights=rights, scopes={"district": districts}),
    }
    return Database(name, api_of(host), accounts, {"$start": number[:7], "$number": number, "$code": code[1:]})


async def _cursor(database: Database, account: str, document: str) -> str:
    """The cursor of the row before the far page, or of the last one where there are fewer."""
    name = document[document.index("{") + 1 :].split("(")[0].strip()
    query = f"query($after: String) {{ {name}(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} }} }}"
    after = None
    for _ in range(PAGE // 100):
        reply = await database.api(query, {"after": after}, actor=database.accounts[account])
        page = reply.data[name]["pageInfo"]
        if not page["hasNextPage"]:
            break
        after = page["endCursor"]
    assert after is not None
    return str(after)


async def _times(
    databases: Sequence[Database], account: str, documents: Sequence[str], variables: Sequence[Mapping[str, Any]]
) -> list[float]:
    """Milliseconds that each database takes in the median."""
    took: list[list[float]] = [[] for _ in databases]
    for number in range(WARM + TIMES):
        for at, database in enumerate(databases):
            document = database.document(documents[at])
            begun = time.perf_counter()
            reply = await database.api(document, variables[at], actor=database.accounts[account])
            ended = time.perf_counter()
            if reply.errors:
                raise SystemExit(f"{document} is answered with {reply.errors}")
            if number >= WARM:
                took[at].append(1000 * (ended - begun))
    return [median(each) for each in took]


def _beside(what: str, small: Database, larger: Sequence[Database], took: Sequence[float]) -> list[Row]:
    return [
        Row(f"{what}: {other.name} beside {small.name}", "ms", ms, took[0])
        for other, ms in zip(larger, took[1:], strict=True)
    ]
