"""What a statement takes from the request: bound values, what shapes it, and the fields that were selected."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    Undefined,
)

from schema.errors import LimitExceeded
from schema.patches import Patch
from schema.values import Constant, Getter, Given, Placeholder, Variables, array_of, given, plain, sql_type
from schema.walks import OneOf, size_of

MOST_VALUES = 2_000
"""Values that one root field binds."""


@dataclass
class Planning:
    """What the statements of one root field take from the request, for one shape of its variables and of its viewer."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: Variables
    viewer: Any
    shaping: dict[str, Callable[[Variables], Hashable]]
    """What else of the variables shapes the plan, by value; the plan's key must hold it."""
    rights: dict[str, Any]
    """The rights of fields; which of them the viewer holds belongs to the plan's key."""
    getters: dict[str, Getter] = field(default_factory=dict)
    patches: list[Patch] = field(default_factory=list)
    viewed: dict[Hashable, Placeholder] = field(default_factory=dict)
    """What was asked of the viewer: a statement binds each such value once, wherever it stands."""
    notes: list[tuple[Any, Any]] = field(default_factory=list)
    """What is to be noted of the reading, each with the SQL of an array of the ids of the rows that it is about."""
    weighed: list[str] = field(default_factory=list)
    """What to tell if the statement turns out to cost too much, for each of its lists that no index serves."""

    # What field functions see of the request

    @property
    def unbounded(self) -> bool:
        return bool(self.viewer.unbounded)

    def has(self, scope: str) -> bool:
        return bool(self.viewer.has(scope))

    def ids(self, scope: str) -> Placeholder:
        if scope not in self.viewed:
            self.viewed[scope] = self._placeholder(lambda _, viewer: viewer.listed(scope), array_of(sa.Uuid()))
        return self.viewed[scope]

    def among(self, scope: str, column: Any, *, unless: Any = None) -> sa.ColumnElement[bool]:
        size = size_of(self.viewer.ids(scope))
        ids = self._only(scope) if size == 1 else self.ids(scope)
        none = sa.null() if size == 1 else sa.cast(sa.literal_column("'{}'"), array_of(sa.Uuid()))
        return OneOf(column, ids if unless is None else sa.case((unless, none), else_=ids), size)

    def _only(self, scope: str) -> Placeholder:
        key = scope, "only"
        if key not in self.viewed:
            self.viewed[key] = self._placeholder(lambda _, viewer: viewer.ids(scope)[0], sa.Uuid())
        return self.viewed[key]

    def value(self, name: str, type_: Any) -> Placeholder:
        kind = sa.types.to_instance(type_)
        key = name, str(kind)
        if key not in self.viewed:
            self.viewed[key] = self._placeholder(lambda _, viewer: viewer.value(name), kind)
        return self.viewed[key]

    def may(self, right: Any) -> bool:
        """Whether the viewer holds a right; none is held by everybody."""
        if right is None:
            return True
        self.rights[right.name] = right
        return bool(self.viewer.may(right))

    # Values

    def bind(
        self,
        value: Given,
        kind: Any,
        *,
        many: bool = False,
        transform: Callable[[Any], Any] | None = None,
        check: Callable[[Any], None] | None = None,
    ) -> Placeholder:
        """The placeholder of an input value."""

        def prepare(raw: Any) -> Any:
            if check is not None:
                check(raw)
            return plain(transform(raw) if transform is not None else raw)

        read = value.read
        type_ = sql_type(kind)
        if value.constant:
            fixed = prepare(value.now)
            return self._placeholder(Constant(fixed), array_of(type_) if many else type_)
        return self._placeholder(lambda variables, _: prepare(read(variables)), array_of(type_) if many else type_)

    def shaped(self, use: str, value: Given, by: Callable[[Any], Hashable]) -> Any:
        """A value, or what `by` makes of it, that shapes the statement and so belongs to the plan's key."""
        if not value.constant:
            read = value.read
            self.shaping[f"{use}: {value.source}"] = lambda variables: by(read(variables))
        return by(value.now)

    def _placeholder(self, getter: Getter, type_: Any) -> Placeholder:
        if len(self.getters) == MOST_VALUES:
            raise LimitExceeded(f"A root field takes at most {MOST_VALUES:,} values. Ask for less at a time.")
        key = f"p{len(self.getters)}"
        self.getters[key] = getter
        return Placeholder(key, None, type_=type_, required=False, unique=False)

    # Selections

    def collect(self, sets: Sequence[SelectionSetNode | None], type_: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields of selections on a type, by response key, in order; fragments and directives applied."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selection_set in sets:
            self._collect(selection_set, type_, found, spread)
        return found

    def _collect(
        self,
        selections: SelectionSetNode | None,
        type_: GraphQLObjectType,
        found: dict[str, list[FieldNode]],
        spread: set[str],
    ) -> None:
        for node in selections.selections if selections else ():
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                found.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, type_):
                    self._collect(node.selection_set, type_, found, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition, type_):
                    self._collect(fragment.selection_set, type_, found, spread)

    def _applies(self, condition: Any, type_: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        return any(interface.name == condition.name.value for interface in type_.interfaces)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            argument = directive.arguments[0]
            type_ = self.schema.get_directive(name).args["if"].type  # type: ignore[union-attr]
            value = given(argument.value, type_, Undefined, self.variables)
            if self.shaped("if", value, bool) is (name == "skip"):
                return False
        return True
