"""What can be done."""

from datetime import date
from typing import Annotated
from uuid import UUID

from bima_allergies import models, rights, services
from bima_allergies.types import Allergy
from core import Context, MutationInput, argument, input_type, mutation


@input_type
class RecordAllergyInput(MutationInput):
    """An allergy that was noticed."""

    insuree_id: Annotated[UUID, argument("Whose it is.")]
    substance: Annotated[str, argument("What the person must not be given.")]
    noticed_on: Annotated[date, argument("When it was noticed; not in the future.")]


@mutation(Allergy, right=rights.RECORD)
async def record_allergy(ctx: Context, input: RecordAllergyInput) -> models.Allergy:
    """Record an allergy of an insured person."""
    return await services.record(ctx, input.insuree_id, input.substance, input.noticed_on)
