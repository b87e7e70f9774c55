"""What a person is covered for on a day, by insurance number, wherever he or she asks (decision 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from core import Busy, Context, LookupRow, clock, first, note_reading
from modules.insuree.models import Insuree, InsureePhoto
from modules.insuree.rules import is_adult
from modules.medical.models import Item, Service
from modules.medical.rules import ServiceCategory
from modules.policy.hooks import Care, Judgement, Usage
from modules.policy.models import Policy, Verification
from modules.policy.rules import EligibilityReason
from modules.policy.services.held import DECIDING, CareVerdict, Held, category_limits, claims_left, held_by, judge
from modules.policy.services.reasons import why_not
from modules.policy.settings import Settings

E = TypeVar("E", Service, Item)
LONGEST_NUMBER = 50


@dataclass(frozen=True)
class Remaining:
    """What is left of a person's cover: money, and claims by category of care. None: no limit."""

    ceiling: Decimal | None
    claims: Mapping[ServiceCategory, int | None]


@dataclass(frozen=True)
class Verdict:
    """What a person is covered for on a day. `reason` is None for somebody who is covered.

    `remaining` is None where no module knows of claims.
    """

    reason: EligibilityReason | None
    insuree: Insuree | None = None
    gender_id: UUID | None = None
    photo: InsureePhoto | None = None
    policy: Policy | None = None
    service: CareVerdict | None = None
    item: CareVerdict | None = None
    remaining: Remaining | None = None


async def eligibility(
    ctx: Context, insurance_number: str, on: date, service_code: str | None = None, item_code: str | None = None
) -> Verdict:
    """Whether the person with exactly this number is covered on the day, and for the service and item if named.

    That it was asked is recorded.

    Raises:
        Busy: the account asks too often.
    """
    await _check_rate(ctx)
    number = insurance_number.strip()
    verdict = await _verdict(ctx, number, on, service_code, item_code)
    ctx.session.add(
        Verification(
            account_id=ctx.actor.id,
            insurance_number=number[:LONGEST_NUMBER],
            insuree_id=verdict.insuree.id if verdict.insuree else None,
            covered=verdict.reason is None,
        )
    )
    await ctx.session.flush()
    if verdict.insuree is not None:
        await note_reading(
            ctx, Insuree.__tablename__, [verdict.insuree.id], field="eligibility", by=["insuranceNumber"]
        )
    return verdict


async def _check_rate(ctx: Context) -> None:
    most = ctx.settings(Settings).verifications_per_minute
    if not most or ctx.actor.id is None:
        return
    recent = select(func.count()).where(
        Verification.account_id == ctx.actor.id, Verification.created_at > clock.now() - timedelta(minutes=1)
    )
    if (await ctx.session.scalar(recent) or 0) >= most:
        raise Busy(f"You may verify {most} people a minute. Wait a little and try again.", 60)


async def _verdict(ctx: Context, number: str, on: date, service_code: str | None, item_code: str | None) -> Verdict:
    judgement: Judgement | None = await first(
        ctx.host, "judge_cover", ctx=ctx, insurance_number=number, on=on, service_code=service_code, item_code=item_code
    )
    found = await ctx.session.execute(
        select(Insuree, LookupRow.id, InsureePhoto)
        .outerjoin(LookupRow, (LookupRow.kind == "gender") & (LookupRow.code == Insuree.gender_code))
        .outerjoin(InsureePhoto, (InsureePhoto.insuree_id == Insuree.id) & InsureePhoto.replaced_at.is_(None))
        .where(Insuree.insurance_number == number, Insuree.ended_at.is_(None))
    )
    row = found.one_or_none()
    if judgement is not None:
        return await _judged(ctx, judgement, row, service_code, item_code)
    if row is None:
        return Verdict(EligibilityReason.UNKNOWN_NUMBER)
    insuree, gender_id, photo = row
    service = await _entry(ctx, Service, service_code)
    item = await _entry(ctx, Item, item_code)
    care = Care(service.id if service else None, item.id if item else None)
    held = await held_by(ctx, insuree.id, on, care.service_id, care.item_id)
    unknown = CareVerdict(EligibilityReason.UNKNOWN_CODE)
    for_service = for_item = None
    if held is None:
        reason, policy = await why_not(ctx, insuree, on)
        if service_code is not None:
            for_service = CareVerdict(reason) if service else unknown
        if item_code is not None:
            for_item = CareVerdict(reason) if item else unknown
        return Verdict(reason, insuree, gender_id, photo, policy, for_service, for_item)
    known = await _usage(ctx, held, insuree, care)
    usage = known or Usage()
    claims = claims_left(await category_limits(ctx, held.policy.terms_id), usage)
    adult = is_adult(insuree.birth_date, on, ctx.settings(Settings).adult_age)
    if service_code is not None:
        left = claims[service.category] if service and service.category in DECIDING else None
        judged = judge(held.member, held.service, on, adult=adult, used=usage.service, claims=left)
        for_service = judged if service else unknown
    if item_code is not None:
        for_item = judge(held.member, held.item, on, adult=adult, used=usage.item) if item else unknown
    remaining = Remaining(usage.ceiling, claims) if known else None
    return Verdict(None, insuree, gender_id, photo, held.policy, for_service, for_item, remaining)


async def _judged(
    ctx: Context, judgement: Judgement, row: Any, service_code: str | None, item_code: str | None
) -> Verdict:
    """What another system says of the person's cover, with the person as registered here."""
    insuree, gender_id, photo = row or (None, None, None)
    judged, unknown = CareVerdict(judgement.reason), CareVerdict(EligibilityReason.UNKNOWN_CODE)
    service = item = None
    if service_code is not None:
        service = judged if await _entry(ctx, Service, service_code) else unknown
    if item_code is not None:
        item = judged if await _entry(ctx, Item, item_code) else unknown
    remaining = Remaining(judgement.ceiling, dict.fromkeys(ServiceCategory))
    return Verdict(judgement.reason, insuree, gender_id, photo, None, service, item, remaining)


async def _entry(ctx: Context, register: type[E], code: str | None) -> E | None:
    if code is None:
        return None
    found: E | None = await ctx.session.scalar(
        select(register).where(register.code == code, register.ended_at.is_(None))
    )
    return found


async def _usage(ctx: Context, held: Held, insuree: Insuree, care: Care) -> Usage | None:
    usage: Usage | None = await first(
        ctx.host,
        "usage",
        ctx=ctx,
        policy_id=held.policy.id,
        insuree_id=insuree.id,
        care=care,
        first=held.member.effective_on,
        last=held.member.expires_on,
    )
    return usage
