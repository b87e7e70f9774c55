"""Claims for tests, written straight to the tables. Give a session; commit before asking the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.matrix import Corner
from modules.claim.models import (
    Claim,
    ClaimAdministrator,
    ClaimAttachment,
    ClaimDiagnosis,
    ClaimLine,
    ClaimPart,
    ClaimSample,
    Feedback,
    FeedbackPrompt,
    Finding,
    SampledClaim,
)
from modules.claim.rules import ClaimStatus, RejectionReason, SelectionStatus
from modules.insuree.models import EnrolmentOfficer, Insuree
from modules.location.models import HealthFacility, Location
from modules.location.rules import CareType
from modules.location.testing import district_of, make_facility, village_of
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
            price_adjusted=element.price,
        )
        for line_no, (element, quantity) in enumerate(lines, start=1)
    )
    await session.flush()
    return claim


async def populate(corner: Corner) -> None:
    """Claims of the corner's clinic with all that belongs to them, for its own people and one of the other corner."""
    session, insuree = corner.session, corner.one(Insuree)
    clinic = await make_clinic(session, district_of(corner))
    corner.account("clinic", ("health_facility", clinic.facility.id))
    administrator = await make_administrator(session, clinic.facility)
    day = clock.today()
    rejected = await make_claim(session, clinic, insuree, on=day, status=ClaimStatus.REJECTED)
    claim = await make_claim(
        session,
        clinic,
        insuree,
        on=day,
        administrator_id=administrator.id,
        restores_id=rejected.id,
        feedback_status=SelectionStatus.SELECTED,
    )
    if corner.neighbour is not None:
        await make_claim(session, clinic, corner.neighbour.one(Insuree), on=day)
    line = next(line for line in corner.rows[ClaimLine] if line.claim_id == claim.id)
    village = village_of(corner)
    officer = corner.one(EnrolmentOfficer)
    prompt = {"officer_id": officer.id, "village_id": village.id, "phone": "0712", "prompted_on": day}
    answers = {"care_rendered": True, "payment_asked": False, "drug_prescribed": True, "drug_received": True}
    finding = {"position": 1, "code": RejectionReason.NOT_IN_PRICE_LIST, "parameters": {}, "rejects": True}
    session.add_all([
        ClaimDiagnosis(claim_id=claim.id, diagnosis_id=clinic.diagnosis.id, position=1),
        Finding(claim_id=claim.id, line_id=line.id, **finding),
        Finding(claim_id=claim.id, **finding),
        ClaimPart(
            claim_id=claim.id, line_id=line.id, part_no=1, item_id=clinic.items[0].id, quantity_provided=Decimal(1),
            price_asked=Decimal(1),
        ),
        sample := ClaimSample(id=new_id(), percent=100),
        SampledClaim(sample_id=sample.id, claim_id=claim.id, drawn=True),
        ClaimAttachment(claim_id=claim.id, link="https://example.org/scan", title="Scan"),
        FeedbackPrompt(
            claim_id=claim.id, district_id=village.district_id, health_facility_id=claim.health_facility_id,
            claim_district_id=claim.district_id, **prompt,
        ),
        Feedback(claim_id=claim.id, assessment=5, given_on=day, **answers),
    ])  # fmt: skip
    await session.flush()
    corner.inputs["createClaim"] = {"healthFacilityId": clinic.facility.id, "mainDiagnosisId": clinic.diagnosis.id}
    checked = await make_claim(session, clinic, insuree, on=day, status=ClaimStatus.CHECKED)
    corner.inputs["updateClaim"] = {"id": claim.id}
    corner.inputs["createClaimSample"] = {"ids": checked.id}
    for mutation in ("createClaim", "updateClaim"):
        corner.beyond[f"{mutation}.insureeId"] = "a facility treats whoever comes: care is portable (decision 3)"
        corner.beyond[f"{mutation}.administratorId"] = "one of another facility is refused whoever asks"
        for name in ("mainDiagnosisId", "diagnosisIds", "itemId", "serviceId"):
            corner.ended[f"{mutation}.{name}"] = (
                "the register of the day of care counts: a check of lines (decision 25)"
            )
    corner.points |= {
        "mainDiagnosisId": Diagnosis, "diagnosisIds": Diagnosis, "referredFromId": HealthFacility,
        "referredToId": HealthFacility, "administratorId": ClaimAdministrator, "itemId": Item, "serviceId": Service,
        "claimIds": Claim, "ids": Claim, "lineId": ClaimLine,
    }  # fmt: skip
