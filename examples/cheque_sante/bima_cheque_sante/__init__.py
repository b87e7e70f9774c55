"""Health vouchers for maternal care: sold once, they pay from pregnancy to 42 days after the birth, at any facility."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from bima_cheque_sante import claims as claims_
from bima_cheque_sante import errors, models, mutations, queries
from bima_cheque_sante import rights as rights_
from bima_cheque_sante import settings as settings_
from core import Base, Context, ErrorCode, Manifest, ModuleSettings, Mutation, Part, Right, extend, hook
from modules.claim.hooks import CheckedClaim, Examiner, StatusChange
from modules.insuree.hooks import Held
from modules.insuree.types import Insuree
from modules.policy.hooks import Judgement

manifest = Manifest(
    name="cheque_sante",
    title="Health vouchers",
    version="1.1.0",
    needs=("location", "insuree", "product", "policy", "contribution", "claim", "valuation"),
)


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Voucher,)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors.ALL


@hook
def graphql() -> Sequence[Part]:
    return [extend(Insuree, queries.vouchers), extend(Mutation, mutations.sell_voucher)]


@hook
async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Examiner | None:
    return await claims_.examiner(ctx, claims)


@hook
async def claims_changed_status(ctx: Context, changes: Sequence[StatusChange]) -> None:
    await claims_.give_back(ctx, changes)


@hook
async def judge_cover(ctx: Context, insurance_number: str, on: date) -> Judgement | None:
    return await claims_.ended(ctx, insurance_number, on)


@hook
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:
    """Vouchers are exported; they stay, since nothing of them tells who the person is."""
    return [Held(models.Voucher, models.Voucher.insuree_id.in_(insuree_ids))]
