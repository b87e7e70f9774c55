"""Root queries of contributions, payers and fundings, and the fields that contributions add to policies."""

from typing import Annotated
from uuid import UUID

from sqlalchemy import func, not_, select

from core import SQL, Money, Where, argument, expression, one, page
from modules.contribution import models, rights
from modules.contribution.types import Contribution, Funding, Payer
from modules.policy import models as policy_models


@page(Contribution, order=("-paid_on", "-id"), right=rights.READ)
def contributions(contribution: type[models.Contribution]) -> Where:
    """Contributions you may see, voided ones too, paid last first."""
    yield from ()


@one(Contribution, right=rights.READ)
def contribution(
    contribution: type[models.Contribution], id: Annotated[UUID, argument("The contribution's id.")]
) -> Where:
    """One contribution."""
    yield contribution.id == id


@page(Contribution, order=("-paid_on", "-id"), right=rights.READ, seen_with_parent=True)
def contributions_of_policy(policy: type[policy_models.Policy], contribution: type[models.Contribution]) -> Where:
    """The money paid for the policy, voided contributions too, paid last first."""
    yield contribution.policy_id == policy.id


# In the API it is `contributions`, as at the root.
contributions_of_policy.python_name = "contributions"


@expression
def balance(policy: type[policy_models.Policy]) -> SQL[Money]:
    """What is still to be paid of the value; negative when overpaid. Photo fees count for nothing."""
    paid = models.Contribution.__table__.alias()
    of_policy = (paid.c.policy_id == policy.id, paid.c.voided_at.is_(None), not_(paid.c.is_photo_fee))
    return policy.value - select(func.coalesce(func.sum(paid.c.amount), 0)).where(*of_policy).scalar_subquery()


@page(Payer, order=("name", "id"), right=rights.PAYER_READ)
def payers(payer: type[models.Payer]) -> Where:
    """Payers, by name."""
    yield payer.ended_at.is_(None)


@one(Payer, right=rights.PAYER_READ)
def payer(payer: type[models.Payer], id: Annotated[UUID, argument("The payer's id.")]) -> Where:
    """One payer, a removed one too."""
    yield payer.id == id


@page(Funding, order=("-paid_on", "-id"), right=rights.FUNDING_READ)
def fundings(funding: type[models.Funding]) -> Where:
    """What payers funded, given last first."""
    yield from ()


@one(Funding, right=rights.FUNDING_READ)
def funding(funding: type[models.Funding], id: Annotated[UUID, argument("The funding's id.")]) -> Where:
    """One funding."""
    yield funding.id == id
