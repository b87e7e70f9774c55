"""What other modules can add to policies, and what they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from core import Context, ErrorCode, hookspec
from core.money import ZERO
from modules.medical.rules import ServiceCategory
from modules.policy.models import Policy, Renewal
from modules.policy.rules import EligibilityReason, Member, PolicyStage, PolicyStatus, Price, Terms


@dataclass(frozen=True)
class Proposal:
    """What is to be priced: a family's members, or people not registered yet, in a product's terms.

    `previous_expiry` is that of the policy to be renewed, `category` the family's membership category, `seated` the ids
    of members who already have a place on the policy.
    """

    product_id: UUID
    terms: Terms
    members: tuple[Member, ...]
    stage: PolicyStage
    enrolled_on: date
    starts_on: date
    expires_on: date
    previous_expiry: date | None = None
    category: str | None = None
    seated: frozenset[UUID] = frozenset()
    family_id: UUID | None = None


@dataclass(frozen=True)
class Finding:
    """Something a check found: a code with its message's parameters, and where in the input it lies.

    It stops the enrolment if it `refuses`.
    """

    code: ErrorCode
    parameters: Mapping[str, object] = field(default_factory=dict)
    path: str = "productId"
    refuses: bool = True


@dataclass(frozen=True)
class Standing:
    """What the money recorded for a policy says.

    `status`: IDLE, READY or ACTIVE, as contributions and enforcement alone imply. `effective_on`: from when, if active.
    `credit`: the money that counts towards what is due of the policy's value.
    """

    status: PolicyStatus
    effective_on: date | None
    credit: Decimal


@dataclass(frozen=True)
class Care:
    """An item or a service of the register somebody asks for, by id; None where none is asked for."""

    service_id: UUID | None = None
    item_id: UUID | None = None


@dataclass(frozen=True)
class Usage:
    """What a person's earlier claims that count took from a policy.

    `service` and `item` are the quantities of those asked for on lines that passed, `claims` the numbers of claims by
    category of care. `ceiling` is the money up to which the policy still pays; None: no limit.
    """

    service: Decimal = ZERO
    item: Decimal = ZERO
    claims: Mapping[ServiceCategory, int] = field(default_factory=dict)
    ceiling: Decimal | None = None


@dataclass(frozen=True)
class Judgement:
    """What another system says of somebody's cover: why there is none, or what is left of it in money if it tells."""

    reason: EligibilityReason | None = None
    ceiling: Decimal | None = None


# Rules over plain data.


@hookspec(firstresult=True)
def price_policy(proposal: Proposal) -> Price | None:
    """Price a policy in another way than `rules.price`; None leaves it to the next, at last to that."""


@hookspec
def check_policy(proposal: Proposal, price: Price) -> Sequence[Finding] | None:
    """What is odd about a policy that is about to be made; a quote shows it, an enrolment stops at what refuses."""


# In the transaction of the change.


@hookspec
async def payments(ctx: Context, policies: Sequence[Policy]) -> Mapping[UUID, Standing] | None:
    """What was paid for the policies, by policy id. Asked whenever a policy's state is to be worked out anew."""


@hookspec
async def policy_activated(ctx: Context, policy: Policy) -> None:
    """The policy has just become active."""


@hookspec
async def policy_deleted(ctx: Context, policy: Policy) -> None:
    """The policy was deleted: end what belongs to it, or raise a user error to keep it."""


@hookspec
async def renewal_prompted(ctx: Context, renewals: Sequence[Renewal]) -> None:
    """These prompts for renewal were just made, many at once: tell the officers, or the families, once it commits."""


# What claims know.


@hookspec
async def usage(ctx: Context, policy_id: UUID, insuree_id: UUID, care: Care, first: date, last: date) -> Usage | None:
    """What the person's claims took from the policy between two days, both included, those of the person's cover.

    Not asked when nothing covers the person. The first answer counts.
    """


@hookspec
async def cover_used(ctx: Context, policy_id: UUID, first: date, last: date, insuree_id: UUID | None) -> bool | None:
    """Whether claims, of one person if given, used the policy's cover between two days, both included.

    One yes is enough.
    """


# Where policies are kept elsewhere.


@hookspec
async def judge_cover(
    ctx: Context, insurance_number: str, on: date, service_code: str | None, item_code: str | None
) -> Judgement | None:
    """Whether the holder of a number is covered, by a system that keeps policies instead of this one.

    Asked first of all when eligibility is; the first answer counts, None leaves it to the policies here. Somebody
    waits: set a time-out, and raise `Busy` where the other system does not answer: nobody is turned away for that.
    """
