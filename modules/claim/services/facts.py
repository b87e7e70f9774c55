"""What the checks of claims look at, read for many claims at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, Prepared, bound, read_by_ids
from core.money import ZERO
from modules.claim.models import Claim, ClaimLine, LineStatus
from modules.claim.rules import COUNTED, ClaimStatus, target_date
from modules.claim.services.bulk import IDS, among, columns_of, listed, read_prepared
from modules.claim.services.parts import parts_of
from modules.claim.services.plain import PlainClaim, PlainLine, PlainPatient
from modules.claim.services.pricing import listed_prices
from modules.claim.settings import Settings
from modules.insuree.models import Family, Insuree
from modules.location.models import HealthFacility
from modules.medical.models import Item, Service
from modules.medical.rules import PackageType, ServiceCategory, is_adult
from modules.medical.services import Wanted, parts_of_services

Fact = TypeVar("Fact")
FEE_FOR_SERVICE = PackageType.FEE_FOR_SERVICE
NOT_COUNTED = tuple(status for status in ClaimStatus if status not in COUNTED)
Key = TypeVar("Key", bound=Hashable)
Quantities = Mapping[UUID, Mapping[UUID, Decimal]]


class Provision(NamedTuple):
    """A passed line of a claim that counts: what the patient got of an element, and on which days."""

    insuree_id: UUID
    element_id: UUID
    date_from: date
    target_date: date
    quantity: Decimal


class CountedClaim(NamedTuple):
    """A claim that counts, as far as the search for duplicates looks at it."""

    code: str
    insuree_id: UUID
    health_facility_id: UUID
    main_diagnosis_id: UUID
    date_from: date
    date_to: date | None
    status: ClaimStatus


@dataclass(frozen=True)
class Facts:
    """Everything the checks of some claims look at, by id."""

    lines: Mapping[UUID, Sequence[PlainLine]]
    patients: Mapping[UUID, PlainPatient]
    facilities: Mapping[UUID, HealthFacility]
    elements: Mapping[UUID, Item | Service]
    prices: Mapping[Wanted, Decimal]
    provisions: defaultdict[tuple[UUID, UUID], list[Provision]]
    """Of what may be given only so often: by patient and element."""

    counted: defaultdict[UUID, list[CountedClaim]]
    """By patient."""

    parts: Mapping[UUID, Mapping[UUID, Decimal]]
    """Of fee-for-service bundles: the quantities entered, by line and element."""

    defined: Mapping[UUID, Mapping[UUID, Decimal]]
    """Of fee-for-service bundles: the quantities that the register has, by service and element."""


async def load(ctx: Context, claims: Sequence[PlainClaim]) -> Facts:
    """Read what the checks of these claims need; the patients are locked, so that nobody checks their claims meanwhile.

    The number of statements does not depend on the number of claims.
    """
    session = ctx.session
    patients = await _patients(session, {claim.insuree_id for claim in claims})
    lines = await plain_lines(session, [claim.id for claim in claims])
    facilities = await read_by_ids(session, HealthFacility, {claim.health_facility_id for claim in claims})
    elements = await _elements(session, [line for own in lines.values() for line in own])
    parts, defined = await _bundles(session, [claim.id for claim in claims], elements.values())
    limited = [id for id, element in elements.items() if element.frequency_days]
    return Facts(
        lines=lines,
        patients=patients,
        facilities={facility.id: facility for facility in facilities},
        elements=elements,
        prices=await listed_prices(ctx, _wanted(claims, lines)),
        provisions=grouped(await provisions(session, patients, limited), lambda got: (got.insuree_id, got.element_id)),
        counted=grouped(await _counted(session, patients), lambda other: other.insuree_id),
        parts=parts,
        defined=defined,
    )


async def plain_lines(session: AsyncSession, claim_ids: Collection[UUID]) -> dict[UUID, list[PlainLine]]:
    """The lines of some claims as plain data, by claim, each in the order of their numbers."""
    found: dict[UUID, list[PlainLine]] = {id: [] for id in claim_ids}
    for line in await read_prepared(session, _lines(), PlainLine, claim_ids):
        found[line.claim_id].append(line)
    return found


async def lines_of(session: AsyncSession, claim_ids: Collection[UUID]) -> dict[UUID, list[ClaimLine]]:
    """The lines of some claims, to be changed, by claim, each in the order of their numbers."""
    rows = await session.scalars(
        select(ClaimLine)
        .where(among(ClaimLine.claim_id, claim_ids))
        .order_by(ClaimLine.claim_id, ClaimLine.line_no)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[ClaimLine]] = {id: [] for id in claim_ids}
    for line in rows:
        found[line.claim_id].append(line)
    return found


def is_adult_on(ctx: Context, birth_date: date, day: date) -> bool:
    """Whether the patient counts as an adult on the day, as the scheme has it (claims spec 2.2)."""
    return is_adult(birth_date, day, ctx.settings(Settings).age_of_majority)


def counted_claims() -> Select[UUID, ServiceCategory | None, date, date | None]:
    """The claims that count: whose they are, of which category of care, and their days."""
    return select(Claim.insuree_id, Claim.category, Claim.date_from, Claim.date_to).where(*_counts())


def provided() -> Select[UUID, UUID, date, date | None, Decimal]:
    """What was given on passed lines of claims that count: to whom, what, on which days, how much (claims spec 2.7)."""
    element = func.coalesce(ClaimLine.item_id, ClaimLine.service_id).label("element_id")
    quantity = func.coalesce(ClaimLine.quantity_approved, ClaimLine.quantity_provided).label("quantity")
    return (
        select(Claim.insuree_id, element, Claim.date_from, Claim.date_to, quantity)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(*_counts(), ClaimLine.status == LineStatus.PASSED)
    )


async def provisions(
    session: AsyncSession, insuree_ids: Collection[UUID], element_ids: Collection[UUID]
) -> list[Provision]:
    """What patients were given of items and services, on passed lines of claims that count (claims spec 2.7 e, h)."""
    if not element_ids:
        return []
    rows = await _provisions().within(session, ids=listed(insuree_ids), elements=listed(element_ids))
    return [
        Provision(insuree_id, element_id, date_from, target_date(date_from, date_to), given)
        for insuree_id, element_id, date_from, date_to, given in rows
    ]


def grouped(facts: Iterable[Fact], key: Callable[[Fact], Key]) -> defaultdict[Key, list[Fact]]:
    """Facts by a key; of a key without any, none."""
    found: defaultdict[Key, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[key(fact)].append(fact)
    return found


async def _patients(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, PlainPatient]:
    return {patient.id: patient for patient in await read_prepared(session, _locked_patients(), PlainPatient, ids)}


async def _elements(session: AsyncSession, lines: Sequence[PlainLine]) -> dict[UUID, Item | Service]:
    items = await read_by_ids(session, Item, {line.item_id for line in lines if line.item_id is not None})
    services = await read_by_ids(session, Service, {line.service_id for line in lines if line.service_id is not None})
    return {item.id: item for item in items} | {service.id: service for service in services}


async def _bundles(
    session: AsyncSession, claim_ids: Collection[UUID], elements: Iterable[Item | Service]
) -> tuple[Quantities, Quantities]:
    """What fee-for-service bundles were made of, by line, and what the register has them made of; rarely needed."""
    bundles = [each.id for each in elements if isinstance(each, Service) and each.package_type is FEE_FOR_SERVICE]
    parts: defaultdict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    defined: defaultdict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    if bundles:
        for line_id, of_line in (await parts_of(session, claim_ids)).items():
            parts[line_id] = {part.element_id: part.quantity_provided for part in of_line}
        for part in await parts_of_services(session, bundles):
            of_service = defined[part.service_id]
            of_service[part.element_id] = of_service.get(part.element_id, ZERO) + part.quantity
    return parts, defined


async def _counted(session: AsyncSession, insuree_ids: Collection[UUID]) -> list[CountedClaim]:
    return await read_prepared(session, _counted_claims(), CountedClaim, insuree_ids)


@lru_cache(maxsize=1)
def _lines() -> Prepared:
    lines = select(*columns_of(ClaimLine, PlainLine)).where(among(ClaimLine.claim_id, IDS))
    return Prepared("claim.lines", lines.order_by(ClaimLine.claim_id, ClaimLine.line_no))


@lru_cache(maxsize=1)
def _locked_patients() -> Prepared:
    return Prepared(
        "claim.patients",
        select(*columns_of(Insuree, PlainPatient, "closed"), Family.id.is_(None))
        .outerjoin(Family, (Family.id == Insuree.family_id) & Family.ended_at.is_(None))
        .where(among(Insuree.id, IDS))
        .order_by(Insuree.id)
        .with_for_update(of=Insuree, key_share=True),
    )


@lru_cache(maxsize=1)
def _provisions() -> Prepared:
    elements = bound("elements", IDS.type)
    of_elements = or_(among(ClaimLine.item_id, elements), among(ClaimLine.service_id, elements))
    return Prepared("claim.provisions", provided().where(among(Claim.insuree_id, IDS), of_elements))


@lru_cache(maxsize=1)
def _counted_claims() -> Prepared:
    counted = select(*columns_of(Claim, CountedClaim)).where(among(Claim.insuree_id, IDS), *_counts())
    return Prepared("claim.counted", counted)


def _counts() -> tuple[ColumnElement[bool], ...]:
    # By what does not count: the index by status would find all claims that ever counted, and is not to be used.
    return Claim.ended_at.is_(None), Claim.status.not_in(NOT_COUNTED)


def _wanted(claims: Sequence[PlainClaim], lines: Mapping[UUID, Sequence[PlainLine]]) -> set[Wanted]:
    return {
        Wanted(claim.health_facility_id, line.element_id, claim.target_date)
        for claim in claims
        for line in lines[claim.id]
    }
