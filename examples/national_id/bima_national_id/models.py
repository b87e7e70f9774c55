"""The module's table."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, exists
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, aliased, mapped_column

from bima_national_id.rules import Verdict
from core import VersionedRow, Viewer, Where, state
from modules.insuree.models import Insuree
from modules.insuree.rights import IDENTITY_READ


class Check(VersionedRow):
    """What the register said of a person the last time it was asked."""

    __tablename__ = "national_id_check"
    __table_args__ = (UniqueConstraint("insuree_id"),)
    __guarded__: ClassVar = {"number": IDENTITY_READ}

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """Whoever sees the person."""
        person = aliased(Insuree)
        yield exists().where(person.id == row.insuree_id, *Insuree.__scope__(person, viewer))

    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    number: Mapped[str] = mapped_column(String(25))
    verdict: Mapped[Verdict] = mapped_column(state(Verdict))
    differences: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    checked_at: Mapped[datetime]
