"""The cover that somebody holds on a day, and what its product promises of the care asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Uuid, func, literal, select
from sqlalchemy.orm import aliased

from core import Context
from modules.medical.rules import ServiceCategory
from modules.policy import rules
from modules.policy.hooks import Usage
from modules.policy.models import Cover, Policy
from modules.policy.rules import EligibilityReason, PolicyStage
from modules.product.models import CategoryLimit
from modules.product.models import Cover as ProductCover

DECIDING = (ServiceCategory.SURGERY, ServiceCategory.DELIVERY, ServiceCategory.CONSULTATION)
"""Categories of care whose limits also decide whether a service of theirs is covered (enrolment spec 4.6 step 6)."""


@dataclass(frozen=True)
class Held:
    """A policy that covers somebody on a day, the whole of that cover, and what its product says of the care."""

    policy: Policy
    member: rules.MemberCover
    service: ProductCover | None
    item: ProductCover | None


@dataclass(frozen=True)
class CareVerdict:
    """Whether an item or a service is covered; `left` says from when and how much of it, if the product has it."""

    reason: EligibilityReason | None
    left: rules.CoverLeft | None = None


async def held_by(
    ctx: Context, insuree_id: UUID, on: date, service_id: UUID | None, item_id: UUID | None
) -> Held | None:
    """The policy that covers the person on the day: one that has what is asked for, then the one that expires last."""
    service, item, whole = aliased(ProductCover), aliased(ProductCover), aliased(Cover)
    of_whole = (whole.policy_id == Policy.id, whole.insuree_id == insuree_id)
    rows = await ctx.session.execute(
        select(
            Policy,
            service,
            item,
            select(func.min(whole.starts_on)).where(*of_whole).scalar_subquery(),
            select(func.max(whole.ends_on)).where(*of_whole).scalar_subquery(),
        )
        .join(Cover, Cover.policy_id == Policy.id)
        .outerjoin(service, (service.terms_id == Policy.terms_id) & (service.service_id == literal(service_id, Uuid())))
        .outerjoin(item, (item.terms_id == Policy.terms_id) & (item.item_id == literal(item_id, Uuid())))
        .where(Cover.insuree_id == insuree_id, Cover.starts_on <= on, Cover.ends_on >= on, Policy.ended_at.is_(None))
        .order_by(service.id.is_not(None).desc(), item.id.is_not(None).desc(), Policy.expires_on.desc(), Policy.id)
        .limit(1)
    )
    row = rows.one_or_none()
    if row is None:
        return None
    policy, with_service, with_item, first, last = row
    # What lapsed since has no effective date any more; it covered this day from the day the cover began.
    effective_on = policy.effective_on or first
    member = rules.MemberCover(policy.stage is PolicyStage.NEW, effective_on, first, last)
    return Held(policy, member, with_service, with_item)


async def category_limits(ctx: Context, terms_id: UUID) -> dict[ServiceCategory, int | None]:
    """How many claims of each category of care the terms allow; those they do not name have no limit."""
    rows = await ctx.session.scalars(select(CategoryLimit).where(CategoryLimit.terms_id == terms_id))
    return {limit.category: limit.max_number for limit in rows}


def claims_left(limits: Mapping[ServiceCategory, int | None], usage: Usage) -> dict[ServiceCategory, int | None]:
    """How many claims of each category of care are left; None: no limit."""
    return {
        category: rules.claims_left(limits.get(category), usage.claims.get(category, 0)) for category in ServiceCategory
    }


def judge(
    member: rules.MemberCover,
    cover: ProductCover | None,
    on: date,
    *,
    adult: bool,
    used: Decimal,
    claims: int | None = None,
) -> CareVerdict:
    """Whether an item or a service that a product has, or has not, is covered on the day (decision 28).

    `used`: how much the person had of it. `claims`: how many claims of its category are left, None for no limit.
    """
    if cover is None:
        return CareVerdict(EligibilityReason.NOT_IN_PRODUCT)
    left = rules.cover_left(
        member,
        waiting_period=cover.waiting_period_adult if adult else cover.waiting_period_child,
        limit_number=cover.limit_number_adult if adult else cover.limit_number_child,
        used=used,
        category_limit=claims,
    )
    if left.earliest_on > on:
        return CareVerdict(EligibilityReason.WAITING_PERIOD, left)
    return CareVerdict(None if left.available_on(on) else EligibilityReason.LIMIT_REACHED, left)
