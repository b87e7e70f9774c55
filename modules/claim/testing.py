"""Claims for tests, written straight to the tables. Give a session; commit before asking the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from modules.claim.models import Claim, ClaimAdministrator, ClaimLine
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility, Location
from modules.location.rules import CareType
from modules.location.testing import make_facility
from modules.medical.models import Diagnosis, Item, Service
from modules.medical.testing import make_diagnosis, make_item, make_price_list, make_service

_numbers = count(1)

Given = Item | Service | tuple[Item | Service, Decimal | int]
"""What was given, once or in the quantity named."""


@dataclass(frozen=True)
class Clinic:
    """A facility with its price lists: items at 1 000, services at 5 000."""

    facility: HealthFacility
    items: Sequence[Item]
    services: Sequence[Service]
    diagnosis: Diagnosis


async def make_clinic(
    session: AsyncSession, district: Location | None = None, *, items: int = 3, services: int = 2, **fields: Any
) -> Clinic:
    """A facility for in- and out-patients, paid by price lists that hold all of its items and services."""
    facility = await make_facility(session, district, **{"care_type": CareType.BOTH, **fields})
    drugs = [await make_item(session) for _ in range(items)]
    acts = [await make_service(session) for _ in range(services)]
    await make_price_list(session, dict.fromkeys(drugs), facility)
    await make_price_list(session, dict.fromkeys(acts), facility)
    return Clinic(facility, drugs, acts, await make_diagnosis(session))


async def make_administrator(session: AsyncSession, facility: HealthFacility, **fields: Any) -> ClaimAdministrator:
    """A claim administrator of the facility."""
    number = next(_numbers)
    defaults = {"code": f"A{number:05}", "last_name": "Massawe", "other_names": "Rehema"}
    administrator = ClaimAdministrator(
        health_facility_id=facility.id, district_id=facility.location_id, **{**defaults, **fields}
    )
    session.add(administrator)
    await session.flush()
    return administrator


async def make_claim(
    session: AsyncSession, clinic: Clinic, insuree: Insuree, *given: Given, on: date, **fields: Any
) -> Claim:
    """An entered claim for out-patient care on a day; everything on the clinic's price lists once, unless told."""
    number = next(_numbers)
    things = [thing if isinstance(thing, tuple) else (thing, 1) for thing in given or (*clinic.items, *clinic.services)]
    lines = sorted(things, key=lambda thing: isinstance(thing[0], Service))
    claim = Claim(
        **{
            "id": new_id(),
            "code": f"C{number:06}",
            "insuree_id": insuree.id,
            "health_facility_id": clinic.facility.id,
            "district_id": clinic.facility.location_id,
            "date_from": on,
            "claimed_on": fields.get("date_to", on),
            "care_type": CareType.OUT_PATIENT,
            "main_diagnosis_id": clinic.diagnosis.id,
            "claimed": sum((element.price * quantity for element, quantity in lines), Decimal(0)),
            **fields,
        }
    )
    session.add(claim)
    await session.flush()
    session.add_all(
        ClaimLine(
            claim_id=claim.id,
            line_no=line_no,
            item_id=element.id if isinstance(element, Item) else None,
            service_id=element.id if isinstance(element, Service) else None,
            quantity_provided=Decimal(quantity),
            price_asked=element.price,
        )
        for line_no, (element, quantity) in enumerate(lines, start=1)
    )
    await session.flush()
    return claim
