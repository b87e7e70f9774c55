"""Every hook of the host: what a module can add, and when the host asks.

A module implements a hook with `@hook` in its `__init__.py`. Collecting hooks take no arguments and are asked once, as
the host starts. Hooks that need the database are async: the host awaits implementations one at a time, in manifest
order, through `first` and `every`. A module that calls hooks of its own declares them in its `hooks.py` with
`@hookspec` and names that file in its `hookspecs` hook.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import pluggy

from core.context import Actor, Context
from core.errors import ErrorCode
from core.module import Job, ModuleSettings, Right
from schema import Part

if TYPE_CHECKING:
    from datetime import datetime

    import click
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.routing import BaseRoute

    from core.files import FileStorage
    from core.finding import Finding
    from core.host import Host
    from core.settings import Settings

hookspec = pluggy.HookspecMarker("bima")
hook = pluggy.HookimplMarker("bima")

# What a module adds. Asked once, as the host starts.


@hookspec
def graphql() -> Sequence[Part]:  # type: ignore[empty-body]
    """Types, root fields and fields on other modules' types, as `extend(...)` makes them."""


@hookspec
def tables() -> "Sequence[Table | type]":  # type: ignore[empty-body]
    """The tables that belong to the module: its models. Only this module's services write them."""


@hookspec
def rights() -> Sequence[Right]:  # type: ignore[empty-body]
    """The rights the module checks, and the standard roles that hold them from the start."""


@hookspec
def settings() -> type[ModuleSettings]:  # type: ignore[empty-body]
    """The module's settings, filled from the table of its name in `bima.toml` or the profile."""


@hookspec
def error_codes() -> Sequence[ErrorCode]:  # type: ignore[empty-body]
    """The user errors the module may answer; the query `errorCodes` lists them."""


@hookspec
def jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """Work the module does outside requests, on order or on a schedule."""


@hookspec
def routes() -> "Sequence[BaseRoute]":  # type: ignore[empty-body]
    """Starlette routes beside `/graphql`. The request's `state.host` is the host."""


@hookspec(firstresult=True)
def file_storage(settings: "Settings") -> "FileStorage | None":
    """Where the content of files is kept instead of in a folder under `data_dir`, such as an object store."""


@hookspec
def commands(cli: "click.Group") -> None:
    """Add commands to `bima`. Called when the command line starts, not when the server does."""


@hookspec
def hookspecs() -> ModuleType:  # type: ignore[empty-body]
    """The module's own `hooks.py`, whose `@hookspec` functions others may implement."""


# The host's life.


@hookspec
async def started(host: "Host") -> None:
    """The server is about to take requests: open what must be open. Not for data: that is `migrated`."""


@hookspec
async def stopped(host: "Host") -> None:
    """The server took its last request: close what `started` opened."""


@hookspec
async def migrated(host: "Host", session: "AsyncSession") -> None:
    """The tables are up to date: write the rows that must exist, each only once, in the session's transaction."""


@hookspec
async def switched_on(ctx: Context, since: "datetime | None") -> None:
    """The module is on for the first time, with `since` None, or again after it was off since then: catch up.

    Asked of that module only, in the migration's transaction, after `migrated`. Others' rows changed and nobody told
    the module: correct what it copied from them, end what should have ended, fill in what it keeps for every row.
    """


@hookspec
async def module_removed(session: "AsyncSession", module: str, rights: Sequence[str]) -> None:
    """A module, which may be any, was removed with its tables for good: delete what you keep of it by its name."""


@hookspec
async def findings(host: "Host", session: "AsyncSession") -> "Sequence[Finding]":  # type: ignore[empty-body]
    """What `bima doctor` tells of the module besides: what is odd or wrong, and what to type. Only for looking.

    Asked when no migration is pending.
    """


# Who is asking.


@hookspec
async def authenticate(host: "Host", session: "AsyncSession", token: str) -> Actor | None:
    """Who holds this access token. None when the token is not yours to judge; the first answer wins.

    Give the actor `valid_until` if servers may remember it, and watch with `core.actors.actors_depend_on` what it rests
    on.

    Raises:
        Unauthenticated: the token is yours and no longer valid.
    """


@hookspec
async def scopes(session: "AsyncSession", grants: Mapping[str, Sequence[UUID]]) -> Mapping[str, Sequence[UUID]]:  # type: ignore[empty-body]
    """What an account's grants (kind of thing -> ids) mean for the rows it may see: named sets of ids.

    All answers are put together; a scope that nobody names lets nothing through. Servers remember the answer: watch the
    tables that it is read from with `core.actors.actors_depend_on`, in a revision.
    """


class Caller(Protocol):
    """Anything that carries a plug-in manager: the host, or a module's view of it."""

    @property
    def plugins(self) -> pluggy.PluginManager: ...


@dataclass(frozen=True)
class Implementation:
    """A module's implementation of a hook."""

    module: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]

    def call(self, **offered: Any) -> Any:
        """Call it with those of the arguments that it takes, as pluggy does."""
        return self.function(**{name: offered[name] for name in self.arguments})


def implementations(caller: Caller, name: str) -> list[Implementation]:
    """The implementations of a hook in manifest order, dependencies first; pluggy itself calls the last one first.

    `tryfirst` and `trylast` go before and after that order, as they do in pluggy's calls.
    """
    position = {module: index for index, (module, _) in enumerate(caller.plugins.list_name_plugin())}
    found: list[pluggy.HookImpl] = getattr(caller.plugins.hook, name).get_hookimpls()
    found = sorted(found, key=lambda impl: (impl.trylast - impl.tryfirst, position[impl.plugin_name]))
    return [Implementation(impl.plugin_name, impl.function, impl.argnames) for impl in found]


async def every(caller: Caller, name: str, **arguments: Any) -> list[Any]:
    """Await all implementations of an async hook one at a time, in manifest order; their answers but None."""
    answers = []
    for implementation in implementations(caller, name):
        answer = await implementation.call(**arguments)
        if answer is not None:
            answers.append(answer)
    return answers


async def first(caller: Caller, name: str, **arguments: Any) -> Any:
    """Await implementations of an async hook in manifest order until one answers; None when none does."""
    for implementation in implementations(caller, name):
        answer = await implementation.call(**arguments)
        if answer is not None:
            return answer
    return None


__all__ = ["Context", "every", "first", "hook", "hookspec", "implementations"]
