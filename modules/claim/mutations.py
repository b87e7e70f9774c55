"""Mutations of claims: `services` does the work."""

from dataclasses import field
from typing import Annotated

from core import Context, JobInfo, Payload, argument, mutation, output_type
from modules.claim import inputs, models, rights, services
from modules.claim.types import Claim, ClaimAdministrator, ClaimAttachment, ClaimFeedback, ClaimResult, ClaimSample


@output_type
class SubmitClaimsPayload(Payload):
    """What became of claims that were handed in."""

    results: Annotated[list[ClaimResult], argument("Each claim, in the ids' order.")] = field(default_factory=list)
    job: Annotated[JobInfo | None, argument("Hands the claims in that the filter chose: too many at once.")] = None


@output_type
class SelectClaimsPayload(Payload):
    """What became of claims that might be picked."""

    results: Annotated[list[ClaimResult], argument("Each claim, in the ids' order.")] = field(default_factory=list)
    submitted: Annotated[int, argument("How many claims it was about.")] = 0
    selected: Annotated[int, argument("How many of them are selected now.")] = 0
    not_selected: Annotated[int, argument("How many are not, those with errors included.")] = 0
    left: Annotated[
        int,
        argument("How many more claims the filter chooses, of which nothing was done: ask again for them."),
    ] = 0

    @classmethod
    def of(cls, ctx: Context, picked: services.Picked) -> "SelectClaimsPayload":
        """What is told of a selection."""
        about = len(picked.selection.ids)
        return cls(
            results=services.results(ctx, picked.selection),
            submitted=about,
            selected=picked.selected,
            not_selected=about - picked.selected,
            left=picked.selection.left,
        )


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
    handed_in = await services.submit_claims(ctx, input)
    return SubmitClaimsPayload(results=services.results(ctx, handed_in), job=handed_in.job)


@mutation(Claim, right=rights.RESTORE)
async def restore_claim(ctx: Context, input: inputs.RestoreClaimInput) -> models.Claim:
    """Enter a claim anew that was rejected, with everything it had, to correct it and hand it in again."""
    return await services.restore_claim(ctx, input)


@mutation(ClaimAttachment, right=rights.ATTACHMENT_WRITE)
async def add_claim_attachment(ctx: Context, input: inputs.AddClaimAttachmentInput) -> models.ClaimAttachment:
    """Add a paper to a claim that was not submitted, or that was returned."""
    return await services.add_attachment(ctx, input)


@mutation(ClaimAttachment, right=rights.ATTACHMENT_WRITE)
async def remove_claim_attachment(ctx: Context, input: inputs.RemoveClaimAttachmentInput) -> models.ClaimAttachment:
    """Take a paper away from a claim that was not submitted, or that was returned."""
    return await services.remove_attachment(ctx, input)


@mutation(SelectClaimsPayload, right=rights.SELECT)
async def select_claims_for_review(ctx: Context, input: inputs.SelectClaimsInput) -> SelectClaimsPayload:
    """Pick checked claims for review, or pass them by."""
    return SelectClaimsPayload.of(ctx, await services.select_for_review(ctx, input))


@mutation(SelectClaimsPayload, right=rights.SELECT)
async def select_claims_for_feedback(ctx: Context, input: inputs.SelectClaimsInput) -> SelectClaimsPayload:
    """Pick checked claims whose patients an enrolment officer is to ask, or pass them by."""
    return SelectClaimsPayload.of(ctx, await services.select_for_feedback(ctx, input))


@output_type
class CreateClaimSamplePayload(Payload):
    """A sample of claims."""

    claim_sample: Annotated[ClaimSample | None, argument("The sample.")] = None
    results: Annotated[list[ClaimResult], argument("Each claim, in the ids' order.")] = field(default_factory=list)
    left: Annotated[int, argument("How many more claims the filter chooses, which are not in the sample.")] = 0


@mutation(CreateClaimSamplePayload, right=rights.SAMPLE_WRITE)
async def create_claim_sample(ctx: Context, input: inputs.CreateClaimSampleInput) -> CreateClaimSamplePayload:
    """Draw some of many checked claims for review; what comes of them decides on the others."""
    sample, picked = await services.create_sample(ctx, input)
    return CreateClaimSamplePayload(
        claim_sample=sample.id,  # type: ignore[arg-type] # a mapped type is given by its id
        results=services.results(ctx, picked.selection),
        left=picked.selection.left,
    )


@mutation(ClaimSample, right=rights.SAMPLE_WRITE)
async def complete_claim_sample(ctx: Context, input: inputs.CompleteClaimSampleInput) -> models.ClaimSample:
    """Settle the claims that were not drawn by what reviews left of those that were, and value them."""
    return await services.complete_sample(ctx, input)


@mutation(ClaimFeedback, right=rights.FEEDBACK_DELIVER)
async def deliver_feedback(ctx: Context, input: inputs.DeliverFeedbackInput) -> models.Feedback:
    """Record what the patient of a claim says of the care."""
    return await services.deliver_feedback(ctx, input)


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
