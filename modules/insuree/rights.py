"""What accounts may do with families, insured people and enrolment officers."""

from core import Right

_ENROLLERS = ("ENROLMENT_OFFICER", "CLERK")
_READERS = (*_ENROLLERS, "ACCOUNTANT", "RECEPTIONIST", "CLAIM_ADMINISTRATOR")

FAMILY_READ = Right("insuree.family.read", "See families", roles=_READERS)
FAMILY_CREATE = Right("insuree.family.create", "Enrol families", roles=_ENROLLERS)
FAMILY_UPDATE = Right("insuree.family.update", "Change families and their heads", roles=_ENROLLERS)
FAMILY_DELETE = Right("insuree.family.delete", "Delete families", roles=_ENROLLERS)
INSUREE_READ = Right("insuree.insuree.read", "See insured people", roles=_READERS)
INSUREE_CREATE = Right("insuree.insuree.create", "Add people to families", roles=_ENROLLERS)
INSUREE_UPDATE = Right("insuree.insuree.update", "Change insured people and move them", roles=_ENROLLERS)
INSUREE_DELETE = Right("insuree.insuree.delete", "Remove people from families", roles=_ENROLLERS)
CONTACT_READ = Right(
    "insuree.contact.read",
    "See telephone numbers and e-mail addresses of insured people and enrolment officers",
    roles=(*_ENROLLERS, "SCHEME_ADMINISTRATOR"),
)
IDENTITY_READ = Right(
    "insuree.identity.read", "See the numbers of insured people's identity documents", roles=_ENROLLERS
)
PHOTO_UPDATE = Right("insuree.photo.update", "Set the photos of insured people", roles=_ENROLLERS)
OFFICER_CREATE = Right("insuree.officer.create", "Add enrolment officers", roles=("SCHEME_ADMINISTRATOR",))
OFFICER_UPDATE = Right("insuree.officer.update", "Change enrolment officers", roles=("SCHEME_ADMINISTRATOR",))
OFFICER_END = Right("insuree.officer.end", "End the work of enrolment officers", roles=("SCHEME_ADMINISTRATOR",))

ALL = (
    FAMILY_READ, FAMILY_CREATE, FAMILY_UPDATE, FAMILY_DELETE,
    INSUREE_READ, INSUREE_CREATE, INSUREE_UPDATE, INSUREE_DELETE,
    CONTACT_READ, IDENTITY_READ, PHOTO_UPDATE,
    OFFICER_CREATE, OFFICER_UPDATE, OFFICER_END,
)  # fmt: skip
