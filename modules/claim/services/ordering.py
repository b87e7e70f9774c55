"""Bulk mutations of more claims than go at a time: they order a job, which works through the claims in chunks."""

from asyncio import TaskGroup
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, select, true, tuple_

from core import Actor, Context, JobInfo, clock, defer, visible
from core.history import sign
from core.jobs import JobState, report_progress
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.types import ClaimSelectionInput
from modules.insuree.models import Insuree

MOST_CLAIMS = 1000
"""Claims that go at a time."""
LANES = 2
"""Chunks of an order that are under way at once."""


@dataclass(frozen=True)
class Chosen:
    """A `ClaimSelectionInput` as it goes into the queue and comes out of it."""

    health_facility_id: UUID | None
    date_from: date | None
    date_to: date | None
    claimed_from: date | None
    claimed_to: date | None


@dataclass(frozen=True)
class Order:
    """Who ordered what, when: the job sees the claims that this account saw, and writes in its name.

    Claims that changed since are left alone: they are not what was ordered, or an earlier try of the job had them.
    """

    account_id: UUID | None
    name: str
    unbounded: bool
    scopes: Mapping[str, tuple[UUID, ...]]
    chosen: Chosen
    given_at: datetime

    @property
    def actor(self) -> Actor:
        """The account as it was; it holds no rights: those were asked for when the order was given."""
        return Actor(self.account_id, self.name, scopes=self.scopes, unbounded=self.unbounded)


async def order(ctx: Context, job: str, chosen: ClaimSelectionInput) -> JobInfo:
    """Order a job for the claims that a filter chooses, in the transaction under way."""
    actor = ctx.actor
    given = Order(actor.id, actor.name, actor.unbounded, actor.scopes, Chosen(**vars(chosen)), clock.now())
    return JobInfo(id=await defer(ctx, job, order=given), status=JobState.WAITING)


async def in_chunks(
    ctx: Context,
    order: Order,
    due: Collection[ClaimStatus],
    work: Callable[[Context, Sequence[UUID]], Awaitable[object]],
) -> None:
    """Work through the due claims of an order, in its name.

    It may be killed at any moment and run again: a claim that is done is not due any more.
    """
    await go_through(ctx, order.actor, _left(ctx, order, due), work)


async def go_through(
    ctx: Context, actor: Actor, claims: Select[date, UUID], work: Callable[[Context, Sequence[UUID]], Awaitable[object]]
) -> None:
    """Work through claims in chunks, each in a transaction of its own, in an account's name; a job's progress is told.

    Two chunks are under way at once: while the database writes one, the other is computed. Claims of one family are
    never in two at once, and come in the order of care. `claims`: day of care and id, as of `chosen_claims`.
    """
    total = await ctx.session.scalar(select(func.count()).select_from(claims.subquery()))
    done = 0

    async def lane(number: int) -> None:
        nonlocal done
        after = None
        while True:
            async with ctx.host.db.beside() as session:
                own = Context(ctx.host, actor, request_id=ctx.request_id, _session=session)
                await sign(session, own)
                left = _in_lane(claims, number)
                if after is not None:
                    left = left.where(tuple_(Claim.date_from, Claim.id) > after)
                chunk = (await session.execute(left.limit(MOST_CLAIMS))).all()
                if not chunk:
                    return
                await work(own, [id for _, id in chunk])
            done, after = done + len(chunk), tuple(chunk[-1])
            await report_progress(ctx, min(99, 100 * done // max(1, total or 0)))

    try:
        async with TaskGroup() as lanes:
            for number in range(LANES):
                lanes.create_task(lane(number))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None  # the first stopped the others


def _in_lane(claims: Select[date, UUID], number: int) -> Select[date, UUID]:
    """The claims of one half of the families: claims that share a policy stay behind each other.

    Looked up claim by claim and said as a case, which the planner takes for true of every other one: a join, or an
    equality that it takes for rare, made it read and sort all claims of the order for each chunk.
    """
    family = select(func.coalesce(Insuree.family_id, Insuree.id)).where(Insuree.id == Claim.insuree_id)
    last_byte = func.get_byte(func.uuid_send(family.scalar_subquery()), 15)
    return claims.where(case((last_byte % LANES == number, true()), else_=false()))


def chosen_claims(
    ctx: Context, chosen: ClaimSelectionInput | Chosen, due: Collection[ClaimStatus], *also: ColumnElement[bool]
) -> Select[date, UUID]:
    """Day of care and id of the due claims that a filter chooses and the actor may see, the oldest care first."""
    which = (*visible(ctx, Claim), Claim.status.in_(due), *also, *_matching(chosen))
    return select(Claim.date_from, Claim.id).where(*which).order_by(Claim.date_from, Claim.id)


def _left(ctx: Context, order: Order, due: Collection[ClaimStatus]) -> Select[date, UUID]:
    asker = Context(ctx.host, order.actor)
    return chosen_claims(asker, order.chosen, due, Claim.updated_at <= order.given_at)


def _matching(chosen: ClaimSelectionInput | Chosen) -> Iterator[ColumnElement[bool]]:
    if chosen.health_facility_id is not None:
        yield Claim.health_facility_id == chosen.health_facility_id
    if chosen.date_from is not None:
        yield Claim.date_from >= chosen.date_from
    if chosen.date_to is not None:
        yield Claim.date_from <= chosen.date_to
    if chosen.claimed_from is not None:
        yield Claim.claimed_on >= chosen.claimed_from
    if chosen.claimed_to is not None:
        yield Claim.claimed_on <= chosen.claimed_to
