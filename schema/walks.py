"""Pages of lists that are seen in a few places: one walk along an index for each of them, merged (decision 44).

Where a column holds one of several ids, an index that begins with it is not in the list's order any more, and all of
their rows would be read and sorted for a page. For each id alone the order holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.sql import operators

from schema.connection import Key
from schema.rows import Row, RowColumn
from schema.sql import whole

FEW = 10
"""Up to here statements differ by the number of ids. PostgreSQL takes an array that it does not see for ten, and would
plan anew for every request whose array it finds shorter."""
MOST_WALKED = 50
"""Ids of a set that are walked one by one. With more, an order's own index meets some of their rows soon enough."""
MANY = 2**31
"""The size of longer sets."""


def size_of(ids: Sequence[Any]) -> int:
    """How many ids there are at most, as far as it shapes a statement; MANY when too many are to be walked."""
    if len(ids) <= FEW:
        return len(ids) or FEW
    return MOST_WALKED if len(ids) <= MOST_WALKED else MANY


class OneOf(sa.BinaryExpression[bool]):
    """That a column holds one of some ids, which are known before any row is looked at.

    `ids`: an array; when `size` is 1, the id. `size`: see `size_of`.
    """

    inherit_cache = False

    def __init__(self, column: Any, ids: Any, size: int) -> None:
        right = ids if size == 1 else sa.any_(ids)
        super().__init__(column, cast("Any", right), operators.eq, type_=sa.Boolean())
        self.ids = ids
        self.size = size

    def on(self, source: Any) -> "OneOf":
        """The same of the rows of a subquery that has all columns."""
        return OneOf(RowColumn(source.c[self.left.column.name]), self.ids, self.size)


def one_of(column: Any, ids: Any) -> sa.ColumnElement[bool]:
    """That a column holds one of a few ids. `ids`: an array of SQL that depends on no row, such as `array(select)`."""
    return OneOf(column, ids, MOST_WALKED)


@dataclass(frozen=True)
class Places:
    """The sets of which each row of a list must have one, and the other conditions."""

    sets: Sequence[OneOf]
    others: Sequence[Any]

    @property
    def many(self) -> bool:
        """Whether they are too many to be walked one by one."""
        return any(each.size == MANY for each in self.sets)

    @property
    def few(self) -> bool:
        """Whether each of them has a size that PostgreSQL is told."""
        return all(each.size <= FEW for each in self.sets)

    @property
    def one(self) -> bool:
        """Whether it is one id, along which a list runs anyhow."""
        return [each.size for each in self.sets] == [1]


def places_of(conditions: Sequence[Any], *, walked: bool = False) -> Places | None:
    """The sets among a list's conditions, a scope's before a filter's; None where there are none.

    `walked`: those that are not too many to be walked.
    """
    for at, condition in enumerate(conditions):
        places = Places(_sets(condition), [*conditions[:at], *conditions[at + 1 :]])
        if places.sets and not (walked and places.many):
            return places
    return None


def _sets(condition: Any) -> Sequence[OneOf]:
    """The sets of a condition that is nothing but sets, of which one must hold."""
    if isinstance(condition, OneOf):
        return [condition]
    if not isinstance(condition, sa.BooleanClauseList) or condition.operator is not operators.or_:
        return ()
    sets = [each for each in condition.clauses if isinstance(each, OneOf)]
    return sets if len(sets) == len(condition.clauses) else ()


def found_first(source: Any, conditions: Sequence[Any]) -> Any:
    """The rows of which these hold, found before they are ordered.

    A fence: else PostgreSQL walks the order's index until enough rows match, all of it for a rare name. Of more places
    than it can see it would read all entries of an index beside those that match, so these are looked at afterwards.
    """
    places = places_of(conditions)
    if places is None or places.few:
        return sa.select(*source.c).where(*conditions).offset(whole(0)).subquery()
    found = sa.select(*source.c).where(*places.others).offset(whole(0)).subquery()
    return sa.select(*found.c).where(sa.or_(*(each.on(found) for each in places.sets))).subquery()


def merged(row: Row, source: Any, places: Places, order: Sequence[Key], most: int) -> Any:
    """Rows among which are the first ones of a list: as many of each id as are wanted at all, each row once."""
    ordered = [key.ordered(row) for key in order]
    walks = []
    for at, each in enumerate(places.sets):
        before = [earlier.is_not(sa.true()) for earlier in places.sets[:at]]
        found = sa.select(*source.c).where(*places.others, *before).order_by(*ordered).limit(whole(most))
        if each.size == 1:
            walks.append(sa.select(*found.where(each).subquery().c))
            continue
        ids = sa.select(sa.func.unnest(each.ids).label("id")).distinct()
        several = (ids.limit(whole(each.size)) if each.size <= FEW else ids).subquery()
        one = found.where(each.left == RowColumn(several.c.id)).lateral()
        walks.append(sa.select(*one.c).select_from(several.join(one, sa.true())))
    return sa.union_all(*walks).subquery() if len(walks) > 1 else walks[0].subquery()
