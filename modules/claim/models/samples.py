"""Samples: claims of which some are reviewed for all."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Rate, Row, VersionedRow, Viewer, Where, state
from modules.claim.models.claims import CURRENT, of_claim


class SampleStatus(StrEnum):
    """Whether a sample of claims still waits for reviews.

    OPEN: the claims drawn are being reviewed. COMPLETED: the other claims are settled.
    """

    OPEN = "OPEN"
    COMPLETED = "COMPLETED"


class ClaimSample(VersionedRow):
    """Claims of which some are reviewed for all: what is left of these is left of the others (claims spec 2.13).

    `ratio` is approved / adjusted of the reviewed claims, known once the sample is completed.
    """

    __tablename__ = "claim_sample"

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees one of its claims."""
        if not viewer.unbounded:
            of = aliased(SampledClaim)
            yield exists().where(of.sample_id == row.id, *of_claim(of, viewer))

    percent: Mapped[int]
    status: Mapped[SampleStatus] = mapped_column(state(SampleStatus), default=SampleStatus.OPEN)
    ratio: Mapped[Rate | None]

    __table_args__ = (
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        Index(None, "created_at", "id"),
    )


class SampledClaim(Row):
    """A claim of a sample. Those `drawn` are to be reviewed; the others wait for what comes of these.

    A claim is in one sample at a time: `ended_at` is set when its sample is completed.
    """

    __tablename__ = "claim_sampled_claim"
    __scope__ = of_claim

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("claim_sample.id"))
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    drawn: Mapped[bool]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("sample_id", "claim_id"),
        Index("uq_claim_sampled_claim_current", "claim_id", unique=True, postgresql_where=CURRENT),
        Index(None, "claim_id"),
    )
