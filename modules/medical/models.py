"""The medical registers and what their entries cost: diagnoses, items, services, price lists and their lines."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, String, literal_column, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import EVERYBODY, Amount, Row, VersionedRow, state
from modules.location.rules import CareType
from modules.location.scopes import by_place
from modules.medical.rules import PackageType, ServiceCategory

EVERYONE = 15
"""The patient mask of what both sexes and all ages may get (claims spec 2.2)."""

CURRENT: ColumnElement[bool] = literal_column("ended_at IS NULL")


class ItemType(StrEnum):
    """What an item is: a drug or a medical consumable.

    DRUG: a medicine. CONSUMABLE: a medical supply.
    """

    DRUG = "DRUG"
    CONSUMABLE = "CONSUMABLE"


class ServiceType(StrEnum):
    """Whether a service prevents or cures.

    PREVENTIVE: it keeps people well. CURATIVE: it treats them.
    """

    PREVENTIVE = "PREVENTIVE"
    CURATIVE = "CURATIVE"


class ServiceLevel(StrEnum):
    """How much of a facility a service takes: a simple act, a visit, a day in hospital, a hospital case.

    SIMPLE: a simple act. VISIT: a visit. DAY_HOSPITAL: a day in hospital. HOSPITAL_CASE: a whole hospital case.
    """

    SIMPLE = "SIMPLE"
    VISIT = "VISIT"
    DAY_HOSPITAL = "DAY_HOSPITAL"
    HOSPITAL_CASE = "HOSPITAL_CASE"


class PriceListKind(StrEnum):
    """What a price list holds: items or services.

    ITEMS: prices of items. SERVICES: prices of services.
    """

    ITEMS = "ITEMS"
    SERVICES = "SERVICES"


class Register(VersionedRow):
    """A register's entry, known by a code that is unique among the current entries."""

    __abstract__ = True
    __scope__ = EVERYBODY

    code: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(100))
    ended_at: Mapped[datetime | None]


class Element(Register):
    """What a claim's line is for: an item or a service, with the price paid where a price list names no other."""

    __abstract__ = True

    price: Mapped[Amount]
    care_type: Mapped[CareType] = mapped_column(state(CareType))
    patient_mask: Mapped[int] = mapped_column(default=EVERYONE)
    frequency_days: Mapped[int | None]
    maximum_quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))


class Diagnosis(Register):
    """A diagnosis of the International Classification of Diseases (claims spec 1.1)."""

    __tablename__ = "medical_diagnosis"

    name: Mapped[str] = mapped_column(String(255))
    __table_args__ = (Index("uq_medical_diagnosis_code", "code", unique=True, postgresql_where=CURRENT),)


class Item(Element):
    """A drug or a medical consumable (claims spec 1.2)."""

    __tablename__ = "medical_item"

    type: Mapped[ItemType] = mapped_column(state(ItemType))
    package: Mapped[str | None] = mapped_column(String(255))
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    __table_args__ = (Index("uq_medical_item_code", "code", unique=True, postgresql_where=CURRENT),)


class Service(Element):
    """A medical act or a bundle of them (claims spec 1.3)."""

    __tablename__ = "medical_service"

    type: Mapped[ServiceType] = mapped_column(state(ServiceType))
    level: Mapped[ServiceLevel] = mapped_column(state(ServiceLevel))
    category: Mapped[ServiceCategory | None] = mapped_column(state(ServiceCategory))
    package_type: Mapped[PackageType] = mapped_column(state(PackageType), default=PackageType.SINGLE)
    manual_price: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("uq_medical_service_code", "code", unique=True, postgresql_where=CURRENT),)


class ServicePart(Row):
    """What a bundle holds: so many of an item or of another service."""

    __tablename__ = "medical_service_part"
    __scope__ = EVERYBODY

    service_id: Mapped[UUID] = mapped_column(ForeignKey("medical_service.id", ondelete="CASCADE"))
    line_no: Mapped[int]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    sub_service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    price: Mapped[Amount]
    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, sub_service_id) = 1", name="one_element"),
        Index("uq_medical_service_part_service_id_line_no", "service_id", "line_no", unique=True),
        Index(None, "item_id"),
        Index(None, "sub_service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The item or the service that it is."""
        element_id = self.item_id or self.sub_service_id
        assert element_id is not None
        return element_id


class PriceList(VersionedRow):
    """The prices of items or of services agreed with facilities; national without a location (claims spec 1.4)."""

    __tablename__ = "medical_price_list"
    __scope__ = EVERYBODY
    __writers__ = by_place()

    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[PriceListKind] = mapped_column(state(PriceListKind))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_medical_price_list_name", "name", unique=True, postgresql_where=CURRENT),
        Index(None, "location_id"),
        CheckConstraint("valid_to >= valid_from", name="valid_from_to"),
    )


class PriceListLine(Row):
    """One version of an item's or a service's price on a list, from the first to the last day it holds (decision 7)."""

    __tablename__ = "medical_price_list_line"
    __scope__ = EVERYBODY

    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("medical_price_list.id"))
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    own_price: Mapped[Decimal | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        CheckConstraint("valid_to >= valid_from", name="valid_from_to"),
        ExcludeConstraint(
            ("price_list_id", "="),
            (text("coalesce(item_id, service_id)"), "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="ex_medical_price_list_line_validity",
            using="gist",
        ),
        Index(None, "price_list_id", "item_id", "valid_from"),
        Index(None, "price_list_id", "service_id", "valid_from"),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The id of its item or service."""
        element_id = self.item_id or self.service_id
        assert element_id is not None
        return element_id


class FacilityPriceLists(VersionedRow):
    """Which price lists a health facility is paid by: at most one of services and one of items (claims spec 1.4)."""

    __tablename__ = "medical_facility_price_lists"
    __scope__ = EVERYBODY

    health_facility_id: Mapped[UUID] = mapped_column(ForeignKey("location_health_facility.id"), unique=True)
    services_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_price_list.id"))
    items_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_price_list.id"))
    __table_args__ = (Index(None, "services_list_id"), Index(None, "items_list_id"))
