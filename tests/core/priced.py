"""A table for trying out registers, kept out of every other test's database."""

from enum import Enum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Amount, Base, VersionedRow, state


class Shade(Enum):
    """A closed set whose names, not values, are stored."""

    DARK = "d"
    LIGHT = "l"


class Priced(VersionedRow):
    """Something with a price; codes are unique among what has not ended."""

    __tablename__ = "imports_priced"

    code: Mapped[str] = mapped_column(String(6))
    price: Mapped[Amount | None]
    shade: Mapped[Shade] = mapped_column(state(Shade))
    note: Mapped[str] = mapped_column(String(9), default="none")
    ended: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("uq_imports_priced_code", "code", unique=True, postgresql_where=text("NOT ended")),)


TABLE = Priced.metadata.tables["imports_priced"]
Base.metadata.remove(TABLE)
