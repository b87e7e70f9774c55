"""What is checked on a claim before its lines (decision 26). Cover (21) is added by whoever knows policies."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.values import value
from modules.claim.rules.reasons import Finding, RejectionReason, in_order
from modules.claim.rules.states import COUNTED, ClaimStatus
from modules.claim.rules.visits import stays_overlap, target_date
from modules.medical.rules import VisitType


@dataclass(frozen=True)
class ClaimSettings:
    """The checks a country may switch on (decision 26)."""

    filing_deadline_days: int | None = None
    """Days after the end of care within which a claim is filed; None: any time."""

    referral_required: bool = False
    entitlement_area: bool = False
    duplicates_reject: bool = False


@value
class FacilityFacts:
    """The facility that gave the care."""

    active: bool = True
    contract_from: date | None = None
    contract_to: date | None = None
    first_level: bool = True
    in_entitlement_area: bool = True


@value
class PatientFacts:
    """The patient. Being inactive or dead starts on the day after the one recorded."""

    registered: bool = True
    in_current_family: bool = True
    inactive_on: date | None = None
    died_on: date | None = None


@dataclass(frozen=True)
class SimilarClaim:
    """Another claim of the same patient, facility and main diagnosis."""

    code: str
    date_from: date
    date_to: date | None
    status: ClaimStatus


@value
class ClaimFacts:
    """What the checks of a claim look at."""

    date_from: date | None
    date_to: date | None
    claimed_on: date
    filed_on: date
    """The day of the first submission: a returned claim is not late because it was corrected."""

    today: date
    facility: FacilityFacts = FacilityFacts()
    patient: PatientFacts = PatientFacts()
    visit_type: VisitType = VisitType.OTHER
    referred: bool = False
    similar: tuple[SimilarClaim, ...] = ()


def check_claim(claim: ClaimFacts, settings: ClaimSettings) -> tuple[Finding, ...]:
    """Everything wrong with the claim itself, in the order of the checks. All checks that can run are run."""
    found = [
        check_dates(claim),
        check_order_of_dates(claim),
        check_future(claim),
        check_filing_deadline(claim, settings),
        check_facility(claim),
        check_patient_active(claim),
        check_referral(claim, settings),
        check_area(claim, settings),
        check_duplicates(claim, settings),
        check_patient_registered(claim),
    ]
    return in_order(finding for finding in found if finding)


def check_dates(claim: ClaimFacts) -> Finding | None:
    """9: there is no date of care, or the claim is dated before it."""
    if claim.date_from is None or claim.claimed_on < claim.date_from:
        return Finding(RejectionReason.DATES_INVALID)
    return None


def check_order_of_dates(claim: ClaimFacts) -> Finding | None:
    """31: the care ends before it starts."""
    if claim.date_from and claim.date_to and claim.date_to < claim.date_from:
        return Finding(RejectionReason.END_BEFORE_START)
    return None


def check_future(claim: ClaimFacts) -> Finding | None:
    """32: care or claim are dated after today."""
    latest = max(day for day in (claim.date_from, claim.date_to, claim.claimed_on) if day)
    return Finding(RejectionReason.IN_FUTURE, {"on": latest.isoformat()}) if latest > claim.today else None


def check_filing_deadline(claim: ClaimFacts, settings: ClaimSettings) -> Finding | None:
    """33: more days than the deadline lie between the end of care and the first submission."""
    if settings.filing_deadline_days is None or claim.date_from is None:
        return None
    last = target_date(claim.date_from, claim.date_to) + timedelta(days=settings.filing_deadline_days)
    if claim.filed_on <= last:
        return None
    return Finding(RejectionReason.FILED_LATE, {"days": settings.filing_deadline_days, "last": last.isoformat()})


def check_facility(claim: ClaimFacts) -> Finding | None:
    """34: the facility is not active, or the admission lies outside its contract, both ends included."""
    if claim.date_from is None:
        return None
    facility, day = claim.facility, claim.date_from
    begun = facility.contract_from is None or facility.contract_from <= day
    ended = facility.contract_to is not None and facility.contract_to < day
    if facility.active and begun and not ended:
        return None
    return Finding(RejectionReason.FACILITY_NOT_CONTRACTED, {"on": day.isoformat()})


def check_patient_active(claim: ClaimFacts) -> Finding | None:
    """35: the patient was admitted when already inactive, or cared for when already dead."""
    if claim.date_from is None:
        return None
    inactive, died = claim.patient.inactive_on, claim.patient.died_on
    if died is not None and target_date(claim.date_from, claim.date_to) > died:
        return Finding(RejectionReason.PATIENT_NOT_ACTIVE, {"since": died.isoformat()})
    if inactive is not None and claim.date_from > inactive:
        return Finding(RejectionReason.PATIENT_NOT_ACTIVE, {"since": inactive.isoformat()})
    return None


def check_referral(claim: ClaimFacts, settings: ClaimSettings) -> Finding | None:
    """36: no referral to a facility above the first level. Emergencies need none."""
    needed = settings.referral_required and not claim.facility.first_level
    if needed and not claim.referred and claim.visit_type != VisitType.EMERGENCY:
        return Finding(RejectionReason.REFERRAL_MISSING)
    return None


def check_area(claim: ClaimFacts, settings: ClaimSettings) -> Finding | None:
    """37: the facility lies outside the area of entitlement."""
    outside = settings.entitlement_area and not claim.facility.in_entitlement_area
    return Finding(RejectionReason.OUTSIDE_AREA) if outside else None


def check_duplicates(claim: ClaimFacts, settings: ClaimSettings) -> Finding | None:
    """6: a claim already handed in shares patient, facility, main diagnosis and a day. Always shown; may reject."""
    if claim.date_from is None:
        return None
    stay = (claim.date_from, claim.date_to)
    codes = sorted(
        other.code
        for other in claim.similar
        if other.status in COUNTED and stays_overlap(stay, (other.date_from, other.date_to))
    )
    if not codes:
        return None
    return Finding(RejectionReason.DUPLICATE, {"claims": ", ".join(codes)}, rejects=settings.duplicates_reject)


def check_patient_registered(claim: ClaimFacts) -> Finding | None:
    """7: the patient is not in the register any more, or belongs to no current family."""
    if claim.patient.registered and claim.patient.in_current_family:
        return None
    return Finding(RejectionReason.PATIENT_OR_FAMILY_CLOSED)
