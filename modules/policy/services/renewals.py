"""What families answer when they are prompted to renew."""

from sqlalchemy import select

from core import UNSET, Context, UserError, clock, find
from modules.insuree.models import Family
from modules.policy import errors
from modules.policy.inputs import AnswerPolicyRenewalInput, RenewPolicyInput
from modules.policy.models import Policy, Renewal
from modules.policy.rules import RenewalAnswer, RenewalDecision
from modules.policy.services.enrol import follow


async def answer(ctx: Context, input: AnswerPolicyRenewalInput) -> Renewal:
    """Answer a prompt: renew the policy, unless told otherwise in the product and by the officer prompted, or go.

    Whoever sees a prompt may answer it: an officer who stands in for another works in other places too.

    Raises:
        UserErrors: NOT_FOUND, STALE, RENEWAL_ANSWERED, and what `enrol.follow` raises.
    """
    renewal = await find(ctx, Renewal, input.id, "id", version=input.expected_version)
    if renewal.answer is not RenewalAnswer.NONE:
        raise UserError(errors.RENEWAL_ANSWERED, "id", date=renewal.answered_on)
    if input.answer is RenewalDecision.RENEW:
        policy = await _renew(ctx, renewal, input)
        renewal.answer, renewal.renewed_policy_id = RenewalAnswer.ACCEPTED, policy.id
    else:
        renewal.answer = RenewalAnswer.DISCONTINUED
    renewal.answered_on, renewal.answered_by = clock.today(), ctx.actor.id
    # Its version tells whether somebody else answered meanwhile; then all of this is undone.
    await ctx.session.flush()
    return renewal


async def _renew(ctx: Context, renewal: Renewal, input: AnswerPolicyRenewalInput) -> Policy:
    previous = await ctx.session.get_one(Policy, renewal.policy_id)
    family = (await ctx.session.scalars(select(Family).where(Family.id == previous.family_id).with_for_update())).one()
    order = RenewPolicyInput(
        previous_policy_id=previous.id,
        product_id=input.product_id or renewal.product_id,
        officer_id=renewal.officer_id if input.officer_id is UNSET else input.officer_id,
        enrolled_on=input.enrolled_on,
        expected_value=input.expected_value,
    )
    return await follow(ctx, order, previous, family, path="id")
