"""What the module adds to others' types."""

from bima_cheque_sante import models
from bima_cheque_sante.types import Voucher
from core import Where, many
from modules.insuree import models as insuree


@many(Voucher, order=("sold_on", "number"), seen_with_parent=True)
def vouchers(person: type[insuree.Insuree], voucher: type[models.Voucher]) -> Where:
    """The health vouchers that the person bought, first sold first."""
    yield voucher.insuree_id == person.id
