"""What an office writes: families of five, their policies and contributions, claims one by one and a thousand at once.

Nothing else answers these: the others have tables, but no rules. So the figures stand alone.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

import click
import orjson

from benchmarks.data import Place, Waiting, column
from benchmarks.processes import ROUNDS, SLOW, Asking, Load, Server, each, load, middle
from core import new_id

FAMILY = "mutation($input: CreateFamilyInput!) { createFamily(input: $input) { family { id memberCount } errors { message } } }"
POLICY = "mutation($input: EnrolPolicyInput!) { enrolPolicy(input: $input) { policy { id status value } errors { message } } }"
PAYMENT = """mutation($input: RecordContributionInput!) { recordContribution(input: $input) {
  contribution { id policy { status balance } } errors { message } } }"""
CLAIMS = """mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) {
  results { claim { id status approved } errors { message } } errors { message } } }"""
MOST = 1_500
"""Families that are prepared for each second of a load."""
SINGLE = 600
"""Claims that are prepared for a load of them, one by one."""
CONNECTIONS = (1, 16, 64)
AT_ONCE = {1: 3, 16: 16}
"""How often a thousand claims are handed in over so many connections. Over 64 these were three weeks' of the country."""
NEEDED = SINGLE * (1 + ROUNDS * len(CONNECTIONS)) + 1_000 * sum(AT_ONCE.values())
"""Claims that all loads take."""
LONGEST = 20
"""Seconds of a load at most."""
REFUSED = '"errors":[{'


@dataclass
class Writer:
    """Loads of mutations, each request a new one: what one makes is there for the next."""

    running: Server
    postmaster: int
    headers: Mapping[str, str]
    url: str
    place: Place
    claims: Iterator[UUID]
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(50_000_000, 99_000_000)))
    families: list[str] = field(default_factory=list)
    """Families without a policy."""
    policies: list[str] = field(default_factory=list)
    """Policies that nothing was paid for."""
    pace: float = 100
    """Claims in a second, when they were handed in last."""

    def round(self, connections: int, seconds: Sequence[int] = (3, 1, 1)) -> Mapping[str, Load]:
        """A load of each kind. More is made than used, so that what the next load takes is there."""
        families = [_family(self.place.village, self.numbers) for _ in range(MOST * seconds[0])]
        enrolled = self.load(FAMILY, families, connections, seconds[0])
        self.families += self._there("insuree_family", families)
        policies = [
            {"id": str(new_id()), "familyId": family, "productId": str(self.place.product)} for family in self.families
        ]
        insured = self.load(POLICY, policies, connections, seconds[1])
        del self.families[: insured.requests + connections]
        self.policies += self._there("policy_policy", policies)
        payments = [
            {"policyId": policy, "amount": "30000.00", "receipt": policy[-12:], "paymentTypeCode": "C"}
            for policy in self.policies
        ]
        paid = self.load(PAYMENT, payments, connections, seconds[2])
        del self.policies[: paid.requests + connections]
        single = [{"ids": [str(claim)]} for claim in islice(self.claims, SINGLE)]
        submitted = self.load(CLAIMS, single, connections, min(math.ceil(SLOW * connections / self.pace), LONGEST))
        self.pace = submitted.per_second
        return {
            "enrol a family of five": enrolled,
            "give it a policy": insured,
            "record a contribution": paid,
            "submit a claim": submitted,
        }

    def load(self, document: str, inputs: Sequence[Mapping[str, Any]], connections: int, seconds: int) -> Load:
        """Send the inputs in turn; from the first again, which is said, where there are too few."""
        found = load(self._asking(document, inputs), self.postmaster, connections, seconds)
        if found.requests + connections > len(inputs):
            click.echo(f"{len(inputs)} requests were too few, some were repeated: {document[:50]}", err=True)
        return found

    def each(self, document: str, inputs: Sequence[Mapping[str, Any]], connections: int) -> Load:
        """Send each input once."""
        return each(self._asking(document, inputs), self.postmaster, connections)

    def _there(self, table: str, sent: Sequence[Mapping[str, Any]]) -> list[str]:
        """Those that were sent and are there: wrk leaves while some are under way."""
        ids = [UUID(given["id"]) for given in sent]
        found = set(column(self.url, f"SELECT id FROM {table} WHERE id = ANY(%s)", ids))
        return [str(id) for id in ids if id in found]

    def _asking(self, document: str, inputs: Sequence[Mapping[str, Any]]) -> Asking:
        bodies = [orjson.dumps({"query": document, "variables": {"input": given}}) for given in inputs]
        return Asking(self.running, bodies, self.headers, REFUSED)


def writes(
    running: Server, postmaster: int, url: str, place: Place, waiting: Waiting, headers: Mapping[str, str]
) -> Iterator[tuple[str, int, Load]]:
    """Each kind of write with what it took."""
    writer = Writer(running, postmaster, headers, url, place, iter(waiting.ids))
    writer.round(4, (6, 2, 1))  # caches and prepared statements
    for connections in CONNECTIONS:
        rounds = [writer.round(connections) for _ in range(ROUNDS)]
        for name in rounds[0]:
            yield name, connections, middle([sent[name] for sent in rounds])
    for connections, times in AT_ONCE.items():
        thousands = [{"ids": [str(id) for id in islice(writer.claims, 1_000)]} for _ in range(times)]
        full = [given for given in thousands if len(given["ids"]) == 1_000]
        if full:
            yield "submit 1,000 claims at once", connections, writer.each(CLAIMS, full, connections)


def _family(village: Any, numbers: Iterator[int]) -> dict[str, Any]:
    people = [
        {
            "insuranceNumber": f"{number:08}{number % 7}",
            "lastName": "Mushi",
            "otherNames": f"Neema {number}",
            "birthDate": f"{1985 + 5 * index}-02-03",
            "genderCode": "F",
            **({"relationCode": "4"} if index else {}),
        }
        for index, number in enumerate(islice(numbers, 5))
    ]
    return {"id": str(new_id()), "locationId": str(village), "head": people[0], "members": people[1:]}
