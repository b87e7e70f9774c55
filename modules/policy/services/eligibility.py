"""What a person is covered for on a day, by insurance number, wherever he or she asks (decision 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Boolean, DateTime, String, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import array, insert

from core import Busy, Context, Together, clock, first, new_id, note_of_reading, shared_rows
from modules.insuree.models import Insuree
from modules.insuree.rules import is_adult
from modules.medical.rules import ServiceCategory
from modules.policy.hooks import Judgement, Usage
from modules.policy.models import Verification
from modules.policy.rules import EligibilityReason
from modules.policy.services.asked import Asked, Held, Person, PlainPolicy, read
from modules.policy.services.held import DECIDING, CareVerdict, claims_left, judge
from modules.policy.services.reasons import why_not
from modules.policy.settings import Settings

LONGEST_NUMBER = 50
UNKNOWN = CareVerdict(EligibilityReason.UNKNOWN_CODE)


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
    person: Person | None = None
    policy: PlainPolicy | None = None
    service: CareVerdict | None = None
    item: CareVerdict | None = None
    remaining: Remaining | None = None


async def eligibility(
    ctx: Context, insurance_number: str, on: date, service_code: str | None = None, item_code: str | None = None
) -> Verdict:
    """Whether the person with exactly this number is covered on the day, and for the service and item if named.

    One statement reads and one records that it was asked; who is not covered takes one more, which finds out why.

    Raises:
        Busy: the account asks too often.
    """
    number = insurance_number.strip()
    most = ctx.settings(Settings).verifications_per_minute
    asked = await read(ctx, number, on, service_code, item_code, counted=bool(most))
    if most and asked.recent >= most:
        raise Busy(f"You may verify {most} people a minute. Wait a little and try again.", 60)
    judgement: Judgement | None = await first(
        ctx.host, "judge_cover", ctx=ctx, insurance_number=number, on=on, service_code=service_code, item_code=item_code
    )
    if judgement is not None:
        verdict = _judged(judgement, asked, service_code, item_code)
    elif asked.held is not None:
        verdict = _held(ctx, asked, asked.held, on, service_code, item_code)
    else:
        verdict = await _not_covered(ctx, asked, on, service_code, item_code)
    await _record(ctx, number, verdict)
    return verdict


def _held(ctx: Context, asked: Asked, held: Held, on: date, service_code: str | None, item_code: str | None) -> Verdict:
    """What a policy that covers the person says."""
    assert asked.person is not None
    usage = held.usage or Usage()
    claims = claims_left(held.limits, usage)
    adult = is_adult(asked.person.birth_date, on, ctx.settings(Settings).adult_age)
    service = item = None
    if service_code is not None:
        left = claims[asked.service.category] if asked.service and asked.service.category in DECIDING else None
        judged = judge(held.member, held.service, on, adult=adult, used=usage.service, claims=left)
        service = judged if asked.service else UNKNOWN
    if item_code is not None:
        item = judge(held.member, held.item, on, adult=adult, used=usage.item) if asked.item else UNKNOWN
    remaining = Remaining(usage.ceiling, claims) if held.usage else None
    return Verdict(None, asked.person, held.policy, service, item, remaining)


async def _not_covered(
    ctx: Context, asked: Asked, on: date, service_code: str | None, item_code: str | None
) -> Verdict:
    if asked.person is None:
        return Verdict(EligibilityReason.UNKNOWN_NUMBER)
    reason, policy = await why_not(ctx, asked.person, on)
    return Verdict(reason, asked.person, policy, *_alike(CareVerdict(reason), asked, service_code, item_code))


def _judged(judgement: Judgement, asked: Asked, service_code: str | None, item_code: str | None) -> Verdict:
    """What another system says of the person's cover, with the person as registered here."""
    service, item = _alike(CareVerdict(judgement.reason), asked, service_code, item_code)
    remaining = Remaining(judgement.ceiling, dict.fromkeys(ServiceCategory))
    return Verdict(judgement.reason, asked.person, None, service, item, remaining)


def _alike(
    verdict: CareVerdict, asked: Asked, service_code: str | None, item_code: str | None
) -> tuple[CareVerdict | None, CareVerdict | None]:
    """The verdict for the service and the item that are asked for, where the registers have them."""
    service = None if service_code is None else verdict if asked.service else UNKNOWN
    item = None if item_code is None else verdict if asked.item else UNKNOWN
    return service, item


async def _record(ctx: Context, number: str, verdict: Verdict) -> None:
    await _recording().write(
        ctx,
        id=new_id(),
        account_id=ctx.actor.id,
        insurance_number=number[:LONGEST_NUMBER],
        insuree_id=verdict.person.id if verdict.person else None,
        covered=verdict.reason is None,
        now=clock.now(),
        request=ctx.request_id,
    )


@lru_cache(maxsize=1)
def _recording() -> Together:
    """That it was asked, for the rate, and in the history whom it was asked about."""
    types = {"id": Uuid, "account_id": Uuid, "insurance_number": String, "insuree_id": Uuid, "covered": Boolean}
    asked = shared_rows(**types, now=DateTime(timezone=True), request=Text)
    columns = [*types, "created_at", "updated_at"]
    rows = insert(Verification).from_select(
        columns, select(*(asked.c[name] for name in types), asked.c.now, asked.c.now)
    )
    recorded = rows.on_conflict_do_nothing(index_elements=[Verification.id]).returning(Verification.id).cte("recorded")
    way = {"field": "eligibility", "by": ["insuranceNumber"]}
    note = note_of_reading(
        Insuree.__tablename__, array([asked.c.insuree_id]), asked.c.account_id, asked.c.request, **way
    )
    noted = select(func.count(note)).select_from(asked.join(recorded, recorded.c.id == asked.c.id))
    return Together("policy.verification", noted.where(asked.c.insuree_id.is_not(None)))
