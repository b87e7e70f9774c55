"""The modules become plug-ins: their hooks are checked against the specs before pluggy sees them."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pluggy

from core import hooks
from core.loading import LoadedModule
from core.settings import StartError, suggestion

PROJECT = "bima"


def plug_in(modules: Sequence[LoadedModule]) -> pluggy.PluginManager:
    """A fresh manager with the host's and the modules' specs, and the modules registered in their order.

    Raises:
        StartError: a hook without a spec, with a wrong argument, or async where its spec is not; an async spec that is
            also `firstresult`.
    """
    manager = pluggy.PluginManager(PROJECT)
    _add_specs(manager, hooks, "the host")
    for module in modules:
        for name, function, _ in _hooks_of(manager, module):
            if name == "hookspecs":
                _add_specs(manager, function(), f'the module "{module.name}"')
    for module in modules:
        for name, function, options in _hooks_of(manager, module):
            _check(manager, module, name, function, options)
        manager.register(module.package, module.name)
    return manager


def _hooks_of(manager: pluggy.PluginManager, module: LoadedModule) -> Iterator[tuple[str, Callable[..., Any], Any]]:
    for attribute in dir(module.package):
        options = manager.parse_hookimpl_opts(module.package, attribute)
        if options is not None:
            yield options["specname"] or attribute, getattr(module.package, attribute), options


def _add_specs(manager: pluggy.PluginManager, file: ModuleType, owner: str) -> None:
    for name in dir(file):
        spec = manager.parse_hookspec_opts(file, name)
        if spec is None:
            continue
        if spec["firstresult"] and inspect.iscoroutinefunction(getattr(file, name)):
            raise StartError(
                f'The hook "{name}" of {owner} cannot be both async and firstresult, for a coroutine is never None: '
                "leave firstresult out and call it through core.hooks.first."
            )
        if hasattr(manager.hook, name):
            raise StartError(f'The hook "{name}" of {owner} is declared by another module already: rename it.')
    manager.add_hookspecs(file)


def _check(
    manager: pluggy.PluginManager, module: LoadedModule, name: str, function: Callable[..., Any], options: Any
) -> None:
    where = f'The module "{module.name}"'
    caller: pluggy.HookCaller | None = getattr(manager.hook, name, None)
    if caller is None or caller.spec is None:
        if options["optionalhook"]:
            return
        known = suggestion(name, _spec_names(manager))
        raise StartError(f'{where} implements the hook "{name}", which nobody declares{known}')
    taken = caller.spec.argnames
    for argument in inspect.signature(function).parameters:
        if argument not in taken:
            known = f"{suggestion(argument, taken)}" if taken else "; it takes none."
            raise StartError(f'{where} gives the hook "{name}" an argument "{argument}" that it does not have{known}')
    declared_async = inspect.iscoroutinefunction(caller.spec.function)
    if declared_async and (options["wrapper"] or options["hookwrapper"]):
        raise StartError(f'{where} wraps the hook "{name}", which is async: only plain hooks can be wrapped.')
    if declared_async != inspect.iscoroutinefunction(function):
        raise StartError(f'{where} must implement the hook "{name}" with `{"async def" if declared_async else "def"}`.')


def _spec_names(manager: pluggy.PluginManager) -> list[str]:
    callers = vars(manager.hook).items()
    return sorted(name for name, caller in callers if isinstance(caller, pluggy.HookCaller) and caller.spec)
