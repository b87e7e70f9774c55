"""What a GraphQL request asks, read from its body or its address and checked before anything else sees it."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse

from core.errors import BadRequest

MAX_DEPTH = 64
"""How deep lists and objects may lie inside each other in a request's JSON."""

_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")


@dataclass(frozen=True)
class Operation:
    """One operation to carry out: the document, its variables, and which of its operations is meant."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    name: str | None = None


def from_body(body: bytes) -> Operation:
    """The operation in a JSON body.

    Raises:
        BadRequest: not JSON in UTF-8 (lone surrogates and NaN are neither), not an object, or a wrong type inside.
    """
    return _checked(_json(body, "The body"))


def from_address(query_string: bytes) -> Operation:
    """The operation in the parameters of an address; `variables` and `extensions` are JSON.

    Raises:
        BadRequest: not UTF-8, a parameter given twice, or whatever `from_body` refuses.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise BadRequest("The address's parameters are not UTF-8 text. Percent-encode them.") from error
    parameters: dict[str, Any] = dict(pairs)
    if len(parameters) < len(pairs):
        raise BadRequest("A parameter is given twice. Give each once.")
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, ""):
            parameters[name] = _json(text.encode(), f"`{name}`")
    return _checked(parameters)


def changes_something(operation: Operation) -> bool:
    """Whether the operation is anything but a query. What cannot be parsed is left for the schema to explain."""
    try:
        node = get_operation_ast(parse(operation.query, no_location=True), operation.name)
    except (GraphQLError, RecursionError):
        return False
    return node is not None and node.operation is not OperationType.QUERY


def _json(data: bytes, what: str) -> Any:
    if not data.strip():
        raise BadRequest(f'{what} is empty. Send JSON such as {{"query": "{{ __typename }}"}}.')
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{what} is not valid JSON in UTF-8: {error.msg}.") from error
    # Counting bytes settles nearly every request; only suspicious ones are walked.
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH or b"\\u0000" in data:
        _walk(value, MAX_DEPTH)
    return value


def _walk(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _refuse_nul(value)
        return
    if not isinstance(value, dict | list):
        return
    if depth == 0:
        raise BadRequest(f"The JSON lies more than {MAX_DEPTH} levels deep. Flatten it.")
    for key in value if isinstance(value, dict) else ():
        _refuse_nul(key)
    for inner in value.values() if isinstance(value, dict) else value:
        _walk(inner, depth - 1)


def _refuse_nul(text: str) -> None:
    if "\0" in text:
        raise BadRequest("The text contains a NUL character (U+0000), which cannot be stored. Remove it.")


def _checked(given: Any) -> Operation:
    if not isinstance(given, dict):
        raise BadRequest('Send one operation as a JSON object: {"query": "...", "variables": {...}}.')
    query = given.get("query")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("`query` must be the text of a GraphQL document.")
    if "\0" in query or ("\\u" in query and _ESCAPED_NUL.search(query)):
        _refuse_nul("\0")
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), dict | None):
            raise BadRequest(f"`{name}` must be an object or null.")
    operation_name = given.get("operationName")
    if not isinstance(operation_name, str | None):
        raise BadRequest("`operationName` must be a text or null.")
    return Operation(query, given.get("variables") or {}, operation_name or None)
