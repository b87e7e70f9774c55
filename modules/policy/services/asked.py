"""All that eligibility looks at of a person, read by one statement whatever is asked for (decision 37)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Date, DateTime, FromClause, Select, String, Uuid, func, literal, select, true

from core import Context, LookupRow, Prepared, bound, clock, outer
from core.hooks import implementations
from modules.insuree.models import Insuree, InsureePhoto
from modules.medical.models import Item, Service
from modules.medical.rules import ServiceCategory
from modules.policy import rules
from modules.policy.hooks import HeldCover, Taken, Usage
from modules.policy.models import Cover, Policy, Verification
from modules.policy.rules import PolicyStage, PolicyStatus
from modules.product.models import CategoryLimit
from modules.product.models import Cover as ProductCover

Part = TypeVar("Part", bound=NamedTuple)


class Person(NamedTuple):
    """Whose number it is, with the lookup's row of the gender and the photo that is shown."""

    id: UUID
    insurance_number: str
    last_name: str
    other_names: str
    birth_date: date
    family_id: UUID | None
    gender_id: UUID | None = None
    photo_file_id: UUID | None = None
    photo_taken_on: date | None = None


class AskedService(NamedTuple):
    """A service of the register."""

    id: UUID
    category: ServiceCategory | None


class AskedItem(NamedTuple):
    """An item of the register."""

    id: UUID


class PlainPolicy(NamedTuple):
    """A policy as eligibility sees it."""

    id: UUID
    product_id: UUID
    terms_id: UUID
    stage: PolicyStage
    status: PolicyStatus
    effective_on: date | None
    expires_on: date


class Promise(NamedTuple):
    """What a product's terms say of an item or a service that they cover."""

    id: UUID
    waiting_period_adult: int
    waiting_period_child: int
    limit_number_adult: int | None
    limit_number_child: int | None


class _Days(NamedTuple):
    first: date
    last: date


@dataclass(frozen=True)
class Held:
    """A policy that covers somebody on a day, the whole of that cover, and what its product says of the care.

    `limits`: how many claims of each category of care the terms allow. `usage`: what claims took; None if nobody knows.
    """

    policy: PlainPolicy
    member: rules.MemberCover
    service: Promise | None
    item: Promise | None
    limits: dict[ServiceCategory, int | None]
    usage: Usage | None


@dataclass(frozen=True)
class Asked:
    """What was found. `recent` counts how often the account asked in the last minute."""

    recent: int
    person: Person | None
    service: AskedService | None
    item: AskedItem | None
    held: Held | None


async def read(
    ctx: Context, number: str, on: date, service_code: str | None, item_code: str | None, *, counted: bool
) -> Asked:
    """Read it. `counted`: whether it matters how often the account asked."""
    now = clock.now()
    usage = tuple(implementation.function for implementation in implementations(ctx.host, "usage"))
    statement, taken = _statement(usage, counted)
    counting = {"account": ctx.actor.id, "since": now - timedelta(minutes=1), "now": now} if counted else {}
    [row] = await statement.rows(
        ctx,
        **counting,
        number=number,
        on=on,
        service_code=service_code,
        item_code=item_code,
    )
    values = iter(row)
    recent = next(values)
    person, service, item = _part(values, Person), _part(values, AskedService), _part(values, AskedItem)
    policy, of_service, of_item = _part(values, PlainPolicy), _part(values, Promise), _part(values, Promise)
    days, categories, numbers = _part(values, _Days), next(values), next(values)
    held = None
    if person is not None and policy is not None and days is not None:
        known = None
        if taken is not None:
            ids = (service.id if service else None, item.id if item else None)
            known = taken.usage(tuple(values), HeldCover(policy.id, policy.terms_id, person.id, *ids, *days))
        # What lapsed since has no effective date any more; it covered this day from the day the cover began.
        member = rules.MemberCover(policy.stage is PolicyStage.NEW, policy.effective_on or days.first, *days)
        limits = dict(zip(categories or (), numbers or (), strict=True))
        held = Held(policy, member, of_service, of_item, limits, known)
    return Asked(recent, person, service, item, held)


def _part(values: Iterator[Any], kind: type[Part]) -> Part | None:
    found = [next(values) for _ in kind._fields]
    return None if found[0] is None else kind(*found)


@lru_cache(maxsize=100)
def _statement(usage: tuple[Callable[..., Taken | None], ...], counted: bool) -> tuple[Prepared, Taken | None]:
    """The statement where modules answer the hook `usage` so, and what they read in it."""
    person, gender, photo = (
        model.__table__.alias(name)
        for model, name in ((Insuree, "person"), (LookupRow, "gender"), (InsureePhoto, "photo"))
    )
    service, item = Service.__table__.alias("service"), Item.__table__.alias("item")
    asked = select((_recent() if counted else literal(0)).label("recent")).subquery("asked")
    held = _held(person, service, item).lateral("held")
    days, limits = _days(person, held).lateral("days"), _limits(held).lateral("limits")
    number, code, other = (bound(name, String) for name in ("number", "service_code", "item_code"))
    source = (
        asked.outerjoin(person, (person.c.insurance_number == number) & person.c.ended_at.is_(None))
        .outerjoin(gender, (gender.c.kind == "gender") & (gender.c.code == person.c.gender_code))
        .outerjoin(photo, (photo.c.insuree_id == person.c.id) & photo.c.replaced_at.is_(None))
        .outerjoin(service, (service.c.code == code) & service.c.ended_at.is_(None))
        .outerjoin(item, (item.c.code == other) & item.c.ended_at.is_(None))
        .outerjoin(held, true())
        .outerjoin(days, true())
        .outerjoin(limits, true())
    )
    columns = [
        asked.c.recent,
        *(person.c[name] for name in Person._fields[:6]), gender.c.id, photo.c.file_id, photo.c.taken_on,
        service.c.id, service.c.category, item.c.id,
        *held.c, *days.c, *limits.c,
    ]  # fmt: skip
    ids = (held.c.policy_id, held.c.policy_terms_id, person.c.id, service.c.id, item.c.id)
    cover = HeldCover(*map(outer, (*ids, days.c.first, days.c.last)))
    taken = next((found for function in usage if (found := function(cover=cover)) is not None), None)
    if taken is not None:
        took = taken.query.where(cover.policy_id.is_not(None)).lateral("taken")
        source, columns = source.outerjoin(took, true()), [*columns, *took.c]
    return Prepared("policy.eligibility", select(*columns).select_from(source)), taken


def _recent() -> Any:
    asked, moment = Verification.__table__, DateTime(timezone=True)
    # Between two moments PostgreSQL expects few; after one, a third of all. Then it would plan anew for each request.
    recent = select(func.count()).where(
        asked.c.account_id == bound("account", Uuid),
        asked.c.created_at.between(bound("since", moment), bound("now", moment)),
    )
    return recent.scalar_subquery()


def _held(person: FromClause, service: FromClause, item: FromClause) -> Select[Any]:
    """The policy that covers the person on the day: one that has what is asked for, then the one that expires last."""
    policy, cover, on = Policy.__table__.alias("policy"), Cover.__table__.alias("cover"), bound("on", Date)
    of_service, of_item = ProductCover.__table__.alias("of_service"), ProductCover.__table__.alias("of_item")
    promised = (of_service.c.service_id == outer(service.c.id)), (of_item.c.item_id == outer(item.c.id))
    return (
        select(
            *_labelled("policy", policy, PlainPolicy._fields),
            *_labelled("service", of_service, Promise._fields),
            *_labelled("item", of_item, Promise._fields),
        )
        .select_from(
            cover.join(policy, policy.c.id == cover.c.policy_id)
            .outerjoin(of_service, (of_service.c.terms_id == policy.c.terms_id) & promised[0])
            .outerjoin(of_item, (of_item.c.terms_id == policy.c.terms_id) & promised[1])
        )
        .where(
            cover.c.insuree_id == outer(person.c.id),
            cover.c.starts_on <= on,
            cover.c.ends_on >= on,
            policy.c.ended_at.is_(None),
        )
        .order_by(
            of_service.c.id.is_not(None).desc(), of_item.c.id.is_not(None).desc(), policy.c.expires_on.desc(),
            policy.c.id,
        )
        .limit(1)
    )  # fmt: skip


def _labelled(prefix: str, table: FromClause, names: Sequence[str]) -> Iterator[Any]:
    return (table.c[name].label(f"{prefix}_{name}") for name in names)


def _days(person: FromClause, held: FromClause) -> Select[Any]:
    """The first and the last day of the person's cover by the policy, suspensions in between included."""
    cover = Cover.__table__.alias("whole")
    return select(func.min(cover.c.starts_on).label("first"), func.max(cover.c.ends_on).label("last")).where(
        cover.c.policy_id == outer(held.c.policy_id), cover.c.insuree_id == outer(person.c.id)
    )


def _limits(held: FromClause) -> Select[Any, Any]:
    """How many claims of each category of care the terms allow; those they do not name have no limit."""
    limit = CategoryLimit.__table__.alias("category_limit")
    return select(
        func.array_agg(limit.c.category).label("categories"), func.array_agg(limit.c.max_number).label("numbers")
    ).where(limit.c.terms_id == outer(held.c.policy_terms_id))
