"""What the mutations of families, insured people and enrolment officers take."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from core import UNSET, MutationInput, argument, input_type
from modules.insuree.models import InsureeStatus

NewId = Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")]
Version = Annotated[int, argument("The version that the change is based on.")]
Relation = Annotated[str | None, argument("What the person is to the head: a code of the lookup relation.")]
MaritalStatus = Annotated[str | None, argument("A code of the lookup marital_status.")]
CurrentVillage = Annotated[UUID | None, argument("Where the person stays, if not with the family.")]
IdType = Annotated[str | None, argument("The kind of identity document: a code of the lookup id_type.")]
IdNumber = Annotated[str | None, argument("The number of the identity document.")]
Phone = Annotated[str | None, argument("The telephone number.")]
Email = Annotated[str | None, argument("The e-mail address.")]
Profession = Annotated[str | None, argument("A code of the lookup profession.")]
Education = Annotated[str | None, argument("A code of the lookup education.")]
FirstServicePoint = Annotated[UUID | None, argument("The health facility where care starts.")]
Poverty = Annotated[bool | None, argument("Whether the family counts as poor.")]
FamilyType = Annotated[str | None, argument("A code of the lookup family_type.")]
Category = Annotated[str | None, argument("A code of the lookup membership_category; subsidies depend on it.")]
Address = Annotated[str | None, argument("Where the family lives, beyond the village.")]
ConfirmationType = Annotated[str | None, argument("Who confirmed the family: a code of the lookup confirmation_type.")]
ConfirmationNumber = Annotated[str | None, argument("The number of the confirmation; some types need one.")]


class Leaving(StrEnum):
    """What becomes of people who leave a family.

    DETACH: they stay registered, without a family. DELETE: their registration ends.
    """

    DETACH = "DETACH"
    DELETE = "DELETE"


@input_type
class InsureeInput:
    """A person to register."""

    insurance_number: Annotated[str, argument("The number on the card.")]
    last_name: Annotated[str, argument("The family name.")]
    other_names: Annotated[str, argument("The other names.")]
    birth_date: Annotated[date, argument("The day of birth.")]
    gender_code: Annotated[str, argument("A code of the lookup gender.")]
    id: NewId = None
    relation_code: Relation = None
    marital_status_code: MaritalStatus = None
    current_village_id: CurrentVillage = None
    id_type_code: IdType = None
    id_number: IdNumber = None
    phone: Phone = None
    email: Email = None
    profession_code: Profession = None
    education_code: Education = None
    first_service_point_id: FirstServicePoint = None


@input_type
class CreateFamilyInput(MutationInput):
    """A new family with its head, who is registered now or was before, and its other members."""

    location_id: Annotated[UUID, argument("The village the family lives in.")]
    id: NewId = None
    head: Annotated[InsureeInput | None, argument("The head, a person to register.")] = None
    head_id: Annotated[UUID | None, argument("The head, somebody registered who belongs to no family.")] = None
    members: Annotated[list[InsureeInput] | None, argument("The others, each with a relation to the head.")] = None
    poverty: Poverty = None
    family_type_code: FamilyType = None
    membership_category_code: Category = None
    address: Address = None
    confirmation_type_code: ConfirmationType = None
    confirmation_number: ConfirmationNumber = None


@input_type
class UpdateFamilyInput(MutationInput):
    """Changes of a family. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The family.")]
    expected_version: Version
    location_id: Annotated[UUID | None, argument("The village the family lives in; its members go along.")] = UNSET
    poverty: Poverty = UNSET
    family_type_code: FamilyType = UNSET
    membership_category_code: Category = UNSET
    address: Address = UNSET
    confirmation_type_code: ConfirmationType = UNSET
    confirmation_number: ConfirmationNumber = UNSET


@input_type
class DeleteFamilyInput(MutationInput):
    """A family to end."""

    id: Annotated[UUID, argument("The family.")]
    expected_version: Version
    members: Annotated[Leaving, argument("Whether its members stay registered without a family, or end with it.")]


@input_type
class ChangeFamilyHeadInput(MutationInput):
    """Another member becomes the head."""

    id: Annotated[UUID, argument("The family.")]
    expected_version: Version
    head_id: Annotated[UUID, argument("The member who is the head from now on.")]
    previous_head_relation_code: Annotated[
        str | None, argument("What the head until now is to the new one: a code of the lookup relation.")
    ] = None


@input_type
class AddInsureeInput(MutationInput, InsureeInput):
    """A person to register as a member of a family."""

    family_id: Annotated[UUID, argument("The family.")]


@input_type
class UpdateInsureeInput(MutationInput):
    """Changes of a person. What is absent stays; null clears."""

    id: Annotated[UUID, argument("The person.")]
    expected_version: Version
    insurance_number: Annotated[str | None, argument("The number on the card.")] = UNSET
    last_name: Annotated[str | None, argument("The family name.")] = UNSET
    other_names: Annotated[str | None, argument("The other names.")] = UNSET
    birth_date: Annotated[date | None, argument("The day of birth.")] = UNSET
    gender_code: Annotated[str | None, argument("A code of the lookup gender.")] = UNSET
    relation_code: Relation = UNSET
    marital_status_code: MaritalStatus = UNSET
    current_village_id: CurrentVillage = UNSET
    id_type_code: IdType = UNSET
    id_number: IdNumber = UNSET
    phone: Phone = UNSET
    email: Email = UNSET
    profession_code: Profession = UNSET
    education_code: Education = UNSET
    first_service_point_id: FirstServicePoint = UNSET
    status: Annotated[InsureeStatus | None, argument("Whether the person may be covered.")] = UNSET
    status_reason_code: Annotated[str | None, argument("Why not: a code of the lookup status_reason.")] = UNSET
    status_on: Annotated[date | None, argument("Since when not.")] = UNSET


@input_type
class RemoveInsureeInput(MutationInput):
    """A member, not the head, who leaves the family."""

    id: Annotated[UUID, argument("The person.")]
    expected_version: Version
    leaving: Annotated[Leaving, argument("Whether the person stays registered without a family.")] = Leaving.DETACH


@input_type
class MoveInsureeInput(MutationInput):
    """A person, not the head of a family, who joins another one."""

    id: Annotated[UUID, argument("The person.")]
    expected_version: Version
    family_id: Annotated[UUID, argument("The family to join.")]
    relation_code: Annotated[str, argument("What the person is to its head: a code of the lookup relation.")]


@input_type
class SetInsureePhotoInput(MutationInput):
    """A photo that takes the place of the one before."""

    insuree_id: Annotated[UUID, argument("The person.")]
    file_id: Annotated[UUID, argument("The picture: what `POST /files?kind=photo` answered.")]
    taken_on: Annotated[date | None, argument("The day it was taken; today when not given.")] = None
    expected_version: Annotated[int | None, argument("The person's version that the change is based on.")] = None


@input_type
class CreateEnrolmentOfficerInput(MutationInput):
    """A new enrolment officer."""

    code: Annotated[str, argument("Unique among officers; at most 20 characters.")]
    last_name: Annotated[str, argument("The family name.")]
    other_names: Annotated[str, argument("The other names.")]
    id: NewId = None
    phone: Phone = None
    valid_from: Annotated[date | None, argument("First day of work; today when not given.")] = None
    valid_to: Annotated[date | None, argument("Last day of work.")] = None
    substitute_id: Annotated[UUID | None, argument("The officer who stands in.")] = None
    user_id: Annotated[UUID | None, argument("The account the officer signs in with.")] = None
    village_ids: Annotated[list[UUID] | None, argument("The villages the officer enrols in.")] = None


@input_type
class UpdateEnrolmentOfficerInput(MutationInput):
    """Changes of an enrolment officer. What is absent stays; null clears; the villages replace the whole list."""

    id: Annotated[UUID, argument("The officer.")]
    expected_version: Version
    code: Annotated[str | None, argument("Unique among officers.")] = UNSET
    last_name: Annotated[str | None, argument("The family name.")] = UNSET
    other_names: Annotated[str | None, argument("The other names.")] = UNSET
    phone: Phone = UNSET
    valid_from: Annotated[date | None, argument("First day of work.")] = UNSET
    valid_to: Annotated[date | None, argument("Last day of work.")] = UNSET
    substitute_id: Annotated[UUID | None, argument("The officer who stands in.")] = UNSET
    user_id: Annotated[UUID | None, argument("The account the officer signs in with.")] = UNSET
    village_ids: Annotated[list[UUID] | None, argument("The villages the officer enrols in.")] = UNSET


@input_type
class EndEnrolmentOfficerInput(MutationInput):
    """An officer who stops working."""

    id: Annotated[UUID, argument("The officer.")]
    expected_version: Version
    valid_to: Annotated[date | None, argument("The last day of work; today when not given.")] = None
    substitute_id: Annotated[UUID | None, argument("The officer who stands in from then on.")] = None
