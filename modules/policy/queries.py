"""Root queries of policies, and the fields that policies add to families and insured people."""

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import select

from core import BadRequest, Context, UserError, UserErrors, Where, argument, clock, one, page, query
from modules.insuree import models as insuree_models
from modules.policy import answers, models, rights, services
from modules.policy.inputs import QuotedMemberInput
from modules.policy.rules import PolicyStage, PolicyStatus
from modules.policy.types import Eligibility, Policy, PolicyQuote, PolicyRenewal

Status = Annotated[PolicyStatus | None, argument("Only policies in this state.")]


@page(Policy, order=("-enrolled_on", "-id"), right=rights.READ)
def policies(policy: type[models.Policy]) -> Where:
    """Policies you may see, enrolled last first."""
    yield from ()


@one(Policy, right=rights.READ)
def policy(policy: type[models.Policy], id: Annotated[UUID, argument("The policy's id.")]) -> Where:
    """One policy."""
    yield policy.id == id


@page(Policy, order=("-starts_on", "-id"), right=rights.READ)
def policies_of_family(
    family: type[insuree_models.Family], policy: type[models.Policy], status: Status = None
) -> Where:
    """The family's policies, newest first."""
    yield policy.family_id == family.id
    if status is not None:
        yield policy.status == status


@page(Policy, order=("-starts_on", "-id"), right=rights.READ)
def policies_of_insuree(
    insuree: type[insuree_models.Insuree], policy: type[models.Policy], status: Status = None
) -> Where:
    """The policies that include the person, newest first."""
    place = models.PricedMember.__table__.alias()
    yield policy.id.in_(select(place.c.policy_id).where(place.c.insuree_id == insuree.id))
    if status is not None:
        yield policy.status == status


# In the API both are `policies`, each on its own type.
policies_of_family.python_name = policies_of_insuree.python_name = "policies"


@page(PolicyRenewal, order=("renewal_on", "id"), right=rights.RENEWAL_READ)
def policy_renewals(renewal: type[models.Renewal]) -> Where:
    """Prompts for renewal, due first: an officer's own and those of officers he or she stands in for, else by place."""
    yield from ()


@one(PolicyRenewal, right=rights.RENEWAL_READ)
def policy_renewal(renewal: type[models.Renewal], id: Annotated[UUID, argument("The prompt's id.")]) -> Where:
    """One prompt for renewal."""
    yield renewal.id == id


@query(right=rights.READ)
async def policy_quote(
    ctx: Context,
    product_id: Annotated[UUID, argument("The product.")],
    family_id: Annotated[UUID | None, argument("The family, if it is registered.")] = None,
    members: Annotated[list[QuotedMemberInput] | None, argument("The people, if they are not registered.")] = None,
    enrolled_on: Annotated[date | None, argument("The day of enrolment; today when left out.")] = None,
    stage: Annotated[PolicyStage, argument("Whether it would be a first policy; with previousPolicyId it is not.")] = (
        PolicyStage.NEW
    ),
    previous_policy_id: Annotated[UUID | None, argument("The policy that would be renewed.")] = None,
    membership_category_code: Annotated[
        str | None,
        argument("The membership category of people who are not registered: a code of the lookup membership_category."),
    ] = None,
) -> PolicyQuote:
    """What a policy would cost, when it would run and whom it would cover."""
    try:
        quote = await services.quote(
            ctx,
            product_id,
            family_id=family_id,
            members=members,
            enrolled_on=enrolled_on,
            stage=stage,
            previous_policy_id=previous_policy_id,
            category=membership_category_code,
        )
    except (UserError, UserErrors) as error:
        raise _bad(ctx, error) from error
    return answers.quote(ctx, quote)


@query(right=rights.ELIGIBILITY)
async def eligibility(
    ctx: Context,
    insurance_number: Annotated[str, argument("The whole number on the card.")],
    service_code: Annotated[str | None, argument("The service that is to be given.")] = None,
    item_code: Annotated[str | None, argument("The item that is to be given.")] = None,
    on: Annotated[date | None, argument("The day of care; today when left out.")] = None,
) -> Eligibility:
    """What the holder of a number is covered for, wherever the person lives. That you asked is recorded."""
    verdict = await services.eligibility(ctx, insurance_number, on or clock.today(), service_code, item_code)
    return answers.eligibility(ctx, verdict)


def _bad(ctx: Context, error: UserError | UserErrors) -> BadRequest:
    """User errors as what they are in a query: a request that cannot be answered."""
    found = error.errors if isinstance(error, UserErrors) else [error]
    return BadRequest(" ".join(one.code.message(ctx.language, one.parameters) for one in found))
