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
    insuree_id: Annotated[UUID, argument("Who buys it: the head of a household of her own.")]


@mutation(Voucher, right=rights.SELL)
async def sell_voucher(ctx: Context, input: SellVoucherInput) -> models.Voucher:
    """Sell a voucher at the scheme's price: a policy of the woman and her newborn, paid for, from today on."""
    return await services.sell(ctx, input.number, input.insuree_id)
