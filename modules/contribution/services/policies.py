"""What becomes of contributions when policies end and families or places move."""

from datetime import datetime

from sqlalchemy import exists, or_, select, update

from core import Context, UserError, clock, every
from modules.contribution import errors
from modules.contribution.models import Contribution
from modules.contribution.services.money import contributions_of
from modules.insuree.models import Family
from modules.location.models import Location, inside
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus
from modules.policy.services import reevaluate

DELETED = "policy deleted"


async def void_all(ctx: Context, policy: Policy) -> None:
    """Void the contributions of a policy that is being deleted.

    Raises:
        UserError: CONTRIBUTION_RECONCILED, which keeps the policy.
    """
    for contribution in (await contributions_of(ctx, [policy.id]))[policy.id]:
        if any(await every(ctx.host, "contribution_reconciled", ctx=ctx, contribution_id=contribution.id)):
            raise UserError(errors.CONTRIBUTION_RECONCILED, "id")
        contribution.voided_at, contribution.void_reason = clock.now(), DELETED
    await ctx.session.flush()


async def readdress(ctx: Context, location: Location) -> None:
    """Correct the districts of contributions after a place has moved below another parent."""
    await ctx.session.execute(
        update(Contribution)
        .where(Contribution.village_id == Location.id, inside(Location, location.id))
        .values(district_id=Location.district_id),
        execution_options={"synchronize_session": False},
    )


async def family_moved(ctx: Context, family: Family) -> None:
    """Let the contributions of a family's policies follow it to another village."""
    of_family = select(Policy.id).where(Policy.family_id == family.id)
    await ctx.session.execute(
        update(Contribution)
        .where(Contribution.policy_id.in_(of_family))
        .values(village_id=family.village_id, district_id=family.district_id),
        execution_options={"synchronize_session": False},
    )


async def catch_up(ctx: Context, since: datetime | None) -> None:
    """Follow policies that moved, void what was paid for deleted ones, and let the money tell again where it was not.

    While the module was off nobody knew what was paid: policies that changed since are worked out anew.
    """
    elsewhere = or_(Contribution.village_id != Policy.village_id, Contribution.district_id != Policy.district_id)
    await ctx.session.execute(
        update(Contribution)
        .where(Contribution.policy_id == Policy.id, elsewhere)
        .values(village_id=Policy.village_id, district_id=Policy.district_id),
        execution_options={"synchronize_session": False},
    )
    if since is None:
        return
    paid = exists().where(Contribution.policy_id == Policy.id, Contribution.voided_at.is_(None))
    for policy in (await ctx.session.scalars(select(Policy).where(Policy.ended_at >= since, paid))).all():
        await void_all(ctx, policy)
    changed = select(Policy).where(
        Policy.updated_at >= since, Policy.ended_at.is_(None), Policy.status != PolicyStatus.EXPIRED, paid
    )
    for policy in (await ctx.session.scalars(changed.order_by(Policy.id).with_for_update())).all():
        await reevaluate(ctx, policy)
