"""What a product pays of a claim, line by line (claims spec 2.9, decisions 29 to 31)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from core.money import ZERO, money, percent_of, total
from core.values import value
from modules.medical.rules import ServiceCategory, VisitType
from modules.product.rules import CeilingExclusion, CeilingInterpretation, LimitationType, PriceOrigin
from modules.valuation.rules.pricing import Bundle, unit_price
from modules.valuation.rules.terms import WHOLE, ProductTerms, Terms
from modules.valuation.rules.usage import Usage, ceiling_left, deductible_left, others_usage

CAPPED_CATEGORIES = frozenset(
    {
        ServiceCategory.SURGERY,
        ServiceCategory.DELIVERY,
        ServiceCategory.ANTENATAL,
        ServiceCategory.HOSPITALISATION,
        ServiceCategory.CONSULTATION,
    }
)


@value
class ValuedClaim:
    """The claim as valuation sees it."""

    claim_id: UUID
    insuree_id: UUID
    category: ServiceCategory
    adult: bool
    visit_type: VisitType = VisitType.OTHER
    hospital_stay: bool = False
    facility_is_hospital: bool = False
    age: int | None = None
    """Whole years on the target date, where it is known."""


@value
class ValuedLine:
    """A passed line, the policy that covers it and on which terms. Prices are per unit."""

    line_no: int
    is_service: bool
    policy_id: UUID
    terms: Terms
    quantity_provided: Decimal
    listed: Decimal
    quantity_approved: Decimal | None = None
    price_asked: Decimal | None = None
    price_approved: Decimal | None = None
    bundle: Bundle | None = None

    @property
    def quantity(self) -> Decimal:
        """The approved, else the provided quantity."""
        return self.quantity_provided if self.quantity_approved is None else self.quantity_approved


@value
class ValuedPolicy:
    """A policy that covers lines of the claim: its product's terms and how many it covers on the target date."""

    terms: ProductTerms
    members: int = 1


@value
class LineValue:
    """Where the price of a line goes: quantity x unit = deducted + insuree_share + exceeded_category +
    exceeded_ceiling + valuated, to the cent (decision 30)."""

    line_no: int
    is_service: bool
    policy_id: UUID
    quantity: Decimal
    unit: Decimal
    amount: Decimal
    deducted: Decimal
    insuree_share: Decimal
    exceeded_category: Decimal
    exceeded_ceiling: Decimal
    valuated: Decimal
    remunerated: Decimal | None
    """What the facility gets; None until a batch run knows the index of a relative price."""


@value
class Valuation:
    """The values of the lines, items before services, and what the claim takes from each policy."""

    lines: tuple[LineValue, ...]
    usage: tuple[Usage, ...]

    @property
    def valuated(self) -> Decimal:
        """What the products pay of the whole claim, before any index."""
        return total(line.valuated for line in self.lines)

    @property
    def waits_for_index(self) -> bool:
        """Whether a line has a relative price, so that the claim is PROCESSED and not yet VALUATED."""
        return any(line.remunerated is None for line in self.lines)


def valuate(
    claim: ValuedClaim,
    lines: Iterable[ValuedLine],
    policies: Mapping[UUID, ValuedPolicy],
    usage: Iterable[Usage] = (),
    *,
    lower_of_asked_and_list: bool = False,
) -> Valuation:
    """Value the passed lines, items before services, each by line number.

    `usage` holds what claims took from the policies before; rows of this claim are left out, so that the usage answered
    replaces them. Each policy's deductible, category amount and ceiling are used up in the order of the lines.
    """
    rows = tuple(usage)
    accounts = {policy_id: _open_account(claim, policy_id, policy, rows) for policy_id, policy in policies.items()}
    ordered = sorted(lines, key=lambda line: (line.is_service, line.line_no))
    values = tuple(_value_line(claim, line, accounts[line.policy_id], lower_of_asked_and_list) for line in ordered)
    used = dict.fromkeys(line.policy_id for line in ordered)
    return Valuation(values, tuple(accounts[policy_id].close(claim, policy_id) for policy_id in used))


def with_benefit(line: ValuedLine, terms: Terms | None) -> ValuedLine:
    """The line on the terms of a benefit, if there is one. The origin of the price stays: it was settled with it."""
    return line if terms is None else replace(line, terms=replace(terms, price_origin=line.terms.price_origin))


def is_hospital_visit(terms: ProductTerms, claim: ValuedClaim) -> bool:
    """Whether in-patient amounts apply: the patient stayed, or the facility is a hospital, as the product reads it."""
    if terms.ceiling_interpretation == CeilingInterpretation.FACILITY_TYPE:
        return claim.facility_is_hospital
    return claim.hospital_stay


@dataclass
class _Account:
    """What a policy still has for this claim, and what the claim has taken from it so far."""

    hospital_visit: bool
    deductible: Decimal
    ceiling: Decimal | None
    category: Decimal | None
    deducted: Decimal = field(default=ZERO, init=False)
    remunerated: Decimal = field(default=ZERO, init=False)
    in_category: Decimal = field(default=ZERO, init=False)

    def deduct(self, work: Decimal) -> Decimal:
        """What of the work value the deductible takes."""
        taken = min(work, self.deductible - self.deducted)
        self.deducted += taken
        return taken

    def within_category(self, work: Decimal) -> Decimal:
        """What of the work value fits the category amount."""
        fits = work if self.category is None else min(work, self.category - self.in_category)
        self.in_category += fits
        return fits

    def within_ceiling(self, work: Decimal) -> Decimal:
        """What of the work value fits the ceiling."""
        fits = work if self.ceiling is None else min(work, self.ceiling - self.remunerated)
        self.remunerated += fits
        return fits

    def close(self, claim: ValuedClaim, policy_id: UUID) -> Usage:
        """The usage that the claim leaves behind."""
        inside = self.hospital_visit
        return Usage(
            policy_id=policy_id,
            insuree_id=claim.insuree_id,
            claim_id=claim.claim_id,
            deducted=self.deducted,
            remunerated=self.remunerated,
            deducted_in_patient=self.deducted if inside else None,
            deducted_out_patient=None if inside else self.deducted,
            remunerated_in_patient=self.remunerated if inside else None,
            remunerated_out_patient=None if inside else self.remunerated,
            by_category={claim.category: self.in_category} if claim.category in CAPPED_CATEGORIES else {},
        )


def _open_account(claim: ValuedClaim, policy_id: UUID, policy: ValuedPolicy, rows: tuple[Usage, ...]) -> _Account:
    terms = policy.terms
    hospital_visit = is_hospital_visit(terms, claim)
    others = others_usage(rows, terms.ceiling_type, policy_id, claim.insuree_id, claim.claim_id)
    capped = claim.category in CAPPED_CATEGORIES
    return _Account(
        hospital_visit=hospital_visit,
        deductible=deductible_left(terms, hospital_visit, others),
        ceiling=ceiling_left(terms, hospital_visit, policy.members, others),
        category=(terms.category_limit(claim.category).max_amount or None) if capped else None,
    )


def _value_line(claim: ValuedClaim, line: ValuedLine, account: _Account, lower: bool) -> LineValue:
    unit = unit_price(
        line.terms.price_origin,
        listed=line.listed,
        asked=line.price_asked,
        approved=line.price_approved,
        bundle=line.bundle,
        lower_of_asked_and_list=lower,
    )
    amount = money(line.quantity * unit)
    limit = line.terms.limit(claim.visit_type)
    value = limit.value(claim.adult)
    fixed = limit.limitation_type == LimitationType.FIXED
    covered = min(amount, money(line.quantity * value)) if fixed and value > 0 else amount
    deducted = account.deduct(covered) if line.terms.deductible_applies else ZERO
    shared = covered - deducted if fixed or value == WHOLE else percent_of(covered - deducted, value)
    in_category = account.within_category(shared)
    excluded = _no_ceiling(line.terms.ceiling_exclusion(claim.adult), account.hospital_visit)
    valuated = in_category if excluded else account.within_ceiling(in_category)
    return LineValue(
        line_no=line.line_no,
        is_service=line.is_service,
        policy_id=line.policy_id,
        quantity=line.quantity,
        unit=unit,
        amount=amount,
        deducted=deducted,
        insuree_share=amount - deducted - shared,
        exceeded_category=shared - in_category,
        exceeded_ceiling=in_category - valuated,
        valuated=valuated,
        remunerated=None if line.terms.price_origin == PriceOrigin.RELATIVE else valuated,
    )


def _no_ceiling(exclusion: CeilingExclusion | None, hospital_visit: bool) -> bool:
    if exclusion is None:
        return False
    visit = CeilingExclusion.HOSPITAL if hospital_visit else CeilingExclusion.NON_HOSPITAL
    return exclusion in (CeilingExclusion.BOTH, visit)
