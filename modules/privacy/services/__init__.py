"""What can be done with one person's data."""

from modules.privacy.services.exporting import export
from modules.privacy.services.pseudonymising import pseudonymise_person
from modules.privacy.services.retaining import RETAIN, retain

__all__ = ["RETAIN", "export", "pseudonymise_person", "retain"]
