"""The database: tables' base, ids, connections for reading and sessions for writing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import DateTime, MetaData, Numeric, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from uuid_utils.compat import uuid7

from core import clock
from core.gathering import Gathering
from core.readers import Readers

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Amount = Annotated[Decimal, mapped_column(Numeric(18, 2))]
"""A money column: two places, the scheme's currency."""
Rate = Annotated[Decimal, mapped_column(Numeric(18, 4))]
"""A column for percentages, weights and indices: four places."""


def new_id() -> UUID:
    """A fresh UUIDv7: sortable by the time it was made, so indexes grow at their end."""
    return uuid7()


def state(kind: type[Enum]) -> SqlEnum:
    """A column type for a closed set of states, stored as the member's name in plain text."""
    return SqlEnum(kind, native_enum=False, create_constraint=False, length=24, values_callable=None)


class Base(DeclarativeBase):
    """Base of every table of every module. Table names start with the module's name: `insuree_family`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        Decimal: Numeric(18, 2),
        str: String,
    }


class Row(Base):
    """A table whose rows have a UUIDv7 and the times they were made and last changed."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now, sort_order=91)


class VersionedRow(Row):
    """A row that users change: `version` counts its changes; two writers at once cannot both win (STALE)."""

    __abstract__ = True

    version: Mapped[int] = mapped_column(default=1, sort_order=92)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def most_connections(pool_size: int) -> int:
    """How many connections a `Database` opens at the very most: for reads, sessions, and sessions at a peak.

    Of those at a peak half are kept for transactions beside others.
    """
    return 3 * pool_size


class Database:
    """The connections of one host: an engine for sessions that write, a pool of autocommit connections that read."""

    def __init__(
        self, url: str, *, pool_size: int = 10, prepare: bool = True, seconds: float = 20, patience: float = 15
    ) -> None:
        """`seconds`: what runs longer on a reading connection is stopped. `patience`: how long, in seconds, who needs a
        connection waits for others to give one back."""
        self.url = url
        # What runs longer than `seconds` is stopped on the reading connections; sessions of requests set it themselves.
        # A pooler in transaction mode refuses options at the start, as it does prepared statements; the role has them.
        connect: dict[str, Any] = (
            {"prepare_threshold": 0, "options": "-c timezone=UTC"} if prepare else {"prepare_threshold": None}
        )
        beside = max(1, pool_size // 2)

        def engine(kept: int, more: int) -> AsyncEngine:
            return create_async_engine(
                url.replace("postgresql://", "postgresql+psycopg://", 1),
                pool_size=kept,
                max_overflow=more,
                pool_timeout=patience,
                hide_parameters=True,  # they would go to the log with an error: names, illnesses, hashes of passwords
                connect_args=connect,
            )

        self.engine = engine(pool_size, pool_size - beside)
        self.engine_beside = engine(1, beside - 1)
        limited = f"-c timezone=UTC -c statement_timeout={round(seconds * 1000)}"
        self.pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=patience,
            kwargs={"autocommit": True, **connect, **({"options": limited} if prepare else {})},
        )
        self.readers = Readers(self.pool, prepare=prepare, patience=patience)
        self._gatherings: dict[bytes, Gathering] = {}

    async def open(self) -> None:
        """Open the reading pool; sessions connect when first used."""
        await self.pool.open()

    async def close(self) -> None:
        """Close every connection."""
        for gathering in self._gatherings.values():
            await gathering.close()
        await self.readers.close()
        await self.pool.close()
        await self.engine.dispose()
        await self.engine_beside.dispose()

    def gathering(self, sql: bytes) -> Gathering:
        """Where the rows gather that are written by this statement."""
        found = self._gatherings.get(sql)
        if found is None:
            found = self._gatherings[sql] = Gathering(self.readers, sql)
        return found

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: committed when the block ends well, rolled back when it does not."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[AsyncSession]:
        """The same beside a transaction that is under way, whatever becomes of that one.

        It has connections of its own: where many hold one and all need another, none of them would go on. So nothing
        in the block may open another transaction.
        """
        async with AsyncSession(self.engine_beside, expire_on_commit=False) as session, session.begin():
            yield session
