"""What an office writes: families of five, their policies and contributions, claims one by one and a thousand at once.

Nothing else answers these: the others have tables, but no rules. So the figures stand alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import psycopg

from benchmarks.filling import Place
from benchmarks.processes import Load, Server, each, load
from core import new_id

FAMILY = "mutation($input: CreateFamilyInput!) { createFamily(input: $input) { family { id memberCount } errors { message } } }"
POLICY = "mutation($input: EnrolPolicyInput!) { enrolPolicy(input: $input) { policy { id status value } errors { message } } }"
PAYMENT = """mutation($input: RecordContributionInput!) { recordContribution(input: $input) {
  contribution { id policy { status balance } } errors { message } } }"""
CLAIMS = """mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) {
  results { claim { id status approved } errors { message } } errors { message } } }"""
MOST = 4000
"""Requests that are prepared for one load."""
CONNECTIONS = (1, 16)


@dataclass
class Writer:
    """Loads of mutations, each request a new one."""

    running: Server
    postmaster: int
    headers: Mapping[str, str]
    seconds: float

    def load(self, document: str, inputs: Sequence[Mapping[str, Any]], connections: int) -> Load:
        """Send the inputs, each once at most.

        Raises:
            SystemExit: the first one is refused.
        """
        bodies = self._bodies(document, inputs)
        answer = orjson.loads(self.running.ask(bodies[0], self.headers))
        if answer.get("errors") or any(payload["errors"] for payload in answer["data"].values()):
            raise SystemExit(f"A mutation is refused: {answer}"[:2000])
        return load(self.running, self.postmaster, bodies[1:], self.headers, connections, self.seconds)

    def each(self, document: str, inputs: Sequence[Mapping[str, Any]]) -> Load:
        """Send each input once, one after the other."""
        return each(self.running, self.postmaster, self._bodies(document, inputs), self.headers)

    def _bodies(self, document: str, inputs: Sequence[Mapping[str, Any]]) -> list[bytes]:
        return [orjson.dumps({"query": document, "variables": {"input": given}}) for given in inputs]


def writes(
    running: Server, postmaster: int, url: str, place: Place, headers: Mapping[str, str], seconds: float
) -> Iterator[tuple[str, int, Load]]:
    """Each kind of write with what it took."""
    writer = Writer(running, postmaster, headers, seconds)
    with psycopg.connect(url) as connection:
        village = _one(
            connection, "SELECT location_id FROM insuree_family WHERE district_id = %s LIMIT 1", place.district.id
        )
        product = _one(connection, "SELECT id FROM product_product LIMIT 1")
        claims = connection.execute(
            "SELECT id FROM claim_claim WHERE district_id = %s AND status = 'ENTERED' ORDER BY id", [place.district.id]
        ).fetchall()
    numbers = iter(range(1_000_000, 9_000_000))
    waiting = iter([row[0] for row in claims])
    at_once = min(3, len(claims) // 2000)
    thousands = [{"ids": [str(claim) for claim in islice(waiting, 1000)]} for _ in range(at_once)]
    for connections in CONNECTIONS:
        families = [_family(village, numbers) for _ in range(MOST)]
        done = writer.load(FAMILY, families, connections)
        yield "enrol a family of five", connections, done
        policies = [
            {"id": str(new_id()), "familyId": family["id"], "productId": str(product)}
            for family in families[: done.requests - connections]
        ]
        done = writer.load(POLICY, policies, connections)
        yield "give it a policy", connections, done
        paid = policies[: min(done.requests, len(policies)) - connections]
        payments = [
            {"policyId": policy["id"], "amount": "30000.00", "receipt": policy["id"][-12:], "paymentTypeCode": "C"}
            for policy in paid
        ]
        yield "record a contribution", connections, writer.load(PAYMENT, payments, connections)
        single = [{"ids": [str(claim)]} for claim in islice(waiting, MOST // 4)]
        yield "submit a claim", connections, writer.load(CLAIMS, single, connections)
    yield "submit 1,000 claims at once", 1, writer.each(CLAIMS, thousands)


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


def _one(connection: psycopg.Connection[Any], query: Any, *values: Any) -> Any:
    return (connection.execute(query, values).fetchone() or [None])[0]
