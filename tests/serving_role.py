"""A role that does not own the tables, on a test's database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from core.application_role import grant
from core.host import Host
from core.postgres import OWNER

ROLE = "bima_application"
"""One for all tests: roles belong to the whole server, what they may do to a database."""
_MAKE = text(f"""
    DO $$ BEGIN
        CREATE ROLE {ROLE} LOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
    END $$
""")


def as_role(database_url: str) -> str:
    """The address of a database for the role, which may do there what `bima migrate` lets it."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.begin() as connection:
        _granted(connection)
    engine.dispose()
    return database_url.replace(f"//{OWNER}@", f"//{ROLE}@", 1)


@asynccontextmanager
async def served_by_role(host: Host) -> AsyncIterator[Host]:
    """The same modules on the same database, connected as the role."""
    other = host.on(as_role(host.database_url))
    await other.start()
    try:
        yield other
    finally:
        await other.stop()


def _granted(connection: Connection) -> None:
    connection.execute(_MAKE)
    grant(connection, ROLE)
