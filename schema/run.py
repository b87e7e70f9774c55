"""One request under way: its root fields one after the other, compiled or ordinary, and the answer put together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError, OperationType
from graphql.execution import execute as execute_ordinary

from schema.asker import Asker
from schema.border import Around, BorderExecutor
from schema.compile import Statement
from schema.document import Operation
from schema.errors import failed, may_be_done_again, request_error
from schema.limits import MOST_ERRORS
from schema.literals import Asked
from schema.patches import fill
from schema.reach import weigh
from schema.spans import span
from schema.values import Variables

if TYPE_CHECKING:
    from schema.execute import Engine


@dataclass(frozen=True)
class Answer:
    """A finished answer: JSON bytes, whether the operation was executed, and how many compiled statements ran."""

    body: bytes
    executed: bool
    statements: int = 0
    operation: Operation | None = None
    """What was carried out; None when the request was refused."""
    errors: Sequence[dict[str, Any]] = ()
    """The errors in the body."""


@dataclass(frozen=True)
class Step:
    """One root field of a plan: a compiled statement, or an ordinary field's document."""

    key: str
    name: str
    """Its place in the schema, such as `Query.lookups`."""
    non_null: bool
    right: Any
    statement: Statement | None = None
    document: Any = None
    constant: bytes | None = None
    failure: Exception | None = None
    read_arguments: Callable[[Variables], dict[str, Any]] | None = None

    @cached_property
    def label(self) -> bytes:
        """The key as it stands in the answer."""
        return orjson.dumps(self.key) + b":"


@dataclass
class Run:
    """One request under way."""

    engine: "Engine"
    asked: Asked
    operation: Operation
    raw: dict[str, Any]
    variables: Variables
    asker: Asker
    many: bool
    """Whether the variables hold many values."""
    statements: int = 0

    async def answer(self, steps: list[Step]) -> Answer:
        """Run the root fields, in order, and put the answer together."""
        parts: list[bytes] = []
        errors: list[dict[str, Any]] = []
        lost = False
        for step in steps:
            value, problems = await self._run(step)
            if problems:
                errors.extend(problems)
            if value is None and step.non_null:
                lost = True
                if self.operation.node.operation is not OperationType.MUTATION:
                    break
            parts.append(step.label + (value or b"null"))
        data = b"null" if lost else b"{" + b",".join(parts) + b"}"
        if errors:
            told = errors[:MOST_ERRORS]
            body = b'{"data":' + data + b',"errors":' + orjson.dumps(told) + b"}"
            return Answer(body, True, self.statements, self.operation, told)
        return Answer(b'{"data":' + data + b"}", True, self.statements, self.operation)

    async def _run(self, step: Step) -> tuple[bytes | None, Sequence[dict[str, Any]] | None]:
        if step.constant is not None:
            return step.constant, None
        try:
            if step.right is not None:
                self.asker.require(step.right)
            if step.failure is not None:
                raise step.failure
            with span(step.name):
                if step.statement is not None:
                    return await self._compiled(step.statement), None
                return await self._ordinary(step)
        except Exception as error:  # noqa: BLE001 - told to the client as this field's error
            told = GraphQLError(str(error), path=[step.key], original_error=request_error(error))
            return None, [failed(told, self.asker.request_id)]

    async def _compiled(self, statement: Statement) -> bytes | None:
        self.statements += 1
        parameters = statement.texts(self.variables, self.asker)
        if statement.weighed:
            self.statements += 1
            weigh(await self.asker.read(b"EXPLAIN " + statement.sql, parameters), statement.weighed)
        body = await self.asker.read(statement.sql, parameters, statement.notes)
        if body is None or not statement.patches:
            return body
        data = orjson.loads(body)
        fill(data, statement.patches, self.asker)
        return orjson.dumps(data)

    async def _ordinary(self, step: Step) -> tuple[bytes | None, list[dict[str, Any]]]:
        value, errors = await self._transaction(step)
        if any(may_be_done_again(error.original_error) for error in errors):
            value, errors = await self._transaction(step)
        return value, [failed(self.asked.told(error), self.asker.request_id) for error in errors]

    async def _transaction(self, step: Step) -> tuple[bytes | None, list[GraphQLError]]:
        """Carry out an ordinary field; what it wrote stays only when there are no errors."""
        assert step.read_arguments is not None
        async with self.asker.transaction(step.read_arguments(self.variables)) as commit:
            # What comes before the service's first step: coercing the values once more, and making objects of them.
            result = await self.engine.do(
                self.many,
                self.asker,
                execute_ordinary,
                self.engine.schema,
                step.document,
                root_value=Around(self.operation, self.engine.aside, None if self.many else self.engine.plans),
                context_value=self.asker,
                variable_values=self.raw,
                executor_class=BorderExecutor,
            )
            if not isinstance(result, Awaitable):
                done = result
            else:
                done = await result
            value = None if done.data is None else orjson.dumps(done.data[step.key])
            if not done.errors:
                await commit(value)
        return value, list(done.errors or ())
