"""The module's table."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Amount, VersionedRow, Viewer, Where
from modules.insuree.models import Insuree


class Voucher(VersionedRow):
    """A voucher that was sold, and the policy that it bought; vouchers sold before version 1.1 have none.

    It is used by the birth: `used_on` and `health_facility_id` say when and where, `claim_id` what the facility asked.
    """

    __tablename__ = "cheque_sante_voucher"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("(used_on IS NULL) = (health_facility_id IS NULL)", name="used"),
        Index(None, "insuree_id"),
        Index(None, "policy_id"),
        Index(None, "claim_id"),
    )

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees the person."""
        person = aliased(Insuree)
        yield exists().where(person.id == row.insuree_id, *Insuree.__scope__(person, viewer))

    number: Mapped[str] = mapped_column(String(20))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    price: Mapped[Amount]
    sold_on: Mapped[date]
    valid_to: Mapped[date]
    health_facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_health_facility.id"))
    used_on: Mapped[date | None]
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_policy.id"))
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim_claim.id"))
