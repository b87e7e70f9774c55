"""Removing a module for good: its tables with everything in them, and every trace of it that the host keeps.

The history of its rows stays, for it says who did what, unless its removal is asked for too (decision 0027).
"""

from collections.abc import Sequence

import psycopg
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from core.context import SYSTEM, Context
from core.files.models import FileRow
from core.history import sign
from core.hooks import every
from core.host import Host
from core.loading import CORE
from core.presence import forget_module
from core.settings import StartError
from core.switching import Brings, brings, plan_on
from schema import Mutation


def described(host: Host, name: str) -> tuple[Host, Brings]:
    """The host as it is with the module, and what the module brings, whether or not it is on.

    Raises:
        StartError: it is the host's own part, nobody offers it, or a module that is on needs it.
    """
    if name == CORE.name:
        raise StartError("The host's own tables cannot be removed.")
    for other in host.modules:
        if name in other.manifest.needs:
            raise StartError(f'The enabled module "{other.name}" needs "{name}": remove that one first.')
    on = any(module.name == name for module in host.modules)
    with_it = host if on else plan_on(host, [name])[0]
    return with_it, brings(with_it, name)


async def remove(host: Host, name: str, *, with_history: bool = False) -> None:
    """Drop a module's tables and everything in them, whether or not it is on. There is no way back.

    Its files become nobody's and are swept away; its orders for jobs, remembered answers and rights go. All or nothing.

    Raises:
        StartError: it is the host's own part, it was never enabled, an enabled module needs it, or tables of other
            modules point to its tables.
    """
    from core.migrate import downgrade, locked

    with_it, gone = described(host, name)
    tables = with_it.tables_of(name)
    async with locked(host) as connection:
        await connection.run_sync(_release_files, tables)
        try:
            await connection.run_sync(downgrade, host, with_it.module(name))
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.errors.DependentObjectsStillExist):
                raise
            raise StartError(
                f'Tables of other modules point to those of "{name}": remove these modules first.'
            ) from error
        await connection.run_sync(_forget, gone, with_history)
        async with AsyncSession(connection) as session:
            await sign(session, Context(host, SYSTEM, request_id="remove"))
            await every(host, "module_removed", session=session, module=name, rights=gone.rights)
            await session.commit()


async def count_rows(host: Host, tables: Sequence[str]) -> dict[str, int]:
    """How many rows there are in each of the tables that exist."""
    from core.migrate import locked

    async with locked(host) as connection:
        return await connection.run_sync(_count, tables)


def _count(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    there = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = ANY(:tables)"
    found = set(connection.scalars(text(there), {"tables": list(tables)}))
    return {
        table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
        for table in tables
        if table in found
    }


def _release_files(connection: Connection, tables: Sequence[Table]) -> None:
    """Let go of the files that the tables hold: nobody claims them any more, and the daily sweep deletes them."""
    there = _count(connection, [table.name for table in tables])
    for table in tables:
        for key in table.foreign_keys:
            if key.column.table is FileRow.__table__ and table.name in there:
                held = f'SELECT "{key.parent.name}" FROM "{table.name}"'
                connection.execute(text(f"UPDATE core_file SET claimed_at = NULL WHERE id IN ({held})"))


def _forget(connection: Connection, gone: Brings, with_history: bool) -> None:
    forget_module(connection, gone.name)
    jobs = {"jobs": list(gone.jobs)}
    connection.execute(text("DELETE FROM procrastinate_periodic_defers WHERE task_name = ANY(:jobs)"), jobs)
    connection.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = ANY(:jobs) AND status <> 'doing'"), jobs)
    root = f"{Mutation.__name__}."
    mutations = [field.removeprefix(root) for field in gone.fields if field.startswith(root)]
    answers = text("DELETE FROM core_idempotency WHERE mutation = ANY(:mutations)")
    connection.execute(answers, {"mutations": mutations})
    if with_history:
        history = text("DELETE FROM core_history WHERE table_name = ANY(:tables)")
        connection.execute(history, {"tables": list(gone.tables)})
