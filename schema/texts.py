"""Parameters as PostgreSQL reads them. What is common is written here; the rest is left to psycopg."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import PyFormat, Transformer


def text(value: Any) -> bytes | None:
    """A parameter as text.

    Raises:
        psycopg.DataError: a text holds a NUL, which libpq would take for its end.
    """
    write = _WRITTEN.get(type(value))
    return _other(value) if write is None else write(value)


def _string(value: str) -> bytes:
    written = value.encode()
    if b"\0" in written:
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return written


def _other(value: Any) -> bytes | None:
    if value is None:
        return None
    written = Transformer().get_dumper(value, PyFormat.TEXT).dump(value)
    return None if written is None else bytes(written)


def _plainly(value: Any) -> bytes:
    return str(value).encode()


_WRITTEN: dict[type, Callable[[Any], bytes | None]] = {
    str: _string,
    bool: lambda value: b"t" if value else b"f",
    int: _plainly,
    UUID: _plainly,
    Decimal: _plainly,
    date: _plainly,
    datetime: _plainly,
}
