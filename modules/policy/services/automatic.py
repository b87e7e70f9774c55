"""A product that everybody gets: families are enrolled in it when people are registered, and again when it ends."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from core import Context, clock, defer
from modules.insuree.models import Family, Insuree
from modules.policy.inputs import EnrolPolicyInput
from modules.policy.models import Policy
from modules.policy.rules import PolicyStage
from modules.policy.services import prompts
from modules.policy.services.enrol import make
from modules.policy.services.pricing import members_of, offer_on, price
from modules.policy.settings import Settings
from modules.product.models import Product

ENROL_EVERYBODY = "policy.enrol_automatically"
CHUNK = 500
"""Families that one run of the job enrols; it orders the next run for those that follow."""


async def enrol_people(ctx: Context, insuree_ids: Sequence[UUID]) -> None:
    """Enrol the families of people who were just registered or changed, unless they have a policy that runs."""
    product_id = await _product(ctx)
    if product_id is None:
        return
    of_people = select(Insuree.family_id).where(Insuree.id.in_(insuree_ids), Insuree.ended_at.is_(None))
    found = select(Family.id).where(Family.id.in_(of_people), *_without(product_id)).order_by(Family.id)
    for family_id in (await ctx.session.scalars(found)).all():
        await _enrol(ctx, family_id, product_id)


async def enrol_everybody(ctx: Context, after: UUID | None = None) -> None:
    """Enrol the families that have no policy that runs: it ended, or the product is new, or they moved to where it is.

    `after`: only families with a greater id, where an earlier run left off.
    """
    product_id = await _product(ctx)
    if product_id is None:
        return
    found = select(Family.id).where(*_without(product_id)).order_by(Family.id).limit(CHUNK)
    if after is not None:
        found = found.where(Family.id > after)
    families = (await ctx.session.scalars(found)).all()
    for family_id in families:
        await _enrol(ctx, family_id, product_id)
    if len(families) == CHUNK:
        await defer(ctx, ENROL_EVERYBODY, after=families[-1])


async def _product(ctx: Context) -> UUID | None:
    code = ctx.settings(Settings).automatic_product
    if not code:
        return None
    found: UUID | None = await ctx.session.scalar(
        select(Product.id).where(Product.code == code, Product.ended_at.is_(None))
    )
    return found


def _without(product_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """Families that still exist, and have no policy of the product that runs today or later."""
    running = exists().where(
        Policy.family_id == Family.id,
        Policy.product_id == product_id,
        Policy.ended_at.is_(None),
        Policy.expires_on >= clock.today(),
    )
    return Family.ended_at.is_(None), ~running


async def _enrol(ctx: Context, family_id: UUID, product_id: UUID) -> None:
    """Enrol a family where the product is sold and it has members; what is odd about others refuses nobody."""
    today = clock.today()
    # Once it is ours, whoever enrolled it meanwhile is seen.
    locked = select(Family).where(Family.id == family_id, *_without(product_id)).with_for_update()
    family = (await ctx.session.scalars(locked, execution_options={"populate_existing": True})).one_or_none()
    offer = None if family is None else await offer_on(ctx, product_id, today, family)
    if family is None or offer is None:
        return
    previous = await ctx.session.scalar(
        select(Policy)
        .where(
            Policy.family_id == family.id,
            Policy.product_id == product_id,
            Policy.effective_on.is_not(None),
            Policy.ended_at.is_(None),
        )
        .order_by(Policy.expires_on.desc())
        .limit(1)
    )
    stage = PolicyStage.NEW if previous is None else PolicyStage.RENEWAL
    members = await members_of(ctx, family.id)
    priced = price(ctx, offer, members, stage, today, family=family, previous=previous)
    if any(finding.refuses for finding in priced.findings):
        return
    policy = await make(ctx, EnrolPolicyInput(family_id=family.id, product_id=product_id), family, priced, previous)
    if previous is not None:
        await prompts.accept(ctx, previous, policy)
