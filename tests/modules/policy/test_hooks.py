from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, ErrorCode, hook
from core.host import Host
from core.testing import Api, actor
from modules.insuree.testing import make_family
from modules.policy import rules
from modules.policy.hooks import Finding, Proposal
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus, Price, Shares
from modules.product.testing import make_product

WIDOWS_FREE = ErrorCode("WIDOWS_FREE", en="Widows pay nothing, {name}.", sw="Bure, {name}.", fr="Gratuit, {name}.")


class Scheme:
    """A country's own module: its price, its check, and what it does when a policy becomes active."""

    def __init__(self) -> None:
        self.price: Decimal | None = None
        self.findings: list[Finding] = []
        self.activated: list[Any] = []

    @hook
    def price_policy(self, proposal: Proposal) -> Price | None:
        if self.price is None:
            return None
        own = rules.price(proposal.terms, proposal.members, proposal.stage, proposal.enrolled_on, proposal.starts_on)
        return replace(own, value=self.price, shares=Shares(self.price, Decimal(0), self.price))

    @hook
    def check_policy(self, proposal: Proposal, price: Price) -> Sequence[Finding] | None:
        return self.findings

    @hook
    async def policy_activated(self, ctx: Context, policy: Policy) -> None:
        self.activated.append((policy.id, policy.status, policy.effective_on))


@pytest.fixture
def scheme(host: Host) -> Iterator[Scheme]:
    """Such a module, at work."""
    plugin = Scheme()
    host.plugins.register(plugin, "scheme-of-test")
    yield plugin
    host.plugins.unregister(plugin)


async def test_a_module_may_price_policies_its_own_way(change: Any, session: AsyncSession, scheme: Scheme) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    scheme.price = Decimal("12345.00")
    policy = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    assert (policy["value"], policy["due"]) == ("12345.00", "12345.00")


async def test_a_modules_finding_refuses_an_enrolment(change: Any, session: AsyncSession, scheme: Scheme) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    scheme.findings = [Finding(WIDOWS_FREE, {"name": "Asha"})]
    payload = await change("enrolPolicy", familyId=family.id, productId=product.id)
    assert payload.told == [("WIDOWS_FREE", "productId")]
    assert payload["errors"][0]["message"] == "Widows pay nothing, Asha."


async def test_a_modules_warning_is_quoted_and_refuses_nothing(
    api: Api, change: Any, session: AsyncSession, scheme: Scheme
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    scheme.findings = [Finding(WIDOWS_FREE, {"name": "Asha"}, refuses=False)]
    query = "query($p: ID!, $f: ID!) { policyQuote(productId: $p, familyId: $f) { warnings { code refuses } } }"
    reply = await api(query, {"p": product.id, "f": family.id}, actor=actor("CLERK"))
    assert reply.data["policyQuote"]["warnings"] == [{"code": "WIDOWS_FREE", "refuses": False}]
    assert (await change("enrolPolicy", familyId=family.id, productId=product.id)).told == []


async def test_modules_are_told_once_when_a_policy_becomes_active(
    change: Any, session: AsyncSession, scheme: Scheme
) -> None:
    family, product = await make_family(session), await make_product(session)
    await session.commit()
    policy = (await change("enrolPolicy", familyId=family.id, productId=product.id))["policy"]
    assert scheme.activated == []
    for receipt, amount in (("A1", "29000"), ("A2", "1000"), ("A3", "500")):
        await change(
            "recordContribution", fields="errors { code }", policyId=policy["id"], amount=amount, receipt=receipt,
            paymentTypeCode="C", acceptOverpayment=True,
        )  # fmt: skip
    ((id, status, effective_on),) = scheme.activated
    assert (str(id), status, str(effective_on)) == (policy["id"], PolicyStatus.ACTIVE, "2026-03-10")
