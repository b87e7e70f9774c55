"""What the contributions recorded for policies add up to, and what they make of the policies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from core import Context, Prepared, among
from modules.contribution import rules
from modules.contribution.models import Contribution
from modules.contribution.settings import Settings
from modules.policy.hooks import Standing
from modules.policy.models import Policy


async def contributions_of(ctx: Context, policy_ids: Sequence[UUID]) -> Mapping[UUID, list[Contribution]]:
    """The contributions of some policies that were not voided, by policy."""
    rows = await ctx.session.scalars(
        select(Contribution).where(Contribution.policy_id.in_(policy_ids), Contribution.voided_at.is_(None))
    )
    found: defaultdict[UUID, list[Contribution]] = defaultdict(list)
    for row in rows:
        found[row.policy_id].append(row)
    return found


async def payments_of(ctx: Context, policy_ids: Sequence[UUID]) -> Mapping[UUID, list[rules.Payment]]:
    """The same as the rules see them, for whom does not change any."""
    found: defaultdict[UUID, list[rules.Payment]] = defaultdict(list)
    for policy_id, *payment in await _payments().rows(ctx, policies=policy_ids):
        found[policy_id].append(rules.Payment(*payment))
    return found


async def standings(ctx: Context, policies: Sequence[Policy]) -> dict[UUID, Standing]:
    """What the money paid for each policy says of it."""
    found = await payments_of(ctx, [policy.id for policy in policies])
    return {policy.id: standing(ctx, policy, found[policy.id]) for policy in policies}


def standing(ctx: Context, policy: Policy, payments: Sequence[rules.Payment]) -> Standing:
    """What these payments say of a policy, by the scheme's way of activation (decisions 16 and 19)."""
    option = ctx.settings(Settings).activation
    implied = activation(ctx, policy, payments)
    whole = rules.Bill(policy.value, policy.due, policy.starts_on, policy.enrolled_on)
    return Standing(implied.status, implied.effective_on, rules.credit(whole, rules.counting(payments, option)))


def activation(ctx: Context, policy: Policy, payments: Sequence[rules.Payment]) -> rules.Activation:
    """The state that these payments imply for a policy, from what the cover of its first members was bought with."""
    bought = rules.Bill(policy.bought_value, policy.bought_due, policy.starts_on, policy.enrolled_on)
    return rules.activation(bought, payments, ctx.settings(Settings).activation, policy.enforced_on)


@lru_cache(maxsize=1)
def _payments() -> Prepared:
    """The columns come as `rules.Payment` takes them."""
    paid = Contribution
    return Prepared(
        "contribution.payments",
        select(
            paid.policy_id, paid.amount, paid.paid_on, paid.is_photo_fee, paid.payer_id.is_not(None),
            paid.confirmed_at.is_not(None),
        ).where(among(paid.policy_id, "policies"), paid.voided_at.is_(None)),
    )  # fmt: skip


def plain(contributions: Iterable[Contribution]) -> list[rules.Payment]:
    """Contributions as the rules see them."""
    return [
        rules.Payment(
            amount=contribution.amount,
            paid_on=contribution.paid_on,
            is_photo_fee=contribution.is_photo_fee,
            by_payer=contribution.payer_id is not None,
            confirmed=contribution.confirmed_at is not None,
        )
        for contribution in contributions
    ]
