"""The names that module authors use; nothing else of `core` and `schema` is promised to stay."""

# ruff: noqa: E402

import gc

_collecting = gc.isenabled()
gc.disable()  # as in core.garbage, which cannot be had yet

from core import clock
from core.authentication import context_of
from core.checks import Code, check_codes, check_columns, codes_in, delete_unused, noting, tidy
from core.context import ANONYMOUS, SYSTEM, Actor, Context
from core.dates import add_months, age_on
from core.db import Amount, Base, Rate, Row, VersionedRow, new_id, state
from core.deprecation import deprecated
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
    Busy,
    ErrorCode,
    Forbidden,
    LimitExceeded,
    Problems,
    Unauthenticated,
    UserError,
    UserErrors,
)
from core.fields import mutation, query
from core.files import FileKind, FileStorage, claim_file, link_to
from core.finding import FINE, ODD, WRONG, Finding
from core.hooks import every, first, hook, hookspec
from core.inputs import MutationInput, Payload, UserErrorInfo, given, input_type, output_type
from core.jobs import defer
from core.lookups import LookupRow, check_lookup
from core.module import PUBLIC, SIGNED_IN, Job, Manifest, ModuleSettings, Right
from core.objects import columns_of, insert, of_session, read_by_ids, read_objects
from core.prepared import Prepared, PreparedFor, among, bound, outer
from core.reading import note_of_reading, note_reading, noted_outside
from core.rows import check_changeable, check_version, find, find_all, visible
from core.together import Together, shared_rows
from core.types import JobInfo, Lookup, lookup
from schema import (
    EVERYBODY,
    JSON,
    SQL,
    UNSET,
    Mask,
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
    last,
    many,
    mapped,
    one,
    one_of,
    page,
    reference,
)
from schema.names import camel_case

gc.freeze()  # what was imported stays: to look through it once takes as long as importing a tenth of it
if _collecting:
    gc.enable()

__all__ = [
    "ANONYMOUS",
    "DATES_REVERSED",
    "DATE_IN_FUTURE",
    "EVERYBODY",
    "FINE",
    "ILLEGAL_TRANSITION",
    "JSON",
    "NEGATIVE",
    "NOT_FOUND",
    "ODD",
    "PUBLIC",
    "REQUIRED",
    "SIGNED_IN",
    "SQL",
    "STALE",
    "SYSTEM",
    "TAKEN",
    "TOO_LONG",
    "UNKNOWN_CODE",
    "UNSET",
    "WRONG",
    "Actor",
    "Amount",
    "BadRequest",
    "Base",
    "Busy",
    "Code",
    "Context",
    "ErrorCode",
    "FileKind",
    "FileStorage",
    "Finding",
    "Forbidden",
    "Job",
    "JobInfo",
    "LimitExceeded",
    "Lookup",
    "LookupRow",
    "Manifest",
    "Mask",
    "ModuleSettings",
    "Money",
    "Mutation",
    "MutationInput",
    "Node",
    "Part",
    "Payload",
    "Prepared",
    "PreparedFor",
    "Problems",
    "Query",
    "Rate",
    "Right",
    "Row",
    "Scope",
    "Together",
    "Unauthenticated",
    "UserError",
    "UserErrorInfo",
    "UserErrors",
    "VersionedRow",
    "Viewer",
    "Where",
    "add_months",
    "age_on",
    "among",
    "argument",
    "bound",
    "camel_case",
    "check_changeable",
    "check_codes",
    "check_columns",
    "check_lookup",
    "check_version",
    "claim_file",
    "clock",
    "codes_in",
    "column",
    "columns_of",
    "computed",
    "context_of",
    "defer",
    "delete_unused",
    "deprecated",
    "every",
    "expression",
    "extend",
    "find",
    "find_all",
    "first",
    "given",
    "hook",
    "hookspec",
    "input_type",
    "insert",
    "last",
    "link_to",
    "lookup",
    "many",
    "mapped",
    "mutation",
    "new_id",
    "note_of_reading",
    "note_reading",
    "noted_outside",
    "noting",
    "of_session",
    "one",
    "one_of",
    "outer",
    "output_type",
    "page",
    "query",
    "read_by_ids",
    "read_objects",
    "reference",
    "shared_rows",
    "state",
    "tidy",
    "visible",
]
