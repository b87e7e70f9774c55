"""Answering a request: the documents and the plan cache; what a plan says is carried out in `schema.run`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    is_non_null_type,
)
from graphql.execution.values import get_variable_values

from schema.aside import Aside
from schema.asker import Asker
from schema.border import ordinary_document
from schema.compile import DEFINITION, Planner
from schema.document import Document, Documents, Operation, Plans, read
from schema.errors import LimitExceeded, refused, request_error
from schema.kinds import MappedField
from schema.limits import LONGEST_ALIAS, MOST_ERRORS, check_cost
from schema.literals import Asked, Lifting, Skeletons
from schema.run import Answer, Run, Step
from schema.values import Variables
from schema.variables import are_many
from schema.variables import coerced as coerced_plain

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Kept:
    """How many documents an engine keeps, and how many plans of their operations."""

    documents: int
    plans: int


class Engine:
    """Answers requests on one schema; keeps the documents and plans."""

    def __init__(self, schema: GraphQLSchema, *, explained: bool = True) -> None:
        self.schema = schema
        self.explained = explained
        self.documents = Documents()
        self.plans = Plans()
        self.skeletons = Skeletons(schema)
        self.aside = Aside()
        self.plans_found = 0
        self.plans_made = 0

    @property
    def kept(self) -> "Kept":
        """How much is kept."""
        asked = [*self.documents.values(), *self.skeletons.asked.values()]
        documents = {id(each.document): each.document for each in asked}.values()
        plans = sum(len(operation.plans) for each in documents for operation in each.operations.values())
        return Kept(len(documents), plans)

    async def answer(
        self,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        asker: Asker,
        *,
        query_only: bool = False,
    ) -> Answer:
        """Answer one request."""
        asked = self._known(query)
        if asked is None:
            asked = self._kept(query, *await self.aside.do(asker.whose, self._read, query))
        document = asked.document
        if document.errors:
            return _refused(document.told(asker.request_id))
        operation = document.operation(operation_name)
        if operation is None:
            return _refused([_error(GraphQLError(_unnamed(operation_name)), asker)])
        if query_only and operation.kind != "query":
            return _refused([_error(GraphQLError("Only queries may be sent this way. Use POST."), asker)])
        if operation.kind == "subscription":
            return _refused([_error(GraphQLError("There are no subscriptions."), asker)])
        given = variables or {}
        many = are_many(given)
        values = (
            await self.do(many, asker, self._coerced, operation, given) if many else self._coerced(operation, given)
        )
        if isinstance(values, list):
            return _refused([_error(asked.told(error), asker) for error in values])
        if asked.raw:
            values, given = {**values, **asked.coerced}, {**given, **asked.raw}
        run = Run(self, asked, operation, given, values, asker, many)
        try:
            # What shapes many values is not worth remembering: it would be as large as they are.
            steps = None if many else operation.plans.find(operation.key(values, asker))
            if steps is not None:
                self.plans_found += 1
            else:
                self.plans_made += 1
                steps = await self._plan(operation, values, asker, keep=not many)
        except LimitExceeded as error:
            return _refused([_error(GraphQLError(str(error), extensions={"code": error.code}), asker)])
        return await run.answer(steps)

    async def do(self, many: bool, asker: Asker, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do a piece of work here or, when it is about many values, aside."""
        return await self.aside.do(asker.whose, work, *args, **kwargs) if many else work(*args, **kwargs)

    def _coerced(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any] | list[GraphQLError]:
        if operation.plain is not None and (values := coerced_plain(operation.plain, given)) is not None:
            return values
        found = get_variable_values(
            self.schema,
            operation.declared,
            given,
            max_errors=MOST_ERRORS,
            hide_suggestions=not self.explained,
        )
        return found if isinstance(found, list) else found.coerced

    def asked(self, text: str) -> Asked:
        """What a document asks; one that nobody sent before is read here and now."""
        return self._known(text) or self._kept(text, *self._read(text))

    def _known(self, text: str) -> Asked | None:
        return self.documents.find(text) or self.skeletons.find(text)

    def _read(self, text: str) -> tuple[Document, Lifting | None]:
        document = read(self.schema, text, explained=self.explained)
        return document, self.skeletons.lift(text, document)

    def _kept(self, text: str, document: Document, lifting: Lifting | None) -> Asked:
        asked = self.skeletons.keep(text, lifting) if lifting is not None else None
        if asked is None:
            asked = Asked(text, document)
            self.documents.keep(text, asked)
        return asked

    async def _plan(self, operation: Operation, variables: Variables, asker: Asker, *, keep: bool) -> list[Step]:
        steps, shaping, rights = await self.aside.do(asker.whose, self._planning, operation, variables, asker)
        # Planning may have found more that shapes the plan, so the key is made anew.
        operation.shaping.update(shaping)
        operation.rights.update(rights)
        if keep:
            characters = sum(len(step.statement.sql) for step in steps if step.statement is not None)
            self.plans.keep(operation.plans, operation.key(variables, asker), steps, characters)
        return steps

    def _planning(
        self, operation: Operation, variables: Variables, asker: Asker
    ) -> tuple[list[Step], dict[str, Any], dict[str, Any]]:
        if operation.sizes:
            check_cost(self.schema, operation.node, operation.fragments, variables)
        root = self.schema.get_root_type(operation.node.operation)
        assert root is not None
        shaping: dict[str, Any] = {}  # its own, for the event loop goes through the operation's meanwhile
        rights: dict[str, Any] = {}

        def planner() -> Planner:
            return Planner(self.schema, operation.fragments, variables, asker, shaping, rights)

        fields = planner().collect([operation.node.selection_set], root)
        steps = [self._step(operation, root, key, nodes, planner()) for key, nodes in fields.items()]
        return steps, shaping, rights

    def _step(
        self, operation: Operation, root: GraphQLObjectType, key: str, nodes: list[FieldNode], planner: Planner
    ) -> Step:
        name = nodes[0].name.value
        where = f"{root.name}.{name}"
        if name == "__typename":
            return Step(key, where, True, None, constant=orjson.dumps(root.name))
        definition = root.fields.get(name)
        declared = definition.extensions.get(DEFINITION) if definition is not None else None
        right = getattr(declared, "right", None)
        non_null = definition is not None and is_non_null_type(definition.type)
        if not planner.may(right):
            return Step(key, where, non_null, right)  # refused when it runs; a plan would be work for nobody
        if not isinstance(declared, MappedField):
            return Step(
                key,
                where,
                non_null,
                right,
                document=ordinary_document(operation, nodes),
                read_arguments=planner.argument_reader(definition, nodes[0]),
            )
        try:
            return Step(key, where, non_null, right, statement=planner.root(definition, nodes))
        except Exception as error:  # noqa: BLE001 - told to the client as this field's error
            return Step(key, where, non_null, right, failure=request_error(error))


async def execute(
    schema: Any,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    asker: Asker,
    *,
    query_only: bool = False,
) -> Answer:
    """Answer one request on a composed schema; the engine is kept with the schema."""
    engine: Engine = schema.engine
    return await engine.answer(query, variables, operation_name, asker, query_only=query_only)


def _unnamed(name: str | None) -> str:
    if name is None:
        return "This document has several operations. Name the one to run in `operationName`."
    return f"This document has no operation named {name[:LONGEST_ALIAS]}. Name one of its own in `operationName`."


def _refused(errors: list[dict[str, Any]]) -> Answer:
    return Answer(orjson.dumps({"errors": errors}), False, errors=errors)


def _error(error: GraphQLError, asker: Asker) -> dict[str, Any]:
    return refused(error, asker.request_id)
