"""What is checked on a line without knowing policies (decision 25): register, price list, care type, patient,
largest quantity, category of care, frequency."""

from datetime import date
from decimal import Decimal

from core.values import value
from modules.claim.rules.reasons import Finding, RejectionReason, in_order
from modules.location.rules import CareType
from modules.medical.rules import CareTypeRule, ServiceCategory, care_type_fits, category_fits


@value
class RegisterFacts:
    """The item or service as the register has it on the target date."""

    care_type: CareType = CareType.BOTH
    patient_category: int = 0
    maximum_quantity: Decimal | None = None
    """The largest quantity of one line; None: any."""

    frequency_days: int | None = None
    """Days that must lie between two provisions to one patient; None or 0: any."""


@value
class VisitFacts:
    """The circumstances that all lines of a claim share."""

    target_date: date
    hospital_stay: bool
    facility_care_type: CareType | None
    patient_mask: int
    care_type_rule: CareTypeRule = CareTypeRule.FACILITY


@value
class LineFacts:
    """A line as entered."""

    quantity: Decimal
    register: RegisterFacts | None
    """None when the register does not hold the element on the target date."""

    listed: bool
    """Whether the facility's price list holds it on the target date."""

    provisions: tuple[date, ...] = ()
    """Target dates of the passed lines for this element and patient on other claims that count."""


CATEGORY_REASONS = {
    ServiceCategory.HOSPITALISATION: RejectionReason.MAX_ADMISSIONS,
    ServiceCategory.VISIT: RejectionReason.MAX_VISITS,
    ServiceCategory.CONSULTATION: RejectionReason.MAX_CONSULTATIONS,
    ServiceCategory.SURGERY: RejectionReason.MAX_SURGERIES,
    ServiceCategory.DELIVERY: RejectionReason.MAX_DELIVERIES,
    ServiceCategory.ANTENATAL: RejectionReason.MAX_ANTENATAL,
}
"""The reason that stands for each limited category of care."""


def check_line(line: LineFacts, visit: VisitFacts) -> tuple[Finding, ...]:
    """Everything wrong with the line, in the order of the checks. All checks that can run are run."""
    found = [check_register(line, visit), check_price_list(line, visit)]
    if line.register is not None:
        found += [
            check_care_type(line.register, visit),
            check_patient(line.register, visit),
            check_quantity(line.register, line.quantity),
            check_frequency(line.register, line.provisions, visit),
        ]
    return in_order(filter(None, found))


def check_register(line: LineFacts, visit: VisitFacts) -> Finding | None:
    """1: the register does not hold it on the target date."""
    if line.register is not None:
        return None
    return Finding(RejectionReason.NOT_IN_REGISTER, {"on": visit.target_date.isoformat()})


def check_price_list(line: LineFacts, visit: VisitFacts) -> Finding | None:
    """2: the facility has no price list, or the list does not hold it on the target date."""
    if line.listed:
        return None
    return Finding(RejectionReason.NOT_IN_PRICE_LIST, {"on": visit.target_date.isoformat()})


def check_care_type(register: RegisterFacts, visit: VisitFacts) -> Finding | None:
    """10: its care type does not suit the facility or the stay."""
    fits = care_type_fits(register.care_type, visit.facility_care_type, visit.hospital_stay, visit.care_type_rule)
    return None if fits else Finding(RejectionReason.CARE_TYPE)


def check_patient(register: RegisterFacts, visit: VisitFacts) -> Finding | None:
    """4: it is not meant for the patient's sex and age."""
    fits = category_fits(register.patient_category, visit.patient_mask)
    return None if fits else Finding(RejectionReason.PATIENT_CATEGORY)


def check_quantity(register: RegisterFacts, quantity: Decimal) -> Finding | None:
    """16: more of it than one line may have (claims spec 2.4)."""
    if register.maximum_quantity is None or quantity <= register.maximum_quantity:
        return None
    return Finding(RejectionReason.MAX_PROVISIONS, {"maximum": str(register.maximum_quantity), "used": 0})


def check_frequency(register: RegisterFacts, provisions: tuple[date, ...], visit: VisitFacts) -> Finding | None:
    """5: given to the patient fewer days before or after than the frequency demands (claims spec 2.7 e)."""
    days = register.frequency_days or 0
    if not days:
        return None
    near = [day for day in provisions if abs((visit.target_date - day).days) < days]
    return Finding(RejectionReason.FREQUENCY, {"last": max(near).isoformat(), "days": days}) if near else None


def check_category_limit(category: ServiceCategory, maximum: int | None, used: int) -> Finding | None:
    """11 to 15 and 19: the patient has used up the claims of this category. No or a negative maximum: unlimited.

    `used` counts the patient's other claims of the category that count, within the period the maximum holds for.
    """
    if category not in CATEGORY_REASONS or maximum is None or maximum < 0 or used < maximum:
        return None
    return Finding(CATEGORY_REASONS[category], {"maximum": maximum, "used": used})
