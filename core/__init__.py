"""The names that module authors use; nothing else of `core` and `schema` is promised to stay."""

from core import clock
from core.context import ANONYMOUS, SYSTEM, Actor, Context
from core.db import Amount, Base, Rate, Row, VersionedRow, new_id, state
from core.errors import (
    DATE_IN_FUTURE,
    DATES_REVERSED,
    ILLEGAL_TRANSITION,
    NEGATIVE,
    NOT_FOUND,
    REQUIRED,
    STALE,
    TAKEN,
    TOO_LONG,
    UNKNOWN_CODE,
    BadRequest,
    ErrorCode,
    Forbidden,
    LimitExceeded,
    Problems,
    Unauthenticated,
    UserError,
    UserErrors,
)
from core.fields import mutation, query
from core.hooks import every, first, hook, hookspec
from core.inputs import MutationInput, Payload, UserErrorInfo, given, input_type, output_type
from core.jobs import defer
from core.lookups import LookupRow, check_lookup
from core.module import PUBLIC, SIGNED_IN, Job, Manifest, ModuleSettings, Right
from core.rows import check_version, find, find_all, visible
from core.types import Lookup, lookup
from schema import (
    EVERYBODY,
    JSON,
    SQL,
    UNSET,
    Money,
    Mutation,
    Node,
    Part,
    Query,
    Scope,
    Viewer,
    Where,
    argument,
    column,
    computed,
    expression,
    extend,
    many,
    mapped,
    one,
    page,
    reference,
)

__all__ = [
    "ANONYMOUS", "DATES_REVERSED", "DATE_IN_FUTURE", "EVERYBODY", "ILLEGAL_TRANSITION", "JSON", "NEGATIVE", "NOT_FOUND",
    "PUBLIC", "REQUIRED", "SIGNED_IN", "SQL", "STALE", "SYSTEM", "TAKEN", "TOO_LONG", "UNKNOWN_CODE", "UNSET", "Actor",
    "Amount", "BadRequest", "Base", "Context", "ErrorCode", "Forbidden", "Job", "LimitExceeded", "Lookup", "LookupRow",
    "Manifest", "ModuleSettings", "Money", "Mutation", "MutationInput", "Node", "Part", "Payload", "Problems", "Query",
    "Rate", "Right", "Row", "Scope", "Unauthenticated", "UserError", "UserErrorInfo", "UserErrors", "VersionedRow",
    "Viewer", "Where", "argument", "check_lookup", "check_version", "clock", "column", "computed", "defer", "every",
    "expression", "extend", "find", "find_all", "first", "given", "hook", "hookspec", "input_type", "lookup", "many",
    "mapped", "mutation", "new_id", "one", "output_type", "page", "query", "reference", "state", "visible",
]  # fmt: skip
