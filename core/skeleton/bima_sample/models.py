"""The module's table."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import EVERYBODY, VersionedRow


class Entry(VersionedRow):
    """Something that has a code and a name. Whoever may read entries reads all of them."""

    __tablename__ = "sample_entry"
    __scope__ = EVERYBODY
    __table_args__ = (UniqueConstraint("code"),)

    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
