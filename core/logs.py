"""Where the log goes: to standard error, one line an event, for whatever collects it.

In production a line is JSON and holds nothing that people sent or that is kept of them: of an exception its type and
where it was raised, and its text only where that is known to hold no values (decision 34).
"""

import logging
import sys
import threading
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType
from typing import Any, TextIO

import orjson
import psycopg
from psycopg_pool import PoolTimeout

from core.notes import Note
from core.settings import Settings, StartError
from schema.errors import DeclarationError, RequestError

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
QUIET = ("procrastinate", "uvicorn", "alembic", "httptools")
"""Libraries whose every step is not worth a line. Procrastinate's lines would carry the jobs' arguments, too."""
OURS = "bima"
"""The loggers whose messages are written whole; of a library's only what stands in its code."""
FIELDS = "fields"
"""The attribute of a record with the fields of its line: `log.info("...", extra={"fields": {...}})`."""
PLAIN: tuple[type[BaseException], ...] = (
    StartError, DeclarationError, AttributeError, NameError, ImportError, PoolTimeout,
)  # fmt: skip
"""Exceptions whose texts name parts of the program or of the set-up, never values."""
PLAIN_STATES = ("08", "25", "40", "42", "53", "54", "55", "57", "58")
"""Classes of PostgreSQL's errors whose first line holds no values: connections, transactions, names, resources."""
MOST_FRAMES = 40
MOST_CAUSES = 5

current: ContextVar[Note | None] = ContextVar("bima_note", default=None)
"""The request or job under way, which every line names."""

log = logging.getLogger("bima")


def to_stderr(settings: Settings) -> None:
    """Begin logging for a server, a worker or a long command."""
    handler = logging.StreamHandler()
    if settings.mode == "production":
        handler.setFormatter(JsonLines())
        sys.excepthook = _ended
        threading.excepthook = lambda args: _ended(args.exc_type, args.exc_value, args.exc_traceback)
    else:
        handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # Not where a log was set up before: its handlers get records of everything.
    Unrecorded.stream = handler.stream if settings.mode == "production" and handler in log.root.handlers else None
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class Unrecorded:
    """Where lines of a production go that need no record, once `to_stderr` has set up the log."""

    stream: TextIO | None = None


def tell(logger: logging.Logger, level: int, message: str, fields: dict[str, Any]) -> None:
    """Write the line of a request. Records and handlers take three times as long as the line itself."""
    if Unrecorded.stream is None:
        logger.log(level, "%s", message, extra={FIELDS: fields})
        return
    line = _line(time.time(), level, logger.name, message)
    line.update(fields)
    Unrecorded.stream.write(_written(line) + "\n")
    Unrecorded.stream.flush()


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = _line(record.created, record.levelno, record.name, _message(record))
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info and (error := record.exc_info[1]) is not None:
            line["exception"] = exception(error)
        return _written(line)


def _line(moment: float, level: int, logger: str, message: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(level).lower(),
        "logger": logger,
        "message": message,
    }
    note = current.get()
    if note is not None:
        line["request_id"] = note.request_id
        if note.account is not None:
            line["account_id"] = note.account
        if note.device is not None:
            line["device_id"] = note.device
        if note.trace_id:
            line["trace_id"] = note.trace_id
    return line


def _written(line: dict[str, Any]) -> str:
    return orjson.dumps(line, default=str).decode()


def _message(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] == OURS:
        return record.getMessage()
    # Procrastinate writes the arguments of jobs into its lines, asyncio the exceptions of tasks below the first one.
    return str(getattr(record, "action", None) or record.msg).partition("\n")[0]


def exception(error: BaseException, causes: int = MOST_CAUSES) -> dict[str, Any]:
    """An exception without the values that it may hold: its type, where it was raised, and what led to it."""
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")}
    if text := _text(error):
        told["message"] = text
    told["at"] = [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in walk_tb(error.__traceback__)
    ][-MOST_FRAMES:]
    if isinstance(error, BaseExceptionGroup) and causes:
        told["of"] = [exception(each, causes - 1) for each in error.exceptions[:MOST_CAUSES]]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and causes:
        told["cause"] = exception(cause, causes - 1)
    return told


def _text(error: BaseException) -> str:
    if isinstance(error, psycopg.Error) and error.sqlstate:
        found = error.diag
        names = (("constraint", found.constraint_name), ("table", found.table_name), ("column", found.column_name))
        parts = [error.sqlstate, *(f"{what} {name}" for what, name in names if name)]
        if error.sqlstate.startswith(PLAIN_STATES) and found.message_primary:
            parts.append(found.message_primary)
        return ", ".join(parts)
    if isinstance(error, psycopg.OperationalError):  # no connection came about
        return str(error).partition("\n")[0]
    if isinstance(error, OSError):
        return error.strerror or ""
    if isinstance(error, RequestError):
        return error.code
    return str(error) if isinstance(error, PLAIN) else ""


def _ended(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    """Python's own last words would hold the whole text of the exception."""
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    log.critical("stopped by an exception", exc_info=(kind, error, traceback))
