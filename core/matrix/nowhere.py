"""Ids a root field must take for nothing: of another kind, of what was deleted, of a new row that is there already.

And what names a place elsewhere: whatever a stranger makes with it, the stranger must see.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.context import Context
from core.history import HistoryRow
from core.matrix.corners import World, is_scoped
from core.rows import visible


class Trial(Context):
    """A request whose changes are undone."""

    async def _commit(self, answer: bytes | None) -> None:
        await self.session.rollback()


def after_deletion(row: Any) -> type[Context]:
    """A request before which a row was deleted, in its own transaction, which is undone."""

    class Deleted(Trial):
        @asynccontextmanager
        async def transaction(self, arguments: dict[str, Any]) -> AsyncIterator[Any]:
            table = type(row).__table__
            async with super().transaction(arguments) as commit:
                await self.session.execute(sa.update(table).where(table.c.id == row.id).values(ended_at=clock.now()))
                yield commit

    return Deleted


@dataclass
class Made:
    """The rows that somebody wrote and does not see, by table."""

    unseen: dict[str, int]


def looking_at_what_is_made(world: World, made: Made) -> type[Context]:
    """A request that looks at what it wrote, and is undone."""
    models = {mapping.table.name: mapping.model for _, mapping in world.types().values() if is_scoped(mapping)}

    class Looking(Trial):
        async def _commit(self, answer: bytes | None) -> None:
            await self.session.flush()
            written = sa.select(HistoryRow.table_name, HistoryRow.row_id).where(
                HistoryRow.action.in_(("I", "U")), HistoryRow.actor_id == self.actor.id, HistoryRow.at == sa.func.now()
            )
            by_table: dict[str, set[UUID]] = {}
            for table, id in await self.session.execute(written):
                by_table.setdefault(table, set()).add(id)
            for table, ids in by_table.items():
                if (model := models.get(table)) is not None:
                    seen = sa.select(sa.func.count()).where(model.id.in_(ids), *visible(self, model))
                    if (unseen := len(ids) - (await self.session.scalar(seen) or 0)) > 0:
                        made.unseen[table] = unseen
            await super()._commit(answer)

    return Looking


def refused_at(answer: Mapping[str, Any], name: str, spot: str) -> bool:
    """Whether an answer refuses at the id: a request that ends, or a user error at the id's place or below it."""
    if answer.get("errors"):
        return True
    places = {spot, spot.removesuffix("s")}  # of several ids each has a result with its own errors
    return any(places & set(error["path"]) for error in errors_in(answer["data"][name]))


def errors_in(value: Any) -> list[Any]:
    """The user errors anywhere in an answer."""
    if isinstance(value, list):
        return [error for inner in value for error in errors_in(inner)]
    if isinstance(value, dict):
        own = value.get("errors") or []
        return [*own, *(error for key, inner in value.items() if key != "errors" for error in errors_in(inner))]
    return []
