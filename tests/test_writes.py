"""What is written takes a number of statements that does not grow with the family, the claim or how many there are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, islice
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, new_id
from core.gathering import Gathering
from core.host import Host
from core.testing import Api, actor
from core.transactions import asked
from modules.claim.testing import Clinic, make_claim, make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family
from modules.location.models import Location
from modules.location.testing import make_district, make_village, make_ward
from modules.policy.testing import make_policy
from modules.product.models import Product
from modules.product.testing import make_product

ERRORS = "errors { code path message }"
ELIGIBILITY = """query($number: String!, $service: String, $item: String) {
  eligibility(insuranceNumber: $number, serviceCode: $service, itemCode: $item) {
    covered reason insuree { lastName gender { name } } policy { product { name } }
    service { covered remaining } item { covered remaining } remaining { ceiling visits } } }"""
MOST = 12
"""Statements of one mutation of an enrolment, all that goes to the database included but BEGIN and COMMIT."""


@dataclass
class Sent:
    """The statements that were sent: those of services, and the one that reads the answer."""

    statements: list[str] = field(default_factory=list)


@pytest.fixture
def sent(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    """Counts whatever the host sends to the database but BEGIN, which signs for the history, and COMMIT."""
    found = Sent()
    result, add = Context.result, Gathering.add

    async def counted(self: Context, sql: bytes, *rest: Any) -> Any:
        found.statements.append(sql.decode())
        return await result(self, sql, *rest)

    async def within(session: AsyncSession, sql: bytes, *rest: Any) -> Any:
        found.statements.append(sql.decode())
        return await asked(session, sql, *rest)

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.statements.append(statement)

    async def shared(self: Gathering, row: bytes) -> None:
        found.statements.append(row.decode())
        await add(self, row)

    monkeypatch.setattr(Context, "result", counted)
    monkeypatch.setattr("core.prepared.asked", within)
    monkeypatch.setattr(Gathering, "add", shared)
    event.listen(host.db.engine.sync_engine, "before_cursor_execute", note)
    yield found
    event.remove(host.db.engine.sync_engine, "before_cursor_execute", note)


@dataclass
class Office:
    """Where it is written: a village with a clinic and a product that covers what the clinic has."""

    api: Api
    session: AsyncSession
    sent: Sent
    village: Location
    product: Product
    clinic: Clinic
    clerk: Actor
    numbers: Iterator[int]

    async def count(self, document: str, input: dict[str, Any]) -> int:
        """How many statements a mutation takes that nothing is wrong with."""
        self.sent.statements.clear()
        reply = await self.api(document, {"input": input}, actor=self.clerk)
        assert reply.errors == []
        [payload] = reply.data.values()
        assert payload["errors"] == []
        assert all(not result["errors"] for result in payload.get("results", ()))
        return len(self.sent.statements)

    async def ask(self, person: Insuree, *, covered: bool, **asked: str) -> int:
        """How many statements it takes to answer whether somebody is covered."""
        self.sent.statements.clear()
        variables = {"number": person.insurance_number, **asked}
        reply = await self.api(ELIGIBILITY, variables, actor=actor("RECEPTIONIST", unbounded=False))
        assert reply.errors == []
        assert reply.data["eligibility"]["covered"] is covered
        return len(self.sent.statements)

    def people(self, size: int) -> list[dict[str, Any]]:
        """A head and so many others, as they are sent."""
        return [
            {
                "insuranceNumber": f"{number:08}{number % 7}",
                "lastName": "Mushi",
                "otherNames": f"Neema {index}",
                "birthDate": f"{1980 + index}-02-03",
                "genderCode": "F",
                **({"relationCode": "4"} if index else {}),
            }
            for index, number in zip(range(size), self.numbers, strict=False)
        ]

    async def family(self, size: int, **policy: Any) -> Any:
        """A family that has been enrolled, with a policy if its fields are given."""
        family = await make_family(self.session, self.village, members=size)
        made = await make_policy(self.session, family, self.product, **policy) if policy else None
        await self.session.commit()
        return family, made


@pytest.fixture
async def office(api: Api, session: AsyncSession, sent: Sent) -> Office:
    """A district with an office that may do everything in it."""
    district = await make_district(session)
    village = await make_village(session, await make_ward(session, district))
    clinic = await make_clinic(session, district, items=12, services=8)
    product = await make_product(session, covers=[*clinic.items, *clinic.services], max_members=40, threshold=40)
    await session.commit()
    roles = (
        "CLERK",
        "ENROLMENT_OFFICER",
        "CLAIM_ADMINISTRATOR",
        "MEDICAL_OFFICER",
        "ACCOUNTANT",
        "SCHEME_ADMINISTRATOR",
    )
    clerk = actor(*roles, district=[district.id])
    return Office(api, session, sent, village, product, clinic, clerk, iter(range(2_000_000, 3_000_000)))


CREATE_FAMILY = f"mutation($input: CreateFamilyInput!) {{ createFamily(input: $input) {{ family {{ id memberCount head {{ lastName }} members {{ nodes {{ insuranceNumber }} }} }} {ERRORS} }} }}"
ENROL = (
    f"mutation($input: EnrolPolicyInput!) {{ enrolPolicy(input: $input) {{ policy {{ id status value }} {ERRORS} }} }}"
)
CONTRIBUTE = f"mutation($input: RecordContributionInput!) {{ recordContribution(input: $input) {{ contribution {{ amount policy {{ status balance coveredInsurees {{ from insuree {{ lastName }} }} }} }} {ERRORS} }} }}"
CREATE_CLAIM = f"mutation($input: CreateClaimInput!) {{ createClaim(input: $input) {{ claim {{ id items {{ lineNo item {{ code }} }} }} {ERRORS} }} }}"
SUBMIT = f"mutation($input: SubmitClaimsInput!) {{ submitClaims(input: $input) {{ results {{ claim {{ status approved items {{ status }} }} {ERRORS} }} {ERRORS} }} }}"
PROCESS = f"mutation($input: ProcessClaimsInput!) {{ processClaims(input: $input) {{ results {{ claim {{ status items {{ status }} }} {ERRORS} }} {ERRORS} }} }}"
SIZES = (2, 5, 12)


async def test_a_family_of_any_size_is_enrolled_in_as_many_statements(office: Office) -> None:
    counts = []
    for size in SIZES:
        head, *members = office.people(size)
        counts.append(
            await office.count(CREATE_FAMILY, {"locationId": str(office.village.id), "head": head, "members": members})
        )
    assert len(set(counts)) == 1
    assert counts[0] <= MOST


async def test_a_policy_for_a_family_of_any_size_takes_as_many_statements(office: Office) -> None:
    counts = []
    for size in SIZES:
        family, _ = await office.family(size)
        counts.append(await office.count(ENROL, {"familyId": str(family.id), "productId": str(office.product.id)}))
    assert len(set(counts)) == 1
    assert counts[0] <= MOST


async def test_a_contribution_for_a_family_of_any_size_takes_as_many_statements(office: Office) -> None:
    counts = []
    for size in SIZES:
        head, *members = office.people(size)
        family = {"id": str(new_id()), "locationId": str(office.village.id), "head": head, "members": members}
        await office.count(CREATE_FAMILY, family)
        policy_id = str(new_id())
        await office.count(ENROL, {"id": policy_id, "familyId": family["id"], "productId": str(office.product.id)})
        payment = {
            "policyId": policy_id,
            "amount": "30000.00",
            "receipt": policy_id[-12:],
            "paymentTypeCode": "C",
        }
        counts.append(await office.count(CONTRIBUTE, payment))
    assert len(set(counts)) == 1
    assert counts[0] <= MOST


async def test_a_claim_of_any_length_takes_as_many_statements(office: Office) -> None:
    family, _ = await office.family(3, starts_on=date(2026, 1, 1))
    number = (await office.session.get_one(Insuree, family.head_id)).insurance_number
    counts = []
    for lines in (1, 4, 12):
        given = [{"itemCode": item.code, "quantityProvided": "1"} for item in office.clinic.items[:lines]]
        claim = {
            "code": f"{lines:04}",
            "dateFrom": "2026-06-10",
            "claimedOn": "2026-06-11",
            "healthFacilityCode": office.clinic.facility.code,
            "insuranceNumber": number,
            "mainDiagnosisCode": office.clinic.diagnosis.code,
            "items": given,
        }
        counts.append(await office.count(CREATE_CLAIM, claim))
    assert len(set(counts)) == 1


async def test_claims_are_handed_in_and_valued_in_as_many_statements_whatever_their_number_and_length(
    office: Office,
) -> None:
    family, _ = await office.family(3, starts_on=date(2026, 1, 1))
    head = await office.session.get_one(Insuree, family.head_id)
    days = (date(2026, 3, 1) + timedelta(days=number) for number in count())  # two of a day would have findings
    submitted, processed = [], []
    for claims, lines in ((1, 2), (4, 2), (1, 12), (10, 12)):
        given = office.clinic.items[:lines]
        made = [await make_claim(office.session, office.clinic, head, *given, on=day) for day in islice(days, claims)]
        await office.session.commit()
        ids = {"ids": [str(claim.id) for claim in made]}
        submitted.append(await office.count(SUBMIT, ids))
        processed.append(await office.count(PROCESS, ids))
    assert (len(set(submitted)), len(set(processed))) == (1, 1)


async def test_eligibility_reads_once_and_notes_once_however_much_there_is(office: Office) -> None:
    counts = []
    for members, policies, claims in ((1, 1, 0), (3, 2, 2), (12, 4, 6)):
        family, _ = await office.family(members, starts_on=date(2026, 1, 1))
        for year in range(1, policies):
            await make_policy(office.session, family, office.product, starts_on=date(2026 - year, 1, 1))
        head = await office.session.get_one(Insuree, family.head_id)
        lines: list[Any] = [*office.clinic.items[: 2 * members], *office.clinic.services]
        days = [date(2026, 2, 1) + timedelta(days=number) for number in range(claims)]
        made = [await make_claim(office.session, office.clinic, head, *lines, on=day) for day in days]
        await office.session.commit()
        for claim in made:
            await office.count(SUBMIT, {"ids": [str(claim.id)]})
        asked = {"service": office.clinic.services[0].code, "item": office.clinic.items[0].code}
        counts.append(await office.ask(head, covered=True, **(asked if claims else {})))
    # The read, the note, and what is selected of the gender and of the product.
    assert counts == [4, 4, 4]


async def test_why_somebody_is_not_covered_is_one_statement_more_however_much_there_is(office: Office) -> None:
    counts = []
    for members, policies in ((1, 0), (3, 1), (12, 4)):
        family, _ = await office.family(members)
        for year in range(1, policies + 1):
            await make_policy(office.session, family, office.product, starts_on=date(2020 - year, 1, 1))
        head = await office.session.get_one(Insuree, family.head_id)
        await office.session.commit()
        counts.append(await office.ask(head, covered=False))
    assert counts == [4, 5, 5]  # the first one has no policy whose product could be told
