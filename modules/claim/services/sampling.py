"""Samples: some of many claims are reviewed, and what is left of them is left of the others (claims spec 2.13)."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update

from core import ILLEGAL_TRANSITION, NOT_FOUND, Context, UserError, clock, every, find, new_id
from core.money import ZERO, money, total
from modules.claim import errors, rules
from modules.claim.inputs import CompleteClaimSampleInput, CreateClaimSampleInput, SelectClaimsInput
from modules.claim.models import Claim, ClaimLine, ClaimSample, LineStatus, SampledClaim, SampleStatus
from modules.claim.rules import COUNTED, ClaimStatus, RejectionReason, SelectionMode, SelectionStatus
from modules.claim.services.bulk import insert_rows, update_rows
from modules.claim.services.facts import lines_of
from modules.claim.services.picking import Picked, select_for_review
from modules.claim.services.plain import PlainClaim
from modules.claim.services.review import amounts, left_by_limits
from modules.claim.services.selecting import check_other_facility, lock_claims

REFUSED = (RejectionReason.MEDICAL_OFFICER,)
TELLING = (*COUNTED, ClaimStatus.REJECTED)


async def create_sample(ctx: Context, input: CreateClaimSampleInput) -> tuple[ClaimSample, Picked]:
    """Draw some of the claims for review, at random, and keep the others with them.

    Raises:
        UserErrors: as `select_for_review` by RANDOM; SAMPLE_EMPTY where no claim is left. What is wrong with one claim
            is told with that claim.
    """
    wanted = SelectClaimsInput(mode=SelectionMode.RANDOM, ids=input.ids, filter=input.filter, percent=input.percent)
    picked = await select_for_review(ctx, wanted)
    if not picked.after:
        raise UserError(errors.SAMPLE_EMPTY, "ids" if input.ids is not None else "filter")
    sample = ClaimSample(id=new_id(), percent=input.percent)
    ctx.session.add(sample)
    await ctx.session.flush()
    rows = [
        {"sample_id": sample.id, "claim_id": id, "drawn": status is SelectionStatus.SELECTED}
        for id, status in picked.after.items()
    ]
    now = clock.now()
    await insert_rows(ctx.session, SampledClaim, [{**row, "created_at": now, "updated_at": now} for row in rows])
    return sample, picked


async def complete_sample(ctx: Context, input: CompleteClaimSampleInput) -> ClaimSample:
    """Give the claims that were not drawn the share of their adjusted prices that reviews left of those drawn.

    Raises:
        UserError: NOT_FOUND, also to who does not see all of its claims; STALE, ILLEGAL_TRANSITION, SAMPLE_WAITS,
            SAMPLE_EMPTY, OWN_FACILITY.
    """
    sample = await find(ctx, ClaimSample, input.id, "id", version=input.expected_version, lock=True)
    if sample.status is not SampleStatus.OPEN:
        raise UserError(ILLEGAL_TRANSITION, "id", state=sample.status, target=SampleStatus.COMPLETED)
    drawn = await _drawn(ctx, sample.id)
    claims = {claim.id: claim for claim in await lock_claims(ctx, drawn)}
    if len(await lock_claims(ctx, claims, scoped=True)) < len(claims):
        raise UserError(NOT_FOUND, "id")
    for claim in claims.values():
        check_other_facility(ctx, claim)
    ratio = await _ratio(ctx, [claim for id, claim in claims.items() if drawn[id]])
    others = [claim for id, claim in claims.items() if not drawn[id] and _waits(claim)]
    await _settle(ctx, others, ratio)
    sample.ratio, sample.status = ratio, SampleStatus.COMPLETED
    ended = update(SampledClaim).where(SampledClaim.sample_id == sample.id)
    await ctx.session.execute(ended.values(ended_at=clock.now(), updated_at=clock.now()))
    await ctx.session.flush()
    ids = [claim.id for claim in others]
    if ids:
        await every(ctx.host, "claims_reviewed", ctx=ctx, claim_ids=ids)
        await every(ctx.host, "claims_settled_by_sample", ctx=ctx, claim_ids=ids)
    return sample


async def _drawn(ctx: Context, sample_id: UUID) -> Mapping[UUID, bool]:
    """The claims of a sample, and whether each was drawn."""
    rows = await ctx.session.execute(
        select(SampledClaim.claim_id, SampledClaim.drawn).where(SampledClaim.sample_id == sample_id)
    )
    return dict(rows.all())


async def _ratio(ctx: Context, drawn: Sequence[PlainClaim]) -> Decimal:
    """What is left of each shilling of the claims drawn. Those that went back to the facility, or that somebody passed
    by, tell nothing."""
    waiting = [claim for claim in drawn if _waits(claim)]
    if waiting:
        raise UserError(errors.SAMPLE_WAITS, "id", count=len(waiting))
    told = [claim for claim in drawn if claim.status in TELLING and _decided(claim)]
    lines = await lines_of(ctx.session, [claim.id for claim in told])
    checked = [line for own in lines.values() for line in own if _passed_the_checks(line)]
    left = await left_by_limits(ctx, [claim.id for claim in told])
    adjusted = total(
        money((line.price_adjusted or ZERO) * left.get(line.id, line.quantity_provided)) for line in checked
    )
    if not adjusted:
        raise UserError(errors.SAMPLE_EMPTY, "id")
    return rules.sample_ratio(rules.approved(map(amounts, checked)), adjusted)


def _waits(claim: PlainClaim) -> bool:
    """Whether nobody has decided on a claim of a sample yet."""
    return claim.status is ClaimStatus.CHECKED and not _decided(claim)


def _decided(claim: PlainClaim) -> bool:
    return claim.status is ClaimStatus.REJECTED or claim.review_status is SelectionStatus.DELIVERED


def _passed_the_checks(line: ClaimLine) -> bool:
    return line.status is LineStatus.PASSED or line.rejection_reason in REFUSED


async def _settle(ctx: Context, claims: Collection[PlainClaim], ratio: Decimal) -> None:
    lines = await lines_of(ctx.session, [claim.id for claim in claims])
    for claim in claims:
        for line in lines[claim.id]:
            if line.status is LineStatus.PASSED:
                line.price_approved = money((line.price_adjusted or ZERO) * ratio)
    rows = [
        {
            "id": claim.id,
            "review_status": SelectionStatus.BYPASSED,
            "approved": rules.approved(map(amounts, lines[claim.id])),
        }
        for claim in claims
    ]
    await ctx.session.flush()
    await update_rows(ctx.session, Claim, rows)
