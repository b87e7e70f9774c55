"""What the medical officer decides on a checked claim: review, return, reject."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import not_, select

from core import NOT_FOUND, REQUIRED, TOO_LONG, Context, Problems, UserError, check_columns, every, find, given, tidy
from core.money import ZERO
from modules.claim import errors, rules
from modules.claim.hooks import StatusChange
from modules.claim.inputs import RejectClaimInput, ReturnClaimInput, ReviewClaimInput, ReviewedLineInput
from modules.claim.models import LONGEST_TEXT, Claim, ClaimLine, ClaimPart, Finding, LineStatus
from modules.claim.rules import ClaimEvent, ClaimStatus, RejectionReason, SelectionEvent, SelectionStatus
from modules.claim.services.bulk import among
from modules.claim.services.facts import lines_of
from modules.claim.services.feedback import withdraw_prompt
from modules.claim.services.selecting import check_other_facility

PASSED, REJECTED = LineStatus.PASSED, LineStatus.REJECTED


async def review_claim(ctx: Context, input: ReviewClaimInput) -> Claim:
    """Settle quantities, prices and lines of a checked claim. Without a line left it is rejected.

    Raises:
        UserErrors: NOT_FOUND, STALE, OWN_FACILITY, CLAIM_NOT_CHECKED; at the lines NOT_FOUND, REQUIRED, LINE_REFUSED,
            QUANTITY_ABOVE_PROVIDED, QUANTITY_ABOVE_LIMIT, NEGATIVE, TOO_LONG.
    """
    claim = await _checked(ctx, input.id, input.expected_version)
    lines = (await lines_of(ctx.session, [claim.id]))[claim.id]
    problems = Problems()
    left = await left_by_limits(ctx, [claim.id])
    _review_lines(input.lines, {line.line_no: line for line in lines}, left, problems)
    for name, value in tidy(given(input, "lines")).items():
        check_columns(Claim, {name: value}, problems)
        setattr(claim, name, value)
    problems.stop()
    claim.review_status = _delivered(claim.review_status)
    claim.approved = rules.approved(map(amounts, lines))
    if all(line.status is REJECTED for line in lines):
        await _refuse(ctx, claim, ClaimEvent.REJECT, rules.ALL_LINES_REJECTED)
    else:
        await ctx.session.flush()
        await every(ctx.host, "claims_reviewed", ctx=ctx, claim_ids=[claim.id])
    return claim


async def return_claim(ctx: Context, input: ReturnClaimInput) -> Claim:
    """Send a checked claim back to the facility. Submitted again, it goes through all checks (decision 32).

    Raises:
        UserErrors: NOT_FOUND, STALE, OWN_FACILITY, CLAIM_NOT_CHECKED, REQUIRED, TOO_LONG.
    """
    claim = await _checked(ctx, input.id, input.expected_version)
    claim.return_reason = _reason(input.reason)
    await _refuse(ctx, claim, ClaimEvent.RETURN, None)
    return claim


async def reject_claim(ctx: Context, input: RejectClaimInput) -> Claim:
    """Reject a checked claim as a whole.

    Raises:
        UserErrors: NOT_FOUND, STALE, OWN_FACILITY, CLAIM_NOT_CHECKED, REQUIRED, TOO_LONG.
    """
    claim = await _checked(ctx, input.id, input.expected_version)
    claim.adjustment = _reason(input.reason)
    claim.approved = ZERO
    for line in (await lines_of(ctx.session, [claim.id]))[claim.id]:
        if line.status is PASSED:
            _reject(line)
    await _refuse(ctx, claim, ClaimEvent.REJECT, RejectionReason.MEDICAL_OFFICER)
    return claim


def amounts(line: ClaimLine, parts: Sequence[ClaimPart] = ()) -> rules.LineAmounts:
    """A line, with the parts of a bundle that was just entered, as the rules of amounts see it."""
    return rules.LineAmounts(
        quantity_provided=line.quantity_provided,
        price_asked=line.price_asked,
        quantity_approved=line.quantity_approved,
        price_adjusted=line.price_adjusted,
        price_approved=line.price_approved,
        passed=line.status is PASSED,
        sub_lines=tuple(rules.SubLineAmounts(part.quantity_provided, part.price_asked) for part in parts),
    )


async def _checked(ctx: Context, id: UUID, version: int) -> Claim:
    claim = await find(ctx, Claim, id, "id", version=version, lock=True)
    check_other_facility(ctx, claim)
    if claim.status is not ClaimStatus.CHECKED:
        raise UserError(errors.NOT_CHECKED, "id", status=claim.status)
    return claim


async def _refuse(ctx: Context, claim: Claim, event: ClaimEvent, reason: RejectionReason | None) -> None:
    before = claim.status
    claim.status, claim.rejection_reason = rules.transition(before, event), reason
    if event is ClaimEvent.RETURN:
        if claim.feedback_status is SelectionStatus.SELECTED:
            await withdraw_prompt(ctx, claim)
        claim.feedback_status = rules.selection_after_return(claim.feedback_status)
    else:
        claim.review_status = rules.selection_after_processing(claim.review_status)
        claim.feedback_status = rules.selection_after_processing(claim.feedback_status)
    await ctx.session.flush()
    await every(ctx.host, "claims_undone", ctx=ctx, claim_ids=[claim.id])
    await every(ctx.host, "claims_changed_status", ctx=ctx, changes=[StatusChange(claim.id, before, claim.status)])


async def left_by_limits(ctx: Context, claim_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """What limits left of the quantities that submission cut, by line: a reviewer approves no more."""
    cut = select(Finding.line_id, Finding.parameters).where(
        among(Finding.claim_id, claim_ids),
        Finding.line_id.is_not(None),
        Finding.code == RejectionReason.MAX_PROVISIONS,
        not_(Finding.rejects),
    )
    rows = await ctx.session.execute(cut)
    return {line_id: Decimal(given["maximum"]) - Decimal(given["used"]) for line_id, given in rows if line_id}


def _review_lines(
    reviewed: Sequence[ReviewedLineInput],
    lines: Mapping[int, ClaimLine],
    left: Mapping[UUID, Decimal],
    problems: Problems,
) -> None:
    for index, input in enumerate(reviewed):
        line, path = lines.get(input.line_no), f"lines.{index}"
        if line is None:
            problems.add(NOT_FOUND, f"{path}.lineNo")
            continue
        values = tidy(given(input, "line_no", "status"))
        check_columns(ClaimLine, values, problems, f"{path}.")
        line.justification = values.pop("justification", line.justification)
        _review_status(input, line, path, problems)
        if line.status is PASSED:
            _review_amounts(values, line, left.get(line.id), path, problems)


def _review_status(input: ReviewedLineInput, line: ClaimLine, path: str, problems: Problems) -> None:
    if input.status is REJECTED and line.status is PASSED:
        if line.justification is None:
            problems.add(REQUIRED, f"{path}.justification")
        _reject(line)
    elif input.status is PASSED and line.status is REJECTED:
        reason = line.rejection_reason
        if reason is not RejectionReason.MEDICAL_OFFICER:
            problems.add(errors.LINE_REFUSED, f"{path}.status", reason=reason.name if reason else "")
        line.status, line.rejection_reason, line.quantity_approved = PASSED, None, None


def _review_amounts(
    values: Mapping[str, Any], line: ClaimLine, left: Decimal | None, path: str, problems: Problems
) -> None:
    quantity = values.get("quantity_approved")
    if quantity is not None and quantity > line.quantity_provided:
        problems.add(errors.QUANTITY_ABOVE_PROVIDED, f"{path}.quantityApproved", provided=line.quantity_provided)
    elif quantity is not None and left is not None and quantity > left:
        problems.add(errors.QUANTITY_ABOVE_LIMIT, f"{path}.quantityApproved", left=left)
    for name, value in values.items():
        setattr(line, name, value)
    if line.quantity_approved is None:
        line.quantity_approved = left


def _reject(line: ClaimLine) -> None:
    line.status, line.rejection_reason, line.quantity_approved = REJECTED, RejectionReason.MEDICAL_OFFICER, ZERO


def _delivered(status: SelectionStatus) -> SelectionStatus:
    """A review of a claim that was not selected selects it; a second review leaves it delivered."""
    if status is SelectionStatus.DELIVERED:
        return status
    if status is not SelectionStatus.SELECTED:
        status = rules.select(status, SelectionEvent.SELECT)
    return rules.select(status, SelectionEvent.DELIVER)


def _reason(text: str) -> str:
    """Why a claim is returned or rejected.

    Raises:
        UserError: REQUIRED, TOO_LONG.
    """
    reason, most = text.strip(), LONGEST_TEXT
    if not reason:
        raise UserError(REQUIRED, "reason")
    if len(reason) > most:
        raise UserError(TOO_LONG, "reason", most=most)
    return reason
