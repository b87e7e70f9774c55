"""How much one document may ask: measured once it is parsed and before anything else is done with it.

A fragment is measured once, however often it is spread, so measuring takes as long as the document is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    NameNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from schema.connection import DEFAULT_PAGE, MOST_PER_PAGE, PageField
from schema.errors import LimitExceeded
from schema.node import NodeField

LONGEST = 100_000
"""Characters of a document."""
MOST_TOKENS = 10_000
"""Words and signs of a document."""
MOST_OPERATIONS = 20
MOST_FRAGMENTS = 100
MOST_DIRECTIVES = 50
MOST_VARIABLES = 200
MOST_DEPTH = 20
MOST_FIELDS = 2_000
MOST_ALIASES = 500
MOST_ROOTS = 50
MOST_COST = 50_000
"""Objects that an operation may read, when every list is as long as it was asked to be."""
LONGEST_ALIAS = 63
"""What PostgreSQL keeps of a column's name."""
MOST_ERRORS = 20
"""Errors that one answer tells."""

MANY = 10
"""How long a list is taken to be that has no page."""
NODE_ROOTS = 5
"""For how many root fields `node` counts: it looks for the id in every type's table."""
MOST_COMPARISONS = 10_000
"""What graphql-core may spend on finding fields that contradict each other: comparing all pairs is quadratic."""

overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = MOST_COMPARISONS

Size = Callable[[str], Any]
"""Gives the value of a variable that says how long a page is."""


@dataclass(frozen=True)
class Measure:
    """The size of a selection with its fragments spread."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    roots: int = 0
    """The fields at its top."""
    cost: int = 0
    """The objects that it reads."""
    each: int = 0
    """The objects that it reads for each row of the list that it is selected on."""

    def beside(self, other: "Measure") -> "Measure":
        """Both selections together."""
        return Measure(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.roots + other.roots,
            self.cost + other.cost,
            self.each + other.each,
        )

    def rows(self, size: int) -> int:
        """The objects that it reads when the list that it is selected on has so many rows."""
        return self.cost + size * self.each


NOTHING = Measure()


@dataclass
class Measuring:
    """Measures the operations of one document, with what its variables say of the length of pages."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    size: Size
    measured: dict[str, Measure] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    """The variables that say how long a page is."""
    directives: int = 0
    long_aliases: list[NameNode] = field(default_factory=list)

    def operation(self, node: OperationDefinitionNode) -> Measure:
        """The size of an operation."""
        return self.selections(node.selection_set, self.schema.get_root_type(node.operation))

    def selections(self, selections: SelectionSetNode | None, parent: Any) -> Measure:
        """The size of a selection on a type; on None when nobody knows the type."""
        measure = NOTHING
        for node in selections.selections if selections else ():
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                measure = measure.beside(self._field(node, parent))
            elif isinstance(node, FragmentSpreadNode):
                measure = measure.beside(self.fragment(node.name.value))
            else:
                condition = node.type_condition  # type: ignore[attr-defined]
                type_ = self.schema.get_type(condition.name.value) if condition else parent
                measure = measure.beside(self.selections(node.selection_set, type_))  # type: ignore[attr-defined]
        return measure

    def _field(self, node: FieldNode, parent: Any) -> Measure:
        if node.alias is not None and len(node.alias.value) > LONGEST_ALIAS:
            self.long_aliases.append(node.alias)
        definition = getattr(parent, "fields", {}).get(node.name.value)
        type_ = get_named_type(definition.type) if definition is not None else None
        inner = self.selections(node.selection_set, type_)
        declared = definition.extensions.get("strawberry-definition") if definition is not None else None
        page = isinstance(declared, PageField)
        reads = is_composite_type(type_) + inner.rows(self._length(node) if page else MANY)
        listed = definition is not None and is_list_type(get_nullable_type(definition.type))
        return Measure(
            inner.depth + 1,
            inner.fields + 1,
            inner.aliases + (node.alias is not None),
            NODE_ROOTS if isinstance(declared, NodeField) else 1,
            0 if listed else reads,
            reads if listed else 0,
        )

    def _length(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                asked = self._size(argument.value)
                if isinstance(asked, int):
                    return min(max(asked, 0), MOST_PER_PAGE)
        return DEFAULT_PAGE

    def _size(self, value: Node) -> Any:
        if isinstance(value, VariableNode):
            self.sizes.add(value.name.value)
            return self.size(value.name.value)
        return int(value.value[:9]) if isinstance(value, IntValueNode) else None

    def fragment(self, name: str) -> Measure:
        """The size of a fragment."""
        if name in self.measured:
            return self.measured[name]
        fragment = self.fragments.get(name)
        if fragment is None or name in self.open:  # unknown or circular: validation says so
            return NOTHING
        self.open.add(name)
        type_ = self.schema.get_type(fragment.type_condition.name.value)
        measure = self.measured[name] = self.selections(fragment.selection_set, type_)
        self.open.discard(name)
        return measure


def measure(schema: GraphQLSchema, document: DocumentNode) -> tuple[list[GraphQLError], tuple[str, ...]]:
    """What of a parsed document is more than one may ask, and the variables that say how long its pages are.

    Such a page counts for one row here; `check_cost` measures again when the variables are known.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measuring = Measuring(schema, fragments, lambda _: 1)
    errors: list[GraphQLError] = []

    def limit(node: Node, many: int, most: int, what: str, whole: str = "operation") -> None:
        if many > most:
            told = f"far more than {most:,} {what}" if many > 10 * most else f"{many:,} {what}"
            message = f"This {whole} has {told}; at most {most:,} are allowed. Ask for less at a time."
            errors.append(_error(message, node))

    limit(document, len(operations), MOST_OPERATIONS, "operations", "document")
    limit(document, len(document.definitions) - len(operations), MOST_FRAGMENTS, "fragments", "document")
    if errors:
        return errors, ()
    for name in fragments:
        measuring.fragment(name)
    for node in operations:
        found = measuring.operation(node)
        limit(node, found.depth, MOST_DEPTH, "levels")
        limit(node, found.fields, MOST_FIELDS, "fields")
        limit(node, found.aliases, MOST_ALIASES, "aliases")
        limit(node, found.roots, MOST_ROOTS, "root fields")
        limit(node, found.rows(MANY), MOST_COST, "objects to read")
        limit(node, len(node.variable_definitions or ()), MOST_VARIABLES, "variables")
    limit(document, measuring.directives, MOST_DIRECTIVES, "directives", "document")
    errors += [
        _error(f"An alias has at most {LONGEST_ALIAS} letters; {alias.value[:40]}... has more.", alias)
        for alias in measuring.long_aliases
    ]
    return errors[:MOST_ERRORS], tuple(sorted(measuring.sizes))


def check_cost(
    schema: GraphQLSchema,
    node: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> None:
    """Measure an operation again, with the values of its variables.

    Raises:
        LimitExceeded: its lists are too long, one inside the other.
    """
    cost = Measuring(schema, fragments, variables.get).operation(node).rows(MANY)
    if cost > MOST_COST:
        message = f"This operation has {cost:,} objects to read; at most {MOST_COST:,} are allowed."
        raise LimitExceeded(f"{message} Ask for shorter pages.")


def _error(message: str, node: Node) -> GraphQLError:
    return GraphQLError(message, node, extensions={"code": "LIMIT_EXCEEDED"})
