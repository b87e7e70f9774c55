"""What the mutations of places and health facilities take."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from core import UNSET, MutationInput, argument, input_type
from modules.location.rules import CareType, FacilityStatus, LocationLevel

Version = Annotated[int, argument("The version that the change is based on.")]


@input_type
class CreateLocationInput(MutationInput):
    """A new place."""

    code: Annotated[str, argument("Unique among the places of its level; at most 20 characters.")]
    name: Annotated[str, argument("What people call it.")]
    level: Annotated[LocationLevel, argument("How large it is.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    parent_id: Annotated[UUID | None, argument("The place it lies in, one level above; none for a region.")] = None
    male_population: Annotated[int | None, argument("Men and boys counted here.")] = None
    female_population: Annotated[int | None, argument("Women and girls counted here.")] = None
    other_population: Annotated[int | None, argument("Others counted here.")] = None
    families: Annotated[int | None, argument("Families counted here.")] = None


@input_type
class UpdateLocationInput(MutationInput):
    """Changes of a place. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The place.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among the places of its level.")] = UNSET
    name: Annotated[str | None, argument("What people call it.")] = UNSET
    male_population: Annotated[int | None, argument("Men and boys counted here.")] = UNSET
    female_population: Annotated[int | None, argument("Women and girls counted here.")] = UNSET
    other_population: Annotated[int | None, argument("Others counted here.")] = UNSET
    families: Annotated[int | None, argument("Families counted here.")] = UNSET


@input_type
class MoveLocationInput(MutationInput):
    """A place, with everything in it, goes to another parent."""

    id: Annotated[UUID, argument("The place.")]
    expected_version: Version
    parent_id: Annotated[UUID, argument("The place it lies in from now on; its level becomes the one right below.")]


@input_type
class DeleteLocationInput(MutationInput):
    """A place to delete. Nothing may belong to it any more."""

    id: Annotated[UUID, argument("The place.")]
    expected_version: Version
    new_parent_id: Annotated[UUID | None, argument("The place of the same level that takes over its children.")] = None


@input_type
class FacilityIdentifierInput:
    """What another register calls the facility."""

    system_code: Annotated[str, argument("The register: a code of the lookup facility_register.")]
    value: Annotated[str, argument("The facility's number there.")]


@input_type
class FacilityCatchmentInput:
    """A village that the facility serves."""

    location_id: Annotated[UUID, argument("The village.")]
    percent: Annotated[Decimal, argument("The share of the village's population, in per cent.")] = Decimal(100)


@input_type
class CreateHealthFacilityInput(MutationInput):
    """A new health facility."""

    code: Annotated[str, argument("Unique among facilities; at most 20 characters.")]
    name: Annotated[str, argument("What people call it.")]
    level_code: Annotated[str, argument("A code of the lookup facility_level.")]
    legal_form_code: Annotated[str, argument("A code of the lookup legal_form.")]
    care_type: Annotated[CareType, argument("Whether patients stay overnight.")]
    location_id: Annotated[UUID, argument("The district it lies in.")]
    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    sub_level_code: Annotated[str | None, argument("A code of the lookup facility_sub_level.")] = None
    status: Annotated[FacilityStatus, argument("Whether it works with the scheme.")] = FacilityStatus.ACTIVE
    address: Annotated[str | None, argument("Where it is.")] = None
    phone: Annotated[str | None, argument("Its telephone number.")] = None
    fax: Annotated[str | None, argument("Its fax number.")] = None
    email: Annotated[str | None, argument("Its e-mail address.")] = None
    account_code: Annotated[str | None, argument("Its code in the accounts.")] = None
    contract_from: Annotated[date | None, argument("First day of its contract with the scheme.")] = None
    contract_to: Annotated[date | None, argument("Last day of its contract with the scheme.")] = None
    identifiers: Annotated[list[FacilityIdentifierInput] | None, argument("Its numbers in other registers.")] = None
    catchments: Annotated[list[FacilityCatchmentInput] | None, argument("The villages it serves.")] = None


@input_type
class UpdateHealthFacilityInput(MutationInput):
    """Changes of a health facility. What is absent stays; null clears; a list replaces the whole list."""

    id: Annotated[UUID, argument("The facility.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among facilities.")] = UNSET
    name: Annotated[str | None, argument("What people call it.")] = UNSET
    level_code: Annotated[str | None, argument("A code of the lookup facility_level.")] = UNSET
    sub_level_code: Annotated[str | None, argument("A code of the lookup facility_sub_level.")] = UNSET
    legal_form_code: Annotated[str | None, argument("A code of the lookup legal_form.")] = UNSET
    care_type: Annotated[CareType | None, argument("Whether patients stay overnight.")] = UNSET
    status: Annotated[FacilityStatus | None, argument("Whether it works with the scheme.")] = UNSET
    location_id: Annotated[UUID | None, argument("The district it lies in.")] = UNSET
    address: Annotated[str | None, argument("Where it is.")] = UNSET
    phone: Annotated[str | None, argument("Its telephone number.")] = UNSET
    fax: Annotated[str | None, argument("Its fax number.")] = UNSET
    email: Annotated[str | None, argument("Its e-mail address.")] = UNSET
    account_code: Annotated[str | None, argument("Its code in the accounts.")] = UNSET
    contract_from: Annotated[date | None, argument("First day of its contract with the scheme.")] = UNSET
    contract_to: Annotated[date | None, argument("Last day of its contract with the scheme.")] = UNSET
    identifiers: Annotated[list[FacilityIdentifierInput] | None, argument("Its numbers in other registers.")] = UNSET
    catchments: Annotated[list[FacilityCatchmentInput] | None, argument("The villages it serves.")] = UNSET


@input_type
class DeleteHealthFacilityInput(MutationInput):
    """A health facility to delete. One with records cannot be; set its status to DELISTED."""

    id: Annotated[UUID, argument("The facility.")]
    expected_version: Version
