"""Switching modules on and off: which list of modules a wish comes to, and what that changes, before anything does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from core.hooks import implementations
from core.host import Host
from core.loading import CORE, available, load_module
from core.module import ModuleSettings
from core.pending import connected
from core.presence import known_modules
from core.settings import Settings, StartError
from schema.names import camel_case

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Brings:
    """What a module adds: names, in the order in which it declares them."""

    name: str
    title: str
    tables: tuple[str, ...]
    fields: tuple[str, ...]
    rights: tuple[str, ...]
    jobs: tuple[str, ...]
    routes: tuple[str, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What a switch comes to: the modules that change with what each brings, and the host as it will be.

    `also`: modules that nobody asked for, and which module needs them. `off_since`: since when modules are off whose
    tables are there.
    """

    changed: tuple[Brings, ...]
    also: dict[str, str]
    host: Host
    off_since: "dict[str, datetime]"
    waiting: dict[str, int]
    """How many orders for jobs of each module wait in the queue."""


def plan_on(host: Host, names: Sequence[str]) -> tuple[Host, dict[str, str]]:
    """The host with some modules switched on and all that they need, and for whose sake each of the others is.

    Raises:
        StartError: one is on already, nobody offers it, or the modules do not fit together.
    """
    enabled: list[str] = list(host.settings.modules)
    also: dict[str, str] = {}
    for name in names:
        if name in enabled:
            raise StartError(f'The module "{name}" is on already.')
    wanted = [(name, "") for name in names]
    offered = available()
    while wanted:
        name, because = wanted.pop(0)
        if name in enabled:
            continue
        why = f"{because} needs it" if because else "asked to switch it on"
        module = load_module(name, offered, why, host.settings.packages)
        enabled.append(name)
        if because and name not in names:
            also[name] = because
        wanted += [(need, name) for need in module.manifest.needs]
    return _with(host, enabled), also


def plan_off(host: Host, names: Sequence[str]) -> Host:
    """The host with some modules switched off.

    Raises:
        StartError: one is not on, or a module that stays on needs it.
    """
    for name in names:
        if name == CORE.name:
            raise StartError("The host itself cannot be switched off.")
        host.module(name)
    going = dependants(host, names)
    if staying := [name for name in going if name not in names]:
        told = f"{', '.join(staying)} {'need' if len(staying) > 1 else 'needs'} {', '.join(names)}"
        raise StartError(f"{told}. To switch all of them off: bima module disable {' '.join(going)}")
    return _with(host, [name for name in host.settings.modules if name not in names])


def dependants(host: Host, names: Iterable[str]) -> list[str]:
    """These modules and all that need them, those that need first: the order in which they can go."""
    going = set(names)
    for module in host.modules:
        if going & set(module.manifest.needs):
            going.add(module.name)
    return [module.name for module in reversed(host.modules) if module.name in going]


async def plan(host: Host, with_modules: Host, names: Sequence[str], also: dict[str, str]) -> Plan:
    """What changes when `names` and `also` are switched; `with_modules` is the host of the two that has them."""
    changing = {*names, *also}
    changed = tuple(brings(with_modules, module.name) for module in with_modules.modules if module.name in changing)
    async with connected(host) as connection:
        known = await connection.run_sync(known_modules)
        waiting = await connection.run_sync(_waiting, [job for each in changed for job in each.jobs])
    since = {name: at for name in changing if (at := known.get(name)) is not None}
    return Plan(changed, also, with_modules, since, waiting)


def brings(host: Host, name: str) -> Brings:
    """What an enabled module adds to the host."""
    module = host.module(name)
    fields = [
        f"{part.target.__name__}.{camel_case(field.python_name)}"
        for owner, part in host.parts
        if owner == name
        for field in part.fields
    ]
    return Brings(
        name=name,
        title=module.manifest.title,
        tables=tuple(table.name for table in host.tables_of(name)),
        fields=tuple(fields),
        rights=tuple(right.name for right in _declared(host, name, "rights")),
        jobs=tuple(job.name for job in _declared(host, name, "jobs")),
        routes=tuple(str(getattr(route, "path", route)) for route in _declared(host, name, "routes")),
        settings=tuple(_declared(host, name, "settings", ModuleSettings).model_fields),
    )


def _declared(host: Host, name: str, hook: str, absent: Any = ()) -> Any:
    found = (each.function() for each in implementations(host, hook) if each.module == name)
    return next(found, absent)


def _with(host: Host, names: Sequence[str]) -> Host:
    settings: Settings = host.settings.model_copy(update={"modules": tuple(names)})
    return Host(settings)


def _waiting(connection: Connection, jobs: Sequence[str]) -> dict[str, int]:
    if not jobs or not connection.scalar(text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")):
        return {}
    found = connection.execute(
        text(
            "SELECT queue_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(:jobs) "
            "GROUP BY queue_name"
        ),
        {"jobs": list(jobs)},
    )
    return dict(found.all())
