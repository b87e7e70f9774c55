"""Made-up claims for the care of covered people: most are valued, the latest are still on their way."""

from collections.abc import Sequence
from random import Random

from modules.claim.models import Claim, ClaimLine, Finding, LineStatus
from modules.claim.rules import ClaimStatus, RejectionReason, claim_category
from modules.demo.country.people import Calendar, Person
from modules.demo.country.policies import Covered
from modules.demo.country.sheets import NULL, Sheets
from modules.demo.country.villages import Care, Facility, Village
from modules.insuree.rules import ADULT_AGE
from modules.location.rules import CareType
from modules.medical.rules import ServiceCategory
from modules.product.rules import LimitationType, PriceOrigin
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage

A_POLICY = 2.6
"""Visits by the people of a policy in its year, on the average; with them the country has 3 million claims.

Some come to nothing, because the person is not one for what the facility offers.
"""
SETTLED = 60
"""Claims of so many days ago or more are decided."""
LATE = 0.03
"""How many decided claims came too late and were rejected, of one."""
LATE_DAYS = 90


class Claims:
    """Writes the claims of covered people, priced as the price lists say and paid in full."""

    def __init__(self, sheets: Sheets, calendar: Calendar, random: Random, care: dict[str, Sequence[Care]]) -> None:
        self.sheets, self.calendar, self.random, self.care = sheets, calendar, random, care
        self._code = 0

    def treat(self, village: Village, covered: Covered) -> None:
        """The claims of a policy, spread over the days until today on which it covers."""
        chance = self.random.random
        last = min(covered.last, self.calendar.today - 1)
        days = last - covered.first + 1
        # How many there are varies between none and twice the average.
        number = int(2 * A_POLICY * chance() * days / (covered.last - covered.first + 1) + chance())
        for _ in range(number):
            person = covered.people[int(chance() * len(covered.people))]
            facility = village.facilities[int(chance() * len(village.facilities))]
            day = covered.first + int(chance() * days)
            offered = self.care[facility.level]
            care = offered[int(chance() * len(offered))]
            if _fits(care, person, day) and day + care.nights <= last:
                self._claim(village, covered, person, facility, care, day)

    def _claim(
        self, village: Village, covered: Covered, person: Person, facility: Facility, care: Care, day: int
    ) -> None:
        sheets, calendar = self.sheets, self.calendar
        id = sheets.id(Claim)
        self._code += 1
        left = day + care.nights
        status = self._status(left)
        rejected = status is ClaimStatus.REJECTED
        claimed_on = calendar[min(left + LATE_DAYS + 1, calendar.today) if rejected else left]
        entered = f"{claimed_on} 09:00:00+00"
        handed_in = NULL if status is ClaimStatus.ENTERED else entered
        decided = entered if status in (ClaimStatus.VALUATED, ClaimStatus.PROCESSED) else NULL
        category = claim_category(care.services, hospital_stay=care.nights > 0)
        checked = NULL if status is ClaimStatus.ENTERED else category
        reason = RejectionReason.FILED_LATE.name if rejected else NULL
        claimed = sum(line.quantity * line.price for line in care.lines) // 100
        stay = CareType.IN_PATIENT if care.nights else CareType.OUT_PATIENT
        approved = NULL if status is ClaimStatus.ENTERED else _money(0 if rejected else claimed)
        sheets.lines[Claim].append(
            f"{id}\tC{self._code:08}\t{person.id}\t{facility.id}\t{village.district_id}\t{facility.administrator_id}\t"
            f"{calendar[day]}\t{calendar[left] if care.nights else NULL}\t{claimed_on}\tOTHER\t{stay}\t"
            f"{checked}\t{care.diagnosis_id}\tf\t{status}\t{_money(claimed)}\t"
            f"{approved}\t{reason}\tIDLE\tIDLE\t{handed_in}\t{decided}\t"
            f"{entered}\t{entered}\t{_VERSIONS[status]}\n"
        )
        if rejected:
            found = f'{{"days": {LATE_DAYS}, "last": "{calendar[left + LATE_DAYS]}"}}'
            sheets.lines[Finding].append(
                f"{sheets.id(Finding)}\t{id}\t1\t{RejectionReason.FILED_LATE.name}\t{found}\tt\t{entered}\t{entered}\n"
            )
        self._lines(id, status, covered, care, entered)
        if status not in (ClaimStatus.ENTERED, ClaimStatus.REJECTED):
            self._use(id, covered, person, category, claimed, entered, in_patient=care.nights > 0)
        if status is ClaimStatus.VALUATED:
            amount = _money(claimed)
            sheets.lines[ClaimValue].append(
                f"{sheets.id(ClaimValue)}\t{id}\t{amount}\t{amount}\t{entered}\t{entered}\n"
            )

    def _status(self, left: int) -> ClaimStatus:
        chance = self.random.random()
        if left <= self.calendar.today - SETTLED:
            late = left <= self.calendar.today - SETTLED - LATE_DAYS and chance < LATE
            return ClaimStatus.REJECTED if late else ClaimStatus.VALUATED
        if chance < 0.25:
            return ClaimStatus.ENTERED
        return ClaimStatus.CHECKED if chance < 0.6 else ClaimStatus.VALUATED

    def _lines(self, claim_id: str, status: ClaimStatus, covered: Covered, care: Care, entered: str) -> None:
        sheets = self.sheets
        asked, values = sheets.lines[ClaimLine], sheets.lines[LineValue]
        known = status not in (ClaimStatus.ENTERED, ClaimStatus.REJECTED)
        for number, line in enumerate(care.lines, start=1):
            id = sheets.id(ClaimLine)
            price = _money(line.price)
            asked.append(
                f"{id}\t{claim_id}\t{number}\t{line.item_id or NULL}\t{line.service_id or NULL}\t"
                f"{_money(line.quantity)}\t{price}\t{price if known else NULL}\t{LineStatus.PASSED}\t"
                f"{entered}\t{entered}\n"
            )
            if known:
                amount = _money(line.quantity * line.price // 100)
                paid = f"{amount}\t0\t0\t0\t0\t{amount}" if status is ClaimStatus.VALUATED else _NOTHING
                values.append(
                    f"{sheets.id(LineValue)}\t{id}\t{claim_id}\t{covered.policy_id}\t{covered.offer.product_id}\t"
                    f"{PriceOrigin.PRICE_LIST}\t{LimitationType.CO_INSURANCE}\t100\t{paid}\t{entered}\t{entered}\n"
                )

    def _use(
        self,
        claim_id: str,
        covered: Covered,
        person: Person,
        category: ServiceCategory,
        amount: int,
        entered: str,
        *,
        in_patient: bool,
    ) -> None:
        sheets, paid = self.sheets, _money(amount)
        sides = f"0\t{NULL}\t{paid}\t{NULL}" if in_patient else f"{NULL}\t0\t{NULL}\t{paid}"
        sheets.lines[PolicyUsage].append(
            f"{sheets.id(PolicyUsage)}\t{covered.policy_id}\t{person.id}\t{claim_id}\t0\t{paid}\t{sides}\t{category}\t"
            f"{paid}\t{entered}\t{entered}\n"
        )


_VERSIONS = {ClaimStatus.ENTERED: 1, ClaimStatus.CHECKED: 2, ClaimStatus.REJECTED: 2, ClaimStatus.VALUATED: 3}
_NOTHING = "\t".join([NULL] * 6)


def _money(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _fits(care: Care, person: Person, day: int) -> bool:
    return not care.women_only or (person.woman and day - person.born > (ADULT_AGE + 1) * 365)
