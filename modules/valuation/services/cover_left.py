"""What policies are told of claims: what a person's took, and whether any used the cover."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import exists, select

from core import Context
from core.money import ZERO
from modules.claim.models import Claim
from modules.claim.rules import COUNTED
from modules.claim.services import provisions
from modules.policy.hooks import Care, Usage
from modules.policy.models import Cover, Policy
from modules.product.models import CategoryLimit, Terms
from modules.product.rules import CeilingType
from modules.valuation import rules
from modules.valuation.models import LineValue
from modules.valuation.services.examining import visits_of
from modules.valuation.services.policies import load_usage
from modules.valuation.services.terms import product_terms


async def usage(ctx: Context, policy_id: UUID, insuree_id: UUID, care: Care, first: date, last: date) -> Usage:
    """What a person's claims that count took of a policy between two days, both included (decision 28)."""
    elements = [element for element in (care.service_id, care.item_id) if element is not None]
    given = await provisions(ctx.session, [insuree_id], elements) if elements else []
    visits = await visits_of(ctx.session, [insuree_id])

    def used(element_id: UUID | None) -> Decimal:
        inside = [each for each in given if each.element_id == element_id and first <= each.target_date <= last]
        return sum((each.quantity for each in inside), ZERO)

    return Usage(
        service=used(care.service_id),
        item=used(care.item_id),
        claims={category: sum(first <= day <= last for day in days) for (_, category), days in visits.items()},
        ceiling=await _ceiling_left(ctx, policy_id, insuree_id, last),
    )


async def cover_used(ctx: Context, policy_id: UUID, first: date, last: date, insuree_id: UUID | None = None) -> bool:
    """Whether the policy pays for care, of one person if given, that began between two days, both included."""
    whose = () if insuree_id is None else (Claim.insuree_id == insuree_id,)
    paid = exists().where(
        *whose,
        LineValue.policy_id == policy_id,
        Claim.id == LineValue.claim_id,
        Claim.date_from.between(first, last),
        Claim.status.in_(COUNTED),
        Claim.ended_at.is_(None),
    )
    return bool(await ctx.session.scalar(select(paid)))


async def _ceiling_left(ctx: Context, policy_id: UUID, insuree_id: UUID, last: date) -> Decimal | None:
    """What the ceiling leaves; of a ceiling with two sides, that of visits without a stay."""
    row = await ctx.session.scalar(
        select(Terms).join(Policy, Policy.terms_id == Terms.id).where(Policy.id == policy_id)
    )
    assert row is not None
    limits = await ctx.session.scalars(select(CategoryLimit).where(CategoryLimit.terms_id == row.id))
    terms = product_terms(row, limits)
    members = await ctx.session.scalars(
        select(Cover.insuree_id).where(Cover.policy_id == policy_id, Cover.starts_on <= last, Cover.ends_on >= last)
    )
    claims = await load_usage(ctx.session, [policy_id])
    if terms.ceiling_type is CeilingType.TREATMENT:
        claims = []
    elif terms.ceiling_type is CeilingType.INSUREE:
        claims = [claim for claim in claims if claim.insuree_id == insuree_id]
    return rules.ceiling_left(terms, hospital_visit=False, members=len(set(members)), others=claims)
