"""Who answers for the claims of health facilities."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core import VersionedRow
from modules.claim.models.claims import CURRENT, current


class ClaimAdministrator(VersionedRow):
    """Who answers for the claims of a health facility. `ended_at` is set when that is over."""

    __tablename__ = "claim_administrator"
    __scope__ = current

    code: Mapped[str] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(String(100))
    other_names: Mapped[str] = mapped_column(String(100))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(100))
    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"))
    district_id: Mapped[UUID]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_claim_administrator_code", "code", unique=True, postgresql_where=CURRENT),
        Index("ix_claim_administrator_facility", "health_facility_id", "last_name", "other_names", "id"),
        Index("ix_claim_administrator_district", "district_id", "last_name", "other_names", "id"),
        Index(None, "last_name", "other_names", "id"),
    )
