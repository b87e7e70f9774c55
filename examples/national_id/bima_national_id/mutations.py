"""What can be done."""

from typing import Annotated
from uuid import UUID

from bima_national_id import rights, services
from core import Context, MutationInput, argument, input_type, mutation
from modules.insuree import models
from modules.insuree.types import Insuree


@input_type
class CheckNationalIdInput(MutationInput):
    """Somebody to look up anew."""

    insuree_id: Annotated[UUID, argument("The person.")]


@mutation(Insuree, right=rights.ORDER)
async def check_national_id(ctx: Context, input: CheckNationalIdInput) -> models.Insuree:
    """Look a person up in the national register; the answer is there when the register has given it."""
    return await services.order_one(ctx, input.insuree_id)
