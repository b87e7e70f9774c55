"""Mutations of policies: `services` does the work."""

from core import Context, mutation
from modules.policy import inputs, models, rights, services
from modules.policy.types import Policy, PolicyRenewal


@mutation(Policy, right=rights.ENROL)
async def enrol_policy(ctx: Context, input: inputs.EnrolPolicyInput) -> models.Policy:
    """Enrol a family in a product. The server sets price, dates and members covered."""
    return await services.enrol(ctx, input)


@mutation(Policy, right=rights.RENEW)
async def renew_policy(ctx: Context, input: inputs.RenewPolicyInput) -> models.Policy:
    """Let a policy follow another one of the same family. The server sets price, dates and members covered."""
    return await services.renew(ctx, input)


@mutation(PolicyRenewal, right=rights.RENEW)
async def answer_policy_renewal(ctx: Context, input: inputs.AnswerPolicyRenewalInput) -> models.Renewal:
    """Answer a prompt: renew its policy, or record that the family does not go on."""
    return await services.answer(ctx, input)


@mutation(Policy, right=rights.SUSPEND)
async def suspend_policy(ctx: Context, input: inputs.SuspendPolicyInput) -> models.Policy:
    """Stop a policy: nobody is covered from today."""
    return await services.suspend(ctx, input)


@mutation(Policy, right=rights.SUSPEND)
async def resume_policy(ctx: Context, input: inputs.ResumePolicyInput) -> models.Policy:
    """Go on with a suspended policy, in the state that money and dates imply."""
    return await services.resume(ctx, input)


@mutation(Policy, right=rights.DELETE)
async def delete_policy(ctx: Context, input: inputs.DeletePolicyInput) -> None:
    """Delete a policy whose cover nobody used; its contributions are voided."""
    await services.delete(ctx, input)
