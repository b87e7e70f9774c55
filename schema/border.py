"""Ordinary fields beside compiled ones: they run in graphql-core, and where a mapped type begins, compilation does."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
)
from psycopg.pq.abc import PGresult
from strawberry.dataloader import DataLoader
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.aside import Aside
from schema.compile import DEFINITION, IDS, Planner, Statement
from schema.document import Operation, Plans
from schema.node import MAPPED
from schema.patches import fill
from schema.spans import span


def ordinary_document(operation: Operation, nodes: list[FieldNode]) -> DocumentNode:
    """The document that runs one root field of an operation alone."""
    node = operation.node
    alone = OperationDefinitionNode(
        operation=node.operation,
        name=node.name,
        variable_definitions=node.variable_definitions,
        directives=node.directives,
        selection_set=SelectionSetNode(selections=tuple(nodes)),
    )
    return DocumentNode(definitions=(alone, *operation.fragments.values()))


@dataclass(frozen=True)
class Around:
    """What surrounds the ordinary field that is executed; it is the root value."""

    operation: Operation
    aside: Aside
    plans: Plans | None
    """Bounds the statements that are kept with the operation; None: what is planned is not kept."""


class BorderExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes values of mapped types by one compiled statement for all rows of a selection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers: dict[Any, DataLoader[UUID, Any]] = {}
        self._reading = asyncio.Lock()  # the transaction's session serves one at a time

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, position_context: Any
    ) -> Any:
        """As graphql-core does it, but rows and ids of mapped types are read by compiled statements."""
        if isinstance(result, orjson.Fragment):  # finished already
            return result
        if (
            isinstance(return_type, GraphQLObjectType)
            and result is not None
            and not isinstance(result, Exception)
            and getattr(return_type.extensions.get(DEFINITION), "origin", None) in MAPPED
        ):
            return self._read(return_type, field_details_list, info, result)
        completed = super().complete_value(return_type, field_details_list, info, path, result, position_context)
        if isinstance(return_type, GraphQLNonNull) and isinstance(completed, Awaitable):
            return _there(completed, info)
        return completed

    def _read(self, type_: GraphQLObjectType, details: Any, info: Any, result: Any) -> Awaitable[Any]:
        nodes = tuple(detail.node for detail in details)
        which = tuple(map(id, nodes))
        reader = self._readers.get(which)
        if reader is None:
            reader = self._readers[which] = self._reader(type_, nodes, info)
        return reader.load(result if isinstance(result, UUID) else result.id)

    def _reader(self, type_: GraphQLObjectType, nodes: tuple[FieldNode, ...], info: Any) -> DataLoader[UUID, Any]:
        asker = info.context

        async def load(ids: list[UUID]) -> list[Any]:
            async with self._reading:
                statement = await _statement(type_, nodes, info)
                parameters = statement.texts({**info.variable_values, IDS: list(ids)}, asker)
                with span(type_.name):
                    found = _rows(await asker.result(statement.sql, parameters))
            if statement.patches:
                data = {id_: orjson.loads(body) for id_, body in found.items()}
                fill(list(data.values()), statement.patches, asker)
                found = {id_: orjson.dumps(row) for id_, row in data.items()}
            return [orjson.Fragment(found[id_]) if id_ in found else None for id_ in ids]

        return DataLoader(load_fn=load)


def _rows(result: PGresult) -> dict[UUID, bytes]:
    """The rows of a statement by their ids, as the bytes of JSON that PostgreSQL sent."""
    rows = ((result.get_value(row, 0), result.get_value(row, 1)) for row in range(result.ntuples))
    return {UUID(id_.decode()): body for id_, body in rows if id_ is not None and body is not None}


async def _statement(type_: GraphQLObjectType, nodes: tuple[FieldNode, ...], info: Any) -> Statement:
    """The statement for rows of a type: planned aside and kept with the operation, as plans are."""
    around: Around = info.root_value
    operation, variables, asker = around.operation, info.variable_values, info.context
    what = type_.name, tuple(map(id, nodes))  # the operation holds its nodes for as long as it lives
    statement: Statement | None = None
    if around.plans is not None:
        statement = operation.statements.find((what, operation.key(variables, asker)))
    if statement is None:
        shaping: dict[str, Any] = {}
        rights: dict[str, Any] = {}
        planner = Planner(info.schema, info.fragments, variables, asker, shaping, rights)
        # Not in the asker's turn: a transaction is under way, and others may wait for its rows.
        statement = await around.aside.do(object(), planner.entities, type_, [node.selection_set for node in nodes])
        operation.shaping.update(shaping)
        operation.rights.update(rights)
        if around.plans is not None:
            key = what, operation.key(variables, asker)
            around.plans.keep(operation.statements, key, statement, len(statement.sql))
    return statement


async def _there(completed: Awaitable[Any], info: Any) -> Any:
    # graphql-core awaits before it completes a value, and so looks for null only in what is there at once.
    value = await completed
    if value is None:
        raise TypeError(f"no row for {info.parent_type}.{info.field_name}, which must not be null")
    return value
