"""Inputs and outputs of ordinary fields: described data classes."""

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, dataclass_transform
from uuid import UUID

import strawberry
from strawberry import UNSET
from strawberry.types.arguments import StrawberryArgumentAnnotation

from core.errors import UserError
from schema import argument
from schema.kinds import register_enums

T = TypeVar("T")
BOOKKEEPING = ("id", "expected_version", "client_mutation_id")


def _register(cls: type) -> None:
    """Make the plain enums of a class GraphQL enums, and the descriptions in its annotations those of its fields."""
    annotations = vars(cls).get("__annotations__", {})
    for name, annotation in annotations.items():
        if isinstance(annotation, str):
            continue
        register_enums(annotation)
        described = [
            part for part in getattr(annotation, "__metadata__", ()) if isinstance(part, StrawberryArgumentAnnotation)
        ]
        if described:
            annotations[name] = annotation.__origin__
            setattr(cls, name, _field(described[0].description, vars(cls).get(name, dataclasses.MISSING)))


def _field(description: str | None, default: Any) -> Any:
    if isinstance(default, dataclasses.Field):
        return strawberry.field(description=description, default_factory=default.default_factory)
    if default is dataclasses.MISSING:
        return strawberry.field(description=description)
    return strawberry.field(description=description, default=default)


def _described(cls: type) -> str | None:
    return inspect.cleandoc(cls.__doc__ or "") or None


@dataclass_transform(kw_only_default=True)
def input_type(cls: type[T]) -> type[T]:
    """A GraphQL input, described by its docstring; fields by `Annotated[..., argument("...")]`."""
    _register(cls)
    return strawberry.input(cls, description=_described(cls))


@dataclass_transform(kw_only_default=True)
def output_type(cls: type[T]) -> type[T]:
    """An ordinary GraphQL type, described by its docstring. A field may have a mapped type: give it a row or an id.

    A class whose plain name is taken in Python ends in `Info`, and is called without it in GraphQL.
    """
    _register(cls)
    return strawberry.type(cls, name=cls.__name__.removesuffix("Info"), description=_described(cls))


@input_type
class MutationInput:
    """What every mutation takes."""

    client_mutation_id: Annotated[
        str | None,
        argument("Makes the mutation idempotent: the same id again has no second effect and the same answer."),
    ] = None


@output_type
class UserErrorInfo:
    """Something in the input that the user can mend."""

    code: Annotated[str, argument("Stable; the query errorCodes lists them all.")]
    message: Annotated[str, argument("What to do about it, in the language of Accept-Language.")]
    path: Annotated[list[str], argument("Where in the input it lies.")]

    @classmethod
    def of(cls, error: UserError, language: str) -> "UserErrorInfo":
        """The error as the user reads it."""
        return cls(code=error.code.code, message=error.code.message(language, error.parameters), path=list(error.path))


@output_type
class Payload:
    """Base of payloads that are more than one object. Its other fields need defaults, for answers with errors."""

    client_mutation_id: Annotated[str | None, argument("The one that was sent.")] = None
    errors: Annotated[
        list[UserErrorInfo], argument("What the user can mend; nothing was written when there are any.")
    ] = dataclasses.field(default_factory=list)


def given(input: Any, *leave_out: str) -> dict[str, Any]:
    """The fields of an update input that were sent: absent keeps, null clears (decision 6)."""
    return {
        field.name: getattr(input, field.name)
        for field in dataclasses.fields(input)
        if field.name not in (*BOOKKEEPING, *leave_out) and getattr(input, field.name) is not UNSET
    }


def served(function: Callable[..., Any]) -> inspect.Signature:
    """The signature that GraphQL sees of a function: `info` in the place of the context."""
    signature = inspect.signature(function)
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = [inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=strawberry.Info)]
    for parameter in signature.parameters.values():
        if parameter.name != "ctx":
            register_enums(hints[parameter.name])
            parameters.append(parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY))
    register_enums(hints.get("return"))
    return signature.replace(parameters=parameters, return_annotation=hints.get("return"))


def same_id(value: Any) -> UUID:
    """The id of a row, or the id itself."""
    return value if isinstance(value, UUID) else value.id
