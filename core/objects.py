"""Objects of the session without its statements: rows that prepared statements read and write, changed as any others.

The session's own way to a row builds, caches and translates a statement each time, which costs several times what the
statement does. What changes an object is still the session's: it writes what changed, and looks at the version.
"""

from collections.abc import Callable, Collection, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from core.context import Context
from core.db import Base
from core.prepared import Prepared, among
from core.together import shared_rows

R = TypeVar("R", bound=Base)


def columns_of(model: type[Base]) -> list[sa.Column[Any]]:
    """The columns of a model, its id first, for a query whose rows become objects."""
    return list(model.__table__.c)  # type: ignore[arg-type]


async def read_objects(session: AsyncSession, model: type[R], statement: Prepared, **values: Any) -> list[R]:
    """The objects of the rows that a statement reads, which are those of `columns_of`."""
    return [of_session(session, model, row) for row in await statement.within(session, **values)]


async def read_by_ids(session: AsyncSession, model: type[R], ids: Collection[UUID]) -> list[R]:
    """The objects of these ids that are there, by one statement; by none where there are no ids."""
    return await read_objects(session, model, _by_ids(model), ids=list(ids)) if ids else []


def of_session(session: AsyncSession, model: type[R], row: Sequence[Any], *, anew: bool = False) -> R:
    """The session's object of a row that was read, whose values come in the order of `columns_of`.

    An object that the session has already stays as it is, unless `anew`: then it takes the values of the row.
    """
    below, names = session.sync_session, _names(model)
    values = dict(zip(names, row, strict=True))
    there: Any = below.identity_map.get(below.identity_key(model, values["id"]))
    if there is None:
        there = sa.inspect(model).class_manager.new_instance()
        there.__dict__.update(values)
        make_transient_to_detached(there)
        below.add(there)
    elif anew:
        for name, value in values.items():
            set_committed_value(there, name, value)
    return there  # type: ignore[no-any-return]


async def insert(ctx: Context, objects: Sequence[Base]) -> None:
    """Write new objects of one model with one statement; from then on they are the session's.

    Raises:
        IntegrityError: as when the session writes them.
    """
    if not objects:
        return
    model = type(objects[0])
    sent = orjson.dumps([_sent(model, each.__dict__) for each in objects], default=str).decode()
    await _inserting(model).within(ctx.session, rows=sent)
    for each in objects:
        make_transient_to_detached(each)
        ctx.session.add(each)


@cache
def _by_ids(model: type[Base]) -> Prepared:
    table: Any = model.__table__
    return Prepared(f"read {table.name}", sa.select(*columns_of(model)).where(among(table.c.id, "ids")))


@cache
def _inserting(model: type[Base]) -> Prepared:
    """Rows are read out of JSON: one parameter, however many there are."""
    table: Any = model.__table__
    columns = columns_of(model)
    new = shared_rows(**{each.name: each.type for each in columns})
    return Prepared(
        f"insert {model.__tablename__}",
        sa.insert(table).from_select([each.name for each in columns], sa.select(*new.c)),
    )


def _sent(model: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a new object by column, as JSON takes them; what was left out takes its default."""
    sent = {}
    for name, column, default in _defaults(model):
        value = values[name] if name in values else values.setdefault(name, default())
        sent[column] = value.name if isinstance(value, Enum) else value
    return sent


@cache
def _defaults(model: type[Base]) -> Sequence[tuple[str, str, Callable[[], Any]]]:
    columns = zip(_names(model), columns_of(model), strict=True)
    return [(name, column.name, _default(column.default)) for name, column in columns]


def _default(default: Any) -> Callable[[], Any]:
    if default is None:
        return lambda: None
    return (lambda: default.arg(None)) if default.is_callable else (lambda: default.arg)


@cache
def _names(model: type[Base]) -> tuple[str, ...]:
    mapper = sa.inspect(model)
    return tuple(mapper.get_property_by_column(column).key for column in columns_of(model))
