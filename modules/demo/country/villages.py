"""The places that are filled: villages with their officer and product, districts with their facilities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import Context
from core.imports import Values, upsert
from modules.claim.models import ClaimAdministrator
from modules.demo.care import Visit, catalogue, visits
from modules.demo.country.scale import DISTRICTS, FACILITIES, Scale, share
from modules.demo.files import rows
from modules.demo.scheme import MEDICINES, SINCE, assign_price_lists, services_list
from modules.insuree.models import EnrolmentOfficer, OfficerVillage
from modules.location.models import HealthFacility, Location
from modules.location.rules import CareType, LocationLevel
from modules.medical.models import Service
from modules.medical.rules import ServiceCategory
from modules.policy.rules import Terms
from modules.product.models import Product
from modules.product.models import Terms as TermsRow

CENTRES = 4
"""Health centres of a district; one of its facilities is a hospital, the others are dispensaries."""
KINDS = {"H": "Hospital", "C": "Health Centre", "D": "Dispensary"}


@dataclass(frozen=True)
class Offer:
    """The household product of a region, with its terms; ids as text."""

    product_id: str
    terms_id: str
    terms: Terms


@dataclass(frozen=True)
class Facility:
    """A facility that claims: ids as text."""

    id: str
    level: str
    administrator_id: str


@dataclass(frozen=True)
class Village:
    """A village: who enrols there, in what, and the facilities of its district."""

    id: str
    district_id: str
    officer_id: str
    offer: Offer
    facilities: Sequence[Facility]


@dataclass(frozen=True)
class Given:
    """A line of a visit: the item's or the service's id, how much of it at what price, in hundredths."""

    item_id: str | None
    service_id: str | None
    quantity: int
    price: int


@dataclass(frozen=True)
class Care:
    """A visit to a facility of some level, as it is claimed."""

    diagnosis_id: str
    nights: int
    women_only: bool
    services: Sequence[ServiceCategory | None]
    lines: Sequence[Given]


@dataclass(frozen=True)
class Places:
    """All that people are made up for."""

    villages: Sequence[Village]
    care: Mapping[str, Sequence[Care]]
    """The visits that each level of facilities offers."""


async def add_facilities(ctx: Context, scale: Scale) -> int:
    """As many facilities in each district as the country has, with price lists and claim administrators.

    Returns how many are new.
    """
    found = await ctx.session.execute(
        select(Location.id, Location.code, Location.name)
        .where(Location.level == LocationLevel.DISTRICT)
        .order_by(Location.code)
    )
    wanted: list[Values] = []
    for number, (id, code, name) in enumerate(found.all()):
        if code.startswith(scale.villages[:3]):
            wanted += _facilities(id, code, name, share(FACILITIES, DISTRICTS, number))
    known = set(await ctx.session.scalars(select(HealthFacility.code)))
    loaded = await upsert(ctx.session, HealthFacility, ("code",), [row for row in wanted if row["code"] not in known])
    await assign_price_lists(ctx)
    facilities = await ctx.session.execute(select(HealthFacility.id, HealthFacility.code, HealthFacility.location_id))
    names = rows("names")
    administrators = [
        {
            "code": f"CA-{code}",
            "last_name": names[number % len(names)]["name"],
            "other_names": names[-number % len(names)]["name"],
            "health_facility_id": id,
            "district_id": district_id,
        }
        for number, (id, code, district_id) in enumerate(sorted(facilities.all(), key=lambda row: row.code))
    ]
    known = set(await ctx.session.scalars(select(ClaimAdministrator.code)))
    missing = [row for row in administrators if row["code"] not in known]
    await upsert(ctx.session, ClaimAdministrator, ("id",), missing)
    return loaded.created


async def add_officers(ctx: Context, scale: Scale) -> int:
    """An enrolment officer in every village that has none yet. Returns how many are new."""
    served = select(OfficerVillage.village_id)
    found = await ctx.session.execute(
        select(Location.id, Location.code)
        .where(
            Location.level == LocationLevel.VILLAGE,
            Location.code.startswith(scale.villages),
            Location.id.not_in(served),
        )
        .order_by(Location.code)
    )
    villages = {f"E{code}": id for id, code in found}
    names = rows("names")
    officers = [
        {
            "code": code,
            "last_name": names[number % len(names)]["name"],
            "other_names": names[-number % len(names)]["name"],
            "phone": f"06{number:08}",
            "valid_from": SINCE,
        }
        for number, code in enumerate(villages)
    ]
    await upsert(ctx.session, EnrolmentOfficer, ("code",), officers)
    ids = (await ctx.session.execute(select(EnrolmentOfficer.code, EnrolmentOfficer.id))).all()
    works_in = [{"officer_id": id, "village_id": villages[code]} for code, id in ids if code in villages]
    await upsert(ctx.session, OfficerVillage, ("officer_id", "village_id"), works_in)
    return len(officers)


async def places(ctx: Context, scale: Scale) -> Places:
    """The places of a scale as the inventors need them."""
    near: dict[UUID | None, list[Facility]] = {}
    facilities = await ctx.session.execute(
        select(HealthFacility.id, HealthFacility.level_code, HealthFacility.location_id, ClaimAdministrator.id)
        .join(ClaimAdministrator, ClaimAdministrator.health_facility_id == HealthFacility.id)
        .where(ClaimAdministrator.code == "CA-" + HealthFacility.code)
        .order_by(HealthFacility.code)
    )
    for id, level, district_id, administrator_id in facilities:
        near.setdefault(district_id, []).append(Facility(str(id), level, str(administrator_id)))
    offers: dict[UUID | None, Offer] = {}
    products = await ctx.session.execute(
        select(Product, TermsRow)
        .join(TermsRow, (TermsRow.product_id == Product.id) & TermsRow.present)
        .where(TermsRow.max_members > 1, TermsRow.max_members == TermsRow.threshold, Product.ended_at.is_(None))
    )
    for product, terms in products:
        priced = Terms(
            terms.insurance_period, lump_sum=terms.lump_sum, threshold=terms.threshold, max_members=terms.max_members
        )
        offers[product.location_id] = Offer(str(product.id), str(terms.id), priced)
    found = await ctx.session.execute(
        select(Location.id, Location.district_id, Location.region_id, EnrolmentOfficer.id)
        .join(OfficerVillage, OfficerVillage.village_id == Location.id)
        .join(EnrolmentOfficer, EnrolmentOfficer.id == OfficerVillage.officer_id)
        .where(Location.code.startswith(scale.villages))
        .order_by(Location.code)
    )
    villages = [
        Village(str(id), str(district_id), str(officer_id), offers[region_id], near[district_id])
        for id, district_id, region_id, officer_id in found
    ]
    return Places(villages, await _care(ctx))


def _facilities(district_id: UUID, code: str, district: str, number: int) -> Iterator[Values]:
    kinds = ["H", *["C"] * CENTRES, *["D"] * (number - 1 - CENTRES)]
    seen: dict[str, int] = {}
    for kind in kinds:
        seen[kind] = at = seen.get(kind, 0) + 1
        yield {
            "code": f"{code}-{kind}{at}",
            "name": f"{district} {KINDS[kind]} {at}",
            "level_code": kind,
            "sub_level_code": "N",
            "legal_form_code": "G",
            "care_type": CareType.OUT_PATIENT if kind == "D" else CareType.BOTH,
            "location_id": district_id,
        }


async def _care(ctx: Context) -> dict[str, list[Care]]:
    known: Any = await catalogue(ctx)
    categories = dict((await ctx.session.execute(select(Service.id, Service.category))).all())
    found: dict[str, list[Care]] = {level: [] for level in KINDS}
    for level, offered in found.items():
        offered += [_visit(visit, level, known, categories) for visit in visits() if level in visit.levels]
    return found


def _visit(visit: Visit, level: str, known: Any, categories: Mapping[UUID, ServiceCategory | None]) -> Care:
    items = [
        Given(str(id := known.items[code]), None, quantity * 100, int(known.prices[MEDICINES, id] * 100))
        for code, quantity in visit.items
    ]
    ids = [known.services[code] for code in visit.services]
    services = [Given(None, str(id), 100, int(known.prices[services_list(level), id] * 100)) for id in ids]
    return Care(
        str(known.diagnoses[visit.diagnosis]),
        visit.nights,
        visit.women_only,
        [categories[id] for id in ids],
        [*items, *services],
    )
