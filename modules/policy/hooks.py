"""What other modules can add to policies, and what they are told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select

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


class HeldCover(NamedTuple):
    """The cover that somebody holds on a day, and the item and the service of the register that are asked for, if any.

    `first` and `last` are the first and last day of the person's cover by the policy. In the hook `usage` all of them
    are columns of the statement under way; in `Taken.usage` they are their values.
    """

    policy_id: Any
    terms_id: Any
    insuree_id: Any
    service_id: Any
    item_id: Any
    first: Any
    last: Any


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
class Taken:
    """How to find out what claims took: a query of one row, read along with the cover, and what that row means.

    `usage` gets the row's values, in the order of the query's columns; all are None if the query gave no row.
    """

    query: Select[Any]
    usage: Callable[[Sequence[Any], HeldCover], Usage]


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
def usage(cover: HeldCover) -> Taken | None:
    """How to find out what the person's claims took from the policy between the first and the last day of the cover.

    Everybody waits for eligibility, so it is one statement with all that is asked of the database: give the query, with
    the columns of `cover` for its values. Asked once for each set of modules; the first answer counts.
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

    Asked before anything is judged here; the first answer counts, None leaves it to the policies here. Somebody
    waits: set a time-out, and raise `Busy` where the other system does not answer: nobody is turned away for that.
    """
