"""Invented visits to health facilities, entered as claims; `judging` has them checked and valued."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from uuid import UUID

from sqlalchemy import func, select

from core import Context, age_on, clock, new_id
from core.imports import Progress, Values, upsert
from modules.claim.models import Claim, ClaimAdministrator, ClaimLine
from modules.demo.files import rows
from modules.demo.households import Person, at_noon
from modules.demo.scheme import MEDICINES, services_list
from modules.insuree.rules import ADULT_AGE
from modules.location.models import HealthFacility
from modules.location.rules import CareType
from modules.medical.models import Diagnosis, Item, PriceList, PriceListLine, Service

CLAIMS = 300
DAYS = 75
"""The first visit was so many days ago."""
COVERED = 0.95
"""How many patients are covered, of one."""
CHARGES_MORE = Decimal("1.25")
"""What some facilities ask compared with the price list."""


@dataclass(frozen=True)
class Visit:
    """Why people come, and what they are given: codes of services, and of items with quantities."""

    diagnosis: str
    levels: str
    nights: int
    women_only: bool
    services: tuple[str, ...]
    items: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Catalogue:
    """Ids of what claims name, by code, and the prices of each price list."""

    diagnoses: Mapping[str, UUID]
    items: Mapping[str, UUID]
    services: Mapping[str, UUID]
    prices: Mapping[tuple[str, UUID], Decimal]


async def add_claims(ctx: Context, people: Sequence[Person], progress: Progress) -> int:
    """Claims for the care of some of the people, mostly covered ones. Returns how many."""
    random, today = Random(CLAIMS), clock.today()
    facilities = await _by_district(ctx)
    known, reasons, codes = await catalogue(ctx), list(visits()), count(1)
    administrators = [_administrator(random, facility) for near in facilities.values() for facility in near]
    of = {row["health_facility_id"]: row["id"] for row in administrators}
    claims: list[Values] = []
    lines: list[Values] = []
    for _ in range(CLAIMS):
        day = today - timedelta(days=random.randint(0, DAYS))
        person = _patient(random, people, day)
        facility = random.choice(facilities[person.row["district_id"]])
        visit = random.choice([each for each in reasons if _fits(each, person, facility, day)])
        given = list(_lines(random, known, facility, visit))
        claim = _claim(facility, person, visit, day, known) | {
            "code": f"C{next(codes):06}",
            "administrator_id": of[facility.id],
            "claimed": sum((line["quantity_provided"] * line["price_asked"] for line in given), Decimal(0)),
        }
        claims.append(claim)
        lines += [{**line, "claim_id": claim["id"], "line_no": number} for number, line in enumerate(given, start=1)]
    for done, (table, values) in enumerate(
        ((ClaimAdministrator, administrators), (Claim, claims), (ClaimLine, lines)), start=1
    ):
        await upsert(ctx.session, table, ("id",), values)
        progress(done, 3)
    return len(claims)


def _patient(random: Random, people: Sequence[Person], day: date) -> Person:
    """Somebody covered on the day; now and then somebody who is not, whose claim the scheme will refuse."""
    covered = [person for person in people if person.is_covered(day)]
    others = [person for person in people if not person.is_covered(day)]
    return random.choice(covered if random.random() < COVERED else others)


def _fits(visit: Visit, person: Person, facility: HealthFacility, day: date) -> bool:
    if facility.level_code not in visit.levels or day + timedelta(days=visit.nights) > clock.today():
        return False
    adult = age_on(person.row["birth_date"], day) >= ADULT_AGE
    return not visit.women_only or (adult and person.row["gender_code"] == "F")


def _claim(facility: HealthFacility, person: Person, visit: Visit, day: date, catalogue: Catalogue) -> Values:
    left_on = day + timedelta(days=visit.nights)
    return {
        "id": new_id(),
        "insuree_id": person.row["id"],
        "health_facility_id": facility.id,
        "district_id": facility.location_id,
        "date_from": day,
        "date_to": left_on if visit.nights else None,
        "claimed_on": left_on,
        "care_type": CareType.IN_PATIENT if visit.nights else CareType.OUT_PATIENT,
        "main_diagnosis_id": catalogue.diagnoses[visit.diagnosis],
        "created_at": at_noon(left_on),
    }


def _lines(random: Random, catalogue: Catalogue, facility: HealthFacility, visit: Visit) -> Iterator[Values]:
    more = CHARGES_MORE if random.random() < 0.1 else Decimal(1)
    for code, quantity in visit.items:
        id = catalogue.items[code]
        price = catalogue.prices[MEDICINES, id] * more
        yield {"item_id": id, "service_id": None, "quantity_provided": Decimal(quantity), "price_asked": price}
    for code in visit.services:
        id = catalogue.services[code]
        price = catalogue.prices[services_list(facility.level_code), id]
        yield {"item_id": None, "service_id": id, "quantity_provided": Decimal(1), "price_asked": price}


def _administrator(random: Random, facility: HealthFacility) -> Values:
    names = rows("names")
    return {
        "id": new_id(),
        "code": f"CA-{facility.code}",
        "last_name": random.choice([row["name"] for row in names if row["kind"] == "last"]),
        "other_names": random.choice([row["name"] for row in names if row["kind"] != "last"]),
        "health_facility_id": facility.id,
        "district_id": facility.location_id,
    }


def visits() -> Iterator[Visit]:
    """Why people come."""
    for row in rows("visits"):
        items = (item.partition(":") for item in row["items"].split())
        yield Visit(
            diagnosis=row["diagnosis"],
            levels=row["facility_levels"],
            nights=int(row["nights"]),
            women_only=bool(row["women_only"]),
            services=tuple(row["services"].split()),
            items=tuple((code, int(quantity or 1)) for code, _, quantity in items),
        )


async def _by_district(ctx: Context) -> dict[UUID, list[HealthFacility]]:
    found: dict[UUID, list[HealthFacility]] = {}
    codes = [row["code"] for row in rows("facilities")]
    for facility in await ctx.session.scalars(select(HealthFacility).where(HealthFacility.code.in_(codes))):
        found.setdefault(facility.location_id, []).append(facility)
    return found


async def catalogue(ctx: Context) -> Catalogue:
    """What claims name, as the registers have it now."""
    session = ctx.session

    async def by_code(model: type[Diagnosis | Item | Service]) -> dict[str, UUID]:
        return dict((await session.execute(select(model.code, model.id).where(model.ended_at.is_(None)))).all())

    line = PriceListLine
    price = func.coalesce(line.own_price, Item.price, Service.price)
    lines = await session.execute(
        select(PriceList.name, func.coalesce(line.item_id, line.service_id), price)
        .join(line, line.price_list_id == PriceList.id)
        .outerjoin(Item, Item.id == line.item_id)
        .outerjoin(Service, Service.id == line.service_id)
        .where(PriceList.ended_at.is_(None), line.valid_to.is_(None))
    )
    prices = {(name, element): price for name, element, price in lines}
    return Catalogue(await by_code(Diagnosis), await by_code(Item), await by_code(Service), prices)
