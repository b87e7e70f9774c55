"""Nepal, Social Security Fund: who is insured another system knows; here claims are entered and reviewed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Busy, Context, hook
from core.host import Host
from core.testing import Api
from modules.insuree.inputs import CreateFamilyInput, InsureeInput
from modules.insuree.models import Insuree
from modules.insuree.services import create_family
from modules.location.testing import make_village
from modules.policy.hooks import Judgement
from modules.policy.models import Verification
from modules.policy.rules import EligibilityReason
from tests.modules.claim.test_picking import pick
from tests.modules.claim.world import World

ELIGIBILITY = """query($number: String!, $service: String) {
    eligibility(insuranceNumber: $number, serviceCode: $service, on: "2026-06-10") {
        covered reason insuree { lastName } service { covered reason } remaining { ceiling admissions } } }"""


class Fund:
    """The module that asks the fund's own system, with that system inside."""

    def __init__(self) -> None:
        self.known: dict[str, Judgement] = {}
        self.down = False

    @hook
    async def judge_cover(self, insurance_number: str, on: date) -> Judgement | None:
        if self.down:
            raise Busy("The fund does not answer. Wait a little and try again.", 30)
        assert on == date(2026, 6, 10)
        return self.known.get(insurance_number)


@pytest.fixture
def fund(host: Host) -> Iterator[Fund]:
    """Such a module, at work."""
    fund = Fund()
    host.plugins.register(fund)
    yield fund
    host.plugins.unregister(fund)


async def ask(api: Api, who: Actor, number: str, service: str | None = None) -> Any:
    """What the API says of a number."""
    reply = await api(ELIGIBILITY, {"number": number, "service": service}, actor=who)
    assert reply.errors == []
    return reply.data["eligibility"]


async def test_nobody_can_be_enrolled_here_and_everybody_can_be_read(host: Host) -> None:
    schema = host.schema._schema
    assert schema.mutation_type is not None
    assert schema.query_type is not None
    assert schema.mutation_type.fields.keys() & {
        "createFamily", "addInsuree", "updateInsuree", "moveInsuree", "createEnrolmentOfficer", "enrolPolicy",
        "renewPolicy", "suspendPolicy", "createProduct",
    } == set()  # fmt: skip
    assert schema.mutation_type.fields.keys() >= {"createClaim", "submitClaims", "reviewClaim", "createLookup"}
    assert schema.query_type.fields.keys() >= {"insuree", "families", "eligibility", "claims"}


async def test_whether_somebody_is_covered_and_what_is_left_the_fund_says(
    api: Api, everybody: Actor, fund: Fund, session: AsyncSession, scheme: World
) -> None:
    number, service = scheme.patient.insurance_number, scheme.clinic.services[0].code
    fund.known[number] = Judgement(ceiling=Decimal(82_500))
    assert await ask(api, everybody, number, service) == {
        "covered": True, "reason": None, "insuree": {"lastName": "Mushi"}, "service": {"covered": True, "reason": None},
        "remaining": {"ceiling": "82500.00", "admissions": None},
    }  # fmt: skip
    unknown = await ask(api, everybody, number, "NONE")
    assert unknown["service"] == {"covered": False, "reason": "UNKNOWN_CODE"}
    fund.known[number] = Judgement(EligibilityReason.NOT_PAID)
    told = await ask(api, everybody, number, service)
    assert (told["covered"], told["reason"], told["service"]["reason"]) == (False, "NOT_PAID", "NOT_PAID")
    asked = select(Verification.insuree_id, Verification.covered).order_by(Verification.created_at)
    assert [tuple(row) for row in await session.execute(asked)] == [
        (scheme.patient.id, covered) for covered in (True, True, False)
    ]


async def test_whom_the_fund_does_not_know_the_registry_here_answers_for(
    api: Api, everybody: Actor, fund: Fund, scheme: World
) -> None:
    assert (await ask(api, everybody, "nobody"))["reason"] == "UNKNOWN_NUMBER"
    assert (await ask(api, everybody, scheme.patient.insurance_number))["reason"] == "NOT_INSURED"


async def test_a_fund_that_is_down_turns_nobody_away(
    api: Api, everybody: Actor, fund: Fund, session: AsyncSession, scheme: World
) -> None:
    fund.down = True
    reply = await api(ELIGIBILITY, {"number": scheme.patient.insurance_number}, actor=everybody)
    assert [error["message"] for error in reply.errors] == ["The fund does not answer. Wait a little and try again."]
    assert (await session.scalars(select(Verification))).all() == []


async def test_people_come_by_the_services_and_their_claims_are_reviewed(
    api: Api, ctx: Context, session: AsyncSession, scheme: World
) -> None:
    village = await make_village(session)
    person = InsureeInput(
        insurance_number="SSF-7", last_name="Shrestha", other_names="Maya", birth_date=date(1988, 2, 1), gender_code="F"
    )
    family = await create_family(ctx, CreateFamilyInput(location_id=village.id, head=person))
    await session.commit()
    claim = await scheme.submitted(patient=await session.get_one(Insuree, family.head_id))
    assert claim["status"] == "CHECKED"
    assert (await pick(scheme, ids=[claim["id"]], mode="ALL"))["counts"] == (1, 1, 0)
    [chosen] = (await api("{ claims { nodes { id version } } }", actor=scheme.doctor())).data["claims"]["nodes"]
    line = {"lineNo": 1, "quantityApproved": "0.5"}
    reviewed = await scheme.change("reviewClaim", chosen, scheme.doctor(), lines=[line])
    assert reviewed["errors"] == []
    assert (reviewed["claim"]["reviewStatus"], reviewed["claim"]["approved"]) == ("DELIVERED", "12500.00")
