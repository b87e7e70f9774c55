"""Mutations of valuation: `services` does the work."""

from dataclasses import field
from typing import Annotated

from core import Context, JobInfo, Payload, argument, mutation, output_type
from modules.claim.services import results
from modules.claim.types import ClaimResult
from modules.valuation import rights, services
from modules.valuation.inputs import ProcessClaimsInput


@output_type
class ProcessClaimsPayload(Payload):
    """What became of claims that were processed."""

    results: Annotated[list[ClaimResult], argument("Each claim, in the ids' order.")] = field(default_factory=list)
    job: Annotated[JobInfo | None, argument("Values the claims that the filter chose: too many at once.")] = None


@mutation(ProcessClaimsPayload, right=rights.PROCESS)
async def process_claims(ctx: Context, input: ProcessClaimsInput) -> ProcessClaimsPayload:
    """Value checked claims: each becomes VALUATED, or PROCESSED while relative prices wait for a batch run."""
    processed = await services.process_claims(ctx, input)
    return ProcessClaimsPayload(results=results(ctx, processed), job=processed.job)
