"""What kind of care a claim is for: its dates, its stay, its category."""

from collections.abc import Iterable
from datetime import date

from modules.medical.rules import ServiceCategory


def target_date(date_from: date, date_to: date | None) -> date:
    """The day on which registers, prices and limits are read: the discharge, else the visit (claims spec 2.6)."""
    return date_to or date_from


def is_hospital_stay(date_from: date, date_to: date | None) -> bool:
    """Whether the patient stayed: the claim ends on another day than it began (claims spec 2.6)."""
    return target_date(date_from, date_to) != date_from


def claim_category(services: Iterable[ServiceCategory | None], hospital_stay: bool) -> ServiceCategory:
    """The category whose limits apply to the claim, from the categories of its services (claims spec 2.6).

    Surgery before delivery before antenatal care; then hospitalisation, for a stay or a service of that category; then
    consultation; else visit.
    """
    found = set(services)
    if hospital_stay:
        found.add(ServiceCategory.HOSPITALISATION)
    order = (
        ServiceCategory.SURGERY,
        ServiceCategory.DELIVERY,
        ServiceCategory.ANTENATAL,
        ServiceCategory.HOSPITALISATION,
        ServiceCategory.CONSULTATION,
    )
    return next((category for category in order if category in found), ServiceCategory.VISIT)


def stays_overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    """Whether two stays (admission, discharge) share a day."""
    return first[0] <= target_date(*second) and second[0] <= target_date(*first)
