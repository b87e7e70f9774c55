"""Invented families, the policies they took out, and what they paid. Everything is written set by set.

Prices, dates and covered members come from the rules that a real enrolment goes through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import Context, clock, new_id
from core.imports import Progress, Values, upsert
from modules.contribution.models import Contribution
from modules.demo.files import rows
from modules.insuree.models import EnrolmentOfficer, Family, Insuree, OfficerVillage
from modules.insuree.rules import check_digit, person_sounds_like
from modules.location.models import Location
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import Member, PolicyStage, PolicyStatus, Relation, Terms, period, price
from modules.product.models import Product
from modules.product.models import Terms as TermsRow

FAMILIES = 20
"""In each officer's village."""
DAYS = 420
"""The first family enrolled so many days ago: more than a year, so that some policies have expired."""
PAYS_LATER = 25
"""Families that enrolled within so many days may still owe their contribution."""
FIRST_NUMBER = 10_000_000
"""The first eight digits of the first card."""
SPOUSE, CHILD, PARENT = "8", "4", "2"
"""Codes of the lookup `relation`."""
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Village:
    """A village, the officer who enrols there, and the product sold there."""

    place: Location
    officer_id: UUID
    product: Product
    terms: TermsRow


@dataclass
class Person:
    """Somebody who may fall ill, and the days of cover."""

    row: Values
    covers: list[tuple[date, date]] = field(default_factory=list)

    def is_covered(self, day: date) -> bool:
        """Whether a policy covers the person on the day."""
        return any(first <= day <= last for first, last in self.covers)


@dataclass
class Written:
    """The rows to store, by table, and the people among them."""

    tables: dict[Any, list[Values]] = field(
        default_factory=lambda: {table: [] for table in (Family, Insuree, Policy, PricedMember, Cover, Contribution)}
    )
    people: list[Person] = field(default_factory=list)


class Inventor:
    """Invents families, always the same ones for one day."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.random = Random(FIRST_NUMBER)
        self.numbers = count(FIRST_NUMBER)
        self.receipts = count(1)
        self.names: dict[str, list[str]] = {}
        for row in rows("names"):
            self.names.setdefault(row["kind"], []).append(row["name"])

    def household(self, village: Village, enrolled_on: date) -> tuple[Values, list[Person]]:
        """A family of one to eight and its people, the head first."""
        size = self.random.choices(range(1, 9), weights=(4, 8, 14, 20, 22, 16, 10, 6))[0]
        last_name, age = self.random.choice(self.names["last"]), self.random.randint(24, 68)
        sex = self.random.choices("MF", weights=(7, 3))[0]
        family: Values = {"id": new_id(), "location_id": village.place.id, "district_id": village.place.district_id}
        people = [self._person(family, last_name, sex, age, None, enrolled_on)]
        if size > 1 and self.random.random() < 0.8:
            spouse_age = max(18, age - self.random.randint(-3, 9))
            people.append(self._person(family, last_name, "F" if sex == "M" else "M", spouse_age, SPOUSE, enrolled_on))
        while len(people) < size:
            if age < 50 and self.random.random() < 0.05:
                parent_age = age + self.random.randint(20, 30)
                people.append(self._person(family, last_name, "F", parent_age, PARENT, enrolled_on))
            else:
                child_age = self.random.randint(0, min(24, age - 17))
                people.append(self._person(family, last_name, self.random.choice("MF"), child_age, CHILD, enrolled_on))
        category = self.random.choices(("STANDARD", "POOR"), weights=(9, 1))[0]
        family |= {"head_id": people[0].row["id"], "created_at": at_noon(enrolled_on)}
        return family | {"poverty": category == "POOR", "membership_category_code": category}, people

    def _person(
        self, family: Values, last_name: str, sex: str, age: int, relation: str | None, enrolled_on: date
    ) -> Person:
        digits = str(next(self.numbers))
        recorded_at = at_noon(enrolled_on)
        other_names = self.random.choice(self.names[sex])
        born = enrolled_on - age * YEAR - timedelta(days=self.random.randint(1, 364))
        return Person(
            {
                "id": new_id(),
                "insurance_number": digits + check_digit(digits),
                "last_name": last_name,
                "other_names": other_names,
                "sounds_like": person_sounds_like(last_name, other_names),
                "birth_date": born,
                "gender_code": sex,
                "family_id": family["id"],
                "is_head": relation is None,
                "relation_code": relation,
                "district_id": family["district_id"],
                "village_id": family["location_id"],
                "recorded_at": recorded_at,
                "created_at": recorded_at,
            }
        )


def at_noon(day: date) -> datetime:
    """A moment of the day, for when something was recorded."""
    return datetime.combine(day, time(9), clock.now().tzinfo)


async def add_households(ctx: Context, progress: Progress) -> list[Person]:
    """Families in every officer's village with their policies and contributions."""
    inventor, written = Inventor(clock.today()), Written()
    for village in await _villages(ctx):
        for _ in range(FAMILIES):
            enrolled_on = inventor.today - timedelta(days=inventor.random.randint(0, DAYS))
            family, people = inventor.household(village, enrolled_on)
            written.tables[Family].append(family)
            written.tables[Insuree].extend(person.row for person in people)
            written.people.extend(people)
            _enrol(inventor, written, village, people, enrolled_on)
    for done, (table, values) in enumerate(written.tables.items(), start=1):
        await upsert(ctx.session, table, ("id",), values)
        progress(done, len(written.tables))
    return written.people


def _enrol(inventor: Inventor, written: Written, village: Village, people: Sequence[Person], day: date) -> None:
    """The first policy and, once it is over, for most families another one."""
    owes = day > inventor.today - timedelta(days=PAYS_LATER) and inventor.random.random() < 0.3
    policy = _policy(village, people, day, None)
    _write(inventor, written, policy, people, pays=not owes)
    expired = policy["expires_on"]
    again_on = expired + timedelta(days=inventor.random.randint(1, 30))
    if again_on <= inventor.today and inventor.random.random() < 0.7:
        _write(inventor, written, _policy(village, people, again_on, policy), people, pays=True)


def _policy(village: Village, people: Sequence[Person], day: date, previous: Values | None) -> Values:
    """The row of a policy, and beside it under `places` the members who are priced."""
    terms = Terms(
        insurance_period=village.terms.insurance_period,
        lump_sum=village.terms.lump_sum,
        threshold=village.terms.threshold,
        max_members=village.terms.max_members,
    )
    stage = PolicyStage.NEW if previous is None else PolicyStage.RENEWAL
    days = period(terms, stage, day, previous["expires_on"] if previous else None)
    priced = price(terms, list(_members(people)), stage, day, days.starts_on)
    return {
        "id": new_id(),
        "family_id": people[0].row["family_id"],
        "product_id": village.product.id,
        "terms_id": village.terms.id,
        "officer_id": village.officer_id,
        "previous_policy_id": previous["id"] if previous else None,
        "stage": stage,
        "status": PolicyStatus.IDLE,
        "value": priced.value,
        "family_share": priced.shares.family,
        "payer_share": priced.shares.payer,
        "due": priced.shares.due,
        "bought_value": priced.value,
        "bought_due": priced.shares.due,
        "enrolled_on": day,
        "starts_on": days.starts_on,
        "effective_on": None,
        "expires_on": days.expires_on,
        "district_id": village.place.district_id,
        "village_id": village.place.id,
        "created_at": at_noon(day),
        "places": priced.covered,
    }


def _members(people: Sequence[Person]) -> Iterator[Member]:
    relations = {None: Relation.HEAD, SPOUSE: Relation.SPOUSE}
    for person in people:
        relation = relations.get(person.row["relation_code"], Relation.OWN)
        yield Member(person.row["id"], person.row["birth_date"], relation, person.row["recorded_at"])


def _write(inventor: Inventor, written: Written, policy: Values, people: Sequence[Person], *, pays: bool) -> None:
    by_id = {person.row["id"]: person for person in people}
    covered: Sequence[Member] = policy.pop("places")
    written.tables[PricedMember].extend(
        {
            "policy_id": policy["id"],
            "insuree_id": member.id,
            "relation": member.relation,
            "birth_date": member.birth_date,
        }
        for member in covered
    )
    if pays:
        policy["effective_on"] = first = max(policy["starts_on"], policy["enrolled_on"])
        last = policy["expires_on"]
        policy["status"] = PolicyStatus.ACTIVE if last >= inventor.today else PolicyStatus.EXPIRED
        written.tables[Contribution].append(_contribution(inventor, policy))
        for member in covered:
            by_id[member.id].covers.append((first, last))
            written.tables[Cover].append(
                {"policy_id": policy["id"], "insuree_id": member.id, "starts_on": first, "ends_on": last}
            )
    written.tables[Policy].append(policy)


def _contribution(inventor: Inventor, policy: Values) -> Values:
    return {
        "policy_id": policy["id"],
        "product_id": policy["product_id"],
        "officer_id": policy["officer_id"],
        "amount": policy["due"],
        "receipt": f"R{next(inventor.receipts):06}",
        "paid_on": policy["enrolled_on"],
        "recorded_at": policy["created_at"],
        "payment_type_code": inventor.random.choices("CM", weights=(3, 1))[0],
        "district_id": policy["district_id"],
        "village_id": policy["village_id"],
        "created_at": policy["created_at"],
    }


async def _villages(ctx: Context) -> list[Village]:
    """The officers' villages with what is sold there to households at one price for all."""
    found = await ctx.session.execute(
        select(Location, EnrolmentOfficer.id, Product, TermsRow)
        .join(OfficerVillage, OfficerVillage.village_id == Location.id)
        .join(EnrolmentOfficer, EnrolmentOfficer.id == OfficerVillage.officer_id)
        .join(Product, Product.location_id == Location.region_id)
        .join(TermsRow, (TermsRow.product_id == Product.id) & TermsRow.present)
        .where(TermsRow.max_members > 1, TermsRow.max_members == TermsRow.threshold)
        .order_by(EnrolmentOfficer.code)
    )
    return [Village(*row) for row in found]
