"""Families, insured people and enrolment officers in GraphQL."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import func, select

from core import (
    SQL,
    Context,
    Lookup,
    Node,
    Where,
    argument,
    clock,
    column,
    computed,
    expression,
    last,
    link_to,
    lookup,
    many,
    mapped,
    one,
    output_type,
    page,
    reference,
)  # fmt: skip
from core.dates import age_on
from modules.insuree import models, photos
from modules.insuree.duplicates import alike
from modules.insuree.models import InsureeStatus
from modules.insuree.rights import CONTACT_READ, IDENTITY_READ, INSUREE_READ
from modules.location.models import Location as LocationRow
from modules.location.types import HealthFacility, Location

KNOWN_BY = (
    "insurance_number", "last_name", "other_names", "birth_date", "gender",
    "is_head", "status", "photo_due", "recorded_at", "version", "created_at", "updated_at",
)  # fmt: skip
"""What is seen of a person from elsewhere whom a claim or a policy names (decision 3 of the rules): number, names, sex
and day of birth; and what is never null, which tells nothing about who it is."""


@mapped(models.Family)
class Family(Node):
    """People who enrol together."""

    location: Location = reference("The village they live in.")
    head: "Insuree | None" = reference("The head of the family.", seen_with_parent=True)
    poverty: bool | None = column("Whether the family counts as poor.")
    family_type: Lookup | None = lookup("family_type", "Household, council, students ...")
    membership_category: Lookup | None = lookup("membership_category", "What subsidies depend on.")
    address: str | None = column("Where the family lives, beyond the village.")
    confirmation_type: Lookup | None = lookup("confirmation_type", "Who confirmed the family.")
    confirmation_number: str | None = column("The number of the confirmation.", identifies=True)
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")
    ended_at: datetime | None = column("When it was deleted.")

    @expression
    def member_count(family: type[models.Family]) -> SQL[int]:
        """How many people belong to it, the head included."""
        member = models.Insuree.__table__.alias()
        count = select(func.count()).where(member.c.family_id == family.id, member.c.ended_at.is_(None))
        return count.correlate_except(member).scalar_subquery()

    @page("Insuree", order=("-is_head", "recorded_at", "id"), seen_with_parent=True)
    def members(family: type[models.Family], insuree: type[models.Insuree]) -> Where:
        """Everybody who belongs to it, the head first."""
        yield insuree.family_id == family.id
        yield insuree.ended_at.is_(None)


@mapped(models.Insuree, search=("insurance_number", "last_name", "other_names"))
class Insuree(Node):
    """An insured person."""

    insurance_number: str = column("The number on the card.", identifies=True)
    last_name: str = column("The family name.")
    other_names: str = column("The other names.")
    birth_date: date = column("The day of birth.")
    gender: Lookup | None = lookup("gender", "Man, woman or other.")
    marital_status: Lookup | None = lookup("marital_status", "Single, married ...")
    # Not seen with the person: a facility sees its patient, not the family of a patient from elsewhere (decision 3).
    family: Family | None = reference("The family the person belongs to, when you may see it.")
    is_head: bool = column("Whether the person is the head of the family.")
    relation: Lookup | None = lookup("relation", "What the person is to the head.")
    current_village: Location | None = reference("Where the person stays, if not with the family.")
    id_type: Lookup | None = lookup("id_type", "The kind of identity document.")
    id_number: str | None = column(
        "The number of the identity document.", right=IDENTITY_READ, mask=last(3), identifies=True
    )
    phone: str | None = column("The telephone number.", right=CONTACT_READ, mask=last(3), identifies=True)
    email: str | None = column("The e-mail address.", right=CONTACT_READ, identifies=True)
    profession: Lookup | None = lookup("profession", "What the person does for a living.")
    education: Lookup | None = lookup("education", "The school the person finished.")
    first_service_point: HealthFacility | None = reference("The health facility where care starts.")
    status: InsureeStatus = column("Whether the person may be covered.")
    status_reason: Lookup | None = lookup("status_reason", "Why not.")
    status_on: date | None = column("Since when not.")
    recorded_at: datetime = column("When the person was registered, by whoever registered first.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded here.")
    updated_at: datetime = column("When it was last changed.")
    ended_at: datetime | None = column("When the registration ended.")

    @computed(needs=("birth_date",))
    def age(rows: Sequence[Any]) -> list[int]:
        """Completed years today."""
        return [age_on(row.birth_date, clock.today()) for row in rows]

    @many("Insuree", order=("last_name", "other_names", "id"), right=INSUREE_READ)
    def possible_duplicates(insuree: type[models.Insuree], other: type[models.Insuree]) -> Where:
        """Others in the district who may be the same person: names that sound alike, born in the same year."""
        yield other.id != insuree.id
        yield from alike(other, insuree.sounds_like, insuree.birth_date, insuree.district_id)

    @one("InsureePhoto", seen_with_parent=True)
    def photo(insuree: type[models.Insuree], photo: type[models.InsureePhoto]) -> Where:
        """The latest photo."""
        yield photo.insuree_id == insuree.id
        yield photo.replaced_at.is_(None)

    @computed(needs=("photo_on", "birth_date"))
    def photo_due(rows: Sequence[Any], ctx: Context) -> list[bool]:
        """Whether a photo should be taken: there is none, or it is too old for the person's age."""
        return [photos.photo_due(ctx, row.photo_on, row.birth_date) for row in rows]


@mapped(models.InsureePhoto)
class InsureePhoto(Node):
    """A photo of a person."""

    taken_on: date = column("The day it was taken.")

    @computed(needs=("file_id",))
    def url(rows: Sequence[Any], ctx: Context) -> list[str]:
        """Where the picture is, a JPEG. The link is good for ten minutes: ask again for another."""
        return [link_to(ctx, row.file_id) for row in rows]


@mapped(models.EnrolmentOfficer, search=("code", "last_name", "other_names"))
class EnrolmentOfficer(Node):
    """Who enrols families in villages."""

    code: str = column("Unique among officers.")
    last_name: str = column("The family name.")
    other_names: str = column("The other names.")
    phone: str | None = column("The telephone number.", right=CONTACT_READ, mask=last(3))
    valid_from: date = column("First day of work.")
    valid_to: date | None = column("Last day of work.")
    substitute: "EnrolmentOfficer | None" = reference("The officer who stands in.")
    version: int = column("Counts the changes; send it back as expectedVersion.")
    created_at: datetime = column("When it was recorded.")
    updated_at: datetime = column("When it was last changed.")

    @page(Location, order=("name", "id"))
    def villages(officer: type[models.EnrolmentOfficer], village: type[LocationRow]) -> Where:
        """The villages the officer enrols in."""
        of = models.OfficerVillage.__table__.alias()
        own = select(of.c.village_id).where(of.c.officer_id == officer.id).correlate_except(of)
        yield village.id.in_(own)


@output_type
class InsuranceNumberCheck:
    """Whether a number may be given to somebody."""

    valid: Annotated[bool, argument("Whether it may.")]
    code: Annotated[str | None, argument("What is wrong with it: a code of errorCodes.")] = None
    message: Annotated[str | None, argument("What is wrong with it, in the language of Accept-Language.")] = None
