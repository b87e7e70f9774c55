"""What contributions hold about a person: the money paid for policies that covered him or her. It names nobody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from modules.contribution.models import Contribution
from modules.insuree.hooks import Held
from modules.insuree.models import Insuree
from modules.policy.models import Cover, Policy


def held(insuree_ids: Sequence[UUID]) -> list[Held]:
    """The contributions for the families' policies, and for others that covered the people."""
    family = select(Insuree.family_id).where(Insuree.id.in_(insuree_ids))
    policies = select(Policy.id).where(Policy.family_id.in_(family))
    covered = select(Cover.policy_id).where(Cover.insuree_id.in_(insuree_ids))
    return [Held(Contribution, or_(Contribution.policy_id.in_(policies), Contribution.policy_id.in_(covered)))]
