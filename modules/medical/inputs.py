"""What the mutations of the medical registers and price lists take."""

from dataclasses import field
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from core import UNSET, Money, MutationInput, argument, input_type
from modules.location.rules import CareType
from modules.medical.models import ItemType, PriceListKind, ServiceLevel, ServiceType
from modules.medical.rules import PackageType, PatientCategory, ServiceCategory

NewId = Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")]
Version = Annotated[int, argument("The version that the change is based on.")]
Categories = Annotated[
    list[PatientCategory] | None, argument("The sexes and ages it is meant for; none of them means everybody.")
]
Frequency = Annotated[int | None, argument("Days that must lie between two provisions to one patient.")]
Maximum = Annotated[Decimal | None, argument("The largest quantity on one line of a claim.")]


@input_type
class DeleteRegisterEntryInput(MutationInput):
    """An entry to delete. It stays with the claims that use it, but cannot be chosen any more."""

    id: Annotated[UUID, argument("The entry.")]
    expected_version: Version


@input_type
class CreateDiagnosisInput(MutationInput):
    """A new diagnosis."""

    code: Annotated[str, argument("Its ICD-10 code; at most 6 characters.")]
    name: Annotated[str, argument("What it is called.")]
    id: NewId = None


@input_type
class UpdateDiagnosisInput(MutationInput):
    """Changes of a diagnosis. What is absent stays."""

    id: Annotated[UUID, argument("The diagnosis.")]
    expected_version: Version
    code: Annotated[str | None, argument("Its ICD-10 code.")] = UNSET
    name: Annotated[str | None, argument("What it is called.")] = UNSET


@input_type
class CreateMedicalItemInput(MutationInput):
    """A new item."""

    code: Annotated[str, argument("Unique among the current items; at most 6 characters.")]
    name: Annotated[str, argument("What it is called.")]
    type: Annotated[ItemType, argument("Drug or consumable.")]
    price: Annotated[Money, argument("What one is paid where a price list names no other price.")]
    care_type: Annotated[CareType, argument("To which patients it is given.")]
    id: NewId = None
    package: Annotated[str | None, argument('How it is packed, such as "box of 12".')] = None
    quantity: Annotated[Decimal | None, argument("Units in a package.")] = None
    patient_categories: Categories = None
    frequency_days: Frequency = None
    maximum_quantity: Maximum = None


@input_type
class UpdateMedicalItemInput(MutationInput):
    """Changes of an item. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The item.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among the current items.")] = UNSET
    name: Annotated[str | None, argument("What it is called.")] = UNSET
    type: Annotated[ItemType | None, argument("Drug or consumable.")] = UNSET
    price: Annotated[Money | None, argument("What one is paid where a price list names no other price.")] = UNSET
    care_type: Annotated[CareType | None, argument("To which patients it is given.")] = UNSET
    package: Annotated[str | None, argument("How it is packed.")] = UNSET
    quantity: Annotated[Decimal | None, argument("Units in a package.")] = UNSET
    patient_categories: Categories = UNSET
    frequency_days: Frequency = UNSET
    maximum_quantity: Maximum = UNSET


@input_type
class ServicePartInput:
    """A part of a bundle: one item or one service, by id or code."""

    quantity: Annotated[Decimal, argument("How many belong to the bundle.")]
    price: Annotated[Money, argument("What one of them costs within the bundle.")]
    item_id: Annotated[UUID | None, argument("The item.")] = None
    item_code: Annotated[str | None, argument("The item, by its code.")] = None
    service_id: Annotated[UUID | None, argument("The service.")] = None
    service_code: Annotated[str | None, argument("The service, by its code.")] = None


@input_type
class CreateMedicalServiceInput(MutationInput):
    """A new service."""

    code: Annotated[str, argument("Unique among the current services; at most 6 characters.")]
    name: Annotated[str, argument("What it is called.")]
    type: Annotated[ServiceType, argument("Preventive or curative.")]
    level: Annotated[ServiceLevel, argument("How much of a facility it takes.")]
    price: Annotated[Money, argument("What it is paid where a price list names no other price.")]
    care_type: Annotated[CareType, argument("To which patients it is given.")]
    id: NewId = None
    category: Annotated[ServiceCategory | None, argument("The kind of care whose limits it counts for.")] = None
    package_type: Annotated[PackageType, argument("Whether it stands for its parts.")] = PackageType.SINGLE
    manual_price: Annotated[bool, argument("Whether the facility sets its price.")] = False
    patient_categories: Categories = None
    frequency_days: Frequency = None
    maximum_quantity: Maximum = None
    parts: Annotated[list[ServicePartInput], argument("What a bundle holds.")] = field(default_factory=list)


@input_type
class UpdateMedicalServiceInput(MutationInput):
    """Changes of a service. What is absent stays; null clears; `parts` replaces all parts."""

    id: Annotated[UUID, argument("The service.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among the current services.")] = UNSET
    name: Annotated[str | None, argument("What it is called.")] = UNSET
    type: Annotated[ServiceType | None, argument("Preventive or curative.")] = UNSET
    level: Annotated[ServiceLevel | None, argument("How much of a facility it takes.")] = UNSET
    price: Annotated[Money | None, argument("What it is paid where a price list names no other price.")] = UNSET
    care_type: Annotated[CareType | None, argument("To which patients it is given.")] = UNSET
    category: Annotated[ServiceCategory | None, argument("The kind of care whose limits it counts for.")] = UNSET
    package_type: Annotated[PackageType | None, argument("Whether it stands for its parts.")] = UNSET
    manual_price: Annotated[bool | None, argument("Whether the facility sets its price.")] = UNSET
    patient_categories: Categories = UNSET
    frequency_days: Frequency = UNSET
    maximum_quantity: Maximum = UNSET
    parts: Annotated[list[ServicePartInput] | None, argument("What a bundle holds.")] = UNSET


@input_type
class CreatePriceListInput(MutationInput):
    """A new price list, without prices yet: `setPriceListLines` adds them."""

    name: Annotated[str, argument("Unique among the current price lists; at most 100 characters.")]
    kind: Annotated[PriceListKind, argument("What it prices. This cannot be changed later.")]
    valid_from: Annotated[date, argument("The first day it holds.")]
    id: NewId = None
    valid_to: Annotated[date | None, argument("The last day it holds.")] = None
    location_id: Annotated[UUID | None, argument("The region or district it is for; none: the whole nation.")] = None


@input_type
class UpdatePriceListInput(MutationInput):
    """Changes of a price list. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The price list.")]
    expected_version: Version
    name: Annotated[str | None, argument("Unique among the current price lists.")] = UNSET
    valid_from: Annotated[date | None, argument("The first day it holds.")] = UNSET
    valid_to: Annotated[date | None, argument("The last day it holds.")] = UNSET
    location_id: Annotated[UUID | None, argument("The region or district it is for; null: the whole nation.")] = UNSET


@input_type
class PriceListLineInput:
    """An item or a service on a price list, by id or code as the list's kind has it."""

    item_id: Annotated[UUID | None, argument("The item.")] = None
    item_code: Annotated[str | None, argument("The item, by its code.")] = None
    service_id: Annotated[UUID | None, argument("The service.")] = None
    service_code: Annotated[str | None, argument("The service, by its code.")] = None
    price: Annotated[Money | None, argument("The price on this list; without one the register's price holds.")] = None


@input_type
class SetPriceListLinesInput(MutationInput):
    """All prices of a list from a day on. What is not named leaves the list the day before; equal lines stay."""

    id: Annotated[UUID, argument("The price list.")]
    expected_version: Version
    lines: Annotated[list[PriceListLineInput], argument("Everything that is on the list from that day on.")]
    valid_from: Annotated[date | None, argument("The day; today when absent.")] = None


@input_type
class SetFacilityPriceListsInput(MutationInput):
    """Which price lists a health facility is paid by. What is absent stays; null takes the list away."""

    health_facility_id: Annotated[UUID, argument("The facility.")]
    expected_version: Annotated[int, argument("The version of the facility that the change is based on.")]
    services_price_list_id: Annotated[UUID | None, argument("Its price list of services.")] = UNSET
    items_price_list_id: Annotated[UUID | None, argument("Its price list of items.")] = UNSET
