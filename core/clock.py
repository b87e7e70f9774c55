"""The one source of time. Tests set it with `at`; nothing else in Bima asks the operating system."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

UTC_ZONE = ZoneInfo("UTC")
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_zone: ContextVar[ZoneInfo] = ContextVar("zone", default=UTC_ZONE)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day where the scheme is."""
    return now().astimezone(_zone.get()).date()


def use_zone(zone: ZoneInfo) -> None:
    """Take the scheme's time zone for this task; the host calls it as a request, a job or a command begins."""
    _zone.set(zone)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at an aware moment, for tests and for jobs that run for a given day.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("the clock takes aware moments only: give it a time zone")
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
