"""The slow way to read: walks a selection row by row, with one small statement per node, and does the rest in Python.

It holds the compiler to what the declarations mean. It shares their functions with it, and nothing of how they become
one statement: parents are literals here, pages are slices, filters and orders are Python.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    get_variable_values,
    is_non_null_type,
    parse,
)
from sqlalchemy.dialects.postgresql import ARRAY
from strawberry.utils.str_converters import to_camel_case

from schema.connection import PageField
from schema.errors import Forbidden, RequestError
from schema.kinds import (
    ColumnField,
    ComputedField,
    ExpressionField,
    ManyField,
    OneField,
    ReferenceField,
    RelationField,
)
from schema.node import MAPPED, NodeField
from schema.rows import Mapping
from tests.schema.asking import Request
from tests.schema.pages import COMPARISONS, Page, Table, completed, in_order, to_json

DEFINITION = "strawberry-definition"


@dataclass(frozen=True)
class Interpreter:
    """Answers one operation of a document, slowly."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: Any
    database: sa.Connection
    request: Request

    def root(self, operation: OperationDefinitionNode) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
        """The data, and the failed root fields with their codes."""
        root = self.schema.query_type
        assert root is not None
        data: dict[str, Any] | None = {}
        errors = []
        for key, nodes in self.collect([operation.selection_set], root).items():
            value = None
            try:
                value = self.root_field(root, nodes)
            except RequestError as error:
                errors.append((key, error.code))
                if is_non_null_type(root.fields[nodes[0].name.value].type):
                    return None, errors
            if data is not None:
                data[key] = value
        return data, errors

    def root_field(self, root: GraphQLObjectType, nodes: list[FieldNode]) -> Any:
        """The value of a root field."""
        if nodes[0].name.value == "__typename":
            return root.name
        definition = root.fields[nodes[0].name.value]
        declared = definition.extensions[DEFINITION]
        if declared.right is not None:
            self.request.require(declared.right)
        if isinstance(declared, NodeField):
            return self.node(definition, nodes)
        self.refuse_below(declared, definition, nodes)
        return self.relation(declared, definition, nodes, None)

    def node(self, definition: Any, nodes: list[FieldNode]) -> Any:
        """The object with an id, whatever its type."""
        id_ = self.arguments(definition, nodes[0])["id"]
        root = self.schema.query_type
        assert root is not None
        readers = [field.extensions[DEFINITION] for field in root.fields.values()]
        types = []
        for type_ in self.schema.get_possible_types(get_named_type(definition.type)):
            origin = type_.extensions[DEFINITION].origin
            rights = [field.right for field in readers if isinstance(field, RelationField) and field.target is origin]
            if any(right is None or self.request.may(right) for right in rights):
                types.append(type_)
                self.refuse(type_, nodes)
        for type_ in types:
            mapping = MAPPED[type_.extensions[DEFINITION].origin]
            for row in self.rows(mapping, lambda row: [row.id == id_], mapping.scope):
                return self.object(type_, row, nodes)
        return None

    def refuse(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> None:
        """Refuse filters by what may not be read anywhere in a selection, whether or not there are rows to filter."""
        for inner in self.collect([node.selection_set for node in nodes], type_).values():
            if inner[0].name.value == "__typename":
                continue
            definition = type_.fields[inner[0].name.value]
            declared = definition.extensions.get(DEFINITION)
            right = getattr(declared, "right", None)
            if right is not None and not self.request.may(right):
                continue
            self.refuse_below(declared, definition, inner)

    def refuse_below(self, declared: Any, definition: Any, nodes: list[FieldNode]) -> None:
        """The same of a field and what is selected below it; a page of which nothing is asked is not filtered."""
        below = get_named_type(definition.type)
        if not isinstance(below, GraphQLObjectType):
            return
        asked = self.collect([node.selection_set for node in nodes], below)
        if isinstance(declared, PageField) and any(each[0].name.value != "__typename" for each in asked.values()):
            self.check(declared, self.arguments(definition, nodes[0]).get("filter") or {})
        self.refuse(below, nodes)

    # Selections

    def collect(self, sets: Sequence[SelectionSetNode | None], type_: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields of selections on a type, by their keys in the answer."""
        found: dict[str, list[FieldNode]] = {}
        for selections in sets:
            for node in self.flat(selections, type_):
                found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def flat(self, selections: SelectionSetNode | None, type_: GraphQLObjectType) -> Iterator[FieldNode]:
        """The fields of a selection with its fragments spread."""
        for node in selections.selections if selections else ():
            skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
            if (skip and skip["if"]) or (include and not include["if"]):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            assert isinstance(node, InlineFragmentNode | FragmentSpreadNode)
            fragment: Any = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            condition = fragment.type_condition
            if condition is None or condition.name.value in (type_.name, *(known.name for known in type_.interfaces)):
                yield from self.flat(fragment.selection_set, type_)

    def arguments(self, definition: Any, node: FieldNode) -> dict[str, Any]:
        """The coerced arguments of a field."""
        return get_argument_values(definition, node, self.variables)

    # Fields

    def object(self, type_: GraphQLObjectType, row: Table, nodes: list[FieldNode]) -> dict[str, Any]:
        """A row as JSON."""
        fields = self.collect([node.selection_set for node in nodes], type_)
        return {key: self.field(type_, row, nodes) for key, nodes in fields.items()}

    def field(self, type_: GraphQLObjectType, row: Table, nodes: list[FieldNode]) -> Any:
        """A field of a row."""
        name = nodes[0].name.value
        if name == "__typename":
            return type_.name
        definition = type_.fields[name]
        declared = definition.extensions[DEFINITION]
        if declared.right is not None and not self.request.may(declared.right):
            return self.guarded(declared, definition, row)
        mapping = MAPPED[type_.extensions[DEFINITION].origin]
        if isinstance(declared, ColumnField):
            return to_json(row[declared.python_name])
        if isinstance(declared, ReferenceField):
            target_type: Any = get_named_type(definition.type)
            target = MAPPED[target_type.extensions[DEFINITION].origin]
            scope = None if declared.seen_with_parent else target.scope
            for found in self.rows(target, lambda other: [other.id == row[declared.key]], scope):
                return self.object(target_type, found, nodes)
            return None
        if isinstance(declared, ComputedField):
            return to_json(declared.values([SimpleNamespace(**row)], self.request)[0])
        if isinstance(declared, ExpressionField):
            arguments = self.keywords(declared, definition, nodes[0])
            expression = declared.function(literals(mapping, row), **arguments)
            value = self.database.execute(sa.select(expression)).scalar_one()
            if value is not None and get_named_type(definition.type).name == "Money":
                return str(Decimal(value).quantize(Decimal("0.01")))
            return to_json(value)
        return self.relation(declared, definition, nodes, literals(mapping, row))

    def guarded(self, declared: Any, definition: Any, row: Table) -> Any:
        """What those get of a field who may not read it."""
        if isinstance(declared, ColumnField) and declared.mask is not None:
            return masked(row[declared.python_name])
        if is_non_null_type(definition.type):
            raise Forbidden(declared.right.name)
        return None

    def keywords(self, declared: Any, definition: Any, node: FieldNode) -> dict[str, Any]:
        """What a field's function gets beside its rows: its own arguments as literals, the viewer if it wants one."""
        values = self.arguments(definition, node)
        keywords = {name: literal(values.get(to_camel_case(name))) for name in declared.argument_names}
        if declared.viewer_parameter:
            keywords[declared.viewer_parameter] = LiteralViewer(self.request)
        return keywords

    def relation(self, declared: RelationField, definition: Any, nodes: list[FieldNode], parent: Any) -> Any:
        """Rows of another type."""
        mapping = MAPPED[declared.target]
        keywords = self.keywords(declared, definition, nodes[0])
        parents = [] if parent is None else [parent]
        scope = None if declared.seen_with_parent else mapping.scope
        rows = list(self.rows(mapping, lambda row: declared.function(*parents, row, **keywords), scope))
        type_: Any = get_named_type(definition.type)
        if isinstance(declared, PageField):
            asked = self.arguments(definition, nodes[0])
            kept = [row for row in rows if self.holds(declared, row, asked.get("filter") or {})]
            page = Page.cut(self.searched(declared), mapping, declared.order, kept, asked)
            return self.connection(type_, page, nodes)
        if isinstance(declared, OneField):
            return self.object(type_, rows[0], nodes) if rows else None
        assert isinstance(declared, ManyField)
        return [self.object(type_, row, nodes) for row in in_order(rows, completed(declared.order))]

    def rows(self, mapping: Mapping, where: Callable[[Any], Any], scope: Any) -> Iterator[Table]:
        """The rows of a table that meet conditions and lie in the scope."""
        source = mapping.table.alias()
        row = SimpleNamespace(**{name: source.c[column.name] for name, column in mapping.attributes.items()})
        conditions = [*where(row), *(scope(row, LiteralViewer(self.request)) if scope else ())]
        for found in self.database.execute(sa.select(source).where(*conditions)).mappings():
            yield {name: found[column.name] for name, column in mapping.attributes.items()}

    # Pages

    def connection(self, type_: Any, page: Page, nodes: list[FieldNode]) -> dict[str, Any]:
        """A page as JSON."""
        answer: dict[str, Any] = {}
        node_type: Any = get_named_type(type_.fields["nodes"].type)
        for key, inner in self.collect([node.selection_set for node in nodes], type_).items():
            match inner[0].name.value:
                case "__typename":
                    answer[key] = type_.name
                case "totalCount":
                    answer[key] = page.total
                case "nodes":
                    answer[key] = [self.object(node_type, row, inner) for row in page.rows]
                case "edges":
                    edge: Any = get_named_type(type_.fields["edges"].type)
                    answer[key] = [self.edge(edge, node_type, page, row, inner) for row in page.rows]
                case "pageInfo":
                    answer[key] = self.page_info(get_named_type(type_.fields["pageInfo"].type), page, inner)
        return answer

    def edge(self, type_: Any, node_type: Any, page: Page, row: Table, nodes: list[FieldNode]) -> dict[str, Any]:
        """An edge as JSON."""
        answer: dict[str, Any] = {}
        for key, inner in self.collect([node.selection_set for node in nodes], type_).items():
            name = inner[0].name.value
            if name == "node":
                answer[key] = self.object(node_type, row, inner)
            else:
                answer[key] = page.cursor(row) if name == "cursor" else type_.name
        return answer

    def page_info(self, type_: Any, page: Page, nodes: list[FieldNode]) -> dict[str, Any]:
        """A page info as JSON."""
        values = {
            "__typename": type_.name,
            "hasNextPage": page.has_next,
            "hasPreviousPage": page.has_previous,
            "startCursor": page.cursor(page.rows[0]) if page.rows else None,
            "endCursor": page.cursor(page.rows[-1]) if page.rows else None,
        }
        fields = self.collect([node.selection_set for node in nodes], type_)
        return {key: values[inner[0].name.value] for key, inner in fields.items()}

    def searched(self, declared: PageField) -> list[str]:
        """The columns that this request may search."""
        rights = {field.python_name: field.right for field in declared.target.__strawberry_definition__.fields}
        names = MAPPED[declared.target].search
        return [name for name in names if rights[name] is None or self.request.may(rights[name])]

    def check(self, declared: PageField, filter_: dict[str, Any]) -> None:
        """Refuse to filter by what may not be read."""
        rights = {
            to_camel_case(field.python_name): field.right for field in declared.target.__strawberry_definition__.fields
        }
        for name, value in filter_.items():
            if value is None:
                continue
            if name in ("or", "not"):
                for inner in value if name == "or" else [value]:
                    self.check(declared, inner)
            elif rights[name] is not None and not self.request.may(rights[name]):
                raise Forbidden(rights[name].name)

    def holds(self, declared: PageField, row: Table, filter_: dict[str, Any]) -> bool:
        """Whether a filter holds for a row."""
        fields = {
            to_camel_case(field.python_name): field
            for field in declared.target.__strawberry_definition__.fields
            if isinstance(field, ColumnField | ReferenceField)
        }
        for name, value in filter_.items():
            if value is None:
                continue
            if name == "or":
                kept = any(self.holds(declared, row, inner) for inner in value)
            elif name == "not":
                kept = not self.holds(declared, row, value)
            else:
                field = fields[name]
                ours = row[field.key if isinstance(field, ReferenceField) else field.python_name]
                kept = all(self.compares(field, ours, operator, theirs) for operator, theirs in value.items())
            if not kept:
                return False
        return True

    def compares(self, field: Any, ours: Any, operator: str, theirs: Any) -> bool:
        """Whether one operator of a filter holds; a null compares with nothing."""
        if operator == "within" and theirs is not None:
            within = MAPPED[get_target(field)].within
            assert within is not None
            return ours is not None and bool(
                self.database.execute(sa.select(within(literal(ours), literal(theirs)))).scalar_one()
            )
        if operator in ("eq", "ne"):
            return (ours == theirs) is (operator == "eq")
        if theirs is None:
            return True
        if operator == "isNull":
            return (ours is None) is bool(theirs)
        return ours is not None and COMPARISONS[operator](ours, theirs)


@dataclass(frozen=True)
class LiteralViewer:
    """Who looks, with literals instead of placeholders."""

    request: Request

    @property
    def unbounded(self) -> bool:
        """Whether every row may be seen."""
        return self.request.unbounded

    def has(self, scope: str) -> bool:
        """Whether the viewer has the named set of ids."""
        return self.request.has(scope)

    def may(self, right: Any) -> bool:
        """Whether the viewer holds the right."""
        return self.request.may(right)

    def ids(self, scope: str) -> Any:
        """The named set of ids."""
        return sa.literal(self.request.value(scope), ARRAY(sa.Uuid()))

    def among(self, scope: str, column: Any, *, unless: Any = None) -> Any:
        """That a column holds one of the named ids."""
        found = column == sa.any_(self.ids(scope))
        return found if unless is None else sa.and_(sa.not_(unless), found)

    def value(self, name: str, type_: Any) -> Any:
        """A value of the request."""
        return sa.literal(self.request.value(name), type_)


def interpret(
    schema: GraphQLSchema, database: sa.Connection, request: Request, query: str, variables: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """The data of a document's only operation, and its failed root fields with their codes."""
    document = parse(query)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    coerced = get_variable_values(schema, operation.variable_definitions or (), variables)
    assert not isinstance(coerced, list), coerced
    return Interpreter(schema, fragments, coerced, database, request).root(operation)


def masked(text: str | None) -> str | None:
    """What the library shows of a text to those who may not read it."""
    if text is None:
        return None
    return f"•••{text[-2:]}" if len(text) >= 4 else "•••"


def literal(value: Any) -> Any:
    """An argument as SQL; nothing stays nothing."""
    if value is None:
        return None
    if isinstance(value, list):
        return sa.literal(value, ARRAY(sa.Uuid()))
    return sa.literal(value.name if isinstance(value, Enum) else value)


def literals(mapping: Mapping, row: Table) -> Any:
    """A row as SQL."""
    return SimpleNamespace(**{name: sa.literal(row[name], column.type) for name, column in mapping.attributes.items()})


def get_target(field: ReferenceField) -> type:
    """The type that a reference points to."""
    resolved: Any = field.resolve_type()
    target: type = getattr(resolved, "of_type", resolved)
    return target
