"""What is known of each file; its content lies in the storage."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, new_id, state


class FileKind(StrEnum):
    """What a file is for."""

    PHOTO = "PHOTO"
    """A picture of a person, at most 400 by 400 pixels."""
    DOCUMENT = "DOCUMENT"
    """A paper: a scan that can be read, or a PDF."""


class FileRow(Base):
    """A file that an account sent. It waits, with `claimed_at` null, until a mutation claims it or a day has passed.

    `size` in bytes, and `sha256`, are those of what is kept, which for pictures is not what was sent.
    """

    __tablename__ = "core_file"
    __table_args__ = (
        Index("ix_core_file_waiting", "account_id", "created_at", postgresql_where=text("claimed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID]
    kind: Mapped[FileKind] = mapped_column(state(FileKind))
    media_type: Mapped[str] = mapped_column(String(50))
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """What the storage calls the content; nothing in it comes from whoever sent the file."""
        return f"{self.created_at.astimezone(UTC):%Y/%m}/{self.id}"
