"""How a GraphQL type is mapped to its table: columns, references, relations, SQL expressions and Python fields.

A mapped type is an ordinary Strawberry type whose fields are `MappedField`s. They never run: `schema.compile` turns a
selection of them into SQL.
"""

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeAlias, TypeVar, Union, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import class_mapper
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import UNRESOLVED, StrawberryField

from schema.errors import DeclarationError

T = TypeVar("T")
Where: TypeAlias = Iterator[sa.SQLColumnExpression[bool]]
"""The conditions of a relation, a root field or a scope, one at a time; all must hold."""

if TYPE_CHECKING:
    SQL: TypeAlias = sa.ColumnElement[Any] | T
else:

    class SQL(Generic[T]):
        """The return type of an `@expression`: SQL that yields a `T`."""


class Viewer(Protocol):
    """Who looks, as far as a statement's shape depends on it. What it returns are bound values, never constants."""

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""

    def has(self, scope: str) -> bool:
        """Whether the viewer has the named set of ids."""

    def ids(self, scope: str) -> Any:
        """The named set of ids, as a bound array: `row.district_id == sa.any_(viewer.ids("district"))`."""

    def value(self, name: str, type_: "sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]") -> Any:
        """A bound value of the request: `account`, `today`, `language`."""


Scope: TypeAlias = Callable[[Any, Viewer], Where]


def EVERYBODY(row: Any, viewer: Viewer) -> Where:  # noqa: N802 - reads as a constant where it is used
    """The scope of registers: every row may be seen by whoever may ask at all."""
    yield from ()


@dataclass(frozen=True)
class Mapping:
    """What is known of a mapped type."""

    model: Any
    table: sa.Table
    attributes: dict[str, sa.Column[Any]]
    scope: Scope
    search: tuple[str, ...]

    @property
    def within(self) -> Callable[[Any, Any], sa.ColumnElement[bool]] | None:
        """How rows that point here are filtered by a subtree, for models that say so."""
        return getattr(self.model, "__within__", None)


class RowColumn(sa.ColumnElement[Any]):
    """A column of a row that stands in FROM already, here or further out: naming it never brings its table along.

    SQLAlchemy correlates a subquery with the statement right around it only, and would silently join every row else.
    """

    inherit_cache = False

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type


@compiles(RowColumn)
def _column_sql(element: RowColumn, compiler: Any, **keywords: Any) -> str:
    return str(compiler.process(element.column, **keywords))


class Row:
    """A row of a statement, by the model's attribute names: `row.birth_date`."""

    def __init__(self, source: Any, attributes: dict[str, sa.Column[Any]]) -> None:
        self._source = source
        self._attributes = attributes

    def __getattr__(self, name: str) -> Any:
        try:
            return RowColumn(self._source.c[self._attributes[name].name])
        except KeyError:
            raise DeclarationError(f"{self._source.name} has no column {name}") from None


class MappedField(StrawberryField):
    """A field that is compiled. Subclasses say how; copies are made per schema."""

    def __init__(self, name: str | None, description: str | None, right: Any = None) -> None:
        super().__init__(python_name=name, description=description)
        self.right = right

    def __copy__(self) -> "MappedField":
        copied = object.__new__(type(self))
        for slot in dataclasses.Field.__slots__:
            if hasattr(self, slot):
                setattr(copied, slot, getattr(self, slot))
        copied.__dict__.update(self.__dict__)
        copied._arguments = None
        return copied

    def resolve_type(self, *, type_definition: Any = None) -> Any:
        """The field's type; unresolved while a type that it names is not declared yet."""
        try:
            return self.own_type()
        except NameError:
            return UNRESOLVED

    def own_type(self) -> Any:
        """The field's type, as Strawberry has it."""
        raise NotImplementedError

    @property
    def own_arguments(self) -> list[StrawberryArgument]:
        """The arguments that the field's function declares."""
        return []

    @property
    def arguments(self) -> list[StrawberryArgument]:
        if self._arguments is None:
            self._arguments = self.own_arguments
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[StrawberryArgument]) -> None:
        self._arguments = value


class AnnotatedField(MappedField):
    """A field whose type stands in the class body: a column or a reference."""

    annotation: Any = None
    owner: Any = None

    def own_type(self) -> Any:
        if self.owner is None:
            return None
        return StrawberryAnnotation(self.annotation, namespace=_namespace(self.owner)).resolve()


class ColumnField(AnnotatedField):
    """A column of the type's own table."""


class ReferenceField(AnnotatedField):
    """A to-one relation by a foreign key of the type's own table, or by a lookup's code."""

    def __init__(self, description: str, by: str | None, seen_with_parent: bool, right: Any, kind: str | None = None):
        super().__init__(None, description, right)
        self.by = by
        self.seen_with_parent = seen_with_parent
        self.kind = kind

    @property
    def key(self) -> str:
        """The attribute that points to the target."""
        return self.by or f"{self.python_name}_{'code' if self.kind else 'id'}"


class FunctionField(MappedField):
    """A field given by a function: its row parameters, a viewer if it wants one, and GraphQL arguments."""

    def __init__(self, function: Callable[..., Any], right: Any) -> None:
        super().__init__(function.__name__, inspect.cleandoc(function.__doc__ or "") or None, right)
        self.function = function
        self.signature = inspect.signature(function)
        self.row_parameters = 0
        self.viewer_parameter: str | None = None
        self.argument_names: list[str] = []
        for parameter in self.signature.parameters.values():
            annotation = parameter.annotation
            if get_origin(annotation) is type or (isinstance(annotation, str) and annotation.startswith("type[")):
                self.row_parameters += 1
            elif annotation is Viewer:
                self.viewer_parameter = parameter.name
            else:
                self.argument_names.append(parameter.name)

    @property
    def own_arguments(self) -> list[StrawberryArgument]:
        arguments = []
        for name in self.argument_names:
            parameter = self.signature.parameters[name]
            register_enums(parameter.annotation)
            arguments.append(
                StrawberryArgument(
                    python_name=name,
                    graphql_name=None,
                    type_annotation=StrawberryAnnotation(parameter.annotation, namespace=_namespace(self.function)),
                    default=parameter.default,
                )
            )
        return arguments


class ExpressionField(FunctionField):
    """A value computed by SQL from the row."""

    def own_type(self) -> Any:
        returned = self.signature.return_annotation
        inner = get_args(returned)[0] if get_args(returned) else returned
        register_enums(inner)
        return StrawberryAnnotation(inner, namespace=_namespace(self.function)).resolve()


class ComputedField(FunctionField):
    """A value computed in Python from columns of a whole batch of rows."""

    def __init__(self, function: Callable[..., Any], needs: tuple[str, ...], right: Any) -> None:
        super().__init__(function, right)
        self.needs = needs
        self.argument_names = []
        self.takes_asker = len(self.signature.parameters) > 1

    def values(self, rows: Sequence[Any], asker: Any) -> Sequence[Any]:
        """The values of a batch of rows, in their order."""
        values: Sequence[Any] = self.function(rows, asker) if self.takes_asker else self.function(rows)
        return values

    def own_type(self) -> Any:
        inner = get_args(self.signature.return_annotation)[0]
        register_enums(inner)
        return StrawberryAnnotation(inner, namespace=_namespace(self.function)).resolve()


class RelationField(FunctionField):
    """Rows of another type, by conditions: at the root, or of a parent row."""

    def __init__(self, function: Callable[..., Any], target: Any, right: Any, seen_with_parent: bool) -> None:
        super().__init__(function, right)
        self._target = target
        self.seen_with_parent = seen_with_parent

    @property
    def target(self) -> Any:
        """The mapped type of the rows."""
        if isinstance(self._target, str):
            found = _namespace(self.function).get(self._target)
            if found is None:
                raise NameError(f"{self.function.__qualname__} names {self._target}, which is not declared")
            self._target = found
        return self._target


class OneField(RelationField):
    """At most one row of another type."""

    def own_type(self) -> Any:
        return StrawberryAnnotation(Union[self.target, None]).resolve()  # noqa: UP007 - evaluated at run time


class ManyField(RelationField):
    """All rows of a bounded list."""

    def __init__(
        self, function: Callable[..., Any], target: Any, order: tuple[str, ...], right: Any, seen: bool
    ) -> None:
        super().__init__(function, target, right, seen)
        self.order = order

    def own_type(self) -> Any:
        return StrawberryAnnotation(list[self.target]).resolve()  # type: ignore[name-defined]


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
        mapping = Mapping(model, model.__table__, attributes, getattr(scope, "__func__", scope), search)
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
        if mapping.attributes[key].nullable and not _optional(annotations[name]):
            raise DeclarationError(f"{cls.__name__}.{name} may be null in the table: declare it as `| None`")
    else:
        annotations[name] = Any
        if isinstance(declared, ComputedField):
            check_attributes(mapping, declared.needs, f"{cls.__name__}.{name}")


def column(description: str, *, right: Any = None) -> Any:
    """A column of the type's table, by its attribute name."""
    return ColumnField(None, description, right)


def reference(description: str, *, by: str | None = None, seen_with_parent: bool = False, right: Any = None) -> Any:
    """A to-one relation by the foreign key `<name>_id`, or the attribute named in `by`.

    `seen_with_parent`: whoever sees this row sees the target too, whatever the target's scope says.
    """
    return ReferenceField(description, by, seen_with_parent, right)


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


def one(target: Any, *, right: Any = None, seen_with_parent: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """At most one row of the target: at the root, or of a parent when the function takes two rows."""
    return lambda function: OneField(function, target, right, seen_with_parent)


def many(
    target: Any, *, order: str | tuple[str, ...] = "id", right: Any = None, seen_with_parent: bool = False
) -> Callable[[Callable[..., Any]], Any]:
    """All rows of a list that is small by nature, such as the lines of a claim; anything else is a `page`."""
    orders = (order,) if isinstance(order, str) else order
    return lambda function: ManyField(function, target, orders, right, seen_with_parent)


def register_enums(annotation: Any) -> None:
    """Make the plain enums in an annotation GraphQL enums, described by their docstrings."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        if "__strawberry_definition__" not in vars(annotation):
            strawberry.enum(annotation, description=inspect.cleandoc(annotation.__doc__ or "") or None)
        return
    if get_origin(annotation) is Annotated:
        register_enums(get_args(annotation)[0])
        return
    for inner in get_args(annotation):
        register_enums(inner)


def _optional(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return "None" in annotation
    return type(None) in get_args(annotation)


def _namespace(owner: Any) -> dict[str, Any]:
    return vars(sys.modules[owner.__module__])
