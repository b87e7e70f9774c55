"""Places, and the health facilities that serve them. Only this module writes these tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, aliased, mapped_column, synonym

from core import EVERYBODY, Row, VersionedRow, one_of, state
from modules.location.rules import LEVELS, CareType, FacilityStatus, LocationLevel, level_of
from modules.location.scopes import by_place


def inside(location: Any, place: Any) -> ColumnElement[bool]:
    """Whether a location is the place or lies in it: equalities on indexed columns, no walk up the tree."""
    return or_(
        location.id == place, location.ward_id == place, location.district_id == place, location.region_id == place
    )


def within(location_id: Any, place: Any) -> ColumnElement[bool]:
    """Whether the location that a column points at is the place or lies in it: what `within` in a filter means."""
    location = aliased(Location)
    ids = select(location.id).where(inside(location, place)).scalar_subquery()
    return one_of(location_id, func.array(ids, type_=ARRAY(Uuid)))


def _trigram(table: str, column: str) -> Index:
    return Index(f"ix_{table}_{column}_trgm", column, postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})


class Location(VersionedRow):
    """A region, district, ward or village.

    `region_id` to `village_id` name the places it lies in, itself included; `services` keeps them.
    """

    __tablename__ = "location_location"
    __scope__ = EVERYBODY
    __writers__ = by_place("id")
    __within__ = within

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[LocationLevel] = mapped_column(state(LocationLevel))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    region_id: Mapped[UUID]
    district_id: Mapped[UUID | None]
    ward_id: Mapped[UUID | None]
    village_id: Mapped[UUID | None]
    male_population: Mapped[int | None]
    female_population: Mapped[int | None]
    other_population: Mapped[int | None]
    families: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("level", "code"),
        CheckConstraint("(level = 'REGION') = (parent_id IS NULL)", name="parent"),
        Index(None, "parent_id", "name", "id"),
        Index(None, "region_id"),
        Index(None, "district_id"),
        Index(None, "ward_id"),
        Index(None, "name", "id"),
        Index(None, "level", "name", "id"),
        _trigram("location_location", "name"),
        _trigram("location_location", "code"),
    )


PATH = (Location.region_id, Location.district_id, Location.ward_id, Location.village_id)
"""The columns of a place's path, from the region down."""


def path_of(place: Location) -> tuple[UUID, ...]:
    """The places that a place lies in, from the region down, and itself."""
    return tuple(getattr(place, column.key) for column in PATH[: LEVELS.index(place.level) + 1])


def address(path: Sequence[Any]) -> dict[str, Any]:
    """The columns that say where a place lies, from its path: ids, or the columns that hold them."""
    places = {column.key: place for column, place in zip_longest(PATH, path)}
    return {**places, "level": level_of(path), "parent_id": path[-2] if len(path) > 1 else None}


class HealthFacility(VersionedRow):
    """A dispensary, health centre or hospital. Its location is a district."""

    __tablename__ = "location_health_facility"
    __scope__ = EVERYBODY
    __writers__ = by_place()

    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    level_code: Mapped[str] = mapped_column(String(20))
    sub_level_code: Mapped[str | None] = mapped_column(String(20))
    legal_form_code: Mapped[str] = mapped_column(String(20))
    care_type: Mapped[CareType] = mapped_column(state(CareType))
    status: Mapped[FacilityStatus] = mapped_column(state(FacilityStatus), default=FacilityStatus.ACTIVE)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    district_id: Mapped[UUID] = synonym("location_id")
    address: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(50))
    fax: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(100))
    account_code: Mapped[str | None] = mapped_column(String(25))
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("code"),
        Index(None, "location_id", "name", "id"),
        Index(None, "name", "id"),
        _trigram("location_health_facility", "name"),
        _trigram("location_health_facility", "code"),
    )


class FacilityIdentifier(Row):
    """What another register calls a facility: its number in HFR, NHIF or DHIS2."""

    __tablename__ = "location_facility_identifier"
    __scope__ = EVERYBODY

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id", ondelete="CASCADE"))
    system_code: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(50))

    __table_args__ = (UniqueConstraint("facility_id", "system_code"), UniqueConstraint("system_code", "value"))


class FacilityCatchment(Row):
    """The share of a village's population that a facility serves, in per cent; capitation reads it."""

    __tablename__ = "location_facility_catchment"
    __scope__ = EVERYBODY

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id", ondelete="CASCADE"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location_location.id"))
    percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(100))

    __table_args__ = (UniqueConstraint("facility_id", "location_id"), Index(None, "location_id"))
