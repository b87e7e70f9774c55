"""Valued claims and batch runs for tests, written straight to the tables. Commit before asking the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock, new_id
from core.matrix import Corner
from core.money import ZERO
from modules.claim.models import Claim, ClaimLine
from modules.claim.rules import ClaimStatus
from modules.claim.testing import Clinic, make_clinic
from modules.insuree.models import Insuree
from modules.location.models import Location
from modules.location.rules import CareType
from modules.location.testing import district_of
from modules.policy.models import Policy
from modules.product.rules import IndexPeriod, LimitationType, PriceOrigin
from modules.settlement.models import (
    Adjustment,
    BatchRun,
    BatchRunStatus,
    CapitationShare,
    FacilityStatement,
    Payment,
    ProductIndex,
    RunClaim,
)
from modules.settlement.rules import Criterion
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage

_numbers = count(1)


@dataclass(frozen=True)
class Valued:
    """A line that a product pays with an amount, at the list's price unless told otherwise."""

    amount: Decimal
    origin: PriceOrigin = PriceOrigin.PRICE_LIST
    policy: Policy | None = None
    """The policy that pays it, if not the claim's."""


def listed(amount: Decimal | int | str, policy: Policy | None = None) -> Valued:
    """A line that is paid as it was valued."""
    return Valued(Decimal(amount), policy=policy)


def relative(amount: Decimal | int | str, policy: Policy | None = None) -> Valued:
    """A line that waits for an index."""
    return Valued(Decimal(amount), PriceOrigin.RELATIVE, policy)


async def make_valued_claim(
    session: AsyncSession, clinic: Clinic, insuree: Insuree, policy: Policy, *lines: Valued, on: date, **fields: Any
) -> Claim:
    """A claim that was processed on the day of care: VALUATED, or PROCESSED with a line at a relative price.

    It is for out-patient care; `date_to` on a later day makes it a stay.
    """
    waits = any(line.origin is PriceOrigin.RELATIVE for line in lines)
    amount = sum((line.amount for line in lines), ZERO)
    stay = fields.get("date_to", on) != on
    claim = Claim(
        **{
            "id": new_id(),
            "code": f"V{next(_numbers):06}",
            "insuree_id": insuree.id,
            "health_facility_id": clinic.facility.id,
            "district_id": clinic.facility.location_id,
            "date_from": on,
            "claimed_on": on,
            "care_type": CareType.IN_PATIENT if stay else CareType.OUT_PATIENT,
            "main_diagnosis_id": clinic.diagnosis.id,
            "status": ClaimStatus.PROCESSED if waits else ClaimStatus.VALUATED,
            "claimed": amount,
            "approved": amount,
            "processed_at": datetime.combine(on, time(12), UTC),
            **fields,
        }
    )
    session.add(claim)
    await session.flush()
    session.add(ClaimValue(claim_id=claim.id, valuated=amount, remunerated=None if waits else amount))
    await _add_lines(session, claim, clinic, policy, lines)
    for payer in {(line.policy or policy).id for line in lines}:
        side = "in_patient" if stay else "out_patient"
        taken = {"remunerated": amount, f"remunerated_{side}": amount, "deducted": ZERO, f"deducted_{side}": ZERO}
        session.add(PolicyUsage(policy_id=payer, insuree_id=insuree.id, claim_id=claim.id, **taken))
    await session.flush()
    return claim


async def make_batch_run(session: AsyncSession, location: Location | None = None, **fields: Any) -> BatchRun:
    """A run of last month with nothing in it; of the national products unless a place is given."""
    today = clock.today()
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    defaults = {"location_id": location.id if location else None, "year": year, "month": month}
    run = BatchRun(**{**defaults, **fields})
    session.add(run)
    await session.flush()
    return run


async def _add_lines(
    session: AsyncSession, claim: Claim, clinic: Clinic, policy: Policy, lines: Sequence[Valued]
) -> None:
    for line_no, line in enumerate(lines, start=1):
        row = ClaimLine(
            id=new_id(),
            claim_id=claim.id,
            line_no=line_no,
            item_id=clinic.items[0].id,
            quantity_provided=Decimal(1),
            price_asked=line.amount,
            price_adjusted=line.amount,
        )
        session.add(row)
        await session.flush()
        payer = line.policy or policy
        session.add(
            LineValue(
                claim_line_id=row.id,
                claim_id=claim.id,
                policy_id=payer.id,
                product_id=payer.product_id,
                price_origin=line.origin,
                limitation_type=LimitationType.CO_INSURANCE,
                limitation_value=Decimal(100),
                price_valuated=line.amount,
                deducted=ZERO,
                insuree_share=ZERO,
                exceeded_category=ZERO,
                exceeded_ceiling=ZERO,
                remunerated=None if line.origin is PriceOrigin.RELATIVE else line.amount,
            )
        )
    await session.flush()


async def populate(corner: Corner) -> None:
    """A run of the corner's district that paid its facility for a claim, by statement, head and adjustment."""
    session, policy, insuree = corner.session, corner.one(Policy), corner.one(Insuree)
    clinic = await make_clinic(session, district_of(corner))
    facility, day = clinic.facility, clock.today()
    corner.account("paid facility", ("health_facility", facility.id))
    claim = await make_valued_claim(session, clinic, insuree, policy, listed(1000, policy), on=day)
    run = await make_batch_run(session, district_of(corner), status=BatchRunStatus.PAID)
    facility_ids = {"health_facility_id": facility.id, "district_id": facility.location_id}
    amounts = dict.fromkeys(("claimed", "approved", "valuated", "remunerated", "amount_to_pay"), Decimal(1000))
    statement = FacilityStatement(
        run_id=run.id, claim_count=1, capitation=ZERO, adjustments=ZERO, **facility_ids, **amounts
    )  # fmt: skip
    session.add(statement)
    await session.flush()
    product = policy.product_id
    settled = {"run_id": run.id, "claim_id": claim.id, "statement_id": statement.id}
    per_head = {"criterion": Criterion.FAMILIES, "units": Decimal(1), "unit_price": Decimal(1), "amount": Decimal(1)}
    index = {"period": IndexPeriod.MONTH, "starts_on": day, "ends_on": day, "distribution_percent": Decimal(100)}
    money = dict.fromkeys(("allocated_premium", "denominator", "value"), Decimal(1))
    session.add_all([
        RunClaim(product_id=product, valuated=Decimal(1000), remunerated=Decimal(1000), **settled),
        CapitationShare(statement_id=statement.id, product_id=product, **per_head),
        Adjustment(amount=Decimal(5), reason="Counted twice", **facility_ids, **settled),
        Payment(statement_id=statement.id, amount=Decimal(5), paid_on=day, reference=f"R{next(_numbers)}"),
        ProductIndex(run_id=run.id, product_id=product, care_type=CareType.OUT_PATIENT, **index, **money),
    ])  # fmt: skip
    await session.flush()
    corner.inputs["recordAdjustment"] = {"claimId": claim.id}
    corner.ended["recordAdjustment.claimId"] = "it is about what was paid"
    corner.points |= {"statementId": FacilityStatement}
