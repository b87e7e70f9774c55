"""Mutations of personal data: `services` does the work."""

from typing import Annotated

from core import JSON, Context, Payload, argument, mutation, output_type
from modules.insuree import models
from modules.insuree.types import Insuree
from modules.privacy import inputs, rights, services


@output_type
class ExportPersonalDataPayload(Payload):
    """All that is held about a person."""

    data: Annotated[JSON | None, argument("By module and table, the history last; amounts are texts.")] = None


@mutation(ExportPersonalDataPayload, right=rights.EXPORT, remembered=False)
async def export_personal_data(ctx: Context, input: inputs.ExportPersonalDataInput) -> ExportPersonalDataPayload:
    """Export all that is held about a person; the history keeps who did and why."""
    return ExportPersonalDataPayload(data=await services.export(ctx, input))


@mutation(Insuree, right=rights.PSEUDONYMISE)
async def pseudonymise_person(ctx: Context, input: inputs.PseudonymisePersonInput) -> models.Insuree:
    """Take away who a person is, for good, here and in the history. Claims and money stay."""
    return await services.pseudonymise_person(ctx, input)
