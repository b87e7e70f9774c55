"""The modules' contributions become one schema. Types are never changed: a schema works on copies of their fields."""

import copy
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import strawberry
from graphql import (
    GraphQLObjectType,
    get_named_type,
    is_introspection_type,
    is_non_null_type,
    print_type,
    specified_scalar_types,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from schema.compile import shown
from schema.connection import PageField
from schema.errors import DeclarationError
from schema.execute import Engine
from schema.kinds import ComputedField, ManyField, MappedField, ReferenceField, RelationField
from schema.names import camel_case
from schema.node import MAPPED, NodeField, check_attributes
from schema.rows import EVERYBODY, Mapping
from schema.scalars import SCALARS


@strawberry.type(description="What can be read.")
class Query:
    """The root of reading; modules extend it."""


@strawberry.type(description="What can be done.")
class Mutation:
    """The root of writing; modules extend it."""


@dataclass(frozen=True)
class Part:
    """Fields that a module adds to a type: its own, another module's, or a root."""

    target: type
    fields: tuple[StrawberryField, ...]


def extend(target: type, *fields: Any) -> Part:
    """Add fields to a type: `extend(Query, families)`, `extend(Family, policies)`.

    Raises:
        DeclarationError: the target is no object type (inputs, enums and unions cannot be extended), a field is none.
    """
    definition = getattr(target, "__strawberry_definition__", None)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_input or definition.is_interface:
        raise DeclarationError(f"only object types can be extended, and {getattr(target, '__name__', target)} is none")
    for field in fields:
        if not isinstance(field, StrawberryField):
            raise DeclarationError(
                f"{field!r} is no field: decorate it with page, one, many, expression, query or mutation"
            )
        if target in MAPPED and not isinstance(field, MappedField):
            raise DeclarationError(
                f"{target.__name__}.{field.python_name} is an ordinary field: it would never run on a mapped type"
            )
    return Part(target, tuple(fields))


class Schema(strawberry.Schema):
    """One schema out of the parts of some modules. Two schemas with other parts live side by side.

    `explained`: introspection answers, and errors suggest names that exist; off where strangers ask.

    Raises:
        DeclarationError: two modules add one field to one type, or a to-one relation claims what scopes may
            deny, an order or a Python field tells what needs a right.
    """

    def __init__(self, parts: Sequence[tuple[str, Part]], *, explained: bool = True) -> None:
        self.explained = explained
        self._added: dict[type, dict[str, tuple[str, StrawberryField]]] = {}
        for module, part in parts:
            added = self._added.setdefault(part.target, {})
            own = {field.python_name for field in part.target.__strawberry_definition__.fields}  # type: ignore[attr-defined]
            for field in part.fields:
                name = field.python_name
                if name in own:
                    raise DeclarationError(
                        f"{module} adds {part.target.__name__}.{camel_case(name)}, which the type has itself"
                    )
                if name in added:
                    raise DeclarationError(
                        f"both {added[name][0]} and {module} add {part.target.__name__}.{camel_case(name)}: rename one"
                    )
                added[name] = (module, field)
        super().__init__(
            query=Query,
            mutation=Mutation if self._added.get(Mutation) else None,
            config=StrawberryConfig(scalar_map=SCALARS, relay_max_results=100),
        )
        self._check_nullability()
        self._check_orders()
        self._check_needs()
        self._mark_readable()

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """The fields of a type in this schema: its own and what the parts add, all copies."""
        added = self._added.get(type_definition.origin, {})
        fields = [*type_definition.fields, *(field for _, field in added.values())]
        return [_copied(field, type_definition.origin) for field in fields]

    def get_field_for_type(self, field_name: str, type_name: str) -> StrawberryField | None:
        """A field of a type in this schema, by their GraphQL names."""
        type_ = self._schema.get_type(type_name)
        field = type_.fields.get(field_name) if isinstance(type_, GraphQLObjectType) else None
        return field.extensions["strawberry-definition"] if field is not None else None

    def sdl(self) -> str:
        """The schema in the schema definition language: types in alphabetical order, fields as declared."""
        types = [
            type_
            for name, type_ in sorted(self._schema.type_map.items())
            if not (is_introspection_type(type_) or name in specified_scalar_types)
        ]
        return "\n\n".join(print_type(type_) for type_ in types) + "\n"

    @cached_property
    def engine(self) -> Engine:
        """What answers requests on this schema."""
        return Engine(self._schema, explained=self.explained)

    @property
    def root_fields(self) -> dict[str, Any]:
        """The root fields by `Query.name` and `Mutation.name`, as declared."""
        roots = (self._schema.query_type, self._schema.mutation_type)
        return {
            f"{root.name}.{name}": field.extensions["strawberry-definition"]
            for root in roots
            if root is not None
            for name, field in root.fields.items()
        }

    def _mapped_types(self) -> list[tuple[GraphQLObjectType, type]]:
        found = []
        for type_ in self._schema.type_map.values():
            definition = type_.extensions.get("strawberry-definition")
            origin = getattr(definition, "origin", None)
            if isinstance(type_, GraphQLObjectType) and origin in MAPPED:
                found.append((type_, origin))
        return found

    def _check_nullability(self) -> None:
        for type_, _ in self._mapped_types():
            for name, field in type_.fields.items():
                declared = field.extensions["strawberry-definition"]
                along = getattr(declared, "seen_with_parent", False)
                if isinstance(along, tuple):
                    _check_partly(f"{type_.name}.{name}", get_named_type(field.type), along)
                if along or not isinstance(declared, ReferenceField):
                    continue
                target = get_named_type(field.type).extensions["strawberry-definition"].origin
                if MAPPED[target].scope is not EVERYBODY and is_non_null_type(field.type):
                    said = f"{type_.name}.{name} may lie outside the viewer's scope"
                    raise DeclarationError(f"{said}: declare it `| None` or seen_with_parent")

    def _check_orders(self) -> None:
        for type_ in self._schema.type_map.values():
            for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
                declared = field.extensions.get("strawberry-definition")
                if isinstance(declared, PageField | ManyField):
                    names = [key.removeprefix("-") for key in declared.order]
                    check_attributes(MAPPED[declared.target], names, f"the order of {type_.name}.{name}")
                    _check_guards(MAPPED[declared.target], names, declared, f"the order of {type_.name}.{name}")

    def _check_needs(self) -> None:
        for type_, origin in self._mapped_types():
            for name, field in type_.fields.items():
                declared = field.extensions["strawberry-definition"]
                if isinstance(declared, ComputedField):
                    _check_guards(MAPPED[origin], declared.needs, declared, f"{type_.name}.{name}")

    def _mark_readable(self) -> None:
        """Note on each mapped type the rights of the root fields that read it: `node(id:)` asks for one of them."""
        readable: dict[type, list[Any]] = {}
        for declared in self.root_fields.values():
            if isinstance(declared, RelationField):
                readable.setdefault(declared.target, []).append(declared.right)
        for type_, origin in self._mapped_types():
            type_.extensions["readable"] = tuple(readable.get(origin, ()))


def node_field(right: Any) -> NodeField:
    """The root field `node(id:)`."""
    return NodeField("node", "Any object by its id, when you may see it.", right)


def _check_partly(what: str, target: Any, names: tuple[str, ...]) -> None:
    """Refuse a relation that shows a part of its target where the rest cannot be null."""
    fields = {field.extensions["strawberry-definition"].python_name: field for field in target.fields.values()}
    if unknown := set(names) - set(fields):
        raise DeclarationError(f"{what} shows {', '.join(sorted(unknown))}, which {target.name} does not have")
    for name, field in fields.items():
        declared = field.extensions["strawberry-definition"]
        may_be_left_out = isinstance(declared, RelationField) or not is_non_null_type(field.type)
        if not may_be_left_out and not shown(declared, set(names)):
            raise DeclarationError(
                f"{what} shows a part of {target.name}: declare {target.name}.{name} nullable or name it"
            )


def _check_guards(mapping: Mapping, names: Iterable[str], declared: MappedField, what: str) -> None:
    for name in names:
        right = mapping.guards.get(name)
        if right is not None and right is not declared.right:
            raise DeclarationError(f"{what} tells {name} without asking for its right {right.name}: give it the right")


def _copied(field: StrawberryField, origin: type) -> StrawberryField:
    copied = copy.copy(field)
    copied._arguments = None
    if dataclasses.is_dataclass(origin) and copied.origin is None:
        copied.origin = origin
    return copied
