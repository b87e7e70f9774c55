"""What a GraphQL request asks, read from its body or its address and checked before anything else sees it."""

import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import parse_qsl

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse

from core.errors import BadRequest

MAX_DEPTH = 64
"""How deep lists and objects may lie inside each other in a request's JSON."""

MOST_VALUES = 30_000
"""Values in a request's JSON, at most: each is made here, and perhaps checked against the schema."""

_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = [1 if sign in b"[{" else -1 for sign in range(256)]
_JSON_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")


@dataclass(frozen=True)
class Operation:
    """One operation to carry out: the document, its variables, and which of its operations is meant."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    hash: str = ""
    """The SHA-256 of a trusted document that is not sent itself."""


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
    _refuse_many(data)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"{what} is not valid JSON in UTF-8: {error.msg}.") from error
    # Everything is counted in the bytes: walking a large body in Python would keep all other requests waiting.
    if b"\\u0000" in data and _JSON_NUL.search(data):
        _refuse_nul("\0")
    again = orjson.dumps(value)
    if again == data and data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return value  # as nearly every client writes it: a key given twice would not have come back
    signs = _TEXT.sub(b"", data)
    if _depth(signs) > MAX_DEPTH:
        raise BadRequest(f"The JSON lies more than {MAX_DEPTH} levels deep. Flatten it.")
    if signs.count(b":") != _TEXT.sub(b"", again).count(b":"):
        raise BadRequest(f"{what} has a key twice in one object. Give each once.")
    return value


def _refuse_many(data: bytes) -> None:
    """Count values before any is made: as many as there are brackets and commas, at most, and two texts for each."""
    quotes = data.count(b'"') - data.count(b'\\"')
    if quotes <= 4 * MOST_VALUES and (_signs(data) <= MOST_VALUES or _signs(_TEXT.sub(b"", data)) <= MOST_VALUES):
        return
    raise BadRequest(f"The JSON holds more than {MOST_VALUES:,} values. Send less at a time.")


def _signs(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def _depth(signs: bytes) -> int:
    """How deep lists and objects lie inside each other in JSON whose texts were taken out."""
    brackets = signs.translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) if len(brackets) > 2 * MAX_DEPTH else 0


def _refuse_nul(text: str) -> None:
    if "\0" in text:
        raise BadRequest("The text contains a NUL character (U+0000), which cannot be stored. Remove it.")


def _checked(given: Any) -> Operation:
    if not isinstance(given, dict):
        raise BadRequest('Send one operation as a JSON object: {"query": "...", "variables": {...}}.')
    for name in ("variables", "extensions"):
        if (value := given.get(name)) is not None and not isinstance(value, dict):
            raise BadRequest(f"`{name}` must be an object or null.")
    hash_ = _hash(given.get("extensions") or {})
    query = given.get("query", "" if hash_ else None)
    if not isinstance(query, str) or not (query.strip() or hash_):
        raise BadRequest("`query` must be the text of a GraphQL document.")
    if "\0" in query or ("\\u" in query and _ESCAPED_NUL.search(query)):
        _refuse_nul("\0")
    operation_name = given.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadRequest("`operationName` must be a text or null.")
    return Operation(query, given.get("variables") or {}, operation_name or None, hash_)


def _hash(extensions: dict[str, Any]) -> str:
    persisted = extensions.get("persistedQuery")
    hash_ = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return hash_.lower() if isinstance(hash_, str) else ""
