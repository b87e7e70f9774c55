"""What the module adds to others' types."""

from bima_allergies import models
from bima_allergies.types import Allergy
from core import Where, many
from modules.insuree import models as insuree


@many(Allergy, order="substance", seen_with_parent=True)
def allergies(person: type[insuree.Insuree], allergy: type[models.Allergy]) -> Where:
    """What the person must not be given."""
    yield allergy.insuree_id == person.id
