"""Variables that are plain scalars are coerced by a short way: graphql-core reads their declarations anew each time.

Whatever is out of the ordinary is left to graphql-core, which also tells what is wrong.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    type_from_ast,
)

Plain = tuple[tuple[str, GraphQLScalarType, bool], ...]
"""Variables with their scalars, and whether they must be there."""


MANY_VALUES = 1_000
"""With more values in its variables, what an operation needs of them is done aside."""


def are_many(values: Any) -> bool:
    """Whether variables hold so many values that going through them would keep other requests waiting."""
    count, left = 0, [values]
    while left and count <= MANY_VALUES:
        value = left.pop()
        if isinstance(value, dict):
            count += len(value)
            left += value.values()
        elif isinstance(value, list):
            count += len(value)
            left += value[: MANY_VALUES + 1]
    return count > MANY_VALUES


def plain(schema: GraphQLSchema, declared: Iterable[VariableDefinitionNode]) -> Plain | None:
    """The variables of an operation when all of them are scalars without a default."""
    found = []
    for definition in declared:
        type_ = type_from_ast(schema, definition.type)
        scalar = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if definition.default_value is not None or not isinstance(scalar, GraphQLScalarType):
            return None
        found.append((definition.variable.name.value, scalar, scalar is not type_))
    return tuple(found)


def coerced(variables: Plain, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Their values; None when something is wrong with one of them."""
    values: dict[str, Any] = {}
    for name, scalar, required in variables:
        value = given.get(name, Undefined)
        if value is Undefined or value is None:
            if required:
                return None
            if value is None:
                values[name] = None
            continue
        try:
            value = scalar.coerce_input_value(value)
        except Exception:  # noqa: BLE001 - graphql-core coerces it again and tells what is wrong
            return None
        if value is Undefined:
            return None
        values[name] = value
    return values
