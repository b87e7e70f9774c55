"""Mutations, and queries that run in Python: what they do with the id of something outside.

A call is made three times: by the stranger with an id of the other corner, by the stranger with an id that nothing has,
and by the national account with the first id. The first two must get the same answer, which refuses at the id's place,
and the third another one, or it was not the id that was refused. The national account's calls are undone.

The national account gets for an id of another kind, and for that of a row that was deleted, what it gets for none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from core import clock
from core.db import Base, new_id
from core.fields import ServiceField
from core.matrix.corners import DEFINITION, World, is_scoped, mapping_of
from core.matrix.nowhere import Made, Trial, after_deletion, errors_in, looking_at_what_is_made, refused_at
from core.module import PUBLIC

DEEPEST = 4
"""Levels of an answer that are selected."""
PLACES = 5
"""Entries of a register that are named, so that places of every level are among them."""
PLAIN: dict[str, Any] = {"String": "X", "Int": 1, "Float": 1, "Boolean": True, "Money": "1", "Decimal": "1"}


@dataclass(frozen=True)
class Spot:
    """An id in an input: where it is, and the model it points at. `new`: a row that is made shall have it."""

    path: tuple[str, ...]
    model: type[Any]
    new: bool = False


class Calls:
    """Tries every ordinary root field with every id it takes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.schema = world.host.schema._schema

    async def try_all(self) -> None:
        """Call them all; nothing may have changed at the end."""
        before = await self._fingerprints()
        for kind, root in (("query", self.schema.query_type), ("mutation", self.schema.mutation_type)):
            for name, field in root.fields.items() if root is not None else ():
                declared = field.extensions.get(DEFINITION)
                if isinstance(declared, ServiceField) and declared.right is not PUBLIC:
                    await self._try(kind, name, field)
        after = await self._fingerprints()
        for table in before:
            if before[table] != after[table]:
                self.world.problems.append(f"The stranger changed {table}.")

    async def _try(self, kind: str, name: str, field: Any) -> None:
        if name in self.world.here.beyond:
            return
        for spot in self._spots(name, field, field.args, ()):
            row = self._row(name, spot)
            if row is None or f"{name}.{spot.path[-1]}" in self.world.here.beyond:
                continue
            if spot.new:
                await self._take(kind, name, field, spot, row)
                continue
            await self._name_nothing(kind, name, field, spot, row)
            if is_scoped_model(self.world, spot.model) or spot.path[-1] == "id":
                await self._compare(kind, name, field, spot, row)
            else:
                await self._name_elsewhere(kind, name, field, spot, row)

    def _row(self, name: str, spot: Spot) -> Any:
        """The row of the other corner that is named: the one in `inputs`, else the first."""
        rows = self.world.here.rows.get(spot.model, [])
        wanted = self.world.here.inputs.get(name, {}).get(spot.path[-1])
        return next((row for row in rows if wanted in (None, row.id)), None)

    async def _compare(self, kind: str, name: str, field: Any, spot: Spot, row: Any) -> None:
        what, version = f"{name}({'.'.join(spot.path)})", getattr(row, "version", 1)
        variables = self._arguments(name, field.args, spot, row.id, version)
        unknown = self._arguments(name, field.args, spot, new_id(), version)
        text = self._text(kind, name, field, variables)
        refusal = await self.world.ask(self.world.stranger, text, variables)
        stranger = blurred(refusal)
        nothing = blurred(await self.world.ask(self.world.stranger, text, unknown))
        national = blurred(await self.world.ask("national", text, variables, Trial))
        if stranger != nothing:
            self.world.problems.append(f"{what} tells a row outside from none: {stranger} and {nothing}")
        elif not refused_at(refusal, name, spot.path[-1]) and not self.world.personal(spot.model):
            self.world.problems.append(f"{what} does not refuse a row outside at its place: {stranger}")
        elif stranger == national and not self.world.personal(spot.model):
            self.world.problems.append(
                f"{what} answers the national account as the stranger, {stranger}: "
                f"give the other values in corner.inputs[{name!r}]"
            )

    async def _name_nothing(self, kind: str, name: str, field: Any, spot: Spot, row: Any) -> None:
        """An id of another kind, and that of a row that was deleted, are ids of nothing."""
        what, version = f"{name}({'.'.join(spot.path)})", getattr(row, "version", 1)
        unknown = self._arguments(name, field.args, spot, new_id(), version)
        text = self._text(kind, name, field, unknown)
        nothing = blurred(await self.world.ask("national", text, unknown, Trial))
        rows = self.world.here.rows
        kinds: Any = rows.keys()
        other = next(kind for kind in kinds if kind.__table__ is not spot.model.__table__)
        variables = self._arguments(name, field.args, spot, rows[other][0].id, version)
        answer = blurred(await self.world.ask("national", text, variables, Trial))
        if answer != nothing:
            self.world.problems.append(f"{what} takes the id of {other.__name__}: {answer} and {nothing}")
        if "ended_at" in spot.model.__table__.c and f"{name}.{spot.path[-1]}" not in self.world.here.ended:
            variables = self._arguments(name, field.args, spot, row.id, version)
            answer = blurred(await self.world.ask("national", text, variables, after_deletion(row)))
            if answer != nothing:
                self.world.problems.append(f"{what} takes what was deleted: {answer} and {nothing}")

    async def _name_elsewhere(self, kind: str, name: str, field: Any, spot: Spot, row: Any) -> None:
        """A register's entry may be named from anywhere; what is made with it is its maker's."""
        made = Made({})
        looking = looking_at_what_is_made(self.world, made)
        for each in self.world.here.rows[spot.model][:PLACES]:
            variables = self._arguments(name, field.args, spot, each.id, getattr(row, "version", 1))
            await self.world.ask(self.world.stranger, self._text(kind, name, field, variables), variables, looking)
        for table, count in made.unseen.items():
            self.world.problems.append(
                f"{name}({'.'.join(spot.path)}): the stranger writes {count} rows of {table} that it does not see."
            )

    async def _take(self, kind: str, name: str, field: Any, spot: Spot, row: Any) -> None:
        """The id that a new row is to have is refused when something has it, wherever that lies."""
        variables = self._arguments(name, field.args, spot, row.id, 1)
        text = self._text(kind, name, field, variables)
        answer = await self.world.ask(self.world.stranger, text, variables)
        told = [error["extensions"]["code"] for error in answer.get("errors", ())]
        if "INTERNAL" in told or not (told or errors_in(answer["data"])):
            self.world.problems.append(f"{name}({'.'.join(spot.path)}) takes an id that is taken: {blurred(answer)}")

    def _spots(self, name: str, field: Any, fields: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Spot]:
        """The ids in the arguments of a field, or in an input."""
        for key, inner in fields.items():
            path, type_ = (*above, key), get_named_type(inner.type)
            if isinstance(type_, GraphQLInputObjectType) and len(path) < DEEPEST:
                yield from self._spots(name, field, type_.fields, path)
            elif type_.name == "ID":
                known, model = self._model(name, field, key)
                new = key == "id" and not required(inner)
                if new and (not known or len(path) > 2):
                    continue  # part of what is made, such as a member of a new family
                if not known:
                    where = f"corner.points[{key!r}] or corner.points['{name}.{key}']"
                    self.world.problems.append(f"{name} takes {key}: say in {where} what it points at.")
                elif model is not None:
                    yield Spot(path, model, new)

    def _model(self, name: str, field: Any, key: str) -> tuple[bool, Any]:
        for known in (f"{name}.{key}", key):
            if known in self.world.here.points:
                return True, self.world.here.points[known]
        if key == "id":
            payload: Any = get_named_type(field.type)
            answered = [mapping_of(get_named_type(inner.type)) for inner in payload.fields.values()]
            models = [mapping.model for mapping in answered if mapping is not None]
            return bool(models), models[0] if models else None
        wanted = re.sub(r"Ids?$", "", key).lower()
        for type_name, (_, mapping) in self.world.types().items():
            if wanted in (type_name.lower(), mapping.model.__name__.lower()):
                return True, mapping.model
        return False, None

    def _arguments(self, name: str, arguments: Mapping[str, Any], spot: Spot, id: Any, version: int) -> dict[str, Any]:
        """Arguments that name things of the stranger's own corner, but for the one id."""
        given = self.world.there.inputs.get(name, {})
        made = self._filled(name, arguments, (), spot, id, version)
        for key, value in given.items():
            into = made["input"] if set(made) == {"input"} and key != "input" else made
            path = (*(("input",) if into is not made else ()), key)
            if spot.path[: len(path)] != path:
                into[key] = value
        return made

    def _filled(
        self, name: str, fields: Mapping[str, Any], above: tuple[str, ...], spot: Spot, id: Any, version: int
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, inner in fields.items():
            path = (*above, key)
            asked = spot.path[: len(path)] == path
            if not asked and not required(inner):
                continue
            type_ = get_named_type(inner.type)
            if isinstance(type_, GraphQLInputObjectType):
                value: Any = self._filled(name, type_.fields, path, spot, id, version)
            elif asked:
                value = id
            elif type_.name == "ID":
                model = self._model(name, self._root(name), key)[1]
                rows = self.world.there.rows.get(model) if model is not None else None
                value = rows[0].id if rows else new_id()
                version = getattr(rows[0], "version", 1) if rows and key == "id" else version
            else:
                value = version if key == "expectedVersion" else plain_value(type_)
            made[key] = [value] if is_list_type(get_nullable_type(inner.type)) else value
        return made

    def _root(self, name: str) -> Any:
        for root in (self.schema.mutation_type, self.schema.query_type):
            if root is not None and name in root.fields:
                return root.fields[name]
        raise KeyError(name)

    def _text(self, kind: str, name: str, field: Any, given: Mapping[str, Any]) -> str:
        declared = ", ".join(f"${key}: {field.args[key].type}" for key in given)
        passed = ", ".join(f"{key}: ${key}" for key in given)
        return f"{kind}({declared}) {{ {name}({passed}) {selection(get_named_type(field.type), DEEPEST)} }}"

    async def _fingerprints(self) -> dict[str, Any]:
        """What each table holds, in a number."""
        found = {}
        async with self.world.host.db.session() as session:
            for table in Base.metadata.sorted_tables:
                if await session.scalar(sa.text("SELECT to_regclass(:name)"), {"name": table.name}) is not None:
                    text = f'SELECT coalesce(sum(hashtext(t::text)::bigint), 0) FROM "{table.name}" t'
                    found[table.name] = await session.scalar(sa.text(text))
        return found


def required(field: Any) -> bool:
    """Whether an argument or an input field must be given."""
    return is_required_argument(field) if isinstance(field, GraphQLArgument) else is_required_input_field(field)


def is_scoped_model(world: World, model: type) -> bool:
    """Whether not everybody sees the model's rows."""
    return any(mapping.model is model and is_scoped(mapping) for _, mapping in world.types().values())


def selection(type_: Any, depth: int) -> str:
    """Everything plain in an answer; of objects that are mapped, their ids."""
    if is_leaf_type(type_):
        return ""
    assert isinstance(type_, GraphQLObjectType)
    if mapping_of(type_) is not None:
        return "{ __typename id }" if "id" in type_.fields else "{ __typename }"
    inner = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if not field.args and (is_leaf_type(named) or depth > 1):
            inner.append(f"{name} {selection(named, depth - 1)}".strip())
    return f"{{ {' '.join(inner)} }}"


def plain_value(type_: Any) -> Any:
    """Some value of a scalar or an enum."""
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if type_.name in ("Date", "DateTime"):
        return clock.today().isoformat() if type_.name == "Date" else clock.now().isoformat()
    return PLAIN.get(type_.name, "X")


def blurred(answer: Any) -> str:
    """An answer as text, without ids."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "an id", str(answer).replace("None", "null"))
