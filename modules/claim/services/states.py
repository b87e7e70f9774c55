"""Moving claims from one state to another."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core import Context, clock, every
from modules.claim import rules
from modules.claim.hooks import StatusChange
from modules.claim.models import Claim
from modules.claim.rules import ClaimEvent, ClaimStatus
from modules.claim.services.bulk import update_rows
from modules.claim.services.plain import PlainClaim

VALUED = (ClaimEvent.PROCESS, ClaimEvent.VALUATE)


async def advance(ctx: Context, claims: Sequence[PlainClaim], events: Mapping[UUID, ClaimEvent]) -> None:
    """Take claims, which the caller has locked, to the state that each one's event leads to, in one statement.

    Valuing a checked claim notes when, and passes by a review or feedback that it was still selected for.

    Raises:
        UserError: ILLEGAL_TRANSITION.
    """
    rows, changes = [], []
    for claim in claims:
        event = events[claim.id]
        valued = event in VALUED and claim.status is ClaimStatus.CHECKED
        status = rules.transition(claim.status, event)
        settled = rules.selection_after_processing if valued else _as_it_is
        rows.append(
            {
                "id": claim.id,
                "status": status,
                "processed_at": clock.now() if valued else claim.processed_at,
                "review_status": settled(claim.review_status),
                "feedback_status": settled(claim.feedback_status),
            }
        )
        changes.append(StatusChange(claim.id, claim.status, status))
    await update_rows(ctx.session, Claim, rows)
    if changes:
        await every(ctx.host, "claims_changed_status", ctx=ctx, changes=changes)


def _as_it_is(status: rules.SelectionStatus) -> rules.SelectionStatus:
    return status
