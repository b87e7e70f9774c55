"""Made-up policies of three years: a family's first one, renewals, what was paid, who is covered when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

from modules.contribution.models import Contribution
from modules.demo.country.people import Calendar, Household, Person
from modules.demo.country.sheets import NULL, Sheets
from modules.demo.country.villages import Offer
from modules.demo.households import CHILD, PARENT, PAYS_LATER, SPOUSE
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import Member, PolicyStage, PolicyStatus, Relation, period, price

RENEWS = 0.75
RELATIONS = {None: Relation.HEAD, SPOUSE: Relation.SPOUSE, CHILD: Relation.OWN, PARENT: Relation.OWN}
_SAME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Covered:
    """A paid policy: who is covered from which day to which, as ordinals."""

    policy_id: str
    offer: Offer
    people: Sequence[Person]
    first: int
    last: int


class Policies:
    """Writes the policies of families. Prices, dates and places come from the rules of a real enrolment."""

    def __init__(self, sheets: Sheets, calendar: Calendar, random: Random) -> None:
        self.sheets, self.calendar, self.random = sheets, calendar, random
        self._receipt = 0
        self._periods: dict[tuple[str, PolicyStage, int, int], tuple[int, int]] = {}
        self._prices: dict[tuple[str, PolicyStage, int], str] = {}

    def enrol(self, family: Household) -> list[Covered]:
        """A family's first policy and, as long as they renew, those that follow. Returns those that were paid."""
        today, chance = self.calendar.today, self.random.random
        found: list[Covered] = []
        day, previous, expired = family.enrolled, NULL, 0
        while day <= today:
            owes = previous == NULL and day > today - PAYS_LATER and chance() < 0.3
            covered = self._policy(family, day, previous, expired, pays=not owes)
            if owes:
                break
            found.append(covered)
            if chance() > RENEWS:
                break
            previous, expired = covered.policy_id, covered.last
            day = expired + 1 + int(chance() * 30)
        return found

    def _policy(self, family: Household, day: int, previous: str, expired: int, *, pays: bool) -> Covered:
        sheets, calendar, village = self.sheets, self.calendar, family.village
        offer = village.offer
        stage = PolicyStage.NEW if previous == NULL else PolicyStage.RENEWAL
        starts, expires = self._days(offer, stage, day, expired)
        value, people = self._priced(offer, stage, day, starts, family.people)
        id = sheets.id(Policy)
        recorded = f"{calendar[day]} 09:00:00+00"
        status = PolicyStatus.IDLE
        if pays:
            status = PolicyStatus.ACTIVE if expires >= calendar.today else PolicyStatus.EXPIRED
        effective = calendar[starts] if pays else NULL
        sheets.lines[Policy].append(
            f"{id}\t{family.id}\t{offer.product_id}\t{offer.terms_id}\t{village.officer_id}\t{previous}\t{stage}\t"
            f"{status}\t{value}\t{value}\t0\t{value}\t{value}\t{value}\t{calendar[day]}\t{calendar[starts]}\t"
            f"{effective}\t{calendar[expires]}\t{village.district_id}\t{village.id}\t{recorded}\t{recorded}\t1\n"
        )
        places, covers = sheets.lines[PricedMember], sheets.lines[Cover]
        for person in people:
            places.append(
                f"{sheets.id(PricedMember)}\t{id}\t{person.id}\t{RELATIONS[person.relation]}\t"
                f"{calendar[person.born]}\t{recorded}\t{recorded}\n"
            )
            if pays:
                covers.append(
                    f"{sheets.id(Cover)}\t{id}\t{person.id}\t{calendar[starts]}\t{calendar[expires]}\t"
                    f"{recorded}\t{recorded}\n"
                )
        if pays:
            self._pay(family, id, value, day, recorded)
        return Covered(id, offer, people, starts, expires)

    def _days(self, offer: Offer, stage: PolicyStage, day: int, expired: int) -> tuple[int, int]:
        """The first and the last day of a policy."""
        key = offer.terms_id, stage, day, expired
        if key not in self._periods:
            found = period(offer.terms, stage, date.fromordinal(day), date.fromordinal(expired) if expired else None)
            self._periods[key] = found.starts_on.toordinal(), found.expires_on.toordinal()
        return self._periods[key]

    def _priced(
        self, offer: Offer, stage: PolicyStage, day: int, starts: int, people: Sequence[Person]
    ) -> tuple[str, Sequence[Person]]:
        """What a policy costs, and who has a place. Families that all have places and are of one size cost the same."""
        most = offer.terms.max_members or len(people)
        key = offer.terms_id, stage, len(people)
        if len(people) > most or key not in self._prices:
            members = [_member(number, person) for number, person in enumerate(people)]
            found = price(offer.terms, members, stage, date.fromordinal(day), date.fromordinal(starts))
            if len(people) > most:
                return str(found.value), [people[member.id.int] for member in found.covered]
            self._prices[key] = str(found.value)
        return self._prices[key], people

    def _pay(self, family: Household, policy_id: str, value: str, day: int, recorded: str) -> None:
        self._receipt += 1
        village, kind = family.village, "C" if self.random.random() < 0.75 else "M"
        self.sheets.lines[Contribution].append(
            f"{self.sheets.id(Contribution)}\t{policy_id}\t{village.offer.product_id}\t{village.officer_id}\t{value}\t"
            f"R{self._receipt:08}\t{self.calendar[day]}\t{recorded}\t{kind}\tf\tf\t{village.district_id}\t{village.id}\t"
            f"{recorded}\t{recorded}\t1\n"
        )


def _member(number: int, person: Person) -> Member:
    return Member(UUID(int=number), date.fromordinal(person.born), RELATIONS[person.relation], _SAME_TIME)
