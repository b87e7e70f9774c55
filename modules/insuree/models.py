"""Families, insured people and enrolment officers. Only this module writes these tables."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, and_, not_, select, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from core import EVERYBODY, Row, VersionedRow, Viewer, Where, clock, noted_outside, state
from modules.insuree.rules import SOUND_LENGTH
from modules.location.scopes import by_place, in_places


def _one(name: str, column: str, where: str) -> Index:
    return Index(f"uq_{name}", column, unique=True, postgresql_where=text(where))


def _trigram(table: str, column: str) -> Index:
    return Index(f"ix_{table}_{column}_trgm", column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})


class InsureeStatus(StrEnum):
    """Whether a person may be covered.

    ACTIVE: may be covered. INACTIVE: not for the time being. DEAD: has died.
    """

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DEAD = "DEAD"


def of_own_villages(row: Any, viewer: Viewer, village: str = "village_id") -> Where:
    """The care relation of an officer: who enrols in the village of the row (decision 8)."""
    me, of = EnrolmentOfficer.__table__.alias().c, OfficerVillage.__table__.alias().c
    mine = select(of.village_id).where(of.officer_id == me.id, me.account_id == viewer.value("account", Uuid))
    yield getattr(row, village).in_(mine)


def _of_own_location(family: Any, viewer: Viewer) -> Where:
    yield from of_own_villages(family, viewer, "location_id")


class Family(VersionedRow):
    """People who enrol together. `location_id` is the village they live in; `ended_at` is set when it was deleted."""

    __tablename__ = "insuree_family"
    __scope__ = in_places(village="location_id")
    __noted__ = noted_outside(_of_own_location)
    __found_by__ = ("location_id", "head_id", "confirmation_number")

    location_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    village_id: Mapped[UUID] = synonym("location_id")
    district_id: Mapped[UUID]
    # Deferred, because a new family and its head point at each other.
    head_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("insuree_insuree.id", deferrable=True, initially="DEFERRED", use_alter=True)
    )
    poverty: Mapped[bool | None]
    family_type_code: Mapped[str | None] = mapped_column(String(20))
    membership_category_code: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(200))
    confirmation_type_code: Mapped[str | None] = mapped_column(String(20))
    confirmation_number: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        _one("insuree_family_head", "head_id", "ended_at IS NULL"),
        Index(None, "head_id"),
        Index(None, "created_at", "id"),
        Index(None, "district_id", "created_at", "id"),
        Index(None, "location_id", "created_at", "id"),
        Index(None, "confirmation_number"),
    )


class Insuree(VersionedRow):
    """An insured person.

    `district_id` and `village_id` say whose the person is: the family's, or those of the family left last (decision 2).
    `current_village_id` is where the person stays if not there. `photo_on` is the day on which the photo was
    taken that is shown. `ended_at` is set when the registration ended. `sounds_like`
    is `rules.person_sounds_like` of the names, kept by the services; who was written without it resembles nobody.
    `pseudonymised_at` is set when what tells who the person is was taken away, for good.
    """

    __tablename__ = "insuree_insuree"
    __scope__ = in_places()
    __noted__ = noted_outside(of_own_villages)
    __found_by__ = (
        "insurance_number", "last_name", "other_names", "family_id", "current_village_id", "first_service_point_id",
        "id_number", "phone",
    )  # fmt: skip

    insurance_number: Mapped[str] = mapped_column(String(50))
    last_name: Mapped[str] = mapped_column(String(100))
    other_names: Mapped[str] = mapped_column(String(100))
    sounds_like: Mapped[str | None] = mapped_column(String(SOUND_LENGTH))
    birth_date: Mapped[date]
    gender_code: Mapped[str] = mapped_column(String(20))
    marital_status_code: Mapped[str | None] = mapped_column(String(20))
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_family.id"))
    is_head: Mapped[bool] = mapped_column(default=False)
    relation_code: Mapped[str | None] = mapped_column(String(20))
    district_id: Mapped[UUID]
    village_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    current_village_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    id_type_code: Mapped[str | None] = mapped_column(String(20))
    id_number: Mapped[str | None] = mapped_column(String(25))
    phone: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(100))
    profession_code: Mapped[str | None] = mapped_column(String(20))
    education_code: Mapped[str | None] = mapped_column(String(20))
    first_service_point_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_health_facility.id"))
    status: Mapped[InsureeStatus] = mapped_column(state(InsureeStatus), default=InsureeStatus.ACTIVE)
    status_reason_code: Mapped[str | None] = mapped_column(String(20))
    status_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    photo_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    pseudonymised_at: Mapped[datetime | None]

    __table_args__ = (
        _one("insuree_insuree_insurance_number", "insurance_number", "ended_at IS NULL"),
        _one("insuree_insuree_head", "family_id", "is_head AND ended_at IS NULL"),
        Index(None, "family_id", "recorded_at", "id"),
        Index(None, "last_name", "other_names", "id"),
        Index(None, "district_id", "last_name", "other_names", "id"),
        Index(None, "district_id", "sounds_like"),
        Index(None, "village_id", "last_name", "other_names", "id"),
        Index(None, "current_village_id"),
        Index(None, "first_service_point_id"),
        Index(None, "id_number"),
        Index(None, "phone"),
        Index(
            "ix_insuree_insuree_retained",
            "id",
            postgresql_where=text("ended_at IS NOT NULL AND pseudonymised_at IS NULL"),
        ),
        _trigram("insuree_insuree", "insurance_number"),
        _trigram("insuree_insuree", "last_name"),
        _trigram("insuree_insuree", "other_names"),
    )


def _of_visible_people(photo: Any, viewer: Viewer) -> Where:
    if not viewer.unbounded:
        person = Insuree.__table__.alias()
        seen = in_places()(person.c, viewer)
        yield photo.insuree_id.in_(select(person.c.id).where(*seen))


class InsureePhoto(Row):
    """A photo of a person. The one without `replaced_at` is shown; those before it are kept."""

    __tablename__ = "insuree_photo"
    __scope__ = _of_visible_people

    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    taken_on: Mapped[date]
    account_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]

    __table_args__ = (
        _one("insuree_photo_shown", "insuree_id", "replaced_at IS NULL"),
        UniqueConstraint("file_id"),
        Index(None, "insuree_id", "created_at"),
    )


def _in_all_villages(officer: Any, viewer: Viewer) -> Where:
    """Who may change an officer: who works in all the villages of that officer. One without any is the nation's."""
    if not viewer.unbounded:
        of = OfficerVillage.__table__.alias().c
        own = select(of.id).where(of.officer_id == officer.id)
        yield own.exists()
        yield ~own.where(not_(and_(*by_place("village_id")(of, viewer)))).exists()


class EnrolmentOfficer(VersionedRow):
    """Who enrols families in villages. `account_id` is the account the officer signs in with, if any."""

    __tablename__ = "insuree_officer"
    __scope__ = EVERYBODY
    __writers__ = _in_all_villages

    code: Mapped[str] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(String(100))
    other_names: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(50))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    account_id: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("account_id"),
        Index(None, "last_name", "other_names", "id"),
        Index(None, "substitute_id"),
    )


class OfficerVillage(Row):
    """A village that an officer enrols in."""

    __tablename__ = "insuree_officer_village"
    __scope__ = EVERYBODY

    officer_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_officer.id"))
    village_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))

    __table_args__ = (UniqueConstraint("officer_id", "village_id"), Index(None, "village_id"))
