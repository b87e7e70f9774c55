"""Making new claims from rejected ones (claims spec 2.5)."""

from uuid import UUID

from sqlalchemy import func, select

from core import REQUIRED, TOO_LONG, Context, UserError, clock, find, first, new_id
from modules.claim import errors
from modules.claim.inputs import RestoreClaimInput
from modules.claim.models import Claim, ClaimDiagnosis, ClaimLine
from modules.claim.rules import ClaimStatus
from modules.claim.services.facts import lines_of
from modules.claim.services.parts import kept_parts, make_parts, parts_of
from modules.claim.settings import Settings

ENTERED_FIELDS = (
    "insuree_id", "health_facility_id", "district_id", "administrator_id", "date_from", "date_to", "visit_type",
    "care_type", "main_diagnosis_id", "pre_authorised", "guarantee", "patient_condition_code", "referred_from_id",
    "referred_to_id", "referral_code", "explanation", "claimed",
)  # fmt: skip
"""What the facility entered of a claim, without its code and its day."""


async def restore_claim(ctx: Context, input: RestoreClaimInput) -> Claim:
    """Enter a rejected claim anew, as of today and without its papers; the rejected one stays as it is.

    Raises:
        UserError: NOT_FOUND, CLAIM_NOT_REJECTED, RESTORED_ENOUGH, REQUIRED, TOO_LONG, TAKEN.
    """
    rejected = await find(ctx, Claim, input.claim_id, "claimId", lock=True)
    if rejected.status is not ClaimStatus.REJECTED:
        raise UserError(errors.NOT_REJECTED, "claimId", status=rejected.status)
    most = ctx.settings(Settings).max_restores
    if most is not None and await _restores(ctx, rejected.id) >= most:
        raise UserError(errors.RESTORED_ENOUGH, "claimId", most=most)
    claim = Claim(
        id=input.id or new_id(),
        restores_id=rejected.id,
        claimed_on=clock.today(),
        status=ClaimStatus.ENTERED,
        **{name: getattr(rejected, name) for name in ENTERED_FIELDS},
    )
    claim.code = await _code(ctx, claim, input.code)
    await _copy(ctx, rejected, claim)
    return claim


async def _copy(ctx: Context, rejected: Claim, claim: Claim) -> None:
    lines = (await lines_of(ctx.session, [rejected.id]))[rejected.id]
    diagnoses = await ctx.session.scalars(select(ClaimDiagnosis).where(ClaimDiagnosis.claim_id == rejected.id))
    parts = await parts_of(ctx.session, [rejected.id])
    copied = {
        line.id: ClaimLine(
            id=new_id(),
            claim_id=claim.id,
            line_no=line.line_no,
            item_id=line.item_id,
            service_id=line.service_id,
            quantity_provided=line.quantity_provided,
            price_asked=line.price_asked,
            explanation=line.explanation,
        )
        for line in lines
    }
    ctx.session.add(claim)
    await ctx.session.flush()
    ctx.session.add_all(copied.values())
    ctx.session.add_all(
        ClaimDiagnosis(claim_id=claim.id, diagnosis_id=of.diagnosis_id, position=of.position) for of in diagnoses
    )
    await ctx.session.flush()
    for line_id, of_line in parts.items():
        ctx.session.add_all(make_parts(copied[line_id], kept_parts(of_line)))
    await ctx.session.flush()


async def _restores(ctx: Context, claim_id: UUID) -> int:
    made = select(func.count()).where(Claim.restores_id == claim_id, Claim.ended_at.is_(None))
    return await ctx.session.scalar(made) or 0


async def _code(ctx: Context, claim: Claim, given: str | None) -> str:
    code: str | None = (given or "").strip() or await first(ctx.host, "claim_code", ctx=ctx, claim=claim)
    most = ctx.settings(Settings).code_length
    if code is None:
        raise UserError(REQUIRED, "code")
    if len(code) > most:
        raise UserError(TOO_LONG, "code", most=most)
    return code
