"""Two corners of the country with rows of every type, which the modules make, and the accounts that work there."""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from core.context import ANONYMOUS, Actor, Context
from core.db import new_id
from core.hooks import every
from core.host import Host
from core.rows import visible
from schema.connection import PageField
from schema.execute import execute
from schema.node import MAPPED
from schema.rows import EVERYBODY
from schema.rows import Mapping as TypeMapping

DEFINITION = "strawberry-definition"


@dataclass
class Corner:
    """A part of the country with rows of every type, and what the matrix must know to use them.

    Whatever `populate` adds to the session belongs to the corner. `inputs`: what a root field needs beyond ids, by
    its name, and what a route's path names, by the path. `points`: the model that an input field points at, by the
    field's name, or by `mutation.field`, where the name does not say so; None where it points at nothing that has a
    scope. `beyond`: root fields, `mutation.field`, or paths of routes that reach across all scopes, and why. `ended`:
    those as `mutation.field` that take what was deleted, and why.
    """

    session: AsyncSession
    neighbour: "Corner | None" = None
    rows: dict[type, list[Any]] = field(default_factory=dict)
    accounts: dict[str, Actor] = field(default_factory=dict)
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: dict[str, type | None] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    grants: dict[str, tuple[Sequence[tuple[str, UUID]], UUID | None]] = field(default_factory=dict)

    def one(self, model: type[Any]) -> Any:
        """The first row of a model that was made here."""
        return self.rows[model][0]

    def account(self, kind: str, *grants: tuple[str, UUID], id: UUID | None = None) -> None:
        """A kind of account that works here: what it is granted, and the id it has if it is a certain one."""
        self.grants[kind] = (grants, id)

    def note(self, session: Any, _: Any) -> None:
        """Remember the rows that are being written."""
        for row in session.new:
            self.rows.setdefault(type(row), []).append(row)


@dataclass
class World:
    """The host, its two corners, who asks, and what each may see."""

    host: Host
    here: Corner
    there: Corner
    people: dict[str, Actor]
    seen: dict[str, dict[type, set[str]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def stranger(self) -> str:
        """The account that works at everything there is in the other corner, with all rights."""
        return "elsewhere"

    def personal(self, model: type) -> bool:
        """Whether rows are seen by their owners only, not even by the national account."""
        return any(ids[model] - self.seen["national"][model] for ids in self.seen.values())

    def types(self) -> dict[str, tuple[GraphQLObjectType, TypeMapping]]:
        """The mapped types of the schema by name."""
        found = {}
        for type_ in self.host.schema._schema.type_map.values():
            mapping = mapping_of(type_)
            if mapping is not None and isinstance(type_, GraphQLObjectType):
                found[type_.name] = (type_, mapping)
        return found

    async def ask(self, who: str, query: str, variables: Mapping[str, Any], context: type[Context] = Context) -> Any:
        """The whole answer to somebody."""
        ctx = context(self.host, self.people[who], request_id="matrix")
        sent = orjson.loads(orjson.dumps(variables, default=str))
        return orjson.loads((await execute(self.host.schema, query, sent, None, ctx)).body)


def mapping_of(type_: GraphQLNamedType | None) -> TypeMapping | None:
    """The mapping of a GraphQL type, if it has one."""
    origin = getattr(getattr(type_, "extensions", {}).get(DEFINITION), "origin", None)
    return MAPPED.get(origin) if isinstance(type_, GraphQLObjectType) and origin is not None else None


def target_of(field: Any) -> Any:
    """The type of the objects that a field shows: of a page, that of its rows."""
    type_: Any = get_named_type(field.type)
    paged = isinstance(field.extensions.get(DEFINITION), PageField)
    return get_named_type(type_.fields["nodes"].type) if paged else type_


def is_scoped(mapping: TypeMapping) -> bool:
    """Whether not everybody sees the rows."""
    return mapping.scope is not EVERYBODY


async def make_world(host: Host, session: AsyncSession) -> World:
    """Fill both corners and work out, from each type's one definition, what everybody may see."""
    here = await _filled(host, Corner(session))
    there = await _filled(host, Corner(session, here))
    await session.commit()
    rights = frozenset(right.name for right in host.rights)
    people = {
        "national": Actor(id=new_id(), rights=rights, unbounded=True),
        "nobody": ANONYMOUS,
        "nowhere": Actor(id=new_id(), rights=rights),
    }
    for kind, (grants, id) in here.grants.items():
        people[kind] = Actor(id=id or new_id(), rights=rights, scopes=await _scopes(host, session, grants))
    everything = [grant for grants, _ in there.grants.values() for grant in grants]
    people["elsewhere"] = Actor(id=new_id(), rights=rights, scopes=await _scopes(host, session, everything))
    world = World(host, here, there, people)
    for who, actor in people.items():
        ctx = Context(host, actor)
        world.seen[who] = {}
        for _, mapping in world.types().values():
            ids = await session.scalars(sa.select(mapping.model.id).where(*visible(ctx, mapping.model)))
            world.seen[who][mapping.model] = {str(id) for id in ids}
    _check_rows(world)
    return world


async def _filled(host: Host, corner: Corner) -> Corner:
    corner.inputs["lookups"] = {"kind": "gender"}
    corner.points["job.id"] = None  # jobs belong to who ordered them
    corner.beyond["/files/{id:uuid}"] = "a link is signed, and given to those who see what the file belongs to"
    event.listen(corner.session.sync_session, "after_flush", corner.note)
    try:
        for module in host.modules:
            name = f"{module.package.__name__}.testing"
            there = hasattr(module.package, "__path__") and importlib.util.find_spec(name)
            populate = getattr(importlib.import_module(name), "populate", None) if there else None
            if populate is not None:
                await populate(corner)
                await corner.session.flush()
    finally:
        event.remove(corner.session.sync_session, "after_flush", corner.note)
    return corner


async def _scopes(host: Host, session: AsyncSession, grants: Sequence[tuple[str, UUID]]) -> dict[str, tuple[UUID, ...]]:
    by_kind: dict[str, list[UUID]] = {}
    for kind, id in grants:
        by_kind.setdefault(kind, []).append(id)
    scopes: dict[str, tuple[UUID, ...]] = {}
    for answer in await every(host, "scopes", session=session, grants=by_kind):
        scopes.update(answer)
    return scopes


def _check_rows(world: World) -> None:
    """Every scoped type has rows in both corners: seen by somebody who works here, and not by the stranger."""
    working = [who for who in world.people if who not in ("national", "nobody", "nowhere", world.stranger)]
    for name, (type_, mapping) in sorted(world.types().items()):
        model = mapping.model
        where = f"{model.__module__.partition('.models')[0]}.testing"
        if not is_scoped(mapping) or "id" not in type_.fields:
            continue  # what has no id, such as an act in the audit log, nobody can make: its rows are counted
        ids = {str(row.id) for row in world.here.rows.get(model, ())}
        if not ids or not world.there.rows.get(model):
            world.problems.append(f"{name} has no row to be tried with: let populate(corner) in {where} make one.")
            continue
        if not any(ids & world.seen[who][model] for who in working):
            world.problems.append(f"{name}: no account of the corner sees its row; name one in {where}.")
        for who in (world.stranger, "nowhere", "nobody"):
            if leaked := ids & world.seen[who][model]:
                world.problems.append(f"{name}: its scope shows {who} {len(leaked)} of the rows of another corner.")
