"""What a module says of itself: frozen dataclasses that the host collects."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True)
class Manifest:
    """Who a module is and whom it knows.

    `needs`: modules that must be enabled; their tables, types and services may be used. `after`: modules that, when
    enabled, are loaded first; co-operation with them goes through hooks only.
    """

    name: str
    title: str
    version: str
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Right:
    """A right named `module.thing.action`, and the codes of the standard roles that hold it from the start."""

    name: str
    title: str
    roles: tuple[str, ...] = ()


PUBLIC = Right("public", "Open to everybody, signed in or not")
SIGNED_IN = Right("signed_in", "Open to every account that is signed in")


@dataclass(frozen=True)
class Job:
    """Work done outside requests. `run(ctx, **arguments)` may run more than once for one order, so it is idempotent.

    `cron`: a schedule in the scheme's time zone ("5 0 * * *" is five past midnight); empty for jobs that are only
    deferred.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    cron: str = ""


class ModuleSettings(BaseModel):
    """Base of a module's settings: typed fields with defaults; an unknown name or a wrong value stops the start.

    The table named after the module in `bima.toml` or a profile fills them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
