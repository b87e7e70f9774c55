"""What services found out, as GraphQL tells it."""

from typing import Any
from uuid import UUID

from core import Context, Money, link_to
from modules.medical.rules import ServiceCategory
from modules.policy.hooks import Finding
from modules.policy.rules import Line, Member
from modules.policy.services import CareVerdict, Person, PlainPolicy, Quote, Remaining, Verdict
from modules.policy.types import (
    Eligibility,
    EligibilityElement,
    EligibilityPolicy,
    EligibilityRemaining,
    EligiblePerson,
    EligiblePhoto,
    PolicyQuote,
    PolicyWarning,
    QuotedMember,
    QuoteLine,
)


def quote(ctx: Context, quote: Quote) -> PolicyQuote:
    """A quote."""
    priced, price = quote.priced, quote.priced.price
    return PolicyQuote(
        product=_row(priced.proposal.product_id),
        terms=_row(priced.offer.terms_id),
        value=Money(price.value),
        family_share=Money(price.shares.family),
        payer_share=Money(price.shares.payer),
        due=Money(price.shares.due),
        starts_on=priced.proposal.starts_on,
        expires_on=priced.proposal.expires_on,
        lines=[_line(line) for line in price.lines],
        covered_members=[_member(quote, member) for member in price.covered],
        uncovered_members=[_member(quote, member) for member in price.uncovered],
        warnings=[_warning(ctx, finding) for finding in priced.findings],
    )


def eligibility(ctx: Context, verdict: Verdict) -> Eligibility:
    """A verdict on somebody's cover."""
    return Eligibility(
        covered=verdict.reason is None,
        reason=verdict.reason,
        insuree=_person(ctx, verdict.person) if verdict.person else None,
        policy=_policy(verdict.policy) if verdict.policy else None,
        service=_element(verdict.service) if verdict.service else None,
        item=_element(verdict.item) if verdict.item else None,
        remaining=_remaining(verdict.remaining) if verdict.remaining else None,
    )


def _line(line: Line) -> QuoteLine:
    unit_amount, amount = Money(line.unit_amount), Money(line.amount)
    return QuoteLine(label=line.label, quantity=line.quantity, unit_amount=unit_amount, amount=amount)


def _member(quote: Quote, member: Member) -> QuotedMember:
    index = quote.indices.get(member.id)
    return QuotedMember(birth_date=member.birth_date, insuree=_row(member.id if index is None else None), index=index)


def _warning(ctx: Context, finding: Finding) -> PolicyWarning:
    message = finding.code.message(ctx.language, dict(finding.parameters))
    return PolicyWarning(code=finding.code.code, message=message, refuses=finding.refuses)


def _person(ctx: Context, person: Person) -> EligiblePerson:
    photo = None
    if person.photo_file_id is not None and person.photo_taken_on is not None:
        photo = EligiblePhoto(url=link_to(ctx, person.photo_file_id), taken_on=person.photo_taken_on)
    return EligiblePerson(
        insurance_number=person.insurance_number,
        last_name=person.last_name,
        other_names=person.other_names,
        birth_date=person.birth_date,
        gender=_row(person.gender_id),
        photo=photo,
    )


def _policy(policy: PlainPolicy) -> EligibilityPolicy:
    return EligibilityPolicy(product=_row(policy.product_id), expires_on=policy.expires_on, status=policy.status)


def _element(verdict: CareVerdict) -> EligibilityElement:
    covered, left = verdict.reason is None, verdict.left
    if left is None:
        return EligibilityElement(covered=covered, reason=verdict.reason)
    return EligibilityElement(
        covered=covered, reason=verdict.reason, remaining=left.quantity, earliest_on=left.earliest_on
    )


def _remaining(remaining: Remaining) -> EligibilityRemaining:
    claims = remaining.claims
    return EligibilityRemaining(
        ceiling=None if remaining.ceiling is None else Money(remaining.ceiling),
        admissions=claims[ServiceCategory.HOSPITALISATION],
        visits=claims[ServiceCategory.VISIT],
        consultations=claims[ServiceCategory.CONSULTATION],
        surgeries=claims[ServiceCategory.SURGERY],
        deliveries=claims[ServiceCategory.DELIVERY],
        antenatal=claims[ServiceCategory.ANTENATAL],
    )


def _row(id: UUID | None) -> Any:
    """A field with a mapped type takes the row's id; what is selected of the row is compiled."""
    return id
