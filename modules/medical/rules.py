"""Who a register's item or service is meant for, where it may be given, and what it costs on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntFlag, StrEnum

from core.dates import age_on
from modules.location.rules import CareType

AGE_OF_MAJORITY = 18


class CareTypeRule(StrEnum):
    """How strictly the care type of a line is read (claims spec 2.7 c)."""

    FACILITY = "FACILITY"
    """Line and stay must suit the facility. The default."""

    STAY = "STAY"
    """The line must also suit the stay: no out-patient drug within an admission."""


class PatientCategory(IntFlag):
    """The sexes and ages an item or service is meant for, added up to one number (claims spec 2.2).

    MALE: men and boys. FEMALE: women and girls. ADULT: grown-ups. MINOR: children.
    """

    MALE = 1
    FEMALE = 2
    ADULT = 4
    MINOR = 8


class VisitType(StrEnum):
    """How the patient came: referred, as an emergency, or otherwise.

    OTHER: by himself or herself. EMERGENCY: as an emergency. REFERRAL: referred by another facility.
    """

    OTHER = "OTHER"
    EMERGENCY = "EMERGENCY"
    REFERRAL = "REFERRAL"


class ServiceCategory(StrEnum):
    """What kind of care a service is. A claim takes one of them too: the one that decides its limits (2.6).

    SURGERY: an operation. DELIVERY: a birth. ANTENATAL: care before a birth. HOSPITALISATION: a stay in hospital.
    CONSULTATION: a consultation. OTHER: none of the others. VISIT: a visit.
    """

    SURGERY = "SURGERY"
    DELIVERY = "DELIVERY"
    ANTENATAL = "ANTENATAL"
    HOSPITALISATION = "HOSPITALISATION"
    CONSULTATION = "CONSULTATION"
    OTHER = "OTHER"
    VISIT = "VISIT"


class PackageType(StrEnum):
    """Whether a service is sold alone or stands for the lines below it (claims spec 2.10).

    SINGLE: it is sold alone. FEE_FOR_SERVICE: a bundle that is worth what its parts are worth. FLAT_FEE: a bundle
    with a price of its own, whatever its parts.
    """

    SINGLE = "SINGLE"
    FEE_FOR_SERVICE = "FEE_FOR_SERVICE"
    FLAT_FEE = "FLAT_FEE"


@dataclass(frozen=True)
class Validity:
    """The days on which a version of a row holds, both ends included; open without an end."""

    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the version holds on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class PriceLine(Validity):
    """One version of a price-list line. Without an overrule the register's price applies."""

    overrule: Decimal | None = None


def category_mask(categories: Iterable[PatientCategory]) -> int:
    """Several patient categories as one number."""
    mask = 0
    for category in categories:
        mask |= category
    return mask


def categories_in(mask: int) -> tuple[PatientCategory, ...]:
    """The patient categories that a number stands for."""
    return tuple(category for category in PatientCategory if mask & category)


def is_adult(birth_date: date, on: date, age_of_majority: int = AGE_OF_MAJORITY) -> bool:
    """Whether the patient has completed the years of majority on the day (claims spec 2.2)."""
    return age_on(birth_date, on) >= age_of_majority


def patient_mask(gender_code: str, birth_date: date, on: date, age_of_majority: int = AGE_OF_MAJORITY) -> int:
    """The patient's sex and age on the day as one number. Gender M and O count as male (claims spec 2.2)."""
    sex = PatientCategory.MALE if gender_code in ("M", "O") else PatientCategory.FEMALE
    age = PatientCategory.ADULT if is_adult(birth_date, on, age_of_majority) else PatientCategory.MINOR
    return sex.value | age.value


def category_fits(category: int, mask: int) -> bool:
    """Whether something meant for `category` may be given to a patient of `mask`. Category 0 is for everyone."""
    return category == 0 or category & mask == mask


def care_type_fits(
    line: CareType,
    facility: CareType | None,
    hospital_stay: bool,
    rule: CareTypeRule = CareTypeRule.FACILITY,
) -> bool:
    """Whether a line's care type suits the facility and the stay (claims spec 2.7 c). No facility type means both."""
    if line == CareType.IN_PATIENT and facility == CareType.OUT_PATIENT:
        return False
    if line == CareType.OUT_PATIENT and facility == CareType.IN_PATIENT:
        return False
    if rule == CareTypeRule.FACILITY:
        return not (facility == CareType.OUT_PATIENT and hospital_stay)
    return line == CareType.BOTH or (line == CareType.IN_PATIENT) == hospital_stay


def price_line_on(lines: Iterable[PriceLine], day: date) -> PriceLine | None:
    """The version of a price-list line that holds on the day; None when the list does not have it then.

    On the day of a change, on which both versions hold, the ending one wins (claims spec 2.4).
    """
    holding = [line for line in lines if line.holds_on(day)]
    return min(holding, key=lambda line: (line.valid_to or date.max, line.valid_from), default=None)


def price_on(lines: Iterable[PriceLine], register_price: Decimal, day: date) -> Decimal | None:
    """The unit price on the day: the list's overrule, else the register's price; None when not on the list (2.4)."""
    line = price_line_on(lines, day)
    if line is None:
        return None
    return register_price if line.overrule is None else line.overrule
