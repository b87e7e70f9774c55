"""Picking claims for review and for feedback: drawn among those that are due, or named one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import SystemRandom
from uuid import UUID

from sqlalchemy import func, select

from core import NEGATIVE, REQUIRED, Context, Problems, UserError, add_months, clock, every
from core.money import ZERO
from modules.claim import errors, rules
from modules.claim.inputs import SelectClaimsInput
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus, SelectableClaim, SelectionEvent, SelectionMode, SelectionStatus
from modules.claim.services.bulk import among, update_rows
from modules.claim.services.feedback import prompts_for, write_prompts
from modules.claim.services.plain import PlainClaim
from modules.claim.services.selecting import Selection, check_other_facility, select_claims

REVIEW, FEEDBACK = "review_status", "feedback_status"
"""The columns that say what claims are picked for."""
DUE = (ClaimStatus.CHECKED,)
IDLE, SELECTED = SelectionStatus.IDLE, SelectionStatus.SELECTED
PERCENTAGES = {SelectionMode.RANDOM: (1, 100), SelectionMode.VARIANCE: (0, 1000)}
MONTHS_COMPARED = 12
PAST = (ClaimStatus.PROCESSED, ClaimStatus.VALUATED, ClaimStatus.PAID)


@dataclass(frozen=True)
class Picked:
    """The claims that a selection was about, and what became of those that it changes."""

    selection: Selection
    after: dict[UUID, SelectionStatus]

    @property
    def selected(self) -> int:
        """How many are selected now."""
        return list(self.after.values()).count(SELECTED)


async def select_for_review(ctx: Context, input: SelectClaimsInput) -> Picked:
    """Pick checked claims for review (claims spec 2.13). Those drawn among and not picked take part in no other draw.

    Raises:
        UserErrors: REQUIRED, TOO_MANY_CLAIMS, SELECTION_PERCENT, NEGATIVE. What is wrong with one claim is told with
            that claim: NOT_FOUND, CLAIM_NOT_CHECKED, OWN_FACILITY, DRAWN_BEFORE, ILLEGAL_TRANSITION.
    """
    picked = await _pick(ctx, input, REVIEW)
    await _write(ctx, picked, REVIEW)
    return picked


async def select_for_feedback(ctx: Context, input: SelectClaimsInput) -> Picked:
    """Pick checked claims for feedback, and prompt an officer for each (claims spec 2.14).

    Raises:
        UserErrors: as `select_for_review`; and with a claim NO_FEEDBACK_OFFICER, which stays as it was.
    """
    picked = await _pick(ctx, input, FEEDBACK)
    chosen = [claim for claim in picked.selection.claims if picked.after[claim.id] is SELECTED]
    prompts = await prompts_for(ctx, chosen)
    picked.selection.check(lambda claim: _check_prompted(claim, picked, prompts))
    await _write(ctx, picked, FEEDBACK)
    if prompts:
        await write_prompts(ctx, prompts)
        await every(ctx.host, "feedback_prompted", ctx=ctx, prompts=list(prompts.values()))
    return picked


def _check_prompted(claim: PlainClaim, picked: Picked, prompts: Collection[UUID]) -> None:
    """One that nobody can be asked about stays as it was."""
    if picked.after[claim.id] is SELECTED and claim.id not in prompts:
        del picked.after[claim.id]
        raise UserError(errors.NO_FEEDBACK_OFFICER, "id")


async def _pick(ctx: Context, input: SelectClaimsInput, purpose: str) -> Picked:
    _check(input)
    event = rules.NAMED.get(input.mode)
    due: Collection[SelectionStatus] = (IDLE,) if event is None else rules.SELECTIONS[event][0]
    selection = await select_claims(ctx, input.ids, input.filter, DUE, getattr(Claim, purpose).in_(due))
    selection.check(lambda claim: check_other_facility(ctx, claim))
    selection.check(lambda claim: _check_state(claim, event, getattr(claim, purpose)))
    if event is not None:
        return Picked(selection, {claim.id: rules.select(getattr(claim, purpose), event) for claim in selection.claims})
    chosen = set(await _draw(ctx, input, selection.claims))
    return Picked(
        selection,
        {
            claim.id: rules.select(IDLE, SelectionEvent.SELECT if claim.id in chosen else SelectionEvent.SKIP)
            for claim in selection.claims
        },
    )


def _check(input: SelectClaimsInput) -> None:
    problems = Problems()
    if input.minimum_value is not None and input.minimum_value < 0:
        problems.add(NEGATIVE, "minimumValue", value=input.minimum_value)
    if input.mode in PERCENTAGES:
        least, most = PERCENTAGES[input.mode]
        if input.percent is None:
            problems.add(REQUIRED, "percent")
        elif not least <= input.percent <= most:
            problems.add(errors.SELECTION_PERCENT, "percent", least=least, most=most)
    problems.stop()


def _check_state(claim: PlainClaim, event: SelectionEvent | None, status: SelectionStatus) -> None:
    if claim.status not in DUE:
        raise UserError(errors.NOT_CHECKED, "id", status=claim.status)
    if event is not None:
        rules.select(status, event)
    elif status is not IDLE:
        raise UserError(errors.DRAWN_BEFORE, "id", status=status)


async def _draw(ctx: Context, input: SelectClaimsInput, claims: Sequence[PlainClaim]) -> Sequence[UUID]:
    drawn = [SelectableClaim(claim.id, claim.claimed, claim.main_diagnosis_id) for claim in claims]
    least, percent = input.minimum_value or ZERO, input.percent or 0
    if input.mode is SelectionMode.RANDOM:
        return rules.select_at_random(drawn, percent, SystemRandom())
    if input.mode is SelectionMode.VARIANCE:
        means = await _means(ctx, {claim.diagnosis_id for claim in drawn})
        return rules.select_by_variance(drawn, Decimal(percent), means, least)
    return rules.select_by_value(drawn, least)


async def _means(ctx: Context, diagnosis_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """The mean amount claimed by main diagnosis, of the whole scheme's claims that were valued, over the last year."""
    rows = await ctx.session.execute(
        select(Claim.main_diagnosis_id, func.avg(Claim.claimed).label("mean"))
        .where(
            among(Claim.main_diagnosis_id, diagnosis_ids),
            Claim.date_from >= add_months(clock.today(), -MONTHS_COMPARED),
            Claim.status.in_(PAST),
        )
        .group_by(Claim.main_diagnosis_id)
    )
    return {row.main_diagnosis_id: row.mean for row in rows}


async def _write(ctx: Context, picked: Picked, purpose: str) -> None:
    await update_rows(ctx.session, Claim, [{"id": id, purpose: status} for id, status in picked.after.items()])
