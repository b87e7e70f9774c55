"""Spans: parts of a request whose time somebody may want to see. Nobody looks until `watch_with` says who does."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

Begin = Callable[[str], AbstractContextManager[Any]]

_NOBODY: AbstractContextManager[Any] = nullcontext()
_begin: Begin | None = None


def span(name: str) -> AbstractContextManager[Any]:
    """The part of the work in this block. Names come from the program and the schema, never from a request."""
    return _NOBODY if _begin is None else _begin(name)


def watch_with(begin: Begin | None) -> None:
    """Let every span of this process begin with this from now on; None: nobody looks any more."""
    global _begin
    _begin = begin
