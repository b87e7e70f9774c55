"""What patients say of their care: who is to ask them, and what they said (claims spec 2.14)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, null, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from core import DATE_IN_FUTURE, NOT_FOUND, Context, Problems, UserError, clock, find, noting, visible
from modules.claim import errors, rules
from modules.claim.inputs import DeliverFeedbackInput
from modules.claim.models import Claim, Feedback, FeedbackPrompt
from modules.claim.rules import SelectionEvent, SelectionStatus
from modules.claim.services.bulk import among
from modules.claim.services.plain import PlainClaim
from modules.claim.services.selecting import check_other_facility
from modules.insuree.models import EnrolmentOfficer, Insuree, OfficerVillage
from modules.location.models import Location

BEST_MARK = 5


async def prompts_for(ctx: Context, claims: Sequence[PlainClaim]) -> dict[UUID, FeedbackPrompt]:
    """Who is to ask the patients of some claims, by claim; a claim is missing where there is nobody. Not written yet.

    It is the first officer, by code, who works today, has a telephone and enrols where the patient stays, else where
    the family lives; without one the patient is asked by telephone, if there is a number. Two statements at most,
    however many claims.
    """
    if not claims:
        return {}
    officer, of, today = EnrolmentOfficer, OfficerVillage, clock.today()
    rows = await ctx.session.execute(
        select(Insuree.id, officer.id, officer.phone, Location.id, Location.district_id)
        .ext(distinct_on(Insuree.id))
        .join(of, of.village_id.in_([Insuree.current_village_id, Insuree.village_id]))
        .join(officer, officer.id == of.officer_id)
        .join(Location, Location.id == of.village_id)
        .where(
            among(Insuree.id, {claim.insuree_id for claim in claims}),
            officer.phone.is_not(None),
            officer.valid_from <= today,
            or_(officer.valid_to.is_(None), officer.valid_to >= today),
        )
        .order_by(Insuree.id, (of.village_id == Insuree.current_village_id).desc().nulls_last(), officer.code)
    )
    found = {insuree_id: asked for insuree_id, *asked in rows}
    alone = {claim.insuree_id for claim in claims} - found.keys()
    if alone:
        found.update(await _by_telephone(ctx, alone))
    prompts = {}
    for claim in claims:
        if claim.insuree_id in found:
            officer_id, phone, village_id, district_id = found[claim.insuree_id]
            prompts[claim.id] = FeedbackPrompt(
                claim_id=claim.id,
                officer_id=officer_id,
                phone=phone,
                village_id=village_id,
                district_id=district_id,
                health_facility_id=claim.health_facility_id,
                claim_district_id=claim.district_id,
                prompted_on=today,
            )
    return prompts


async def _by_telephone(ctx: Context, insuree_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The patients among these who have a telephone, and where they are; no officer, and no number beside their own."""
    village = func.coalesce(Insuree.current_village_id, Insuree.village_id)
    rows = await ctx.session.execute(
        select(Insuree.id, null(), null(), Location.id, Location.district_id)
        .join(Location, Location.id == village)
        .where(among(Insuree.id, insuree_ids), Insuree.phone.is_not(None))
    )
    return {insuree_id: asked for insuree_id, *asked in rows}


async def write_prompts(ctx: Context, prompts: Mapping[UUID, FeedbackPrompt]) -> None:
    """Prompt, by claim; an earlier prompt of a claim gives way."""
    await ctx.session.execute(delete(FeedbackPrompt).where(among(FeedbackPrompt.claim_id, prompts)))
    ctx.session.add_all(prompts.values())
    await ctx.session.flush()


async def withdraw_prompt(ctx: Context, claim: Claim) -> None:
    """Let nobody be asked about a claim that is to be changed; whoever selects it again prompts anew."""
    await ctx.session.execute(delete(FeedbackPrompt).where(FeedbackPrompt.claim_id == claim.id))


async def deliver_feedback(ctx: Context, input: DeliverFeedbackInput) -> Feedback:
    """Record what the patient of a claim says. The claim is one that the actor may see, or was prompted for.

    Raises:
        UserErrors: NOT_FOUND, OWN_FACILITY, FEEDBACK_NOT_AWAITED, FEEDBACK_OF_ANOTHER, ASSESSMENT_OUT_OF_RANGE,
            DATE_IN_FUTURE.
    """
    claim = await _awaiting(ctx, input.claim_id)
    given_on = input.given_on or clock.today()
    problems = Problems()
    if input.insurance_number is not None and not await _is_of(ctx, claim, input.insurance_number.strip()):
        problems.add(errors.FEEDBACK_OF_ANOTHER, "insuranceNumber", number=input.insurance_number)
    if not 0 <= input.assessment <= BEST_MARK:
        problems.add(errors.ASSESSMENT_OUT_OF_RANGE, "assessment")
    if given_on > clock.today():
        problems.add(DATE_IN_FUTURE, "givenOn", date=given_on)
    officer_id = None
    with noting(problems):
        officer_id = await _officer(ctx, input.officer_id)
    problems.stop()
    feedback = Feedback(
        claim_id=claim.id,
        care_rendered=input.care_rendered,
        payment_asked=input.payment_asked,
        drug_prescribed=input.drug_prescribed,
        drug_received=input.drug_received,
        assessment=input.assessment,
        officer_id=officer_id,
        given_on=given_on,
    )
    claim.feedback_status = rules.select(claim.feedback_status, SelectionEvent.DELIVER)
    ctx.session.add(feedback)
    await ctx.session.flush()
    return feedback


async def _awaiting(ctx: Context, id: UUID) -> Claim:
    prompted = exists().where(FeedbackPrompt.claim_id == Claim.id, *visible(ctx, FeedbackPrompt))
    seen = select(Claim.id).where(Claim.id == id, *visible(ctx, Claim)).exists()
    claim = await ctx.session.scalar(
        select(Claim)
        .where(Claim.id == id, Claim.ended_at.is_(None), or_(seen, prompted))
        .with_for_update(of=Claim, key_share=True)
        .execution_options(populate_existing=True)
    )
    if claim is None:
        raise UserError(NOT_FOUND, "claimId")
    check_other_facility(ctx, claim, "claimId")
    if claim.feedback_status is not SelectionStatus.SELECTED:
        raise UserError(errors.FEEDBACK_NOT_AWAITED, "claimId", status=claim.feedback_status)
    return claim


async def _is_of(ctx: Context, claim: Claim, number: str) -> bool:
    """Whether the claim is for the person with this insurance number."""
    own = select(Insuree.insurance_number).where(Insuree.id == claim.insuree_id)
    return await ctx.session.scalar(own) == number


async def _officer(ctx: Context, id: UUID | None) -> UUID | None:
    """The officer who asked; if none is named, the one that the account is, if it is one."""
    if id is not None:
        return (await find(ctx, EnrolmentOfficer, id, "officerId")).id
    own = select(EnrolmentOfficer.id).where(EnrolmentOfficer.account_id == ctx.actor.id)
    return await ctx.session.scalar(own)
