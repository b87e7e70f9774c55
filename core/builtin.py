"""What the host itself brings, through the same door as every module. Its name is `core`."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from core import mutations, queries
from core import rights as rights_
from core.db import Base
from core.errors import CORE_CODES, ErrorCode
from core.files import FileRow, FileStorage, FolderStorage
from core.files.routes import ROUTES
from core.files.services import sweep
from core.history import HistoryRow
from core.history_field import audit_log
from core.hooks import hook
from core.idempotency import IdempotencyRow, forget_answers
from core.lookups import LookupRow
from core.module import Job, Manifest, Right
from core.presence import ModuleRow
from core.sealing import BlockRow, HeadRow, RedactionRow, seal_job
from core.settings import Settings
from schema import Mutation, Part, Query, extend

manifest = Manifest(name="core", title="The host", version="1.0.0")


@hook
def graphql() -> Sequence[Part]:
    """The fields that every schema has."""
    return [
        extend(Query, queries.node, queries.modules, queries.error_codes, queries.lookups, queries.job, audit_log),
        extend(Mutation, mutations.create_lookup, mutations.update_lookup),
    ]


@hook
def rights() -> Sequence[Right]:
    """The rights of the host's own mutations."""
    return rights_.ALL


@hook
def tables() -> Sequence[type[Base]]:
    """Lookups, files, the history of every table, known modules, and mutations sent with an id of the client's."""
    return (FileRow, HistoryRow, BlockRow, HeadRow, RedactionRow, IdempotencyRow, LookupRow, ModuleRow)


@hook
def error_codes() -> Sequence[ErrorCode]:
    """The user errors that any module may answer."""
    return CORE_CODES


@hook
def jobs() -> Sequence[Job]:
    """The history is sealed every minute; once a day go files that nobody claimed and answers nobody asks for again."""
    return (
        Job("core.audit.seal", run=seal_job, cron="* * * * *"),
        Job("core.files.sweep", run=sweep, cron="45 3 * * *"),
        Job("core.idempotency.sweep", run=forget_answers, cron="50 3 * * *"),
    )


@hook
def routes() -> Sequence[BaseRoute]:
    """Sending and fetching files."""
    return ROUTES


@hook
def file_storage(settings: Settings) -> FileStorage:
    """Files lie in a folder unless a module keeps them elsewhere."""
    return FolderStorage(settings.data_dir / "files")
