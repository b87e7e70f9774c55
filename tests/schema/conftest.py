"""A library with books on a database of its own, and the means to ask it."""

import os
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from core.templates import COPY, Templates
from schema import Schema
from tests.schema.asking import Ask, CountingConnection
from tests.schema.library import library_schema
from tests.schema.stock import stock
from tests.schema.tables import Base


@pytest.fixture(scope="session")
def library_url(_templates: Templates) -> Iterator[str]:
    """The address of a database that holds the library."""
    name = f"{COPY}{os.getpid()}_library"  # named like the copies, so that what a killed run leaves is dropped
    server, url = _templates.server.url(), _templates.server.url(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        Base.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            for row in stock():
                session.add(row)
                session.flush()
        engine.dispose()
        yield url
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture
async def connection(library_url: str) -> AsyncIterator[CountingConnection]:
    """A connection as the executor wants it."""
    connection = await CountingConnection.connect(
        library_url, autocommit=True, prepare_threshold=0, options="-c timezone=UTC"
    )
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The library's schema."""
    return library_schema()


@pytest.fixture
def ask(schema: Schema, connection: CountingConnection) -> Ask:
    """Asks the library's schema."""
    return Ask(schema, connection)
