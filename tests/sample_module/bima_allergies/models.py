"""The module's table."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import VersionedRow
from modules.location.scopes import in_places


class Allergy(VersionedRow):
    """A substance that an insured person must not be given. The district and village are the person's."""

    __tablename__ = "allergies_allergy"
    __scope__ = in_places()

    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    district_id: Mapped[UUID]
    village_id: Mapped[UUID]
    substance: Mapped[str] = mapped_column(String(100))
    noticed_on: Mapped[date]

    __table_args__ = (UniqueConstraint("insuree_id", "substance"),)
