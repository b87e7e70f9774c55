"""Strategies for queries on the library: from its schema, with values that its rows have, written in every way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import graphql
import sqlalchemy as sa
from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    parse_type,
    print_ast,
    value_from_ast_untyped,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import strategies as queries

from schema.connection import PageField
from schema.node import MAPPED
from tests.schema.interpreter import DEFINITION
from tests.schema.pages import Table, completed, write_cursor
from tests.schema.stock import SUBTITLES, TITLES, stock

ROWS: dict[sa.Table, list[Table]] = {}
for _row in stock():
    _mapper = sa.inspect(type(_row))
    _values = {attribute.key: getattr(_row, attribute.key) for attribute in _mapper.column_attrs}
    ROWS.setdefault(_row.__table__, []).append(_values)  # type: ignore[arg-type]

IDS = [str(row["id"]) for rows in ROWS.values() for row in rows]
POOLS: dict[str, Sequence[Any]] = {
    "ID": IDS,
    "String": (
        *TITLES,
        *filter(None, SUBTITLES),
        "a",
        "S",
        "%",
        "_",
        "\\",
        "0%",
        "é",
        "ants HISTORY",
        "N",
        "070",
        "•",
        "",
    ),
    "Int": (0, 1, 50, 60, 90, -1),
    "Date": ("2020-01-01", "2026-01-03", "2022-02-01", "1981-05-17"),
    "DateTime": ("2025-01-03T08:30:02Z", "2025-01-04T00:00:00+03:00"),
    "Money": ("2.50", "5", "0.00", "7.50"),
    "Decimal": ("1.1250", "3", "0"),
}


def _literal(value: Any) -> ValueNode:
    return IntValueNode(value=str(value)) if isinstance(value, int) else StringValueNode(value=value)


SCALARS = {name: st.sampled_from(pool).map(_literal) for name, pool in POOLS.items()}
ROOTS = ("node", "places", "place", "myPlaces", "books", "book", "members", "loans")


@dataclass(frozen=True)
class Query:
    """A document and two sets of variables for it."""

    text: str
    variables: dict[str, Any]
    others: dict[str, Any]


@st.composite
def library_queries(draw: st.DrawFn, schema: GraphQLSchema) -> Query:
    """A valid query, with pages that exist, aliases, directives, fragments and variables."""
    document = draw(queries.queries(schema, fields=ROOTS, custom_scalars=SCALARS, print_ast=lambda document: document))
    for kind in (Pages, Variables, Dress):
        types = TypeInfo(schema)
        visitor = kind(draw, types)
        document = visit(document, TypeInfoVisitor(types, visitor))
        document = visitor.finish(document)
        if isinstance(visitor, Variables):
            values, others = visitor.values, visitor.others
    return Query(print_ast(document), values, others)


class Change(Visitor):
    """A step from what hypothesis-graphql makes to what clients send."""

    def __init__(self, draw: st.DrawFn, types: TypeInfo) -> None:
        super().__init__()
        self.draw = draw
        self.types = types

    def sometimes(self, times: int) -> bool:
        """Once in so many times."""
        return self.draw(st.integers(0, times - 1)) == times - 1

    def finish(self, document: DocumentNode) -> DocumentNode:
        """What is left to do at the end."""
        return document


class Pages(Change):
    """Small pages, from cursors of rows that are there; filters that do not nest too deeply."""

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        """Give a page sensible arguments."""
        definition = self.types.get_field_def()
        declared = definition.extensions.get(DEFINITION) if definition is not None else None
        if not isinstance(declared, PageField):
            return None
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        order = _order(given.get("orderBy")) or declared.order
        for name in ("first", "last", "after", "before"):
            given.pop(name, None)
        size = self.draw(st.sampled_from((2, 1, 3, 0, 5)))
        given["last" if self.sometimes(3) else "first"] = IntValueNode(value=str(size))
        for name in ("after", "before"):
            if self.sometimes(4):
                row = self.draw(st.sampled_from(ROWS[MAPPED[declared.target].table]))
                given[name] = StringValueNode(value=write_cursor(row, completed(order)))
        if "filter" in given:
            given["filter"] = _pruned(given["filter"], 3)
        arguments = tuple(ArgumentNode(name=NameNode(value=name), value=value) for name, value in given.items())
        return _with(node, arguments=arguments)


def _order(node: ValueNode | None) -> list[str]:
    entries = node.values if isinstance(node, ListValueNode) else ()
    order = []
    for entry in entries:
        values = value_from_ast_untyped(entry)
        order.append(("-" if values.get("direction") == "DESC" else "") + values["field"].lower())
    return order


def _pruned(node: ValueNode, levels: int) -> ValueNode:
    if isinstance(node, ListValueNode):
        return ListValueNode(values=tuple(_pruned(value, levels) for value in node.values))
    if not isinstance(node, ObjectValueNode):
        return node
    kept = []
    for inner in node.fields:
        if inner.name.value not in ("or", "not"):
            kept.append(inner)
        elif levels:
            kept.append(graphql.ObjectFieldNode(name=inner.name, value=_pruned(inner.value, levels - 1)))
    return ObjectValueNode(fields=tuple(kept))


class Dress(Change):
    """Aliases, directives, `__typename`, and fragments instead of plain selections."""

    def __init__(self, draw: st.DrawFn, types: TypeInfo) -> None:
        super().__init__(draw, types)
        self.fragments: list[FragmentDefinitionNode] = []

    def leave_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        """Rename a field, or make it depend on a directive."""
        alias = node.alias
        if alias is None and self.sometimes(5):
            alias = NameNode(value=f"{node.name.value}_1")
        directives: tuple[DirectiveNode, ...] = ()
        if self.sometimes(8):
            directive = self.draw(st.sampled_from(("include", "skip")))
            value = BooleanValueNode(value=self.draw(st.booleans()))
            directives = (
                DirectiveNode(
                    name=NameNode(value=directive), arguments=(ArgumentNode(name=NameNode(value="if"), value=value),)
                ),
            )
        return _with(node, alias=alias, directives=directives)

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> SelectionSetNode | None:
        """Put a selection into a fragment, or split it into two that overlap."""
        type_ = self.types.get_parent_type()
        choice = self.draw(st.integers(0, 9))
        if type_ is None or choice < 7:
            return None
        on = NamedTypeNode(name=NameNode(value=type_.name))
        if choice == 7:
            typename = FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
            return SelectionSetNode(selections=(typename, *node.selections))
        if choice == 8:
            again = InlineFragmentNode(type_condition=on, directives=(), selection_set=node)
            return SelectionSetNode(selections=(*node.selections[:1], again))
        name = NameNode(value=f"F{len(self.fragments)}")
        self.fragments.append(
            FragmentDefinitionNode(
                name=name, type_condition=on, variable_definitions=(), directives=(), selection_set=node
            )
        )
        return SelectionSetNode(selections=(FragmentSpreadNode(name=name, directives=()),))

    def finish(self, document: DocumentNode) -> DocumentNode:
        """Add the fragments."""
        return DocumentNode(definitions=(*document.definitions, *self.fragments))


class Variables(Change):
    """Variables instead of some literals."""

    def __init__(self, draw: st.DrawFn, types: TypeInfo) -> None:
        super().__init__(draw, types)
        self.values: dict[str, Any] = {}
        self.others: dict[str, Any] = {}
        self.definitions: list[VariableDefinitionNode] = []

    def lift(self, node: ValueNode, *_: Any) -> VariableNode | None:
        """Replace a literal by a variable."""
        type_ = self.types.get_input_type()
        if type_ is None or not self.sometimes(4):
            return None
        name = f"v{len(self.values)}"
        self.values[name] = value_from_ast_untyped(node)
        pool = POOLS.get(graphql.get_named_type(type_).name, ())
        # A size or a cursor stays: another would have to fit to the other arguments.
        argument = self.types.get_argument()
        free = isinstance(node, StringValueNode) and argument is not None and argument.description is None
        self.others[name] = self.draw(st.sampled_from(pool)) if pool and free else self.values[name]
        variable = VariableNode(name=NameNode(value=name))
        self.definitions.append(VariableDefinitionNode(variable=variable, type=parse_type(str(type_)), directives=()))
        return variable

    enter_int_value = enter_string_value = enter_boolean_value = enter_enum_value = lift
    enter_object_value = lift

    def finish(self, document: DocumentNode) -> DocumentNode:
        """Declare the variables."""
        [operation, *fragments] = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        declared = OperationDefinitionNode(
            operation=operation.operation,
            variable_definitions=tuple(self.definitions),
            directives=(),
            selection_set=operation.selection_set,
        )
        return DocumentNode(definitions=(declared, *fragments))


def _with(node: FieldNode, **changes: Any) -> FieldNode:
    known = {key: getattr(node, key) for key in ("name", "alias", "arguments", "directives", "selection_set")}
    return FieldNode(**{**known, **changes})
