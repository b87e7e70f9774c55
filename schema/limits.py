"""How much one document may ask: one validation rule that measures each fragment once."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)

MOST_DEPTH = 20
MOST_FIELDS = 2_000
MOST_ROOTS = 50
LONGEST_ALIAS = 63
"""What PostgreSQL keeps of a column's name."""


@dataclass(frozen=True)
class Measure:
    """The size of a selection with its fragments spread."""

    depth: int = 0
    fields: int = 0
    roots: int = 0
    """The fields at its top."""


class LimitsRule(ValidationRule):
    """Refuses documents that are too deep or too wide. A fragment is measured once, however often it is spread."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.fragments: dict[str, Measure] = {}
        self.open: set[str] = set()

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        """Refuse names that would not come back whole."""
        if node.alias is not None and len(node.alias.value) > LONGEST_ALIAS:
            message = f"An alias has at most {LONGEST_ALIAS} letters; {node.alias.value[:40]}... has more."
            self.report_error(GraphQLError(message, node, extensions={"code": "LIMIT_EXCEEDED"}))

    def leave_operation_definition(self, node: OperationDefinitionNode, *_args: Any) -> None:
        """Measure an operation and report what is too much."""
        measure = self._measure(node.selection_set)
        for found, most, what in (
            (measure.depth, MOST_DEPTH, "levels"),
            (measure.fields, MOST_FIELDS, "fields"),
            (measure.roots, MOST_ROOTS, "root fields"),
        ):
            if found > most:
                message = f"This operation has {found} {what}; at most {most} are allowed. Ask for less at a time."
                if found > 10 * most:
                    message = f"This operation has far more than {most} {what}. Ask for less at a time."
                self.report_error(GraphQLError(message, node, extensions={"code": "LIMIT_EXCEEDED"}))

    def _measure(self, selections: SelectionSetNode | None) -> Measure:
        depth = fields = roots = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value)
            else:
                inner = self._measure(node.selection_set)  # type: ignore[attr-defined]
                if isinstance(node, FieldNode):
                    inner = Measure(inner.depth + 1, inner.fields + 1, 1)
            depth, fields, roots = max(depth, inner.depth), fields + inner.fields, roots + inner.roots
        return Measure(depth, fields, roots)

    def _fragment(self, name: str) -> Measure:
        if name in self.fragments:
            return self.fragments[name]
        fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
        if fragment is None or name in self.open:  # unknown or circular: other rules say so
            return Measure()
        self.open.add(name)
        measure = self.fragments[name] = self._measure(fragment.selection_set)
        self.open.discard(name)
        return measure
