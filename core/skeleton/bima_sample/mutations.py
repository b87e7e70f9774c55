"""What can be done through the API: thin, the services do the work."""

from typing import Annotated

from bima_sample import models, rights, services
from bima_sample.types import SampleEntry
from core import Context, MutationInput, argument, input_type, mutation


@input_type
class RecordSampleEntryInput(MutationInput):
    """An entry to record."""

    code: Annotated[str, argument("Unique among the entries.")]
    name: Annotated[str, argument("What it is called.")]


@mutation(SampleEntry, right=rights.RECORD)
async def record_sample_entry(
    ctx: Context,
    input: RecordSampleEntryInput,
) -> models.Entry:
    """Record an entry."""
    return await services.record(ctx, input.code, input.name)
