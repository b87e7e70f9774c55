"""What accounts may do with one person's data."""

from core import Right

EXPORT = Right("privacy.person.export", "Export all that is held about a person", roles=("SCHEME_ADMINISTRATOR",))
PSEUDONYMISE = Right(
    "privacy.person.pseudonymise", "Take away for good who a person is", roles=("SCHEME_ADMINISTRATOR",)
)

ALL = (EXPORT, PSEUDONYMISE)
