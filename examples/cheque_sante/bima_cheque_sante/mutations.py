"""What can be done."""

from typing import Annotated
from uuid import UUID

from bima_cheque_sante import models, rights, services
from bima_cheque_sante.types import Voucher
from core import Context, MutationInput, argument, input_type, mutation


@input_type
class SellVoucherInput(MutationInput):
    """A voucher for somebody."""

    number: Annotated[str, argument("The number on the paper; at most 20 characters.")]
    insuree_id: Annotated[UUID, argument("Who buys it.")]


@input_type
class UseVoucherInput(MutationInput):
    """A voucher that is handed in at a facility."""

    number: Annotated[str, argument("The number on the paper.")]
    health_facility_id: Annotated[UUID, argument("The facility that takes it.")]


@mutation(Voucher, right=rights.SELL)
async def sell_voucher(ctx: Context, input: SellVoucherInput) -> models.Voucher:
    """Sell a voucher at the scheme's price, valid from today."""
    return await services.sell(ctx, input.number, input.insuree_id)


@mutation(Voucher, right=rights.USE)
async def use_voucher(ctx: Context, input: UseVoucherInput) -> models.Voucher:
    """Take a voucher, which pays for nothing afterwards."""
    return await services.use(ctx, input.number, input.health_facility_id)
