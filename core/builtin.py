"""What the host itself brings, through the same door as every module. Its name is `core`."""

from collections.abc import Sequence

from core.db import Base
from core.errors import CORE_CODES, ErrorCode
from core.history import HistoryRow
from core.hooks import hook
from core.idempotency import IdempotencyRow
from core.lookups import LookupRow
from core.module import Manifest
from core.types import parts
from schema import Part

manifest = Manifest(name="core", title="The host", version="1.0.0")


@hook
def graphql() -> Sequence[Part]:
    """The fields that every schema has."""
    return parts()


@hook
def tables() -> Sequence[type[Base]]:
    """Lookups, the history of every table, and the mutations that were sent with an id of the client's."""
    return (HistoryRow, IdempotencyRow, LookupRow)


@hook
def error_codes() -> Sequence[ErrorCode]:
    """The user errors that any module may answer."""
    return CORE_CODES
