"""What is on its way out, said to whoever still uses it: a name of Python's or a field of GraphQL."""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, cast

from strawberry.types.field import StrawberryField

T = TypeVar("T")


def deprecated(since: str, instead: str) -> Callable[[T], T]:
    """Mark a function, a class or a GraphQL field that goes in the next major version; `docs/promises.md` says when.

    `since`: the version that deprecates it. `instead`: what to do, such as "Use `find_all`.". A field gets GraphQL's
    `@deprecated`; a function or class warns once in a process, at the line that calls it. For example
    `phone: str = deprecated("1.2", "Use `phones`.")(column("The first number."))`.
    """
    told = f"Deprecated since {since}: {instead}"

    def mark(thing: T) -> T:
        if isinstance(thing, StrawberryField):
            thing.deprecation_reason = told
            return thing
        if inspect.isclass(thing):
            _warn_in(thing, told)
            return thing
        return cast(T, _warning(thing, f"{getattr(thing, '__qualname__', thing)} is deprecated. {told}"))

    return mark


def _warning(function: Any, told: str) -> Callable[..., Any]:
    warned = False

    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        nonlocal warned
        if not warned:
            warned = True
            warnings.warn(told, DeprecationWarning, stacklevel=2)
        # Of a coroutine function this is the coroutine, which the caller awaits.
        return function(*arguments, **named)

    return call


def _warn_in(cls: Any, told: str) -> None:
    cls.__init__ = _warning(cls.__init__, f"{cls.__qualname__} is deprecated. {told}")
