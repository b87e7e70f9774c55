"""Who of a family is priced and covered: the order of its members and the cut to the product's maximum."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from modules.insuree.rules import ADULT_AGE, is_adult


class Relation(StrEnum):
    """How pricing sees a member."""

    HEAD = "HEAD"
    SPOUSE = "SPOUSE"
    OWN = "OWN"
    OTHER = "OTHER"


_RANK = {relation: rank for rank, relation in enumerate(Relation)}


@dataclass(frozen=True)
class Member:
    """A member of a family as pricing sees him or her."""

    id: UUID
    birth_date: date
    relation: Relation
    recorded_at: datetime


@dataclass(frozen=True)
class Places:
    """The family's members in pricing order, cut at the product's maximum: each is in exactly one part."""

    covered: tuple[Member, ...]
    uncovered: tuple[Member, ...]


def relation_of(is_head: bool, priced_as: str | None = None, is_spouse: bool = False) -> Relation:
    """The relation from the head flag and the relation lookup (decision 9).

    `priced_as` is OWN or OTHER, None without a relation, which counts as own. A spouse priced as OTHER is OTHER.
    """
    if is_head:
        return Relation.HEAD
    if priced_as == Relation.OTHER:
        return Relation.OTHER
    return Relation.SPOUSE if is_spouse else Relation.OWN


def pricing_order(members: Iterable[Member], starts_on: date, adult_age: int = ADULT_AGE) -> list[Member]:
    """Head, spouse, own adults, own children, other adults, other children; within each by recorded time, then id.

    Ages are those on the policy's start date (decision 10).
    """

    def key(member: Member) -> tuple[int, bool, datetime, UUID]:
        # A head or spouse keeps the place whatever the age; for the others adults come first.
        child = member.relation in (Relation.OWN, Relation.OTHER) and not is_adult(
            member.birth_date, starts_on, adult_age
        )
        return _RANK[member.relation], child, member.recorded_at, member.id

    return sorted(members, key=key)


def places(
    members: Iterable[Member],
    starts_on: date,
    max_members: int | None,
    *,
    seated: Collection[UUID] = (),
    adult_age: int = ADULT_AGE,
) -> Places:
    """The first `max_members` in pricing order are covered, the rest are not; None or 0 is no limit (decision 10).

    `seated` are the ids of those who already have a place on the policy: they keep it when somebody joins later,
    since the cover of the others is untouched (decision 19).
    """
    ordered = pricing_order(members, starts_on, adult_age)
    ordered.sort(key=lambda member: member.id not in seated)
    limit = max_members if max_members is not None and max_members > 0 else len(ordered)
    return Places(tuple(ordered[:limit]), tuple(ordered[limit:]))
