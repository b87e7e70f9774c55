"""Handing claims in: everything is read once, checked in one pass and written back, however many claims there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from core import Context, Prepared, clock, every
from modules.claim import rules
from modules.claim.hooks import CheckedClaim, StatusChange
from modules.claim.inputs import SubmitClaimsInput
from modules.claim.models import Claim, ClaimLine, Finding, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus, RejectionReason
from modules.claim.services.bulk import IDS, among, insert_rows, listed, update_rows
from modules.claim.services.checking import Checking, LineOutcome, Outcome
from modules.claim.services.facts import load
from modules.claim.services.ordering import Order, in_chunks
from modules.claim.services.plain import PlainClaim
from modules.claim.services.selecting import Selection, select_claims
from modules.claim.settings import Settings

SUBMIT = "claim.submit"
"""The job's name."""


async def submit_claims(ctx: Context, input: SubmitClaimsInput) -> Selection:
    """Hand claims in. Each becomes CHECKED, or REJECTED with its reason, and stays visible either way.

    Claims handed in together are checked in the order of care; what passes counts for those that follow. When a filter
    chooses more than go at a time, a job hands them in.

    Raises:
        UserError: REQUIRED, TOO_MANY_CLAIMS. What is wrong with one claim is told with that claim: NOT_FOUND,
            ILLEGAL_TRANSITION.
    """
    selection = await select_claims(ctx, input.ids, input.filter, rules.EDITABLE, job=SUBMIT)
    selection.check(lambda claim: rules.transition(claim.status, ClaimEvent.SUBMIT))
    if selection.claims:
        await _submit(ctx, selection.claims)
    return selection


async def submit_ordered(ctx: Context, order: Order) -> None:
    """The job that hands in the claims of an order, chunk by chunk."""

    async def submit(own: Context, ids: Sequence[UUID]) -> None:
        await submit_claims(own, SubmitClaimsInput(ids=list(ids)))

    await in_chunks(ctx, order, rules.EDITABLE, submit)


async def _submit(ctx: Context, claims: Sequence[PlainClaim]) -> None:
    facts = await load(ctx, claims)

    def extra(claim: CheckedClaim) -> Any:
        return ctx.host.plugins.hook.check_claim_lines(claim=claim)

    checking = Checking(facts, ctx.settings(Settings), clock.today(), ctx.host.settings.timezone, extra)
    handed_in = [checking.checked(claim) for claim in claims]
    checking.examiners = await every(ctx.host, "claims_submitted", ctx=ctx, claims=handed_in)
    outcomes = [checking.run(claim, checked) for claim, checked in zip(claims, handed_in, strict=True)]
    await _write(ctx, outcomes)
    for examiner in checking.examiners:
        await examiner.write()
    changes = [StatusChange(each.claim.id, each.claim.status, _status(each)) for each in outcomes]
    await every(ctx.host, "claims_changed_status", ctx=ctx, changes=changes)


async def _write(ctx: Context, outcomes: Sequence[Outcome]) -> None:
    await update_rows(ctx.session, Claim, [_claim_row(outcome) for outcome in outcomes])
    lines = (line for outcome in outcomes for line in outcome.lines)
    await update_rows(ctx.session, ClaimLine, [row for line in lines if (row := _line_row(line)) is not None])
    ids = [outcome.claim.id for outcome in outcomes]
    await _forgetting().within(ctx.session, ids=listed(ids))
    await insert_rows(ctx.session, Finding, [row for outcome in outcomes for row in _findings(outcome)])


@lru_cache(maxsize=1)
def _forgetting() -> Prepared:
    return Prepared("claim.old_findings", delete(Finding).where(among(Finding.claim_id, IDS)))


def _status(outcome: Outcome) -> ClaimStatus:
    return rules.transition(outcome.claim.status, ClaimEvent.SUBMIT if outcome.accepted else ClaimEvent.REJECT)


def _claim_row(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "id": outcome.claim.id,
        "status": _status(outcome),
        "category": outcome.checked.category,
        "approved": outcome.approved,
        "rejection_reason": None if outcome.accepted else outcome.reason,
        "submitted_at": outcome.claim.submitted_at or clock.now(),
    }


def _line_row(outcome: LineOutcome) -> Mapping[str, Any] | None:
    """What to write of a line; None if it is there already, as of most that pass at the price list's price."""
    passed, line = outcome.reason is RejectionReason.ACCEPTED, outcome.line
    row = {
        "status": LineStatus.PASSED if passed else LineStatus.REJECTED,
        "rejection_reason": None if passed else outcome.reason,
        "quantity_approved": outcome.quantity,
        "price_adjusted": outcome.price,
        "price_approved": None,
        "justification": None,
    }
    there = (
        line.status, line.rejection_reason, line.quantity_approved, line.price_adjusted, line.price_approved,
        line.justification,
    )  # fmt: skip
    return None if there == tuple(row.values()) else {"id": line.id, **row}


def _findings(outcome: Outcome) -> Iterator[Mapping[str, Any]]:
    yield from _rows(outcome, None, outcome.findings)
    for line in outcome.lines:
        yield from _rows(outcome, line, line.findings)


def _rows(outcome: Outcome, line: LineOutcome | None, findings: Iterable[rules.Finding]) -> Iterator[Mapping[str, Any]]:
    for position, found in enumerate(findings, start=1):
        yield {
            "claim_id": outcome.claim.id,
            "line_id": line.line.id if line is not None else None,
            "position": position,
            "code": found.reason,
            "parameters": found.parameters,
            "rejects": found.rejects,
        }
