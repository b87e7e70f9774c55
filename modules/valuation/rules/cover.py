"""Which policy covers each line of a claim, and why none does (claims spec 2.7 f to i, decisions 25 and 28)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from core.dates import add_months
from core.values import value
from modules.claim.rules import CATEGORY_REASONS, Finding, RejectionReason, check_category_limit, in_order
from modules.medical.rules import ServiceCategory, VisitType
from modules.policy.rules import CoverLeft, MemberCover, cover_left, quantity_left
from modules.valuation.rules.choice import choose
from modules.valuation.rules.terms import Terms


@value
class Candidate:
    """A policy that covers the patient on the day of admission and whose product lists the line's element."""

    policy_id: UUID
    terms: Terms
    member: MemberCover
    used: Decimal = Decimal(0)
    """The quantity of the element on passed lines of the patient's other claims that count, within this cover."""

    category_limit: int | None = None
    """How many claims of this claim's category the product allows; None is unlimited, 0 is none."""

    category_used: int = 0
    """The patient's other claims of this category that count, within this cover."""


@value
class CoverLine:
    """A line to find cover for."""

    line_no: int
    element: Hashable
    """What was given: lines of one claim with the same element share its limit."""

    quantity: Decimal
    price: Decimal
    """The unit price that offers are compared at."""

    candidates: tuple[Candidate, ...] = ()
    failed: bool = False
    """Another check has refused the line already: what is found here is only added to it."""

    is_service: bool = False


@value
class CoverVisit:
    """The circumstances that all lines of a claim share."""

    target_date: date
    category: ServiceCategory
    visit_type: VisitType
    adult: bool


@value
class LineCover:
    """What was found for a line. `candidate` pays for `quantity` of it; None: the line is refused."""

    line_no: int
    is_service: bool
    findings: tuple[Finding, ...]
    candidate: Candidate | None
    quantity: Decimal


def find_cover(lines: Iterable[CoverLine], visit: CoverVisit) -> tuple[LineCover, ...]:
    """Cover for the lines of a claim, items before services, each by line number.

    A policy that fails a waiting period or limit is passed over; a line that all policies fail is refused for what the
    first of them fails. Among the others the best for the insuree pays. What the limit does not leave is cut off, shown
    by a finding that does not reject. A used-up category of care refuses the whole claim.
    """
    ordered = sorted(lines, key=lambda line: (line.is_service, line.line_no))
    taken: defaultdict[tuple[UUID, Hashable], Decimal] = defaultdict(Decimal)
    covers = [_cover_line(line, visit, taken) for line in ordered]
    exhausted = _exhausted_category(ordered, covers)
    if exhausted is None:
        return tuple(covers)
    return tuple(_refused(line, cover, exhausted) for line, cover in zip(ordered, covers, strict=True))


def check_candidate(candidate: Candidate, visit: CoverVisit) -> tuple[Finding, ...]:
    """What keeps a policy from covering an element: 17 waiting, 16 quantity, 11 to 15 and 19 category of care."""
    left = _left(candidate, visit)
    found = []
    if visit.target_date < left.earliest_on:
        found.append(Finding(RejectionReason.WAITING_PERIOD, {"earliest": left.earliest_on.isoformat()}))
    if left.quantity == 0:
        found.append(_limit_finding(candidate, visit, rejects=True))
    if category := check_category_limit(visit.category, candidate.category_limit, candidate.category_used):
        found.append(category)
    return tuple(found)


def in_loop_order(candidates: Iterable[Candidate], adult: bool) -> list[Candidate]:
    """Policies by the day their waiting period ends, then as given by cover and id (claims spec 2.7)."""

    def rank(candidate: Candidate) -> tuple[date, date, UUID]:
        effective_on = candidate.member.effective_on
        return add_months(effective_on, candidate.terms.waiting_period(adult)), effective_on, candidate.policy_id

    given = list(candidates)
    return sorted(given, key=rank) if len(given) > 1 else given


def _cover_line(line: CoverLine, visit: CoverVisit, taken: defaultdict[tuple[UUID, Hashable], Decimal]) -> LineCover:
    candidates = [
        replace(candidate, used=candidate.used + before) if before else candidate
        for candidate in in_loop_order(line.candidates, visit.adult)
        for before in (taken.get((candidate.policy_id, line.element)),)
    ]
    failures = [check_candidate(candidate, visit) for candidate in candidates]
    passing = [candidate for candidate, failed in zip(candidates, failures, strict=True) if not failed]
    if not passing:
        return LineCover(line.line_no, line.is_service, _refusal(failures, visit), None, line.quantity)
    if line.failed:
        return LineCover(line.line_no, line.is_service, (), None, line.quantity)
    chosen = choose(passing, line.price, visit.visit_type, visit.adult)
    left = quantity_left(chosen.terms.limit_number(visit.adult), chosen.used)
    trimmed = left is not None and line.quantity > left
    quantity = left if left is not None and trimmed else line.quantity
    taken[chosen.policy_id, line.element] += quantity
    findings = (_limit_finding(chosen, visit, rejects=False),) if trimmed else ()
    return LineCover(line.line_no, line.is_service, findings, chosen, quantity)


def _left(candidate: Candidate, visit: CoverVisit) -> CoverLeft:
    return cover_left(
        candidate.member,
        waiting_period=candidate.terms.waiting_period(visit.adult),
        limit_number=candidate.terms.limit_number(visit.adult),
        used=candidate.used,
    )


def _limit_finding(candidate: Candidate, visit: CoverVisit, rejects: bool) -> Finding:
    parameters = {"maximum": str(candidate.terms.limit_number(visit.adult)), "used": str(candidate.used)}
    return Finding(RejectionReason.MAX_PROVISIONS, parameters, rejects)


def _refusal(failures: Sequence[tuple[Finding, ...]], visit: CoverVisit) -> tuple[Finding, ...]:
    """What the first policy fails; but a policy that only a used-up category keeps from paying speaks for the line."""
    if not failures:
        return (Finding(RejectionReason.NOT_COVERED, {"on": visit.target_date.isoformat()}),)
    return next((failed for failed in failures if failed[0].reason in CATEGORY_REASONS.values()), failures[0])


def _exhausted_category(lines: Sequence[CoverLine], covers: Sequence[LineCover]) -> Finding | None:
    """The used-up category on a line that nothing else refuses."""
    for line, cover in zip(lines, covers, strict=True):
        if not line.failed and cover.findings and cover.findings[0].reason in CATEGORY_REASONS.values():
            return cover.findings[0]
    return None


def _refused(line: CoverLine, cover: LineCover, category: Finding) -> LineCover:
    others = [finding for finding in cover.findings if finding.rejects and finding.reason != category.reason]
    return replace(cover, findings=in_order([*others, category]), candidate=None, quantity=line.quantity)
