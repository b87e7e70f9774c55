"""The medical registers and price lists in GraphQL."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import func, select

from core import SQL, Money, Node, column, computed, expression, mapped, reference
from modules.location.rules import CareType
from modules.location.types import Location
from modules.medical import models
from modules.medical.models import ItemType, PriceListKind, ServiceLevel, ServiceType
from modules.medical.rules import PackageType, PatientCategory, ServiceCategory, categories_in


def _categories(mask: int) -> list[PatientCategory]:
    # In JSON a flag would be its number; GraphQL knows it by its name.
    return cast(list[PatientCategory], [category.name for category in categories_in(mask)])


@mapped(models.Diagnosis, search=("code", "name"))
class Diagnosis(Node):
    """A diagnosis of the International Classification of Diseases."""

    code: str = column("Its ICD-10 code.")
    name: str = column("What it is called.")
    ended_at: datetime | None = column("When it was deleted from the register.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")


@mapped(models.Item, search=("code", "name"))
class MedicalItem(Node):
    """A drug or a medical consumable."""

    code: str = column("Unique among the current items.")
    name: str = column("What it is called.")
    type: ItemType = column("Drug or consumable.")
    package: str | None = column('How it is packed, such as "box of 12".')
    quantity: Decimal | None = column("Units in a package.")
    price: Money = column("What one is paid where a price list names no other price.")
    care_type: CareType = column("To which patients it is given.")
    frequency_days: int | None = column("Days that must lie between two provisions to one patient.")
    maximum_quantity: Decimal | None = column("The largest quantity on one line of a claim.")
    ended_at: datetime | None = column("When it was deleted from the register.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @computed(needs=("patient_mask",))
    def patient_categories(rows: Sequence[Any]) -> list[list[PatientCategory]]:
        """The sexes and ages it is meant for."""
        return [_categories(row.patient_mask) for row in rows]


@mapped(models.Service, search=("code", "name"))
class MedicalService(Node):
    """A medical act, or a bundle of acts and items."""

    code: str = column("Unique among the current services.")
    name: str = column("What it is called.")
    type: ServiceType = column("Preventive or curative.")
    level: ServiceLevel = column("How much of a facility it takes.")
    category: ServiceCategory | None = column("The kind of care whose limits it counts for.")
    package_type: PackageType = column("Whether it stands for its parts.")
    manual_price: bool = column("Whether the facility sets its price.")
    price: Money = column("What it is paid where a price list names no other price.")
    care_type: CareType = column("To which patients it is given.")
    frequency_days: int | None = column("Days that must lie between two provisions to one patient.")
    maximum_quantity: Decimal | None = column("The largest quantity on one line of a claim.")
    ended_at: datetime | None = column("When it was deleted from the register.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @computed(needs=("patient_mask",))
    def patient_categories(rows: Sequence[Any]) -> list[list[PatientCategory]]:
        """The sexes and ages it is meant for."""
        return [_categories(row.patient_mask) for row in rows]


@mapped(models.ServicePart)
class ServicePart(Node):
    """What a bundle holds: so many of an item or of a service."""

    line_no: int = column("Its place in the bundle.")
    item: MedicalItem | None = reference("The item, unless it is a service.")
    service: MedicalService | None = reference("The service, unless it is an item.", by="sub_service_id")
    quantity: Decimal = column("How many belong to the bundle.")
    price: Money = column("What one of them costs within the bundle.")


@mapped(models.PriceList, search=("name",))
class PriceList(Node):
    """The prices of items or of services agreed with health facilities."""

    name: str = column("Unique among the current price lists.")
    kind: PriceListKind = column("What it prices.")
    location: Location | None = reference("The region or district it is for; none: the whole nation.")
    valid_from: date = column("The first day it holds.")
    valid_to: date | None = column("The last day it holds.")
    ended_at: datetime | None = column("When it was deleted.")
    version: int = column("Counts the changes, those of its lines too; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")


@mapped(models.PriceListLine)
class PriceListLine(Node):
    """What an item or a service costs on a price list, from the first to the last day it holds."""

    item: MedicalItem | None = reference("The item, on a list of items.")
    service: MedicalService | None = reference("The service, on a list of services.")
    own_price: Money | None = column("The price named by the list; null where the register's price holds.")
    valid_from: date = column("The first day it holds.")
    valid_to: date | None = column("The last day it holds.")

    @expression
    def price(line: type[models.PriceListLine]) -> SQL[Money]:
        """What is paid for one: the list's own price, else the register's."""
        item, service = models.Item.__table__.alias(), models.Service.__table__.alias()
        return func.coalesce(
            line.own_price,
            select(item.c.price).where(item.c.id == line.item_id).scalar_subquery(),
            select(service.c.price).where(service.c.id == line.service_id).scalar_subquery(),
        )
