"""What earlier claims took from a policy's deductible and ceiling, and which of the two applies (claims spec 2.9)."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from uuid import UUID

from core.money import ZERO, total
from core.values import value
from modules.medical.rules import ServiceCategory
from modules.product.rules import CeilingType
from modules.valuation.rules.terms import ProductTerms


@value
class Usage:
    """What one claim took from one policy. The general amounts count always, those of the visit's side beside them.

    A row may also stand for several claims together (`claim_id` None): the sum of an insuree's other claims.
    """

    policy_id: UUID
    insuree_id: UUID
    claim_id: UUID | None
    deducted: Decimal = ZERO
    remunerated: Decimal = ZERO
    deducted_in_patient: Decimal | None = None
    deducted_out_patient: Decimal | None = None
    remunerated_in_patient: Decimal | None = None
    remunerated_out_patient: Decimal | None = None
    by_category: Mapping[ServiceCategory, Decimal] = field(default_factory=dict)
    """What counted towards the amount of the claim's category of care, before the ceiling."""


def others_usage(
    rows: Iterable[Usage], ceiling_type: CeilingType, policy_id: UUID, insuree_id: UUID, claim_id: UUID
) -> tuple[Usage, ...]:
    """The rows that count before this claim: none for a treatment; its own never do, so that valuing replaces them."""
    if ceiling_type == CeilingType.TREATMENT:
        return ()
    return tuple(
        row
        for row in rows
        if row.policy_id == policy_id
        and row.claim_id != claim_id
        and (ceiling_type == CeilingType.POLICY or row.insuree_id == insuree_id)
    )


def differ(noted: Iterable[Usage], taken: Iterable[Usage]) -> bool:
    """Whether what is noted of a claim is not what it takes, policy by policy."""

    def by_policy(rows: Iterable[Usage]) -> dict[UUID, Usage]:
        return {row.policy_id: row for row in rows}

    return by_policy(noted) != by_policy(taken)


def deductible_left(terms: ProductTerms, hospital_visit: bool, others: Iterable[Usage]) -> Decimal:
    """What the insuree must still bear first. The general deductible; only if it is not set, the visit's side."""
    if terms.deductible:
        return max(ZERO, terms.deductible - total(row.deducted for row in others))
    if hospital_visit:
        used = total(row.deducted_in_patient or ZERO for row in others)
        return max(ZERO, (terms.deductible_in_patient or ZERO) - used)
    used = total(row.deducted_out_patient or ZERO for row in others)
    return max(ZERO, (terms.deductible_out_patient or ZERO) - used)


def ceiling_left(terms: ProductTerms, hospital_visit: bool, members: int, others: Iterable[Usage]) -> Decimal | None:
    """What the product may still pay; None: no ceiling. The general one; only if it is not set, the visit's side."""
    ceiling = effective_ceiling(terms, hospital_visit, members)
    if ceiling is None:
        return None
    if terms.ceiling:
        used = total(row.remunerated for row in others)
    elif hospital_visit:
        used = total(row.remunerated_in_patient or ZERO for row in others)
    else:
        used = total(row.remunerated_out_patient or ZERO for row in others)
    return max(ZERO, ceiling - used)


def effective_ceiling(terms: ProductTerms, hospital_visit: bool, members: int) -> Decimal | None:
    """The ceiling that applies to the visit, grown by a policy's members above the threshold; None: no ceiling."""
    if terms.ceiling:
        base = terms.ceiling
        extra, maximum = terms.policy_ceiling_extra_member, terms.policy_ceiling_maximum
    elif hospital_visit:
        base = terms.ceiling_in_patient or ZERO
        extra, maximum = terms.policy_ceiling_extra_member_in_patient, terms.policy_ceiling_maximum_in_patient
    else:
        base = terms.ceiling_out_patient or ZERO
        extra, maximum = terms.policy_ceiling_extra_member_out_patient, terms.policy_ceiling_maximum_out_patient
    if not base:
        return None
    if terms.ceiling_type != CeilingType.POLICY or terms.threshold is None or members <= terms.threshold:
        return base
    grown = base + (members - terms.threshold) * (extra or ZERO)
    return min(grown, maximum) if maximum else grown
