"""What belongs to a product's terms, list by list: reading it, copying it to new terms, replacing what changed."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Row, new_id
from modules.product.models import (
    Capitation,
    CapitationLevel,
    CategoryLimit,
    Cover,
    CoverLimit,
    Cycle,
    Distribution,
    OfTerms,
    Subsidy,
)

Entry = dict[str, Any]
"""A row's columns by name; under the name of its inner list, the entries of that."""

UNCOPIED = ("id", "terms_id", "created_at", "updated_at")


@dataclass(frozen=True)
class Inner:
    """A list within an entry: its name, its table, and the column that points to the entry."""

    name: str
    model: type[Row]
    owner: str


@dataclass(frozen=True)
class Content:
    """A list that belongs to terms. `only`: the column that tells its rows from those of another list."""

    model: type[OfTerms]
    inner: Inner | None = None
    only: str | None = None


LIMITS = Inner("limits", CoverLimit, "cover_id")
CONTENTS: Mapping[str, Content] = {
    "cycles": Content(Cycle),
    "category_limits": Content(CategoryLimit),
    "distributions": Content(Distribution),
    "subsidies": Content(Subsidy),
    "items": Content(Cover, LIMITS, only="item_id"),
    "services": Content(Cover, LIMITS, only="service_id"),
    "capitation": Content(Capitation, Inner("levels", CapitationLevel, "capitation_id")),
}
"""Everything that belongs to terms, by the name that inputs give it. A capitation is a list of at most one."""


async def stored(session: AsyncSession, name: str, terms_id: UUID) -> dict[UUID, Entry]:
    """The entries of a list by their ids; one statement, one more for inner lists."""
    content = CONTENTS[name]
    model: Any = content.model
    query = select(model).where(model.terms_id == terms_id)
    if content.only is not None:
        query = query.where(getattr(model, content.only).is_not(None))
    entries = {row.id: _columns(row) for row in await session.scalars(query)}
    if content.inner is not None:
        inner: Any = content.inner.model
        owner = getattr(inner, content.inner.owner)
        for entry in entries.values():
            entry[content.inner.name] = []
        for row in await session.scalars(select(inner).where(owner.in_(entries)).order_by(inner.id)):
            owned = _columns(row)
            entries[owned.pop(content.inner.owner)][content.inner.name].append(owned)
    return entries


async def replace(session: AsyncSession, name: str, terms_id: UUID, wanted: Sequence[Entry]) -> None:
    """Make a list hold the wanted entries; equal ones stay untouched, the others go and come."""
    before = {_comparable(entry): id for id, entry in (await stored(session, name, terms_id)).items()}
    after = {_comparable(entry): entry for entry in wanted}
    gone = [id for entry, id in before.items() if entry not in after]
    if gone:
        model: Any = CONTENTS[name].model
        await session.execute(delete(model).where(model.id.in_(gone)))
    await add(session, name, terms_id, [entry for comparable, entry in after.items() if comparable not in before])


async def add(session: AsyncSession, name: str, terms_id: UUID, entries: Iterable[Entry]) -> None:
    """Add entries to a list."""
    content = CONTENTS[name]
    rows: list[Row] = []
    for entry in entries:
        columns = dict(entry)
        id = new_id()
        if content.inner is not None:
            inner = content.inner
            rows += [inner.model(**{inner.owner: id}, **owned) for owned in columns.pop(inner.name)]
        rows.append(content.model(id=id, terms_id=terms_id, **columns))
    session.add_all(rows)
    await session.flush()


def _columns(row: Row) -> Entry:
    names = (column.name for column in row.__table__.columns)
    return {name: getattr(row, name) for name in names if name not in UNCOPIED}


def _comparable(entry: Entry) -> Hashable:
    """An entry as something that equals another one whatever the order of its columns and of its inner list."""
    return frozenset(
        (name, frozenset(map(_comparable, value)) if isinstance(value, list) else value)
        for name, value in entry.items()
    )
