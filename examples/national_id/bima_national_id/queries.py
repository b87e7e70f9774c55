"""What the module adds to people."""

from bima_national_id import models
from bima_national_id.types import NationalIdCheck
from core import Where, one
from modules.insuree import models as insuree


@one(NationalIdCheck, seen_with_parent=True)
def national_id_check(person: type[insuree.Insuree], check: type[models.Check]) -> Where:
    """What the national register said of the person; null before it has answered."""
    yield check.insuree_id == person.id
