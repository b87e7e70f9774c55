"""Mutations of contributions, payers and fundings: `services` does the work."""

from core import Context, mutation
from modules.contribution import inputs, models, rights, services
from modules.contribution.types import Contribution, Funding, Payer


@mutation(Contribution, right=rights.RECORD)
async def record_contribution(ctx: Context, input: inputs.RecordContributionInput) -> models.Contribution:
    """Record money paid for a policy; the policy becomes active when that completes what is due."""
    return await services.record(ctx, input)


@mutation(Contribution, right=rights.UPDATE)
async def update_contribution(ctx: Context, input: inputs.UpdateContributionInput) -> models.Contribution:
    """Correct a contribution; its policy is worked out anew."""
    return await services.update(ctx, input)


@mutation(Contribution, right=rights.VOID)
async def delete_contribution(ctx: Context, input: inputs.DeleteContributionInput) -> models.Contribution:
    """Void a contribution: it stays visible with the reason, and its policy is worked out without it."""
    return await services.void(ctx, input)


@mutation(Contribution, right=rights.CONFIRM)
async def confirm_payment(ctx: Context, input: inputs.ConfirmPaymentInput) -> models.Contribution:
    """Confirm that a contribution's money has arrived; a policy that waits for it becomes active."""
    return await services.confirm_payment(ctx, input)


@mutation(Payer, right=rights.PAYER_CREATE)
async def create_payer(ctx: Context, input: inputs.CreatePayerInput) -> models.Payer:
    """Add a payer."""
    return await services.create_payer(ctx, input)


@mutation(Payer, right=rights.PAYER_UPDATE)
async def update_payer(ctx: Context, input: inputs.UpdatePayerInput) -> models.Payer:
    """Change a payer."""
    return await services.update_payer(ctx, input)


@mutation(Payer, right=rights.PAYER_DELETE)
async def delete_payer(ctx: Context, input: inputs.DeletePayerInput) -> None:
    """Remove a payer that paid nothing."""
    await services.delete_payer(ctx, input)


@mutation(Funding, right=rights.FUNDING_RECORD)
async def record_funding(ctx: Context, input: inputs.RecordFundingInput) -> models.Funding:
    """Record money that a payer gave for a product."""
    return await services.record_funding(ctx, input)


@mutation(Funding, right=rights.FUNDING_UPDATE)
async def change_funding_status(ctx: Context, input: inputs.ChangeFundingStatusInput) -> models.Funding:
    """Say where a payer's money stands: paid, with the accountant, reconciled."""
    return await services.change_funding_status(ctx, input)
