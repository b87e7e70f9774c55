"""Declarations and a selection become SQL and JSON. Knows nothing of insurance, and nothing of the host."""

from strawberry import UNSET
from strawberry import argument as _argument

from schema.compose import Mutation, Part, Query, Schema, extend
from schema.connection import page
from schema.masks import Mask, last
from schema.node import (
    Node,
    column,
    computed,
    expression,
    many,
    mapped,
    one,
    reference,
)
from schema.rows import EVERYBODY, SQL, Scope, Viewer, Where
from schema.scalars import JSON, Money
from schema.walks import one_of


def argument(description: str) -> object:
    """Describes an argument or an input field: `Annotated[UUID, argument("The family's id.")]`."""
    return _argument(description=description)


__all__ = [
    "EVERYBODY",
    "JSON",
    "SQL",
    "UNSET",
    "Mask",
    "Money",
    "Mutation",
    "Node",
    "Part",
    "Query",
    "Schema",
    "Scope",
    "Viewer",
    "Where",
    "argument",
    "column",
    "computed",
    "expression",
    "extend",
    "last",
    "many",
    "mapped",
    "one",
    "one_of",
    "page",
    "reference",
]
