"""Papers of claims."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import Row, Viewer, Where
from modules.claim.models.claims import LONGEST_TEXT, of_claim


def _not_taken_away(row: Any, viewer: Viewer) -> Where:
    yield row.ended_at.is_(None)
    yield from of_claim(row, viewer)


class ClaimAttachment(Row):
    """A paper that belongs to a claim: a file that was sent, or a page elsewhere. One taken away has `ended_at`."""

    __tablename__ = "claim_attachment"
    __scope__ = _not_taken_away

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    link: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    title: Mapped[str] = mapped_column(String(100))
    type_code: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("num_nonnulls(file_id, link) = 1", name="one_place"),
        UniqueConstraint("file_id"),
        Index(None, "claim_id", "created_at"),
    )
