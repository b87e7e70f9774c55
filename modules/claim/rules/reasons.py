"""Why a claim or a line is refused: the codes (claims spec 1.8, decision 26), findings, and which finding decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class RejectionReason(IntEnum):
    """The codes facilities know. On a claim, 1 means that no line passed.

    AI_EVALUATION: an automatic evaluation. MEDICAL_OFFICER: the medical officer. ACCEPTED: none. NOT_IN_REGISTER:
    not in the register; on a claim, that no line passed. NOT_IN_PRICE_LIST: not on the facility's price list.
    NOT_COVERED: no product that covers the patient has it. PATIENT_CATEGORY: not for patients of this age or sex.
    FREQUENCY: too soon after the last time. DUPLICATE: the same care was claimed already. PATIENT_OR_FAMILY_CLOSED:
    the person or the family is no longer registered. DIAGNOSIS_NOT_LISTED: the diagnosis is not in the register.
    DATES_INVALID: days are missing, or it was claimed before the care. CARE_TYPE: not for this kind of care or
    facility. MAX_ADMISSIONS: no admission is left. MAX_VISITS: no visit is left. MAX_CONSULTATIONS: no consultation
    is left. MAX_SURGERIES: no surgery is left. MAX_DELIVERIES: no delivery is left. MAX_PROVISIONS: no more of it
    is left. WAITING_PERIOD: still in the waiting period. MAX_ANTENATAL: no antenatal care is left. CLAIM_NOT_FOUND:
    there is no such claim. NO_COVER: nothing covers the patient on the day. END_BEFORE_START: it ends before it
    begins. IN_FUTURE: it lies in the future. FILED_LATE: handed in after the deadline. FACILITY_NOT_CONTRACTED: the
    facility has no contract on the day. PATIENT_NOT_ACTIVE: the patient is not active. REFERRAL_MISSING: a referral
    is missing. OUTSIDE_AREA: the facility lies outside the area of the product. BUNDLE_DIFFERS: the lines below a
    package are not those that it is made of.
    """

    AI_EVALUATION = -2
    MEDICAL_OFFICER = -1
    ACCEPTED = 0
    NOT_IN_REGISTER = 1
    NOT_IN_PRICE_LIST = 2
    NOT_COVERED = 3
    PATIENT_CATEGORY = 4
    FREQUENCY = 5
    DUPLICATE = 6
    PATIENT_OR_FAMILY_CLOSED = 7
    DIAGNOSIS_NOT_LISTED = 8
    DATES_INVALID = 9
    CARE_TYPE = 10
    MAX_ADMISSIONS = 11
    MAX_VISITS = 12
    MAX_CONSULTATIONS = 13
    MAX_SURGERIES = 14
    MAX_DELIVERIES = 15
    MAX_PROVISIONS = 16
    WAITING_PERIOD = 17
    MAX_ANTENATAL = 19
    CLAIM_NOT_FOUND = 20
    NO_COVER = 21
    END_BEFORE_START = 31
    IN_FUTURE = 32
    FILED_LATE = 33
    FACILITY_NOT_CONTRACTED = 34
    PATIENT_NOT_ACTIVE = 35
    REFERRAL_MISSING = 36
    OUTSIDE_AREA = 37
    BUNDLE_DIFFERS = 38


ALL_LINES_REJECTED = RejectionReason.NOT_IN_REGISTER
"""The reason of a claim of which no line passed."""

CLAIM_ORDER = (
    RejectionReason.DATES_INVALID,
    RejectionReason.END_BEFORE_START,
    RejectionReason.IN_FUTURE,
    RejectionReason.FILED_LATE,
    RejectionReason.FACILITY_NOT_CONTRACTED,
    RejectionReason.PATIENT_NOT_ACTIVE,
    RejectionReason.REFERRAL_MISSING,
    RejectionReason.OUTSIDE_AREA,
    RejectionReason.DUPLICATE,
    RejectionReason.PATIENT_OR_FAMILY_CLOSED,
    RejectionReason.NO_COVER,
)
"""The order of the checks of a claim (decision 26)."""

LINE_ORDER = (
    RejectionReason.NOT_IN_REGISTER,
    RejectionReason.NOT_IN_PRICE_LIST,
    RejectionReason.CARE_TYPE,
    RejectionReason.PATIENT_CATEGORY,
    RejectionReason.NOT_COVERED,
    RejectionReason.WAITING_PERIOD,
    RejectionReason.MAX_PROVISIONS,
    RejectionReason.MAX_ADMISSIONS,
    RejectionReason.MAX_VISITS,
    RejectionReason.MAX_CONSULTATIONS,
    RejectionReason.MAX_SURGERIES,
    RejectionReason.MAX_DELIVERIES,
    RejectionReason.MAX_ANTENATAL,
    RejectionReason.FREQUENCY,
)
"""The order of the checks of a line (decision 25)."""

_RANKS = {reason: rank for rank, reason in enumerate((*CLAIM_ORDER, *LINE_ORDER))}


@dataclass(frozen=True)
class Finding:
    """What one check found: its code and what its message needs. Dates are ISO, amounts and quantities plain text."""

    reason: RejectionReason
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    rejects: bool = True
    """False for what is only shown: a possible duplicate, a quantity cut to what the limit leaves."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of the checks, whoever ran them; those of people and machines come last."""
    found = tuple(findings)
    if len(found) < 2:
        return found
    return tuple(sorted(found, key=lambda finding: _RANKS.get(finding.reason, len(_RANKS))))


def first_reason(findings: Iterable[Finding]) -> RejectionReason:
    """The reason for the refusal: the first finding that rejects, in the order of the checks; else ACCEPTED."""
    rejecting = (finding.reason for finding in in_order(findings) if finding.rejects)
    return next(rejecting, RejectionReason.ACCEPTED)


def claim_reason(findings: Iterable[Finding], line_reasons: Iterable[RejectionReason]) -> RejectionReason:
    """The reason for refusing the claim: its own first finding, else 1 if no line passed, else ACCEPTED (2.7 C)."""
    reason = first_reason(findings)
    if reason == RejectionReason.ACCEPTED and RejectionReason.ACCEPTED not in line_reasons:
        return ALL_LINES_REJECTED
    return reason


def stamped_reason(reason: RejectionReason) -> RejectionReason:
    """What the lines of a claim refused for its own reason carry: the same, but 7 where cover is missing (2.7 A)."""
    return RejectionReason.PATIENT_OR_FAMILY_CLOSED if reason == RejectionReason.NO_COVER else reason
