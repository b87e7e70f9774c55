"""What claims hold about a person. Free text and papers may name him or her; codes and money do not."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from core import Context, ErrorCode
from modules.claim.errors import PERSON_CLAIMS_OPEN
from modules.claim.models import (
    Claim,
    ClaimAttachment,
    ClaimDiagnosis,
    ClaimLine,
    ClaimPart,
    Feedback,
    FeedbackPrompt,
    Finding,
)
from modules.claim.rules import ClaimStatus, SelectionStatus
from modules.insuree.hooks import Held

UNDECIDED = (ClaimStatus.ENTERED, ClaimStatus.RETURNED)


def held(insuree_ids: Sequence[UUID]) -> list[Held]:
    """The claims with all that belongs to them."""
    claims = select(Claim.id).where(Claim.insuree_id.in_(insuree_ids))
    lines = select(ClaimLine.id).where(ClaimLine.claim_id.in_(claims))
    texts = ("guarantee", "referral_code", "explanation", "adjustment", "return_reason")
    return [
        Held(Claim, Claim.insuree_id.in_(insuree_ids), dict.fromkeys(texts)),
        Held(ClaimDiagnosis, ClaimDiagnosis.claim_id.in_(claims)),
        Held(ClaimLine, ClaimLine.claim_id.in_(claims), dict.fromkeys(("explanation", "justification"))),
        Held(ClaimPart, ClaimPart.line_id.in_(lines)),
        Held(Finding, Finding.claim_id.in_(claims)),
        Held(
            ClaimAttachment,
            ClaimAttachment.claim_id.in_(claims),
            dict.fromkeys(("title", "link")),
            file="file_id",
            dropped=True,
        ),
        Held(FeedbackPrompt, FeedbackPrompt.claim_id.in_(claims)),
        Held(Feedback, Feedback.claim_id.in_(claims)),
    ]


async def needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode]:
    """Whoever has a claim that the facility still works on, or that is being reviewed."""
    reviewed = (Claim.status == ClaimStatus.CHECKED) & (Claim.review_status == SelectionStatus.SELECTED)
    undecided = select(Claim.insuree_id).where(or_(Claim.status.in_(UNDECIDED), reviewed), *_current_of(insuree_ids))
    return dict.fromkeys(await ctx.session.scalars(undecided), PERSON_CLAIMS_OPEN)


async def unsettled(
    ctx: Context, insuree_ids: Sequence[UUID], statuses: Sequence[ClaimStatus]
) -> Mapping[UUID, ErrorCode]:
    """Whoever has a claim of these statuses; for modules that carry claims further."""
    waiting = select(Claim.insuree_id).where(Claim.status.in_(statuses), *_current_of(insuree_ids))
    return dict.fromkeys(await ctx.session.scalars(waiting), PERSON_CLAIMS_OPEN)


def _current_of(insuree_ids: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    return (Claim.insuree_id.in_(insuree_ids), Claim.ended_at.is_(None))
