"""Prompts for renewal: made by night for policies that end, answered by a renewal, gone with policy or family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.orm import aliased

from core import Context, clock, every
from modules.insuree.models import EnrolmentOfficer, Family, Insuree, InsureeStatus
from modules.insuree.services import photo_due
from modules.policy import rules
from modules.policy.models import Policy, Renewal, RenewalPhoto
from modules.policy.rules import PolicyStatus, RenewalAnswer
from modules.policy.settings import Settings
from modules.product.models import Product

CHUNK = 5_000
"""How many policies are looked at together."""

_APART = {"synchronize_session": False}


@dataclass(frozen=True)
class Registers:
    """The registers that prompts are made from, by id."""

    sales: Mapping[UUID, rules.Sale]
    officers: Mapping[UUID, rules.Officer]
    phones: Mapping[UUID, str | None]


async def prompt_renewals(ctx: Context) -> None:
    """Prompt whoever has a policy that ends within the scheme's days, or has ended, to renew it (enrolment spec 4.7).

    Only policies that covered somebody are renewed, and each is prompted once. The statements of a chunk do not grow
    with it.
    """
    last = rules.prompted_until(clock.today(), ctx.settings(Settings).renewal_prompt_days)
    registers = await _registers(ctx)
    after: UUID | None = None
    while True:
        ending = (await ctx.session.execute(_ending(last, after))).all()
        renewals = await _prompt(ctx, ending, registers)
        if renewals:
            await _note_photos(ctx, renewals)
            await every(ctx.host, "renewal_prompted", ctx=ctx, renewals=renewals)
        if len(ending) < CHUNK:
            return
        after = ending[-1].id


async def accept(ctx: Context, previous: Policy, policy: Policy) -> None:
    """Answer the open prompt of a policy, if there is one: another policy follows it."""
    await ctx.session.execute(
        update(Renewal)
        .where(Renewal.policy_id == previous.id, Renewal.answer == RenewalAnswer.NONE)
        .values(
            answer=RenewalAnswer.ACCEPTED,
            answered_on=clock.today(),
            answered_by=ctx.actor.id,
            renewed_policy_id=policy.id,
            version=Renewal.version + 1,
        ),
        execution_options=_APART,
    )


async def forget(ctx: Context, policy: Policy) -> None:
    """Take back the prompts of a policy that is deleted; the one that it answered is open again."""
    await ctx.session.execute(delete(Renewal).where(Renewal.policy_id == policy.id), execution_options=_APART)
    await ctx.session.execute(
        update(Renewal)
        .where(Renewal.renewed_policy_id == policy.id)
        .values(
            answer=RenewalAnswer.NONE,
            answered_on=None,
            answered_by=None,
            renewed_policy_id=None,
            version=Renewal.version + 1,
        ),
        execution_options=_APART,
    )


async def withdraw(ctx: Context, family: Family) -> None:
    """Take back the open prompts of a family that is deleted."""
    of_family = select(Policy.id).where(Policy.family_id == family.id)
    await ctx.session.execute(
        delete(Renewal).where(Renewal.policy_id.in_(of_family), Renewal.answer == RenewalAnswer.NONE),
        execution_options=_APART,
    )


async def _registers(ctx: Context) -> Registers:
    products = await ctx.session.execute(
        select(Product.id, Product.date_from, Product.date_to, Product.conversion_product_id, Product.ended_at)
    )
    officer = EnrolmentOfficer
    officers = (
        await ctx.session.execute(select(officer.id, officer.valid_to, officer.substitute_id, officer.phone))
    ).all()
    return Registers(
        {id: rules.Sale(first, last, then, deleted=ended is not None) for id, first, last, then, ended in products},
        {id: rules.Officer(works_to, substitute_id) for id, works_to, substitute_id, _ in officers},
        {id: phone for id, _, _, phone in officers},
    )


def _ending(last: date | None, after: UUID | None) -> Select[*tuple[Any, ...]]:
    """The next policies to prompt for, in the order of their ids, with what the family holds from their ends on.

    Leaves out at once what is long done, so that a scheme's past is not looked at every night: what was prompted, what
    another policy follows, and all but a family's newest policy of a product.
    """
    newer, following, later = aliased(Policy), aliased(Policy), aliased(Policy)
    held = select(later.product_id).where(
        later.family_id == Policy.family_id, later.ended_at.is_(None), later.starts_on > Policy.expires_on
    )
    found: Select[*tuple[Any, ...]] = (
        select(
            Policy.id,
            Policy.product_id,
            Policy.officer_id,
            Policy.expires_on,
            Policy.district_id,
            Policy.village_id,
            Family.head_id,
            func.array(held.scalar_subquery(), type_=ARRAY(Uuid)).label("held"),
        )
        .join(Family, Family.id == Policy.family_id)
        .where(
            Policy.status.in_((PolicyStatus.ACTIVE, PolicyStatus.EXPIRED)),
            Policy.effective_on.is_not(None),
            Policy.ended_at.is_(None),
            Family.ended_at.is_(None),
            Family.head_id.is_not(None),
            ~exists().where(Renewal.policy_id == Policy.id),
            ~exists().where(following.previous_policy_id == Policy.id, following.ended_at.is_(None)),
            ~exists().where(
                newer.family_id == Policy.family_id,
                newer.product_id == Policy.product_id,
                newer.starts_on > Policy.starts_on,
                newer.ended_at.is_(None),
            ),
        )
    )
    if last is not None:
        found = found.where(Policy.expires_on <= last)
    if after is not None:
        found = found.where(Policy.id > after)
    return found.order_by(Policy.id).limit(CHUNK)


async def _prompt(ctx: Context, ending: Sequence[Any], registers: Registers) -> Sequence[Renewal]:
    """Write the prompts for these policies; those that somebody else has just written are left as they are."""
    rows = []
    for row in ending:
        plain = rules.Ending(row.product_id, row.officer_id, row.expires_on, row.held)
        prompt = rules.prompt(plain, registers.sales, registers.officers)
        if prompt is None:
            continue
        values = {
            "policy_id": row.id,
            "head_id": row.head_id,
            "product_id": prompt.product_id,
            "officer_id": prompt.officer_id,
            "phone": registers.phones[prompt.officer_id] if prompt.officer_id else None,
            "renewal_on": prompt.renewal_on,
            "prompted_on": clock.today(),
            "warnings": list(prompt.warnings),
            "district_id": row.district_id,
            "village_id": row.village_id,
        }
        rows.append(values)
    if not rows:
        return []
    return (await ctx.session.scalars(insert_or_leave(Renewal).on_conflict_do_nothing().returning(Renewal), rows)).all()


async def _note_photos(ctx: Context, renewals: Sequence[Renewal]) -> None:
    """Note which members need a new photo by the renewal, judged on its day."""
    members = await ctx.session.execute(
        select(Renewal.id, Renewal.renewal_on, Insuree.id, Insuree.photo_on, Insuree.birth_date)
        .join(Policy, Policy.id == Renewal.policy_id)
        .join(Insuree, Insuree.family_id == Policy.family_id)
        .where(
            Renewal.id.in_([renewal.id for renewal in renewals]),
            Insuree.status == InsureeStatus.ACTIVE,
            Insuree.ended_at.is_(None),
        )
    )
    rows = [
        {"renewal_id": renewal_id, "insuree_id": insuree_id}
        for renewal_id, day, insuree_id, photo_on, birth_date in members
        if photo_due(ctx, photo_on, birth_date, day)
    ]
    if rows:
        await ctx.session.execute(insert(RenewalPhoto), rows)
