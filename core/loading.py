"""Finding the modules that the settings list, checking them, and putting them in order: needs first."""

import importlib
import pkgutil
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import modules
from core import builtin
from core.module import Manifest
from core.settings import Settings, StartError, suggestion

GROUP = "bima.modules"
"""The entry-point group by which installed packages offer modules: `name = "package"`."""


@dataclass(frozen=True)
class LoadedModule:
    """A module at work: what it says of itself, its package, where that comes from, and why it is enabled."""

    manifest: Manifest
    package: ModuleType
    source: str
    why: str

    @property
    def name(self) -> str:
        """The module's name, as listed in the settings."""
        return self.manifest.name

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(str(self.package.__file__)).parent

    @property
    def migrations(self) -> Path:
        """Where its revisions are; the host keeps its own in the top-level `migrations`."""
        if self.package is builtin:
            return self.folder.parent / "migrations" / "versions"
        return self.folder / "migrations"


CORE = LoadedModule(builtin.manifest, builtin, "built in", "it is the host")


def available() -> dict[str, list[tuple[str, str]]]:
    """Every module that could be enabled, by name: the packages that offer it, and where each comes from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module in pkgutil.iter_modules(modules.__path__):
        if module.ispkg:
            found.setdefault(module.name, []).append((f"modules.{module.name}", "built in"))
    for entry in entry_points(group=GROUP):
        source = f"the package {entry.dist.name}" if entry.dist else "an installed package"
        found.setdefault(entry.name, []).append((entry.value, source))
    return found


def load_modules(settings: Settings) -> tuple[LoadedModule, ...]:
    """Import the listed modules, and only those, and put them in order; the host's own part comes first.

    Raises:
        StartError: an unknown module, one listed twice, two with one name, a missing need, a cycle.
    """
    origin = settings.sources.get("modules", "the settings")
    loaded: dict[str, LoadedModule] = {}
    offered = available()
    for name in settings.modules:
        if name in loaded:
            raise StartError(f'The module "{name}" is listed twice in {origin}: remove one.')
        loaded[name] = load_module(name, offered, f"{origin} lists it", settings.packages)
    for module in loaded.values():
        for need in module.manifest.needs:
            if need not in loaded:
                raise StartError(f'The module "{module.name}" needs "{need}": add it to the modules in {origin}.')
    return (CORE, *_in_order(loaded))


def load_module(
    name: str, offered: Mapping[str, Sequence[tuple[str, str]]], why: str, packages: Mapping[str, str] | None = None
) -> LoadedModule:
    """Import one module by its name.

    Raises:
        StartError: nobody offers it, two do, or its package does not say the same name of itself.
    """
    if name == CORE.name or name not in offered:
        if wanted := (packages or {}).get(name):
            raise StartError(f'The module "{name}" is not installed ({why}). Type: pip install {shlex.quote(wanted)}')
        known = suggestion(name, offered)
        outside = "" if known.endswith("?") else " One from outside is installed with pip first."
        raise StartError(f'There is no module "{name}" ({why}){known}{outside}')
    if len(offered[name]) > 1:
        sources = " and ".join(source for _, source in offered[name])
        raise StartError(f'Two modules are named "{name}" ({sources}): uninstall or rename one.')
    [(path, source)] = offered[name]
    package = importlib.import_module(path)
    manifest = getattr(package, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise StartError(f"The package {path} is no module: its __init__.py needs `manifest = Manifest(...)`.")
    if manifest.name != name:
        raise StartError(
            f'The manifest of {path} says "{manifest.name}", but it is offered as "{name}": make them one.'
        )
    return LoadedModule(manifest, package, source, why)


def _in_order(loaded: Mapping[str, LoadedModule]) -> list[LoadedModule]:
    """What a module needs, and what it comes after, goes before it; otherwise the order of the list stays."""
    ordered: dict[str, LoadedModule] = {}

    def place(name: str, path: tuple[str, ...]) -> None:
        if name in ordered:
            return
        if name in path:
            cycle = " → ".join((*path[path.index(name) :], name))
            raise StartError(f"Modules wait for each other in a circle: {cycle}; take one out of `needs` or `after`.")
        manifest = loaded[name].manifest
        before = {other for other in (*manifest.needs, *manifest.after) if other in loaded}
        for other in loaded:
            if other in before:
                place(other, (*path, name))
        ordered[name] = loaded[name]

    for name in loaded:
        place(name, ())
    return list(ordered.values())
