"""Whether a list of a large table is read without reading all of it, for somebody who sees every row (decision 40).

A model with `__found_by__` stands for a table that may have millions of rows. Whoever sees some places reads these
along the index of places, whatever is asked. For everybody else a list is *found*, by a condition that leaves few rows,
or it *runs along* an index: its conditions and its order are one index, which a page reads from some point on. Any
other list is *weighed*: PostgreSQL tells what it would cost, and it is refused when that is too much.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from schema.connection import Key
from schema.errors import LimitExceeded
from schema.filters import TRIGRAM, filter_fields, searched_words
from schema.kinds import MappedField, ReferenceField
from schema.names import camel_case
from schema.rows import Mapping
from schema.values import Given, element, member

MOST_COST = 50_000
"""In PostgreSQL's units, of which one is a page read in order: a quarter of a second or so, a million rows read."""
TOTAL = re.compile(rb"cost=[\d.]+\.\.([\d.]+)")
LOWER, UPPER = ("gt", "gte"), ("lt", "lte")


@dataclass
class Reach:
    """What a filter asks for, as far as indexes can serve it; columns by their attributes."""

    found: bool = False
    """Whether a condition leaves few rows."""
    placed: bool = False
    """Whether one leaves the rows of some places, each of which is walked."""
    by_text: bool = False
    """Whether one of these looks for a part of a text, of which PostgreSQL knows least how many rows have it."""
    equal: set[str] = field(default_factory=set)
    ranged: set[str] = field(default_factory=set)
    other: list[str] = field(default_factory=list)
    """The fields with conditions that no ordered index serves."""


def reach_of(mapped: type, mapping: Mapping, value: Given, planner: Any, source: str) -> Reach:
    """What a filter asks for. `source`: its place in the document, which tells its values apart in the plan's key."""
    reach = Reach()
    if value.null:
        return reach
    fields = filter_fields(mapped)
    for name in value.now:
        inner = member(value, name)
        if inner.null:
            continue
        at = f"{source}.{name}"
        if name == "or":
            branches = [
                reach_of(mapped, mapping, element(inner, index), planner, f"{at}.{index}")
                for index in range(len(inner.now))
            ]
            reach.found |= bool(branches) and all(branch.found or branch.placed for branch in branches)
            reach.by_text |= any(branch.by_text for branch in branches)
            reach.other.append(name)
        elif name == "not":
            reach.other.append(name)
        else:
            _compare(reach, attribute(fields[name][0]), name, mapping, inner, planner, at)
    return reach


def _compare(reach: Reach, key: str, name: str, mapping: Mapping, value: Given, planner: Any, at: str) -> None:
    finds = key == "id" or key in mapping.found_by
    for name_, given in ((op, member(value, op)) for op in value.now):
        if given.null:
            if given.present and name_ in ("eq", "ne"):
                reach.other.append(name)
        elif name_ in ("eq", "in") and finds:
            reach.found = True
        elif name_ == "within" and finds:
            reach.placed = True
        elif name_ == "eq":
            reach.equal.add(key)
        elif name_ in (*LOWER, *UPPER):
            reach.ranged.add(key)
        elif name_ in ("contains", "startsWith") and key in _by_trigrams(mapping):
            reach.by_text = planner.shaped(f"{at}.{name_}", given, lambda text: any(searched_words(text)))
            reach.found |= reach.by_text
            reach.other.append(name)
        else:
            reach.other.append(name)


def attribute(asked: MappedField) -> str:
    """The attribute that a filter's field looks at."""
    return asked.key if isinstance(asked, ReferenceField) else asked.python_name


def unserved(mapped: type, mapping: Mapping, reach: Reach, keys: Sequence[Key]) -> str | None:
    """What to tell who asks for a list that is neither found nor runs along an index, if it costs too much."""
    if (
        reach.found
        or reach.placed
        or (not reach.other and any(_runs_along(index, reach, keys) for index in _by_attributes(mapping, "btree")))
    ):
        return None
    asked = sorted({*map(camel_case, reach.equal | reach.ranged), *reach.other})
    what = f"filtered by {', '.join(asked)}" if asked else "ordered"
    ordered = ", ".join(camel_case(key.name) for key in keys[:-1]) or "id"
    return (
        f"No index serves this list {what} in the order of {ordered}, and it is too long to look through. "
        f"{found_how(mapped, mapping)}"
    )


def weigh(explained: bytes | None, refusal: str) -> None:
    """Refuse a statement that would cost too much. `explained`: the first line of what EXPLAIN says of it.

    Raises:
        LimitExceeded: with the refusal.
    """
    cost = TOTAL.search(explained or b"")
    assert cost is not None, explained
    if float(cost[1]) > MOST_COST:
        raise LimitExceeded(refusal)


def found_how(mapped: type, mapping: Mapping) -> str:
    """What narrows a list of this table, in words."""
    asked = [name for name, (field, _) in filter_fields(mapped).items() if attribute(field) in mapping.found_by]
    ways = [f"a filter by {', '.join(asked)}"] if asked else []
    if mapping.search:
        ways.append(f"a search with a word of {TRIGRAM} letters")
    return f"Narrow it, best by {' or '.join(ways)}."


def _runs_along(index: Sequence[str], reach: Reach, keys: Sequence[Key]) -> bool:
    """Whether the rows wanted stand together in an index, in the order wanted or nearly so."""
    equal = len(reach.equal)
    if set(index[:equal]) != reach.equal:
        return False
    varying = [key for key in keys if key.name not in reach.equal]
    if not reach.ranged <= {key.name for key in varying[:1]}:
        return False
    shared = list(_shared(index[equal:], varying))
    # What the index leaves unordered is sorted within equal keys: few rows, unless these are states.
    return len(shared) == len(varying) or any(not isinstance(key.column.type, FEW) for key in shared)


FEW = (sa.Enum, sa.Boolean)
"""Types with few values, each of which many rows have."""


def _shared(index: Sequence[str], keys: Sequence[Key]) -> Iterator[Key]:
    for name, key in zip(index, keys, strict=False):
        if key.name != name or key.descending != keys[0].descending:
            return
        yield key


@cache
def _indexes(table: sa.Table) -> list[tuple[str, list[str]]]:
    """The kind and the columns of the table's indexes that hold all rows."""
    found = [("btree", [column.name for column in table.primary_key.columns])]
    for index in table.indexes:
        options = index.dialect_options["postgresql"]
        columns = [column.name for column in index.expressions if isinstance(column, sa.Column)]
        if options["where"] is None and len(columns) == len(list(index.expressions)):
            found.append((options["using"] or "btree", columns))
    return found


def _by_attributes(mapping: Mapping, wanted: str) -> Iterator[list[str]]:
    attributes = {column.name: name for name, column in mapping.attributes.items()}
    for kind, columns in _indexes(mapping.table):
        if kind == wanted:
            yield [attributes.get(name, name) for name in columns]


def _by_trigrams(mapping: Mapping) -> set[str]:
    """The attributes of which parts are found: what has an index of the kind `gin` is a text."""
    return {columns[0] for columns in _by_attributes(mapping, "gin")}
