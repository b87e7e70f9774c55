"""What policies hold about a person, and how long looking somebody up is remembered."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from core import Context, ErrorCode, clock
from modules.insuree.hooks import Held
from modules.insuree.models import Insuree
from modules.insuree.services import pseudonym, year_only
from modules.policy.errors import PERSON_COVERED
from modules.policy.models import Cover, Policy, PricedMember, Renewal, RenewalPhoto, Verification
from modules.policy.settings import Settings

log = logging.getLogger("bima.policy")

AT_A_TIME = 10_000


def held(insuree_ids: Sequence[UUID]) -> list[Held]:
    """The policies of the families, places on them, cover, renewals, and who asked about the person."""
    family = select(Insuree.family_id).where(Insuree.id.in_(insuree_ids))
    covered = select(Cover.policy_id).where(Cover.insuree_id.in_(insuree_ids))
    priced = select(PricedMember.policy_id).where(PricedMember.insuree_id.in_(insuree_ids))
    about = or_(Policy.family_id.in_(family), Policy.id.in_(covered), Policy.id.in_(priced))
    return [
        Held(Policy, about),
        Held(
            PricedMember,
            PricedMember.insuree_id.in_(insuree_ids),
            {"birth_date": year_only(PricedMember.birth_date)},
        ),
        Held(Cover, Cover.insuree_id.in_(insuree_ids)),
        Held(Renewal, Renewal.head_id.in_(insuree_ids)),
        Held(RenewalPhoto, RenewalPhoto.insuree_id.in_(insuree_ids)),
        Held(
            Verification,
            Verification.insuree_id.in_(insuree_ids),
            {"insurance_number": pseudonym(Verification.insuree_id)},
        ),
    ]


async def needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode]:
    """Whoever is covered today or later."""
    covered = select(Cover.insuree_id).where(
        Cover.insuree_id.in_(insuree_ids),
        Cover.ends_on >= clock.today(),
        Cover.policy_id.in_(select(Policy.id).where(Policy.ended_at.is_(None))),
    )
    return dict.fromkeys(await ctx.session.scalars(covered), PERSON_COVERED)


async def forget_verifications(ctx: Context) -> None:
    """Delete who asked what somebody is covered for, once older than the setting says; so many at a time."""
    days = ctx.settings(Settings).verifications_kept_days
    if not days:
        return
    old = select(Verification.id).where(Verification.created_at < clock.now() - timedelta(days=days)).limit(AT_A_TIME)
    gone = 0
    while ids := (
        await ctx.session.scalars(
            delete(Verification)
            .where(Verification.id.in_(old))
            .returning(Verification.id)
            .execution_options(synchronize_session=False)
        )
    ).all():
        gone += len(ids)
        await ctx.session.commit()
    log.info("forgot %s look-ups of eligibility", gone)
