"""The host: the enabled modules, checked and in order, and everything they bring, collected.

Two hosts with different modules live in one process; nothing here is global.
"""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from copy import copy
from functools import cached_property
from typing import Any, TypeVar, cast

from pydantic import ValidationError
from sqlalchemy import Table
from starlette.routing import BaseRoute

from core import clock
from core.db import Database
from core.errors import ErrorCode
from core.files import FileStorage
from core.garbage import uncollected
from core.history_field import history_parts
from core.hooks import implementations
from core.loading import LoadedModule, available, load_modules
from core.module import PUBLIC, SIGNED_IN, Job, ModuleSettings, Right
from core.plugins import plug_in
from core.postgres import Postgres
from core.settings import Settings, StartError, suggestion, told
from schema import Mutation
from schema.compose import Part, Schema
from schema.errors import DeclarationError

S = TypeVar("S", bound=ModuleSettings)
EMBEDDED_DATABASE = "bima"

__all__ = ["Host", "LoadedModule", "StartError"]


class Host:
    """The modules of one installation at work.

    Everything collected is in manifest order: the host's own first, then what a module needs before the module.
    """

    def __init__(self, settings: Settings) -> None:
        """Load the modules that the settings list.

        Raises:
            StartError: they cannot work together, or a setting is nobody's; the message says in one sentence why.
        """
        self.settings = settings
        with uncollected():
            self.modules = load_modules(settings)
        for name in settings.read_only:
            if name not in (known := available()):
                raise StartError(f'There is no module "{name}" to be read_only{suggestion(name, known)}')
        self.plugins = plug_in(self.modules)
        self.parts: list[tuple[str, Part]] = [
            (module, part)
            for module, parts in self._collected("graphql")
            for part in parts
            if part.target is not Mutation or module not in settings.read_only
        ]
        self.parts += [("core", part) for part in history_parts(self)]
        self.rights: tuple[Right, ...] = self._named("rights", "right", "name")
        self.error_codes: tuple[ErrorCode, ...] = self._named("error_codes", "error code", "code")
        self.jobs: tuple[Job, ...] = self._named("jobs", "job", "name")
        self.routes: tuple[BaseRoute, ...] = tuple(route for _, routes in self._collected("routes") for route in routes)
        self._tables = {module: tuple(_tables(module, found)) for module, found in self._collected("tables")}
        self._module_settings = self._read_module_settings()
        self._embedded: Postgres | None = None
        self._running = AsyncExitStack()
        self._composed_by: Host | None = None

    def module(self, name: str) -> LoadedModule:
        """An enabled module by its name.

        Raises:
            StartError: it is not enabled.
        """
        for module in self.modules:
            if module.name == name:
                return module
        raise StartError(f'The module "{name}" is not enabled{suggestion(name, self._names)}')

    def tables_of(self, module: str) -> tuple[Table, ...]:
        """The tables that belong to a module; of one without tables, none."""
        return self._tables.get(module, ())

    def module_settings(self, kind: type[S]) -> S:
        """The settings of a module, by the class that it declares.

        Raises:
            LookupError: no enabled module declares it.
        """
        try:
            return cast(S, self._module_settings[kind])
        except KeyError:
            raise LookupError(f"no enabled module declares the settings {kind.__module__}.{kind.__name__}") from None

    @cached_property
    def schema(self) -> Schema:
        """The GraphQL schema that the modules make up together.

        Raises:
            StartError: two modules add one field, a root field names no right or one that no module declares.
        """
        if self._composed_by is not None:
            return self._composed_by.schema
        try:
            with uncollected():
                schema = Schema(self.parts, explained=self.settings.explained)
        except DeclarationError as error:
            raise StartError(f"The modules' GraphQL does not fit together: {error}.") from error
        for name, field in schema.root_fields.items():
            right = getattr(field, "right", None)
            if right is None:
                raise StartError(f"{name} names no right: give it right=, if only SIGNED_IN or PUBLIC.")
            if right not in (PUBLIC, SIGNED_IN, *self.rights):
                known = suggestion(right.name, [declared.name for declared in self.rights])
                raise StartError(f'{name} asks for the right "{right.name}", which no module declares{known}')
        return schema

    @cached_property
    def db(self) -> Database:
        """The database: that of the settings or, when they name none, an embedded one, started here."""
        return Database(
            self.database_url,
            pool_size=self.settings.pool_size,
            prepare=self.settings.prepare_statements,
            seconds=self.settings.statement_seconds,
            patience=self.settings.request_seconds / 2,
        )

    @cached_property
    def database_url(self) -> str:
        """Where the database is. Starts the embedded PostgreSQL when the settings name none.

        Raises:
            StartError: it cannot be started.
        """
        if self.settings.database_url is not None:
            return self.settings.database_url
        self._embedded = Postgres(self.settings.data_dir / "postgres")
        return self._embedded.ensure(EMBEDDED_DATABASE)

    @cached_property
    def files(self) -> FileStorage:
        """Where the content of files is kept."""
        return cast(FileStorage, self.plugins.hook.file_storage(settings=self.settings))

    def on(self, database_url: str) -> "Host":
        """The same modules on another database; the composed schema and its plans are shared."""
        other = copy(self)
        other.settings = self.settings.model_copy(update={"database_url": database_url})
        other._composed_by = self._composed_by or self
        other._embedded = None
        other._running = AsyncExitStack()
        for name in ("db", "database_url"):
            vars(other).pop(name, None)
        return other

    async def start(self) -> None:
        """Open the database and let the modules open what they need, dependencies first.

        Raises:
            StartError: see `schema` and `database_url`. When a module fails to start, those before it are stopped.
        """
        clock.use_zone(self.settings.timezone)
        starters = {found.module: found for found in implementations(self, "started")}
        stoppers = {found.module: found for found in implementations(self, "stopped")}
        async with AsyncExitStack() as stack:
            _ = self.schema
            await self.db.open()
            stack.push_async_callback(self._disconnect)
            for module in self.modules:
                if start := starters.get(module.name):
                    await start.call(host=self)
                if stop := stoppers.get(module.name):
                    stack.push_async_callback(stop.call, host=self)
            self._running = stack.pop_all()

    async def stop(self) -> None:
        """Undo `start`, dependants first; each module is stopped even when another fails to."""
        try:
            await self._running.aclose()
        finally:
            if self._embedded is not None:
                self._embedded.release()
                self._embedded = None
                del self.database_url

    async def _disconnect(self) -> None:
        # A closed pool cannot be opened again: the next start makes a new one.
        await self.db.close()
        del self.db

    @property
    def _names(self) -> list[str]:
        return [module.name for module in self.modules]

    def _collected(self, hook: str) -> Iterator[tuple[str, Any]]:
        for implementation in implementations(self, hook):
            yield implementation.module, implementation.function()

    def _named(self, hook: str, what: str, key: str) -> tuple[Any, ...]:
        owners: dict[str, str] = {}
        collected = []
        for module, things in self._collected(hook):
            for thing in things:
                name = getattr(thing, key)
                if name in owners:
                    raise StartError(f'Both "{owners[name]}" and "{module}" declare the {what} "{name}": rename one.')
                owners[name] = module
                collected.append(thing)
        return tuple(collected)

    def _read_module_settings(self) -> dict[type[ModuleSettings], ModuleSettings]:
        kinds = dict(self._collected("settings"))
        for name, table in self.settings.tables.items():
            origin = self.settings.sources.get(name, "the settings")
            if name in kinds:
                for setting in table:
                    if setting not in kinds[name].model_fields:
                        known = suggestion(setting, kinds[name].model_fields)
                        raise StartError(f'"{setting}" in {origin} is no setting of the module "{name}"{known}')
            elif name in self._names:
                raise StartError(f'The module "{name}" has no settings, but {origin} has some: remove them.')
            elif name not in available():
                raise StartError(f'The settings of "{name}" in {origin} belong to no module{suggestion(name, kinds)}')
        return {kind: _filled(kind, name, self.settings) for name, kind in kinds.items()}


def _filled(kind: type[ModuleSettings], name: str, settings: Settings) -> ModuleSettings:
    try:
        return kind(**settings.tables.get(name, {}))
    except ValidationError as error:
        origin = settings.sources.get(name, "the settings")
        raise StartError(told(error, {str(error.errors()[0]["loc"][0]): origin}, f"{name}.")) from None


def _tables(module: str, found: Any) -> Iterator[Table]:
    for thing in found:
        table: Table = thing if isinstance(thing, Table) else thing.__table__
        if not table.name.startswith(f"{module}_"):
            raise StartError(f'The table "{table.name}" of the module "{module}" must be named "{module}_...".')
        yield table
