"""A woman buys a voucher; it pays from pregnancy to 42 days after the birth, at the facility that she chooses."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import bima_cheque_sante
from bima_cheque_sante.rules import Sold, pays
from core import Actor, clock, new_id
from core.host import Host
from core.migrate import drift
from core.testing import Api, actor, ask_examples
from modules.claim.testing import Clinic, make_clinic
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family, unsaid
from modules.medical.rules import ServiceCategory
from modules.medical.testing import make_price_list, make_service
from modules.product.testing import make_product

pytestmark = pytest.mark.profile("cameroon")
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
VOUCHER = "voucher { number price soldOn validTo usedOn policy { status } }"
PACKAGE = {ServiceCategory.ANTENATAL: (4, 0), ServiceCategory.DELIVERY: (1, 0)}


@dataclass
class Sale:
    """A woman with a household of her own, a clinic, and what is done with vouchers."""

    session: AsyncSession
    api: Api
    woman: Insuree
    clinic: Clinic
    antenatal: UUID
    birth: UUID

    async def send(self, mutation: str, fields: str, by: Actor, **input: Any) -> Any:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} }} }}"
        reply = await self.api(document, {"input": input}, actor=by)
        assert reply.errors == []
        return reply.data[mutation]

    async def sell(self, number: str = "CM-1", insuree_id: UUID | None = None) -> Any:
        to = insuree_id or self.woman.id
        return await self.send(
            "sellVoucher", f"{VOUCHER} errors {{ code path }}", actor("CLERK"), number=number, insureeId=to
        )

    @property
    def nurse(self) -> Actor:
        return actor("CLAIM_ADMINISTRATOR", facility=[self.clinic.facility.id])

    async def claim(self, service: UUID, on: date, guarantee: str | None = "CM-1", patient: UUID | None = None) -> Any:
        """A claim as it is after it was handed in."""
        entered = await self.send(
            "createClaim", "claim { id } errors { code path }", self.nurse,
            code=str(new_id())[-20:], healthFacilityId=self.clinic.facility.id, insureeId=patient or self.woman.id,
            dateFrom=on, claimedOn=on, careType="OUT_PATIENT", mainDiagnosisId=self.clinic.diagnosis.id,
            guarantee=guarantee, services=[{"serviceId": service, "quantityProvided": "1", "priceAsked": "5000"}],
        )  # fmt: skip
        assert entered["errors"] == []
        return await self.hand_in(entered["claim"]["id"])

    async def hand_in(self, claim_id: str) -> Any:
        claim = "claim { id version status rejectionReason services { rejectionReason } }"
        sent = await self.send("submitClaims", f"results {{ {claim} errors {{ code }} }}", self.nurse, ids=[claim_id])
        [result] = sent["results"]
        assert result["errors"] == []
        return result["claim"]

    async def vouchers(self) -> Any:
        read = "query($id: ID!) { insuree(id: $id) { vouchers { number usedOn claim { status } } } }"
        answer = await self.api(read, {"id": self.woman.id}, actor=actor("CLERK", "MEDICAL_OFFICER"))
        assert answer.errors == []
        return answer.data["insuree"]["vouchers"]

    async def eligibility(self, on: date) -> Any:
        ask = "query($n: String!, $on: Date!) { eligibility(insuranceNumber: $n, on: $on) { covered reason remaining { antenatal deliveries } } }"
        answer = await self.api(ask, {"n": self.woman.insurance_number, "on": on}, actor=actor("CLERK", "RECEPTIONIST"))
        assert answer.errors == []
        return answer.data["eligibility"]


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.at(NOW):
        yield


@pytest.fixture
async def sale(api: Api, session: AsyncSession) -> Sale:
    """Somebody to sell vouchers to, and what a voucher buys."""
    family = await make_family(session, members=1)
    clinic = await make_clinic(session, items=0, services=0)
    antenatal = await make_service(session, category=ServiceCategory.ANTENATAL, price=5000)
    birth = await make_service(session, category=ServiceCategory.DELIVERY, price=5000)
    await make_price_list(session, dict.fromkeys([antenatal, birth]), clinic.facility)
    await make_product(session, code="CHEQUE", lump_sum=6000, covers=(antenatal, birth), category_limits=PACKAGE)
    await session.commit()
    woman = await session.get_one(Insuree, family.head_id)
    return Sale(session, api, woman, clinic, antenatal.id, birth.id)


async def test_a_voucher_is_sold_pays_for_pregnancy_and_birth_and_ends_42_days_later(sale: Sale) -> None:
    assert await sale.sell(" CM-1 ") == {
        "voucher": {
            "number": "CM-1", "price": "6000.00", "soldOn": "2026-06-15", "validTo": "2027-06-14", "usedOn": None,
            "policy": {"status": "ACTIVE"},
        },
        "errors": [],
    }  # fmt: skip
    with clock.at(NOW + timedelta(days=200)):
        visit = await sale.claim(sale.antenatal, date(2026, 8, 1))
        assert visit["status"] == "CHECKED"
        assert (await sale.eligibility(date(2026, 8, 2)))["remaining"] == {"antenatal": 3, "deliveries": 1}
        birth = await sale.claim(sale.birth, date(2026, 10, 1))
        assert birth["status"] == "CHECKED"
        assert await sale.vouchers() == [{"number": "CM-1", "usedOn": "2026-10-01", "claim": {"status": "CHECKED"}}]
        for claim in (visit, birth):
            paid = "results { claim { status valuated } errors { code } }"
            done = await sale.send("processClaims", paid, actor("MEDICAL_OFFICER"), ids=[claim["id"]])
            assert done["results"] == [{"claim": {"status": "VALUATED", "valuated": "5000.00"}, "errors": []}]
        last, after = date(2026, 11, 12), date(2026, 11, 13)
        assert (await sale.claim(sale.antenatal, last))["status"] == "CHECKED"
        assert (await sale.eligibility(last))["covered"]
        late = await sale.claim(sale.antenatal, after)
        assert (late["status"], late["rejectionReason"]) == ("REJECTED", "NO_COVER")
        told = await sale.eligibility(after)
        assert (told["covered"], told["reason"]) == (False, "COVER_ENDED")


async def test_a_claim_names_a_voucher_of_the_patient_s_household(sale: Sale) -> None:
    await sale.sell()
    stranger = (await make_family(sale.session, members=1)).head_id
    await sale.session.commit()
    assert (await sale.sell("CM-2", stranger))["errors"] == []
    for guarantee in (None, "CM-2", "CM-3"):
        claim = await sale.claim(sale.antenatal, NOW.date(), guarantee)
        assert (claim["status"], claim["rejectionReason"]) == ("REJECTED", "NO_COVER"), guarantee
    assert (await sale.claim(sale.antenatal, NOW.date(), " CM-2 ", stranger))["status"] == "CHECKED"


async def test_a_voucher_pays_for_one_birth_even_when_two_are_handed_in_at_the_same_moment(sale: Sale) -> None:
    await sale.sell()
    claims = await asyncio.gather(*(sale.claim(sale.birth, NOW.date()) for _ in range(2)))
    assert sorted(claim["status"] for claim in claims) == ["CHECKED", "REJECTED"]
    assert await sale.vouchers() == [{"number": "CM-1", "usedOn": "2026-06-15", "claim": {"status": "CHECKED"}}]


async def test_a_birth_that_goes_back_to_the_facility_has_used_no_voucher(sale: Sale) -> None:
    await sale.sell()
    birth = await sale.claim(sale.birth, NOW.date())
    back = {"id": birth["id"], "expectedVersion": birth["version"], "reason": "No papers"}
    assert (await sale.send("returnClaim", "errors { code }", actor("MEDICAL_OFFICER"), **back))["errors"] == []
    assert await sale.vouchers() == [{"number": "CM-1", "usedOn": None, "claim": None}]
    assert (await sale.hand_in(birth["id"]))["status"] == "CHECKED"
    assert [voucher["usedOn"] for voucher in await sale.vouchers()] == ["2026-06-15"]


async def test_a_number_is_sold_once_and_a_woman_has_one_voucher_at_a_time(sale: Sale) -> None:
    other = (await make_family(sale.session, members=1)).head_id
    await sale.session.commit()
    told = await asyncio.gather(sale.sell(), sale.sell(), sale.sell("CM-1", other))
    errors = sorted(str(payload["errors"]) for payload in told)
    assert errors == ["[]", *["[{'code': 'VOUCHER_SOLD', 'path': ['number']}]"] * 2]
    holder = sale.woman.id if await sale.vouchers() else other
    assert [error["code"] for error in (await sale.sell("CM-2", holder))["errors"]] == ["ALREADY_ENROLLED"]
    free = other if holder == sale.woman.id else sale.woman.id
    assert (await sale.sell("CM-2", free))["errors"] == [], "a sale that was refused leaves the number free"


@pytest.mark.parametrize(("number", "code"), [("  ", "REQUIRED"), ("9" * 21, "TOO_LONG")])
async def test_a_number_is_given_and_not_too_long(sale: Sale, number: str, code: str) -> None:
    assert (await sale.sell(number))["errors"] == [{"code": code, "path": ["number"]}]


async def test_a_voucher_is_for_the_head_of_a_household(sale: Sale, session: AsyncSession) -> None:
    family = await make_family(session, members=2)
    await session.commit()
    others = select(Insuree.id).where(Insuree.family_id == family.id, Insuree.id != family.head_id)
    child = (await session.scalars(others)).one()
    assert (await sale.sell(insuree_id=child))["errors"] == [{"code": "VOUCHER_NOT_HEAD", "path": ["insureeId"]}]


async def test_without_its_product_nothing_is_sold(api: Api, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    await session.commit()
    document = "mutation($input: SellVoucherInput!) { sellVoucher(input: $input) { errors { code message } } }"
    reply = await api(document, {"input": {"number": "CM-1", "insureeId": family.head_id}}, actor=actor("CLERK"))
    [error] = reply.data["sellVoucher"]["errors"]
    assert error["code"] == "VOUCHER_PRODUCT"
    assert "There is no product CHEQUE" in error["message"]
    refused = await api(
        document, {"input": {"number": "CM-1", "insureeId": family.head_id}}, actor=actor("RECEPTIONIST")
    )
    assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"


def test_a_voucher_pays_until_the_last_day_after_the_birth() -> None:
    household, claim, birth = new_id(), new_id(), date(2026, 10, 1)
    used = Sold("CM-1", household, birth, new_id())
    assert pays(used, household, claim, birth + timedelta(days=42), 42)
    assert not pays(used, household, claim, birth + timedelta(days=43), 42)
    assert pays(Sold("CM-1", household), household, claim, birth + timedelta(days=43), 42)
    assert not pays(None, household, claim, birth, 42)
    assert not pays(Sold("CM-1", new_id()), household, claim, birth, 42)


async def test_its_examples_can_be_asked(api: Api, sale: Sale) -> None:
    answers = await ask_examples(api, bima_cheque_sante, woman=sale.woman.id)
    assert [voucher["number"] for voucher in answers["vouchersOfAWoman"]["vouchers"]] == ["CM-000123"]


async def test_the_revisions_make_what_the_model_declares(host: Host) -> None:
    assert await drift(host) == {}


async def test_what_is_kept_about_people_is_told(host: Host) -> None:
    assert unsaid(host) == set()
