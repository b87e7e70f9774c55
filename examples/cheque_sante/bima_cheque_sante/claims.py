"""Vouchers and claims: a claim names its voucher as its guarantee, and that of the birth uses it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from bima_cheque_sante.models import Voucher
from bima_cheque_sante.rules import Sold, is_birth, last_day, pays
from bima_cheque_sante.settings import Settings
from core import Context
from modules.claim.hooks import CheckedClaim, StatusChange, Verdict
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus, Finding, RejectionReason
from modules.insuree.models import Insuree
from modules.policy.hooks import Judgement
from modules.policy.rules import EligibilityReason


@dataclass
class Examiner:
    """Refuses claims that no voucher pays for, and remembers the births among those handed in together."""

    ctx: Context
    named: Mapping[UUID, str]
    """The number that each claim names, by the claim's id."""
    families: Mapping[UUID, UUID | None]
    """The household of each patient."""
    sold: dict[str, Sold]
    births: dict[str, CheckedClaim] = field(default_factory=dict)

    def check(self, claim: CheckedClaim) -> Verdict:
        """Whether the voucher that the claim names pays for it. Comes after valuation, whose findings it sees."""
        number = self.named.get(claim.id, "")
        voucher, days = self.sold.get(number), self.ctx.settings(Settings).days_after_birth
        if not pays(voucher, self.families.get(claim.insuree_id), claim.id, claim.target_date, days):
            return Verdict(findings=(Finding(RejectionReason.NO_COVER),))
        if voucher is not None and not claim.failed and is_birth(claim.category, (not x.failed for x in claim.lines)):
            self.births[number] = claim
            self.sold[number] = Sold(number, voucher.family_id, claim.target_date, claim.id)
        return Verdict()

    async def write(self) -> None:
        """Note when, where and by which claim vouchers were used."""
        for number, claim in self.births.items():
            used = update(Voucher).where(Voucher.number == number, Voucher.claim_id.is_(None))
            values = {
                "claim_id": claim.id, "used_on": claim.target_date, "health_facility_id": claim.health_facility_id,
                "version": Voucher.version + 1,
            }  # fmt: skip
            await self.ctx.session.execute(used.values(values), execution_options={"synchronize_session": False})


async def examiner(ctx: Context, claims: Sequence[CheckedClaim]) -> Examiner:
    """Read what the claims name. The vouchers stay locked: two births never use one."""
    ids = [claim.id for claim in claims]
    rows = await ctx.session.execute(
        select(Claim.id, Claim.guarantee).where(Claim.id.in_(ids), Claim.guarantee.is_not(None))
    )
    named = {id: number.strip() for id, number in rows if number}
    people = [claim.insuree_id for claim in claims]
    found = await ctx.session.execute(select(Insuree.id, Insuree.family_id).where(Insuree.id.in_(people)))
    families = {id: family_id for id, family_id in found}  # noqa: C416  for mypy, rows are no pairs
    locked = (
        select(Voucher.number, Insuree.family_id, Voucher.used_on, Voucher.claim_id)
        .join(Insuree, Insuree.id == Voucher.insuree_id)
        .where(Voucher.number.in_(set(named.values())))
        .order_by(Voucher.number)
        .with_for_update(of=Voucher)
    )
    sold = {row.number: Sold(*row) for row in await ctx.session.execute(locked)}
    return Examiner(ctx, named, families, sold)


async def give_back(ctx: Context, changes: Sequence[StatusChange]) -> None:
    """A claim of a birth that goes back to the facility, or is refused, has used no voucher."""
    undone = (ClaimStatus.RETURNED, ClaimStatus.REJECTED)
    ids = [change.claim_id for change in changes if change.after in undone]
    if not ids:
        return
    unused = {"claim_id": None, "used_on": None, "health_facility_id": None, "version": Voucher.version + 1}
    await ctx.session.execute(
        update(Voucher).where(Voucher.claim_id.in_(ids)).values(unused),
        execution_options={"synchronize_session": False},
    )


async def ended(ctx: Context, insurance_number: str, on: date) -> Judgement | None:
    """What eligibility says after a birth, as claims are checked; None where vouchers have nothing to say."""
    registered = (Insuree.insurance_number == insurance_number, Insuree.ended_at.is_(None))
    household = select(Insuree.family_id).where(*registered)
    last = (
        select(Voucher.used_on)
        .join(Insuree, Insuree.id == Voucher.insuree_id)
        .where(Insuree.family_id == household.scalar_subquery(), Voucher.sold_on <= on, Voucher.valid_to >= on)
        .order_by(Voucher.sold_on.desc())
        .limit(1)
    )
    birth = await ctx.session.scalar(last)
    if birth is None or on <= last_day(birth, ctx.settings(Settings).days_after_birth):
        return None
    return Judgement(EligibilityReason.COVER_ENDED)
