"""A voucher is sold once and used once, at any facility, until it expires."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, clock
from core.host import Host
from core.migrate import drift
from core.testing import Api, actor
from modules.insuree.testing import make_family
from modules.location.testing import make_district, make_facility

pytestmark = pytest.mark.profile("cameroon")
VOUCHER = "voucher { number price soldOn validTo usedOn } errors { code path }"


class Sale:
    """A woman, a facility of another district, and what is done with vouchers."""

    def __init__(self, api: Api, woman: Any, facility: Any) -> None:
        self.api, self.woman, self.facility = api, woman, facility

    async def send(self, mutation: str, by: Actor, **input: Any) -> Any:
        document = f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ {mutation}(input: $input) {{ {VOUCHER} }} }}"
        reply = await self.api(document, {"input": input}, actor=by)
        assert reply.errors == []
        return reply.data[mutation]

    async def sell(self, number: str = "CM-1") -> Any:
        return await self.send("sellVoucher", actor("CLERK"), number=number, insureeId=self.woman)

    async def use(self, number: str = "CM-1", **scopes: Any) -> Any:
        by = actor("CLAIM_ADMINISTRATOR", **(scopes or {"facility": [self.facility]}))
        return await self.send("useVoucher", by, number=number, healthFacilityId=self.facility)


@pytest.fixture
async def sale(api: Api, session: AsyncSession) -> Sale:
    """Somebody to sell vouchers to."""
    family, facility = await make_family(session), await make_facility(session)
    await session.commit()
    return Sale(api, family.head_id, facility.id)


async def test_a_voucher_is_sold_and_used_where_the_woman_gives_birth(sale: Sale) -> None:
    with clock.at(datetime(2026, 6, 15, 8, tzinfo=UTC)):
        sold = await sale.sell(" CM-1 ")
        voucher = {
            "number": "CM-1",
            "price": "6000.00",
            "soldOn": "2026-06-15",
            "validTo": "2027-06-15",
            "usedOn": None,
        }
        assert sold == {"voucher": voucher, "errors": []}
        assert await sale.use() == {"voucher": {**voucher, "usedOn": "2026-06-15"}, "errors": []}
        read = "query($id: ID!) { insuree(id: $id) { vouchers { number usedOn } } }"
        answer = await sale.api(read, {"id": sale.woman}, actor=actor("CLERK"))
        assert answer.data == {"insuree": {"vouchers": [{"number": "CM-1", "usedOn": "2026-06-15"}]}}


async def test_a_number_is_sold_once_and_used_once(sale: Sale) -> None:
    assert (await sale.sell())["errors"] == []
    assert (await sale.sell())["errors"] == [{"code": "VOUCHER_SOLD", "path": ["number"]}]
    assert (await sale.use())["errors"] == []
    assert (await sale.use())["errors"] == [{"code": "VOUCHER_USED", "path": ["number"]}]


async def test_two_at_the_same_moment_do_not_both_sell_or_use_it(sale: Sale) -> None:
    for at_once in (sale.sell, sale.use):
        told = await asyncio.gather(*(at_once() for _ in range(4)))
        assert sorted(bool(payload["errors"]) for payload in told) == [False, True, True, True]


async def test_a_voucher_that_expired_or_was_never_sold_pays_for_nothing(sale: Sale) -> None:
    with clock.at(datetime(2025, 6, 15, 8, tzinfo=UTC)):
        await sale.sell()
    with clock.at(datetime(2026, 6, 16, 8, tzinfo=UTC)):
        assert (await sale.use())["errors"] == [{"code": "VOUCHER_EXPIRED", "path": ["number"]}]
        assert (await sale.use("CM-2"))["errors"] == [{"code": "NOT_FOUND", "path": ["number"]}]


@pytest.mark.parametrize(("number", "code"), [("  ", "REQUIRED"), ("9" * 21, "TOO_LONG")])
async def test_a_number_is_given_and_not_too_long(sale: Sale, number: str, code: str) -> None:
    assert (await sale.sell(number))["errors"] == [{"code": code, "path": ["number"]}]


async def test_only_its_own_people_take_vouchers_for_a_facility(sale: Sale, session: AsyncSession) -> None:
    elsewhere = await make_district(session)
    await session.commit()
    await sale.sell()
    assert (await sale.use(district=[elsewhere.id]))["errors"] == [{"code": "NOT_FOUND", "path": ["healthFacilityId"]}]
    document = "mutation($input: UseVoucherInput!) { useVoucher(input: $input) { errors { code } } }"
    sent = {"input": {"number": "CM-1", "healthFacilityId": sale.facility}}
    assert (await sale.api(document, sent, actor=actor("CLERK"))).errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_revision_makes_what_the_model_declares(host: Host) -> None:
    assert await drift(host) == {}
