"""Mutations of claims: `services` does the work."""

from dataclasses import field
from typing import Annotated

from core import Context, Payload, argument, mutation, output_type
from modules.claim import inputs, models, rights, services
from modules.claim.types import Claim, ClaimAdministrator, ClaimResult


@output_type
class SubmitClaimsPayload(Payload):
    """What became of claims that were handed in."""

    results: Annotated[list[ClaimResult], argument("Each claim, in the ids' order.")] = field(default_factory=list)


@mutation(Claim, right=rights.CREATE)
async def create_claim(ctx: Context, input: inputs.CreateClaimInput) -> models.Claim:
    """Enter a claim of a health facility."""
    return await services.create_claim(ctx, input)


@mutation(Claim, right=rights.UPDATE)
async def update_claim(ctx: Context, input: inputs.UpdateClaimInput) -> models.Claim:
    """Change a claim that was not submitted, or that was returned."""
    return await services.update_claim(ctx, input)


@mutation(Claim, right=rights.DELETE)
async def delete_claim(ctx: Context, input: inputs.DeleteClaimInput) -> models.Claim:
    """Delete a claim that was not submitted, or that was returned."""
    return await services.delete_claim(ctx, input)


@mutation(SubmitClaimsPayload, right=rights.SUBMIT)
async def submit_claims(ctx: Context, input: inputs.SubmitClaimsInput) -> SubmitClaimsPayload:
    """Hand claims in: each is checked, and becomes CHECKED, or REJECTED with its reason."""
    return SubmitClaimsPayload(results=services.results(ctx, await services.submit_claims(ctx, input)))


@mutation(Claim, right=rights.REVIEW)
async def review_claim(ctx: Context, input: inputs.ReviewClaimInput) -> models.Claim:
    """Settle quantities, prices and lines of a checked claim."""
    return await services.review_claim(ctx, input)


@mutation(Claim, right=rights.REVIEW)
async def return_claim(ctx: Context, input: inputs.ReturnClaimInput) -> models.Claim:
    """Send a checked claim back to the facility for correction."""
    return await services.return_claim(ctx, input)


@mutation(Claim, right=rights.REVIEW)
async def reject_claim(ctx: Context, input: inputs.RejectClaimInput) -> models.Claim:
    """Reject a checked claim as a whole."""
    return await services.reject_claim(ctx, input)


@mutation(ClaimAdministrator, right=rights.ADMINISTRATOR_WRITE)
async def create_claim_administrator(
    ctx: Context, input: inputs.CreateClaimAdministratorInput
) -> models.ClaimAdministrator:
    """Add somebody who answers for the claims of a facility."""
    return await services.create_administrator(ctx, input)


@mutation(ClaimAdministrator, right=rights.ADMINISTRATOR_WRITE)
async def update_claim_administrator(
    ctx: Context, input: inputs.UpdateClaimAdministratorInput
) -> models.ClaimAdministrator:
    """Change a claim administrator."""
    return await services.update_administrator(ctx, input)


@mutation(ClaimAdministrator, right=rights.ADMINISTRATOR_WRITE)
async def delete_claim_administrator(
    ctx: Context, input: inputs.DeleteClaimAdministratorInput
) -> models.ClaimAdministrator:
    """Remove a claim administrator."""
    return await services.delete_administrator(ctx, input)
