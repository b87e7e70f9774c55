"""Root fields of modules that run in Python: `mutation` and `query`."""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import strawberry
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from strawberry.types.field import StrawberryField

from core.context import Context
from core.errors import ALREADY_DONE, STALE, TAKEN, ErrorCode, UserError, UserErrors
from core.idempotency import claim
from core.inputs import Payload, UserErrorInfo, same_id, served
from core.module import Right
from core.readable import make_readable
from core.rows import visible
from core.transactions import flush
from schema import argument
from schema.errors import DeclarationError
from schema.names import camel_case
from schema.node import MAPPED


class ServiceField(StrawberryField):
    """A root field that runs in Python; `right` is checked before it does."""

    right: Right
    is_async = False
    """Its function is called where the field begins, which may be aside, and makes objects of the arguments there."""

    def __copy__(self) -> "ServiceField":
        copied = super().__copy__()
        copied.right = self.right
        return copied


def query(*, right: Right) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A root field of Query computed in Python: `async def policy_quote(ctx, family_id) -> PolicyQuote`."""

    def declare(function: Callable[..., Awaitable[Any]]) -> Any:
        async def resolve(info: strawberry.Info, **arguments: Any) -> Any:
            return await function(info.context, **arguments)

        return _field(function, resolve, served(function), right)

    return declare


def mutation(
    result: type, *, right: Right, remembered: bool = True, once: ErrorCode | None = None
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """A root field of Mutation: `async def create_family(ctx, input) -> models.Family`.

    `result`: the mapped type of the row that the function returns, or a `Payload` that it returns whole. User errors
    undo everything and become the payload's `errors`; a repeated `clientMutationId` gets the first answer. Not
    `remembered`: the answer is a secret and kept nowhere, so a repeat runs again. `once`: it is a secret as well, but
    what was done stays, so a repeat is refused with this error, whose message may name as `{id}` the `ctx.result_id`
    that the function set.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> Any:
        payload, key = _payload(function, result)
        name = camel_case(function.__name__)

        def resolve(info: strawberry.Info, input: Any) -> Any:
            return carry_out(info, input, list(make_readable(input)))

        async def carry_out(info: strawberry.Info, input: Any, unreadable: list[UserError]) -> Any:
            ctx: Context = info.context
            try:
                if unreadable:
                    raise UserErrors(unreadable)
                return await _run(ctx, function, input, info if remembered else None, name, payload, key, result, once)
            except (UserError, UserErrors, StaleDataError, IntegrityError) as error:
                refused = _refused(ctx, error, input, payload, key)
                await ctx.session.rollback()
                ctx.claimed = None
                return refused

        signature = _with_described_input(served(function))
        return _field(function, resolve, signature.replace(return_annotation=payload), right)

    return declare


def _with_described_input(signature: inspect.Signature) -> inspect.Signature:
    """The signature with the input described as its type is."""
    parameters = dict(signature.parameters)
    given = parameters["input"].annotation
    described = Annotated[given, argument(inspect.getdoc(given) or "")]  # type: ignore[valid-type]
    parameters["input"] = parameters["input"].replace(annotation=described)
    return signature.replace(parameters=list(parameters.values()))


async def _run(
    ctx: Context,
    function: Callable[..., Awaitable[Any]],
    input: Any,
    info: Any,
    name: str,
    payload: Any,
    key: str | None,
    result: type,
    once: ErrorCode | None,
) -> Any:
    earlier = await claim(ctx, name, input.client_mutation_id, info) if info is not None else None
    if earlier is not None and once is not None:
        raise UserError(once, "clientMutationId", id=earlier.object_id)
    if earlier is not None and earlier.answer is not None:
        return orjson.Fragment(earlier.answer)
    if earlier is not None and key is not None:
        seen = await _is_visible(ctx, result, earlier.object_id)  # it may have moved to where the sender does not work
        return payload(client_mutation_id=input.client_mutation_id, **{key: earlier.object_id if seen else None})
    if earlier is not None:
        raise UserError(ALREADY_DONE, "clientMutationId")
    ctx.answer_kept = once is None
    returned = await function(ctx, input)
    await flush(ctx.session)
    if key is None:
        returned.client_mutation_id = input.client_mutation_id
        return returned
    ctx.result_id = None if returned is None else same_id(returned)
    return payload(client_mutation_id=input.client_mutation_id, **{key: ctx.result_id})


async def _is_visible(ctx: Context, type_: type, id: UUID | None) -> bool:
    """Whether the actor sees the row of a mapped type now."""
    model = MAPPED[type_].model
    return await ctx.session.scalar(sa.select(model.id).where(model.id == id, *visible(ctx, model))) is not None


def _refused(ctx: Context, error: Exception, input: Any, payload: Any, key: str | None) -> Any:
    errors = _user_errors(error)
    current = next((found.current for found in errors if found.current is not None), None)
    told = [UserErrorInfo.of(found, ctx.language) for found in errors]
    extra: dict[str, UUID] = {} if key is None or current is None else {key: same_id(current)}
    return payload(client_mutation_id=input.client_mutation_id, errors=told, **extra)


def _user_errors(error: Exception) -> list[UserError]:
    if isinstance(error, UserErrors):
        return list(error.errors)
    if isinstance(error, UserError):
        return [error]
    if isinstance(error, StaleDataError):
        return [UserError(STALE, "expectedVersion")]
    # A service checks what it can before it writes; what two senders write at the same moment ends here.
    detail = (
        str(getattr(getattr(error.orig, "diag", None), "message_detail", ""))
        if isinstance(error, IntegrityError)
        else ""
    )
    # A value may hold line breaks.
    taken = re.match(r"Key \((?P<columns>.*)\)=\((?P<values>.*)\) already exists", detail, re.DOTALL)
    if taken is None:
        raise error
    column = taken["columns"].split(",")[-1].strip(' "')
    return [UserError(TAKEN, camel_case(column), value=taken["values"].split(", ")[-1])]


def _payload(function: Callable[..., Any], result: type) -> tuple[Any, str | None]:
    if issubclass(result, Payload):
        return result, None
    if result not in MAPPED:
        raise DeclarationError(
            f"{function.__name__}: a mutation answers a mapped type or a Payload, not {result.__name__}"
        )
    key = re.sub(r"(?<!^)(?=[A-Z])", "_", result.__name__).lower()
    name = camel_case(function.__name__)
    field = strawberry.field(description=f"The {result.__name__} as it is now; null when there are errors.")
    field.default = None
    body = {"__annotations__": {key: result | None}, key: field, "__module__": function.__module__}
    described = f"What {name} answers."
    return strawberry.type(type(f"{name[0].upper()}{name[1:]}Payload", (Payload,), body), description=described), key


def _field(function: Callable[..., Any], resolve: Any, signature: inspect.Signature, right: Right) -> Any:
    functools.update_wrapper(resolve, function)
    del resolve.__wrapped__
    resolve.__signature__ = signature
    resolve.__annotations__ = {
        **{name: parameter.annotation for name, parameter in signature.parameters.items()},
        "return": signature.return_annotation,
    }
    field = ServiceField(python_name=function.__name__, description=inspect.cleandoc(function.__doc__ or "") or None)
    field = field(resolve)
    field.right = right
    return field
