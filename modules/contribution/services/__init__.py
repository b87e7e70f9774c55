"""What can be done with contributions, payers and fundings."""

from modules.contribution.services.changes import confirm_payment, record, update, void
from modules.contribution.services.money import standings
from modules.contribution.services.payers import (
    change_funding_status,
    create_payer,
    delete_payer,
    record_funding,
    update_payer,
)
from modules.contribution.services.personal import held
from modules.contribution.services.policies import catch_up, family_moved, readdress, void_all

__all__ = [
    "catch_up",
    "change_funding_status",
    "confirm_payment",
    "create_payer",
    "delete_payer",
    "family_moved",
    "held",
    "readdress",
    "record",
    "record_funding",
    "standings",
    "update",
    "update_payer",
    "void",
    "void_all",
]
