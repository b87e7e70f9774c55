"""Filling tables at the speed of COPY: in one transaction, with the indexes made afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Queue
from threading import Thread
from typing import Any

import psycopg
from psycopg import sql

from core import Base
from core.imports import Progress
from modules.demo.country.sheets import COLUMNS

BATCHES = 4
"""How many batches wait at most while the database is busy with another."""
SETTINGS = {
    "session_replication_role": "replica",  # neither history nor foreign keys are looked at: what comes is right
    "maintenance_work_mem": "512MB",
    "max_parallel_maintenance_workers": "2",
}

FIND = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname) AS drop,
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('u', 'x')
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%(tables)s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 2
"""
"""Every index of the tables but their primary keys', with the statements that drop it and make it again."""


@dataclass(frozen=True)
class Indexes:
    """What is dropped before the tables are filled, and made again afterwards."""

    drop: Sequence[str]
    make: Sequence[str]


def fill(url: str, batches: Iterator[dict[type[Base], bytes]], progress: Progress) -> None:
    """Fill the empty tables with the batches' lines, all or none. `progress` is told of indexes made.

    Raises:
        psycopg.errors.InsufficientPrivilege: the database's account is no superuser, which this takes.
    """
    with psycopg.connect(url) as connection:
        for name, value in SETTINGS.items():
            connection.execute(sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        tables = [table.__tablename__ for table in COLUMNS]
        # In tables emptied by this transaction rows need neither a journal nor to be frozen later.
        connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        indexes = _indexes(connection, tables)
        for statement in indexes.drop:
            connection.execute(statement)
        with _writer(connection) as waiting:
            for batch in batches:
                waiting.put(batch)
        for made, statement in enumerate(indexes.make, start=1):
            connection.execute(statement)
            progress(made, len(indexes.make))
        for table in tables:
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _indexes(connection: psycopg.Connection[Any], tables: Sequence[str]) -> Indexes:
    found = connection.execute(FIND, {"tables": tables}).fetchall()
    return Indexes([drop for drop, _ in found], [make for _, make in found])


@contextmanager
def _writer(connection: psycopg.Connection[Any]) -> Iterator[Queue[dict[type[Base], bytes] | None]]:
    """A thread that copies batches while the next ones are made up; what it fails with is raised here."""
    waiting: Queue[dict[type[Base], bytes] | None] = Queue(BATCHES)
    failures: list[BaseException] = []

    def write() -> None:
        while (batch := waiting.get()) is not None:
            try:
                if not failures:
                    _copy(connection, batch)
            except psycopg.Error as error:
                failures.append(error)

    thread = Thread(target=write)
    thread.start()
    try:
        yield waiting
    finally:
        waiting.put(None)
        thread.join()
    if failures:
        raise failures[0]


def _copy(connection: psycopg.Connection[Any], batch: dict[type[Base], bytes]) -> None:
    for table, lines in batch.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table].split()))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(sql.Identifier(table.__tablename__), columns)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(lines)
