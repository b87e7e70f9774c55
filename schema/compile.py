"""A selection becomes one SQL statement whose only value is the JSON that goes to the client."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
from graphql import (
    FieldNode,
    GraphQLObjectType,
    SelectionSetNode,
    Undefined,
    get_named_type,
    is_non_null_type,
)
from sqlalchemy.dialects.postgresql import array

from schema.connection import (
    PageField,
    keys_of,
)
from schema.errors import BadRequest, Forbidden
from schema.filters import conditions, identifying, split_words
from schema.kinds import (
    ColumnField,
    ComputedField,
    ExpressionField,
    FunctionField,
    ManyField,
    MappedField,
    OneField,
    ReferenceField,
    RelationField,
)
from schema.names import camel_case
from schema.node import MAPPED, NodeField
from schema.pages import PagePlanning
from schema.patches import Patch
from schema.rows import EVERYBODY, Mapping, Partly, Row
from schema.sql import DIALECT, EMPTY, NOTHING, NULL, fresh, json_value, quoted, row_json, whole
from schema.texts import text
from schema.values import Constant, Getter, Given, Variables, array_of, given, plain

DEFINITION = "strawberry-definition"
MOST_NOTED = 10
"""A list that finds more than so many by what identifies looks nobody up."""
IDS = "ids!"
"""Where the variables hold the ids that `entities` reads; no variable of a document can be called so."""
RECORD = "row!"
"""The alias of what becomes a JSON object. No document can call a field so, which PostgreSQL would take for the row."""


@dataclass(frozen=True)
class Statement:
    """A finished statement: its SQL, how to get its parameters, and the Python fields to fill in afterwards."""

    sql: bytes
    getters: tuple[Getter, ...]
    patches: tuple[Patch, ...]
    weighed: str = ""
    """What to tell if it costs too much, when that must be seen first."""
    notes: tuple[Any, ...] = ()
    """What is to be noted of the reading; for each of them a value follows, of the ids that it is about."""

    def parameters(self, variables: Variables, viewer: Any) -> list[Any]:
        """The parameters of one request."""
        return [getter(variables, viewer) for getter in self.getters]

    def texts(self, variables: Variables, viewer: Any) -> list[bytes | None]:
        """The parameters of one request as PostgreSQL's text; the statement says their types."""
        fixed, changing = self._texts
        texts = fixed.copy()
        for index, getter in changing:
            texts[index] = text(getter(variables, viewer))
        return texts

    @cached_property
    def _texts(self) -> tuple[list[bytes | None], list[tuple[int, Getter]]]:
        """The parameters that are the same for every request, and how to get the others."""
        fixed = [text(getter.value) if isinstance(getter, Constant) else None for getter in self.getters]
        changing = [(at, getter) for at, getter in enumerate(self.getters) if not isinstance(getter, Constant)]
        return fixed, changing


class Planner(PagePlanning):
    """Makes the statements of one root field."""

    def root(self, definition: Any, nodes: list[FieldNode], path: tuple[str, ...] = ()) -> Statement:
        """The statement of a root field."""
        declared: MappedField = definition.extensions[DEFINITION]
        type_ = get_named_type(definition.type)
        if isinstance(declared, NodeField):
            value = self._node(definition, nodes, path)
        else:
            assert isinstance(declared, RelationField)
            value = self._relation(declared, definition, type_, nodes, None, path)
        return self._finish(sa.select(value, *(ids for _, ids in self.notes)))

    def entities(self, type_: GraphQLObjectType, sets: Sequence[SelectionSetNode | None]) -> Statement:
        """The statement that reads rows of a type by their ids, as (id, JSON), for results of ordinary fields."""
        mapping = MAPPED[type_.extensions[DEFINITION].origin]
        row, source = fresh(mapping)
        ids = self._placeholder(lambda variables, _: plain(variables[IDS]), array_of(sa.Uuid()))
        value = self._object_json(type_, row, sets, ())
        # The planner is not shown how many there are: it keeps one plan, where it would make one anew each time.
        named = row.id == sa.any_(sa.func.array(sa.select(sa.func.unnest(ids)).scalar_subquery()))
        return self._finish(sa.select(row.id, value).select_from(source).where(named))

    def _finish(self, statement: Any) -> Statement:
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        getters = []
        for name in compiled.positiontup or ():
            getter = self.getters.get(name)
            if getter is None:
                value = compiled.params[name]
                process = compiled._bind_processors.get(name)
                fixed = plain(process(value) if process is not None else value)
                getter = Constant(fixed)
            getters.append(getter)
        notes = tuple(note for note, _ in self.notes)
        return Statement(str(compiled).encode(), tuple(getters), tuple(self.patches), " ".join(self.weighed), notes)

    def _node(self, definition: Any, nodes: list[FieldNode], path: tuple[str, ...]) -> Any:
        id_ = self._arguments_of(definition, nodes[0])["id"]
        probes = []
        for type_ in self.schema.get_possible_types(get_named_type(definition.type)):
            rights = type_.extensions.get("readable", ())
            held = [self.may(right) for right in rights]  # all are asked: each belongs to the plan's key
            if not any(held):
                continue
            mapping = MAPPED[type_.extensions[DEFINITION].origin]
            row, source = fresh(mapping)
            where = [row.id == self.bind(id_, UUID), *mapping.scope(row, self)]
            probes.append(self._one(type_, row, source, where, None, nodes, path))
            self._note(mapping, nodes[0], lambda read: [read.id == self.bind(id_, UUID)])
        return sa.func.coalesce(*probes) if probes else NULL

    def _relation(
        self,
        declared: RelationField,
        definition: Any,
        type_: Any,
        nodes: list[FieldNode],
        parent: Row | None,
        path: tuple[str, ...],
    ) -> Any:
        mapping = MAPPED[declared.target]
        arguments = self._arguments_of(definition, nodes[0])

        def where(row: Row) -> list[Any]:
            rows = [row] if parent is None else [parent, row]
            found = list(self._call(declared, rows, arguments))
            if not declared.seen_with_parent:
                found.extend(mapping.scope(row, self))
            elif parent is not None and parent._partly is not None and not shown(declared, parent._partly.names):
                found.append(parent._partly.inside)
            return found

        if isinstance(declared, PageField):
            self._note_looked_up(declared, mapping, arguments, where if parent is None else None, nodes[0])
            return self._page(declared, mapping, type_, arguments, where, nodes, path, at_root=parent is None)
        row, source = fresh(mapping)
        if isinstance(declared, OneField):
            if parent is None:
                self._note(mapping, nodes[0], where)
            self._show_partly(row, mapping, declared.seen_with_parent)
            return self._one(type_, row, source, where(row), parent, nodes, path)
        assert isinstance(declared, ManyField)
        order = [key.ordered(row) for key in keys_of(declared.order, mapping.attributes)]
        rows = self._rows(type_, row, source, where(row), nodes, path)
        listed = rows.order_by(*order).subquery(RECORD)
        return sa.select(sa.func.coalesce(sa.func.json_agg(row_json(listed)), EMPTY)).scalar_subquery()

    def _note(self, mapping: Mapping, node: FieldNode, where: Callable[[Row], list[Any]]) -> None:
        """Let it be noted that the statement reads a single row, where the row's model says how."""
        if mapping.noted is None:
            return
        row, source = fresh(mapping)
        names = [argument.name.value for argument in node.arguments or ()]
        note, conditions = mapping.noted(mapping.table.name, row, self, node.name.value, names)
        found = [*where(row), *mapping.scope(row, self), *conditions]
        ids = sa.select(array([row.id])).select_from(source).where(*found).limit(whole(1)).scalar_subquery()
        self.notes.append((note, ids))

    def _note_looked_up(
        self,
        declared: PageField,
        mapping: Mapping,
        arguments: dict[str, Given],
        where: Callable[[Row], list[Any]] | None,
        node: FieldNode,
    ) -> None:
        """Let it be noted whom a list was asked for by what identifies, when it finds a few.

        `where`: the conditions of a root field; a list below another row notes whomever its filter finds in scope.
        """
        filter_, search = arguments["filter"], arguments.get("search")
        by = list(dict.fromkeys(identifying(declared.target, None if filter_.null else filter_.now)))
        searched = (
            [] if search is None or search.null else [name for name in mapping.search if name in mapping.identifying]
        )
        if mapping.noted is None or not (by or searched):
            return
        row, source = fresh(mapping)
        found = [*(where(row) if where is not None else ()), *mapping.scope(row, self)]
        found += conditions(declared.target, row, filter_, self)
        if not by and search is not None:
            words = self.bind(search, str, many=True, transform=split_words)
            found.append(sa.or_(*(getattr(row, name) == sa.any_(words) for name in searched)))
        way = [f"filter.{name}" for name in by] or ["search"]
        note, outside = mapping.noted(mapping.table.name, row, self, node.name.value, way)
        few = sa.select(*source.c).where(*found, *outside).limit(whole(MOST_NOTED + 1)).subquery()
        ids = sa.select(sa.func.array_agg(Row(few, mapping.attributes).id)).select_from(few)
        self.notes.append((note, ids.having(sa.func.count() <= whole(MOST_NOTED)).scalar_subquery()))

    def _one(
        self,
        type_: Any,
        row: Row,
        source: Any,
        where: list[Any],
        parent: Row | None,
        nodes: list[FieldNode],
        path: tuple[str, ...],
    ) -> Any:
        rows = self._rows(type_, row, source, where, nodes, path)
        found = (rows.limit(whole(1)) if parent is None else rows).subquery(RECORD)
        return sa.select(row_json(found)).scalar_subquery()

    def _rows(
        self,
        type_: Any,
        row: Row,
        source: Any,
        where: list[Any],
        nodes: list[FieldNode],
        path: tuple[str, ...],
    ) -> Any:
        sets = [node.selection_set for node in nodes]
        return sa.select(*self._columns(type_, row, sets, path)).select_from(source).where(*where)

    def _object_json(self, type_: Any, row: Row, sets: Sequence[SelectionSetNode | None], path: tuple[str, ...]) -> Any:
        """The JSON of a row that stands in FROM already."""
        columns = sa.select(*self._columns(type_, row, sets, path)).subquery(RECORD)
        return sa.select(row_json(columns)).scalar_subquery()

    # Fields of an object

    def _columns(
        self, type_: Any, row: Row, sets: Sequence[SelectionSetNode | None], path: tuple[str, ...]
    ) -> Iterator[Any]:
        hidden: dict[str, Any] = {}
        fields = self.collect(sets, type_)
        if not fields:
            yield NOTHING
        for key, nodes in fields.items():
            yield self._field(type_, row, key, nodes, path, hidden).label(key)
        for name, column in hidden.items():
            yield column.label(name)

    def _field(
        self, type_: Any, row: Row, key: str, nodes: list[FieldNode], path: tuple[str, ...], hidden: dict[str, Any]
    ) -> Any:
        name = nodes[0].name.value
        if name == "__typename":
            return sa.literal_column(quoted(type_.name))
        definition = type_.fields[name]
        declared: MappedField = definition.extensions[DEFINITION]
        value = self._value(type_, declared, row, key, nodes, path, hidden)
        if row._partly is None or isinstance(declared, RelationField) or shown(declared, row._partly.names):
            return value  # relations have conditions of their own
        return sa.case((row._partly.inside, value))

    def _value(
        self,
        type_: Any,
        declared: MappedField,
        row: Row,
        key: str,
        nodes: list[FieldNode],
        path: tuple[str, ...],
        hidden: dict[str, Any],
    ) -> Any:
        name = nodes[0].name.value
        definition = type_.fields[name]
        if not self.may(declared.right):
            if isinstance(declared, ColumnField) and declared.mask is not None:
                return declared.mask.sql(getattr(row, declared.python_name))
            if is_non_null_type(definition.type):
                raise Forbidden(f"Your account lacks the right {declared.right.name}, which {type_.name}.{name} needs.")
            return NULL
        if isinstance(declared, ColumnField):
            return json_value(getattr(row, declared.python_name))
        if isinstance(declared, ReferenceField):
            return self._reference(declared, get_named_type(definition.type), row, nodes, (*path, key))
        if isinstance(declared, ExpressionField):
            return json_value(self._call(declared, [row], self._arguments_of(definition, nodes[0])), definition.type)
        if isinstance(declared, ComputedField):
            return self._computed(declared, row, key, path, hidden)
        assert isinstance(declared, RelationField)
        return self._relation(declared, definition, get_named_type(definition.type), nodes, row, (*path, key))

    def _reference(
        self, declared: ReferenceField, type_: Any, row: Row, nodes: list[FieldNode], path: tuple[str, ...]
    ) -> Any:
        mapping = MAPPED[type_.extensions[DEFINITION].origin]
        target, source = fresh(mapping)
        pointer = getattr(row, declared.key)
        if declared.kind is None:
            where = [target.id == pointer]
        else:
            where = [target.kind == sa.literal_column(quoted(declared.kind)), target.code == pointer]
        if not declared.seen_with_parent and mapping.scope is not EVERYBODY:
            where.extend(mapping.scope(target, self))
        self._show_partly(target, mapping, declared.seen_with_parent)
        return self._one(type_, target, source, where, row, nodes, path)

    def _show_partly(self, row: Row, mapping: Mapping, along: bool | tuple[str, ...]) -> None:
        if isinstance(along, tuple) and (inside := list(mapping.scope(row, self))):
            row._partly = Partly(frozenset(along), sa.and_(*inside))

    def _computed(
        self, declared: ComputedField, row: Row, key: str, path: tuple[str, ...], hidden: dict[str, Any]
    ) -> Any:
        needs: list[tuple[str, str, type]] = []
        for name in declared.needs:
            label = f"!{len(self.patches)}.{len(needs)}"  # no other object has it, where objects of several types meet
            hidden[label] = json_value(getattr(row, name))
            needs.append((name, label, row._attributes[name].type.python_type))
        self.patches.append(Patch(path, key, declared, tuple(needs)))
        return NULL

    def _arguments_of(self, definition: Any, node: FieldNode) -> dict[str, Given]:
        nodes = {argument.name.value: argument.value for argument in node.arguments or ()}
        return {
            name: given(nodes.get(name), argument.type, argument.default_value, self.variables)
            for name, argument in definition.args.items()
        }

    def argument_reader(self, definition: Any, node: FieldNode) -> Callable[[Variables], dict[str, Any]]:
        """How to read the arguments of an ordinary field from the variables."""
        arguments = self._arguments_of(definition, node) if definition is not None else {}
        return lambda variables: {
            name: plain_value
            for name, value in arguments.items()
            if (plain_value := value.read(variables)) is not Undefined
        }

    def _call(self, declared: FunctionField, rows: list[Row], arguments: dict[str, Given]) -> Any:
        keywords: dict[str, Any] = {}
        for name in declared.argument_names:
            value = arguments[camel_case(name)]
            if value.null and is_non_null_type(value.type):  # a variable with a default may still be sent as null
                raise BadRequest(f"`{camel_case(name)}` must not be null.")
            keywords[name] = self._argument(declared.signature.parameters[name].annotation, value)
        if declared.viewer_parameter is not None:
            keywords[declared.viewer_parameter] = self
        return declared.function(*rows, **keywords)

    def _argument(self, annotation: Any, value: Given) -> Any:
        if value.null:
            return None
        kind, many = _python_kind(annotation)
        return self.bind(value, kind, many=many)


def shown(declared: MappedField, names: AbstractSet[str]) -> bool:
    """Whether a field is shown of a row outside of which these fields are: it is one, or is computed from such."""
    if isinstance(declared, ComputedField) and names >= set(declared.needs):
        return True
    return declared.python_name == "id" or declared.python_name in names


def _python_kind(annotation: Any) -> tuple[Any, bool]:
    """The Python type that an argument's annotation holds, and whether it is a list of them."""
    if get_origin(annotation) is Annotated:
        return _python_kind(get_args(annotation)[0])
    inner = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(annotation) is list:
        return _python_kind(inner[0])[0], True
    if inner and type(None) in get_args(annotation):
        return _python_kind(inner[0])
    return annotation, False
