"""Rows that a service works on: found within the actor's scope, at the version the user saw."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from core.context import Context
from core.db import Row, VersionedRow
from core.errors import NOT_FOUND, NOT_YOURS, STALE, UserError
from core.module import Right
from core.objects import columns_of, of_session
from core.prepared import PreparedFor, bound
from core.transactions import connection_of
from schema import EVERYBODY, Viewer

R = TypeVar("R", bound=Row)


class ActorViewer:
    """The actor as scopes read it, outside compiled statements: values instead of placeholders."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""
        return self._ctx.unbounded

    def has(self, scope: str) -> bool:
        """Whether the actor has the named set of ids."""
        return self._ctx.has(scope)

    def may(self, right: Right) -> bool:
        """Whether the actor holds the right."""
        return self._ctx.may(right)

    def ids(self, scope: str) -> Any:
        """The named set of ids, bound."""
        return sa.literal(list(self._ctx.actor.scopes.get(scope, ())), ARRAY(sa.Uuid()))

    def among(self, scope: str, column: Any, *, unless: Any = None) -> sa.ColumnElement[bool]:
        """That a column holds one of the named ids."""
        found: sa.ColumnElement[bool] = column == sa.any_(self.ids(scope))
        return found if unless is None else sa.and_(sa.not_(unless), found)

    def value(self, name: str, type_: Any) -> Any:
        """A value of the request, bound."""
        return sa.literal(self._ctx.value(name), type_)


def visible(ctx: Context, model: type[Any]) -> list[sa.ColumnElement[bool]]:
    """The conditions that a model's rows lie in the actor's scope."""
    return list(model.__scope__(model, ActorViewer(ctx)))


def changeable(ctx: Context, model: type[Any]) -> list[sa.ColumnElement[bool]]:
    """The conditions that the actor may change a model's rows: its `__writers__`, a scope like `__scope__`.

    Without them it is who sees them; a register that everybody sees and that names no writers is changed by accounts
    that see every row.
    """
    return _writers(model, ActorViewer(ctx))


def _writers(model: type[Any], viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    writers = getattr(model, "__writers__", None)
    if writers is not None:
        return list(writers(model, viewer))
    return [sa.false()] if model.__scope__ is EVERYBODY and not viewer.unbounded else []


async def find(
    ctx: Context, model: type[R], id: UUID | None, path: str, *, version: int | None = None, lock: bool = False
) -> R:
    """A row by its id, in the actor's scope.

    `version`: the one the user's change is based on. `lock`: nobody else changes the row until the transaction ends;
    others may still point at it, so that who writes what belongs to it need not wait. With either the row is one that
    the actor may change.

    Raises:
        UserError: NOT_FOUND at the path when it is not there, not in scope or ended; STALE, with the row, when it has
            another version.
    """
    if lock:
        await connection_of(ctx.session)  # which begins the transaction: without one a lock ends with its statement
    rows = await _finding(model, lock, lock or version is not None).rows(ctx, id=id)
    row = of_session(ctx.session, model, rows[0], anew=lock) if rows else None
    if row is None or getattr(row, "ended_at", None) is not None:
        raise UserError(NOT_FOUND, path)
    check_version(row, version)
    return row


async def find_all(ctx: Context, model: type[R], ids: Sequence[UUID], path: str) -> dict[UUID, R]:
    """Rows by their ids, in the actor's scope, with one statement.

    Raises:
        UserError: NOT_FOUND at `path.index` of the first one that is not there or not in scope.
    """
    query = sa.select(model).where(model.id == sa.any_(sa.literal(list(ids), ARRAY(sa.Uuid()))), *visible(ctx, model))
    rows = {row.id: row for row in await ctx.session.scalars(query) if getattr(row, "ended_at", None) is None}
    for index, id in enumerate(ids):
        if id not in rows:
            raise UserError(NOT_FOUND, f"{path}.{index}")
    return rows


async def check_changeable(ctx: Context, row: Row, path: str) -> None:
    """Refuse a row that was just made, or just given to somebody else, where the actor may change none.

    Raises:
        UserError: NOT_YOURS at the path.
    """
    await ctx.session.flush()
    model = type(row)
    conditions = changeable(ctx, model)
    if conditions and await ctx.session.scalar(sa.select(model.id).where(model.id == row.id, *conditions)) is None:
        raise UserError(NOT_YOURS, path)


@cache
def _finding(model: type[Row], lock: bool, changing: bool) -> PreparedFor:
    """What finds a row that the actor sees or, to change it, may change."""

    def build(viewer: Viewer) -> sa.Select[Any]:
        conditions = [*model.__scope__(model, viewer), *(_writers(model, viewer) if changing else ())]  # type: ignore[attr-defined]
        query = sa.select(*columns_of(model)).where(model.id == bound("id", sa.Uuid), *conditions)
        return query.with_for_update(of=model.__table__, key_share=True) if lock else query

    return PreparedFor(f"find {model.__tablename__}", build)


def check_version(row: Row, version: int | None) -> None:
    """Refuse a change that is based on another version than the row has.

    Raises:
        UserError: STALE, with the row.
    """
    if version is not None and isinstance(row, VersionedRow) and row.version != version:
        raise UserError(STALE, "expectedVersion", current=row)
