"""What can be done with claims, and what other modules may ask of them."""

from modules.claim.services.administrators import create_administrator, delete_administrator, update_administrator
from modules.claim.services.bulk import update_rows
from modules.claim.services.entry import create_claim, delete_claim, update_claim
from modules.claim.services.facts import Provision, grouped, is_adult_on, lines_of, provisions
from modules.claim.services.review import amounts, reject_claim, return_claim, review_claim
from modules.claim.services.selecting import Selection, check_other_facility, lock_claims, results, select_claims
from modules.claim.services.states import advance
from modules.claim.services.submission import submit_claims

__all__ = [
    "Provision", "Selection", "advance", "amounts", "check_other_facility", "create_administrator", "create_claim",
    "delete_administrator", "delete_claim", "grouped", "is_adult_on", "lines_of", "lock_claims", "provisions",
    "reject_claim", "results", "return_claim", "review_claim", "select_claims", "submit_claims",
    "update_administrator", "update_claim", "update_rows",
]  # fmt: skip
