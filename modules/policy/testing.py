"""Policies and prompts for tests, written straight to the tables. Give a session; commit before asking the API."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.dates import add_months
from core.matrix import Corner
from modules.insuree.models import EnrolmentOfficer, Family, Insuree
from modules.policy.models import Cover, Policy, PricedMember, Renewal, RenewalPhoto
from modules.policy.rules import PolicyStage, PolicyStatus, Relation, RenewalAnswer, RenewalWarning, renewal_date
from modules.product.models import Product, Terms

_EFFECTIVE = (PolicyStatus.ACTIVE, PolicyStatus.EXPIRED)


async def make_policy(
    session: AsyncSession,
    family: Family,
    product: Product,
    status: PolicyStatus = PolicyStatus.ACTIVE,
    *,
    starts_on: date | None = None,
    value: Decimal = Decimal(30000),
    **fields: Any,
) -> Policy:
    """A policy of the whole family, a year from its start; active or expired ones cover everybody from that day.

    It starts today, or a year and a day ago if it has expired, unless told otherwise.
    """
    today = clock.today()
    start = starts_on or (add_months(today, -12) - timedelta(days=1) if status is PolicyStatus.EXPIRED else today)
    effective = start if status in _EFFECTIVE else None
    terms_id = await session.scalar(
        select(Terms.id).where(Terms.product_id == product.id).order_by(Terms.valid_from.desc()).limit(1)
    )
    defaults: dict[str, Any] = {
        "terms_id": terms_id,
        "stage": PolicyStage.NEW,
        "family_share": value,
        "payer_share": Decimal(0),
        "due": value,
        "bought_value": value,
        "bought_due": value,
        "enrolled_on": start,
        "effective_on": effective,
        "expires_on": add_months(start, 12) - timedelta(days=1),
        "district_id": family.district_id,
        "village_id": family.village_id,
    }
    policy = Policy(
        family_id=family.id,
        product_id=product.id,
        status=status,
        value=value,
        starts_on=start,
        **{**defaults, **fields},
    )
    session.add(policy)
    await session.flush()
    await _include(session, policy)
    return policy


async def make_renewal(session: AsyncSession, policy: Policy, **fields: Any) -> Renewal:
    """An open prompt of today for the renewal of a policy, in its product and by its officer."""
    head_id = await session.scalar(select(Family.head_id).where(Family.id == policy.family_id))
    defaults: dict[str, Any] = {
        "head_id": head_id,
        "product_id": policy.product_id,
        "officer_id": policy.officer_id,
        "renewal_on": renewal_date(policy.expires_on),
        "prompted_on": clock.today(),
        "warnings": [],
        "district_id": policy.district_id,
        "village_id": policy.village_id,
    }
    renewal = Renewal(policy_id=policy.id, **{**defaults, **fields})
    session.add(renewal)
    await session.flush()
    return renewal


async def _include(session: AsyncSession, policy: Policy) -> None:
    members = await session.scalars(
        select(Insuree).where(Insuree.family_id == policy.family_id, Insuree.ended_at.is_(None))
    )
    for member in members:
        relation = Relation.HEAD if member.is_head else Relation.OWN
        place = PricedMember(policy_id=policy.id, insuree_id=member.id, relation=relation, birth_date=member.birth_date)
        session.add(place)
        if policy.effective_on is not None:
            cover = Cover(
                policy_id=policy.id,
                insuree_id=member.id,
                starts_on=policy.effective_on,
                ends_on=policy.expires_on,
            )
            session.add(cover)
    await session.flush()


async def populate(corner: Corner) -> None:
    """A policy that has run out, the one that follows it, and prompts to renew both."""
    session, product, family = corner.session, corner.one(Product), corner.one(Family)
    officer = corner.one(EnrolmentOfficer)
    old = await make_policy(session, family, product, PolicyStatus.EXPIRED, officer_id=officer.id)
    new = await make_policy(session, family, product, previous_policy_id=old.id, officer_id=officer.id)
    answered = {"answer": RenewalAnswer.ACCEPTED, "answered_on": clock.today(), "renewed_policy_id": new.id}
    answered_prompt = await make_renewal(session, old, **answered)
    prompt = await make_renewal(session, new, warnings=[RenewalWarning.NO_OFFICER])
    session.add_all(RenewalPhoto(renewal_id=each.id, insuree_id=family.head_id) for each in (answered_prompt, prompt))
    await session.flush()
    corner.inputs["policyQuote"] = {"familyId": family.id, "productId": product.id}
    corner.points |= {"previousPolicyId": Policy}
    corner.beyond["eligibility"] = "cover is portable: any facility asks, by an exact number (decision 4)"
