"""Cover in the database: intervals are opened, ended and dropped as the rules say, and nothing else is touched."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Uuid, select

from core import Context, Prepared, bound, clock, columns_of, insert, of_session
from modules.policy import rules
from modules.policy.models import Cover, Policy, PricedMember
from modules.policy.rules import CoverEnd, PolicyStatus
from modules.policy.settings import Settings


class Place(NamedTuple):
    """A person's place on a policy; the names are those of the columns."""

    id: UUID
    insuree_id: UUID
    birth_date: date
    added_on: date | None
    owed: Decimal | None


async def settle(ctx: Context, policy: Policy, credit: Decimal) -> None:
    """Bring everybody's cover in line with the policy's state and the money that counts on it (decisions 19 and 22)."""
    newborn_days = ctx.settings(Settings).newborn_days
    new: list[Cover] = []
    for place, own in (await _places(ctx, policy)).items():
        first = _first_day(policy, place, credit, newborn_days)
        new += await _write(ctx, policy.id, place.insuree_id, own, _wanted(policy, _plain(own), first))
    await insert(ctx, new)


async def end(ctx: Context, policies: Iterable[Policy], insuree_id: UUID, last: date, ended_by: CoverEnd) -> None:
    """End a person's cover by these policies with a day of its own: a death, a removal."""
    ids = [policy.id for policy in policies]
    covers = select(Cover).where(Cover.policy_id.in_(ids), Cover.insuree_id == insuree_id)
    rows = (await ctx.session.scalars(covers)).all()
    for id in ids:
        own = [row for row in rows if row.policy_id == id]
        await insert(ctx, await _write(ctx, id, insuree_id, own, rules.end_cover(_plain(own), last, ended_by)))


async def stop(ctx: Context, policy: Policy, ended_by: CoverEnd) -> None:
    """End everybody's cover by a policy; what was covered before today stays covered."""
    rows = (await ctx.session.scalars(select(Cover).where(Cover.policy_id == policy.id))).all()
    for insuree_id in {row.insuree_id for row in rows}:
        own = [row for row in rows if row.insuree_id == insuree_id]
        wanted = rules.stop_cover(_plain(own), clock.today(), ended_by)
        await insert(ctx, await _write(ctx, policy.id, insuree_id, own, wanted))


async def _places(ctx: Context, policy: Policy) -> dict[Place, list[Cover]]:
    """Who has a place on the policy, each with the cover there is, in one statement."""
    places: dict[Place, list[Cover]] = {}
    size = len(Place._fields)
    for row in await _covered_places().rows(ctx, policy=policy.id):
        own = places.setdefault(Place(*row[:size]), [])
        if row[size] is not None:
            own.append(of_session(ctx.session, Cover, row[size:]))
    return places


@lru_cache(maxsize=1)
def _covered_places() -> Prepared:
    policy = bound("policy", Uuid)
    return Prepared(
        "policy.places",
        select(*(getattr(PricedMember, name) for name in Place._fields), *columns_of(Cover))
        .outerjoin(Cover, (Cover.policy_id == policy) & (Cover.insuree_id == PricedMember.insuree_id))
        .where(PricedMember.policy_id == policy, PricedMember.left_on.is_(None)),
    )


async def _write(
    ctx: Context, policy_id: UUID, insuree_id: UUID, rows: Iterable[Cover], wanted: Iterable[rules.Cover]
) -> list[Cover]:
    """Make a person's rows say what is wanted; those that must be inserted come back.

    The rules never move an interval's first day, so it names the row.
    """
    left, new = {row.starts_on: row for row in rows}, []
    for cover in wanted:
        row = left.pop(cover.first, None)
        if row is None:
            row = Cover(policy_id=policy_id, insuree_id=insuree_id, starts_on=cover.first)
            new.append(row)
        row.ends_on, row.ended_by = cover.last, cover.ended_by
    for row in left.values():
        await ctx.session.delete(row)
    return new


def _wanted(policy: Policy, covers: Sequence[rules.Cover], first: date | None) -> tuple[rules.Cover, ...]:
    today = clock.today()
    if policy.status is PolicyStatus.EXPIRED:
        return tuple(covers)
    if policy.status is PolicyStatus.SUSPENDED:
        return rules.stop_cover(covers, today, CoverEnd.SUSPENSION)
    if policy.status is not PolicyStatus.ACTIVE or first is None:
        return rules.stop_cover(covers, today, CoverEnd.MONEY)
    return rules.open_cover(covers, first, policy.expires_on)


def _first_day(policy: Policy, place: Place, credit: Decimal, newborn_days: int) -> date | None:
    """The first day of a member's cover; days of a suspension that was lifted stay uncovered."""
    first = policy.effective_on
    if place.added_on is not None:
        newcomer = rules.Newcomer(place.birth_date, place.added_on, place.owed)
        first = rules.newcomer_from(newcomer, policy.effective_on, credit, newborn_days)
    if first is None or policy.resumed_on is None:
        return first
    return max(first, policy.resumed_on)


def _plain(rows: Iterable[Cover]) -> list[rules.Cover]:
    return [rules.Cover(row.starts_on, row.ends_on, row.ended_by) for row in rows]
