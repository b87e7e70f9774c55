"""Who is covered on which days: cover as intervals that are opened and ended but never rewritten (decision 22)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from modules.insuree.rules import NEWBORN_DAYS, is_newborn

_DAY = timedelta(days=1)


class CoverEnd(StrEnum):
    """Why cover ended before the policy's expiry.

    SUSPENSION: the policy was suspended. MONEY: the money it was bought with was taken back. STATUS: the person
    died or became inactive. REMOVAL: the person left the family. DELETION: the policy or the family was deleted.
    """

    SUSPENSION = "SUSPENSION"
    MONEY = "MONEY"
    STATUS = "STATUS"
    REMOVAL = "REMOVAL"
    DELETION = "DELETION"


@dataclass(frozen=True)
class Cover:
    """The days a person is covered by a policy, both included; `ended_by` is None if it runs to the expiry."""

    first: date
    last: date
    ended_by: CoverEnd | None = None


@dataclass(frozen=True)
class Newcomer:
    """A member added to a policy that was priced without him or her.

    `owed` is what must have been paid on the policy for it (the part due of the new value), None if the value did not
    change. It stays what it was when later newcomers raise the value again.
    """

    birth_date: date
    added_on: date
    owed: Decimal | None


def covered_on(covers: Iterable[Cover], day: date) -> bool:
    """Whether the day lies in one of the intervals (decision 27)."""
    return any(cover.first <= day <= cover.last for cover in covers)


def open_cover(covers: Sequence[Cover], first: date, last: date) -> tuple[Cover, ...]:
    """The intervals after which every day of first..last is covered, in order of time.

    Intervals there already stay as they are; only days without cover get new ones. Nothing is opened if first > last.
    """
    opened: list[Cover] = []
    day = first
    for cover in sorted(covers, key=_first):
        if cover.last < day:
            continue
        if cover.first > last:
            break
        if day < cover.first:
            opened.append(Cover(day, cover.first - _DAY))
        day = cover.last + _DAY
    if day <= last:
        opened.append(Cover(day, last))
    return tuple(sorted([*covers, *opened], key=_first))


def end_cover(covers: Iterable[Cover], last: date, ended_by: CoverEnd) -> tuple[Cover, ...]:
    """The intervals without the days after `last`, for what has a date of its own: a death, a removal.

    Intervals wholly after it have not begun and fall away.
    """
    return tuple(
        replace(cover, last=last, ended_by=ended_by) if cover.last > last else cover
        for cover in covers
        if cover.first <= last
    )


def stop_cover(covers: Iterable[Cover], today: date, ended_by: CoverEnd) -> tuple[Cover, ...]:
    """The intervals without today and later, when a policy's state changes: what was covered before stays covered."""
    return end_cover(covers, today - _DAY, ended_by)


def newcomer_from(
    newcomer: Newcomer, effective_on: date | None, paid: Decimal, newborn_days: int = NEWBORN_DAYS
) -> date | None:
    """The first day of a later member's cover; None while the policy is not effective or the new value not paid.

    The later of the effective date and the day added, or of the effective date and the birth for a newborn, who was
    added within `newborn_days` of it. `paid` is the money that counts on the policy (decision 19).
    """
    if effective_on is None or (newcomer.owed is not None and paid < newcomer.owed):
        return None
    newborn = is_newborn(newcomer.birth_date, newcomer.added_on, newborn_days)
    return max(effective_on, newcomer.birth_date if newborn else newcomer.added_on)


def _first(cover: Cover) -> date:
    return cover.first
