"""How a GraphQL type is mapped to its table: an ordinary Strawberry type whose fields are `MappedField`s."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, get_args
from uuid import UUID

import strawberry
from sqlalchemy.orm import class_mapper
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from schema.errors import DeclarationError
from schema.kinds import (
    AnnotatedField,
    ColumnField,
    ComputedField,
    ExpressionField,
    ManyField,
    MappedField,
    OneField,
    ReferenceField,
    register_enums,
)
from schema.masks import Mask
from schema.rows import Mapping

T = TypeVar("T")


@strawberry.interface(description="Anything that has an id.")
class Node:
    """Base of every mapped type."""

    id: UUID = strawberry.field(description="Identifies the object: a UUID, version 7.")


class NodeField(MappedField):
    """The root field `node(id:)`: probes the tables of all mapped types that the viewer may read."""

    def own_type(self) -> Any:
        return StrawberryAnnotation(Node | None).resolve()

    @property
    def own_arguments(self) -> list[StrawberryArgument]:
        return [StrawberryArgument("id", None, StrawberryAnnotation(UUID), description="The object's id.")]


MAPPED: dict[type, Mapping] = {}
"""Every mapped type that was declared, by its class. What a schema holds of them is decided by its parts."""


def mapped(model: Any, *, search: tuple[str, ...] = ()) -> Callable[[type[T]], type[T]]:
    """Map a GraphQL type to a model's table. The model's `__scope__` says who may see its rows.

    `search`: the attributes that a page's `search` argument looks in.

    Raises:
        DeclarationError: a field without a column, an ordinary resolver, a nullable column declared non-null.
    """

    def declare(cls: type[T]) -> type[T]:
        scope = vars(model).get("__scope__") or getattr(model, "__scope__", None)
        if scope is None:
            raise DeclarationError(f"{model.__name__} has no __scope__: say who may see its rows, or EVERYBODY")
        mapper = class_mapper(model)
        attributes: dict[str, Any] = {name: prop.columns[0] for name, prop in mapper.column_attrs.items()}
        mapping = Mapping(model, model.__table__, attributes, getattr(scope, "__func__", scope), search, {})
        check_attributes(mapping, search, f"the search of {cls.__name__}")
        annotations = dict(vars(cls).get("__annotations__", {}))
        if "id" not in vars(cls) and issubclass(cls, Node):
            annotations = {"id": UUID, **annotations}
            cls.id = column("Identifies the object: a UUID, version 7.")
        for name, value in list(vars(cls).items()):
            if isinstance(value, MappedField):
                value.python_name = name
                _declare_field(cls, mapping, value, annotations)
            elif isinstance(value, StrawberryField):
                raise DeclarationError(
                    f"{cls.__name__}.{name} is an ordinary field: it would never run on a mapped type"
                )
        for name in annotations:
            if not isinstance(vars(cls).get(name), MappedField):
                raise DeclarationError(f"{cls.__name__}.{name} needs column(...) or reference(...) to say what it is")
        cls.__annotations__ = annotations
        strawberry.type(cls, description=inspect.cleandoc(cls.__doc__ or "") or None)
        MAPPED[cls] = mapping
        return cls

    return declare


def check_attributes(mapping: Mapping, names: Iterable[str], what: str) -> None:
    """Refuse names that the model does not have.

    Raises:
        DeclarationError: it has no such column.
    """
    for name in names:
        if name not in mapping.attributes:
            raise DeclarationError(f"{what}: {mapping.model.__name__} has no column {name}")


def _declare_field(cls: type, mapping: Mapping, declared: MappedField, annotations: dict[str, Any]) -> None:
    name = declared.python_name
    if isinstance(declared, AnnotatedField):
        if name not in annotations:
            raise DeclarationError(f"{cls.__name__}.{name} needs a type")
        declared.owner, declared.annotation = cls, annotations[name]
        register_enums(declared.annotation)
        key = declared.key if isinstance(declared, ReferenceField) else name
        if key not in mapping.attributes:
            raise DeclarationError(f"{cls.__name__}.{name}: {mapping.model.__name__} has no column {key}")
        if declared.right is not None:
            mapping.guards[key] = declared.right
        if isinstance(declared, ColumnField) and declared.identifies:
            mapping.identifying.add(key)
        if mapping.attributes[key].nullable and not _optional(annotations[name]):
            raise DeclarationError(f"{cls.__name__}.{name} may be null in the table: declare it as `| None`")
    else:
        annotations[name] = Any
        if isinstance(declared, ComputedField):
            check_attributes(mapping, declared.needs, f"{cls.__name__}.{name}")


def column(description: str, *, right: Any = None, mask: Mask | None = None, identifies: bool = False) -> Any:
    """A column of the type's table, by its attribute name.

    `right`: without it the column is null, or what the `mask` leaves of it; nobody filters, searches or orders by what
    he or she may not read. The field's description says so. `identifies`: it singles out a row, as a number on a card
    does, so that filtering a list by it is noted as looking up a single row is.
    """
    if mask is not None and right is None:
        raise DeclarationError(f"a mask needs a right that lifts it: {description}")
    return ColumnField(_guarded(description, right, mask), right, mask, identifies)


def reference(
    description: str, *, by: str | None = None, seen_with_parent: bool | tuple[str, ...] = False, right: Any = None
) -> Any:
    """A to-one relation by the foreign key `<name>_id`, or the attribute named in `by`.

    `seen_with_parent`: whoever sees this row sees the target too, whatever the target's scope says; given the names of
    fields, of a target outside the scope only these and its id, everything else is null or empty.
    """
    return ReferenceField(_guarded(description, right), by, seen_with_parent, right)


def _guarded(description: str, right: Any, mask: Mask | None = None) -> str:
    if right is None:
        return description
    return f"{description} Without the right {right.name} {mask.says if mask is not None else 'it is null'}."


def expression(function: Callable[..., Any] | None = None, *, right: Any = None) -> Any:
    """A field computed by SQL: the function takes the row and returns an SQL expression."""
    if function is None:
        return lambda decorated: ExpressionField(decorated, right)
    return ExpressionField(function, right)


def computed(*, needs: tuple[str, ...], right: Any = None) -> Callable[[Callable[..., Any]], Any]:
    """A field computed in Python: the function takes a batch of rows, each with the attributes in `needs`.

    A second parameter, when it has one, gets who asks: in Bima the request's `Context`, which has no session here.
    """
    return lambda function: ComputedField(function, needs, right)


def one(
    target: Any, *, right: Any = None, seen_with_parent: bool | tuple[str, ...] = False
) -> Callable[[Callable[..., Any]], Any]:
    """At most one row of the target: at the root, or of a parent when the function takes two rows.

    `seen_with_parent`: as with `reference`.
    """
    return lambda function: OneField(function, target, right, seen_with_parent)


def many(
    target: Any,
    *,
    order: str | tuple[str, ...] = "id",
    right: Any = None,
    seen_with_parent: bool = False,
    nullable: bool = False,
) -> Callable[[Callable[..., Any]], Any]:
    """All rows of a list that is small by nature, such as the lines of a claim; anything else is a `page`.

    `nullable`: without the right it is null, where else the whole root field is refused.
    """
    orders = (order,) if isinstance(order, str) else order
    return lambda function: ManyField(function, target, orders, right, seen_with_parent, nullable)


def _optional(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return "None" in annotation
    return type(None) in get_args(annotation)
