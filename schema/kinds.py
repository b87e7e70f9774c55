"""The kinds of fields of a mapped type: columns, references, relations, SQL expressions and Python fields.

They never run: `schema.compile` turns a selection of them into SQL.
"""

import dataclasses
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import UNRESOLVED, StrawberryField

from schema.masks import Mask
from schema.rows import Viewer

VALUE = re.compile(r"\b([A-Z][A-Z0-9_]+): (.+?)(?=\s[A-Z][A-Z0-9_]+: |$)")
"""What a docstring says of one value of an enum: `ACTIVE: covers from its effective date.`"""


class MappedField(StrawberryField):
    """A field that is compiled. Subclasses say how; copies are made per schema."""

    def __init__(self, name: str | None, description: str | None, right: Any = None) -> None:
        super().__init__(python_name=name, description=description)
        self.right = right
        self._known_type: Any = None

    def __copy__(self) -> "MappedField":
        copied = object.__new__(type(self))
        for slot in dataclasses.Field.__slots__:
            if hasattr(self, slot):
                setattr(copied, slot, getattr(self, slot))
        copied.__dict__.update(self.__dict__)
        copied._arguments = None
        return copied

    def resolve_type(self, *, type_definition: Any = None) -> Any:
        """The field's type; unresolved while a type that it names is not declared yet.

        Once it is known it stays, in copies too: composing a schema asks again and again.
        """
        if self._known_type is None:
            try:
                self._known_type = self.own_type()
            except NameError:
                return UNRESOLVED
        return self._known_type

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
    """A column of the type's own table. `mask`: what is shown of it without its right, instead of nothing."""

    def __init__(self, description: str, right: Any, mask: Mask | None, identifies: bool) -> None:
        super().__init__(None, description, right)
        self.mask = mask
        self.identifies = identifies


class ReferenceField(AnnotatedField):
    """A to-one relation by a foreign key of the type's own table, or by a lookup's code."""

    def __init__(
        self,
        description: str,
        by: str | None,
        seen_with_parent: bool | tuple[str, ...],
        right: Any,
        kind: str | None = None,
    ) -> None:
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

    def __init__(
        self, function: Callable[..., Any], target: Any, right: Any, seen_with_parent: bool | tuple[str, ...]
    ) -> None:
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
        self,
        function: Callable[..., Any],
        target: Any,
        order: tuple[str, ...],
        right: Any,
        seen: bool,
        nullable: bool = False,
    ) -> None:
        super().__init__(function, target, right, seen)
        self.order = order
        self.nullable = nullable

    def own_type(self) -> Any:
        listed: Any = list[self.target]  # type: ignore[name-defined]
        return StrawberryAnnotation(Union[listed, None] if self.nullable else listed).resolve()  # noqa: UP007 - evaluated at run time


def register_enums(annotation: Any) -> None:
    """Make the plain enums in an annotation GraphQL enums, described by their docstrings.

    What a docstring says after `NAME:` describes that value.
    """
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        if "__strawberry_definition__" not in vars(annotation):
            text = " ".join(inspect.cleandoc(annotation.__doc__ or "").split())
            strawberry.enum(annotation, description=VALUE.sub("", text).strip() or None)
            describe_values(annotation, dict(VALUE.findall(text)))
        return
    if get_origin(annotation) is Annotated:
        register_enums(get_args(annotation)[0])
        return
    for inner in get_args(annotation):
        register_enums(inner)


def describe_values(enum: Any, descriptions: Mapping[str, str]) -> None:
    """Describe the values of a GraphQL enum, by their names."""
    for value in enum.__strawberry_definition__.values:
        if text := descriptions.get(value.name, "").strip():
            value.description = text[0].upper() + text[1:]


def _namespace(owner: Any) -> dict[str, Any]:
    return vars(sys.modules[owner.__module__])
