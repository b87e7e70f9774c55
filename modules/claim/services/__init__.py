"""What can be done with claims, and what other modules may ask of them."""

from modules.claim.services import personal
from modules.claim.services.administrators import create_administrator, delete_administrator, update_administrator
from modules.claim.services.attachments import add_attachment, remove_attachment
from modules.claim.services.bulk import (
    IDS,
    among,
    columns_of,
    insert_rows,
    listed,
    read,
    read_prepared,
    unnested,
    update_by,
    update_rows,
)  # fmt: skip
from modules.claim.services.entry import create_claim, delete_claim, update_claim
from modules.claim.services.facts import (
    Provision,
    counted_claims,
    grouped,
    is_adult_on,
    plain_lines,
    provided,
    provisions,
)  # fmt: skip
from modules.claim.services.feedback import deliver_feedback
from modules.claim.services.ordering import Order, go_through, in_chunks, order
from modules.claim.services.picking import Picked, select_for_feedback, select_for_review
from modules.claim.services.plain import PlainClaim, PlainLine
from modules.claim.services.restoring import restore_claim
from modules.claim.services.review import amounts, reject_claim, return_claim, review_claim
from modules.claim.services.sampling import complete_sample, create_sample
from modules.claim.services.selecting import Selection, check_other_facility, lock_claims, results, select_claims
from modules.claim.services.states import advance
from modules.claim.services.submission import SUBMIT, submit_claims, submit_ordered

__all__ = [
    "IDS", "SUBMIT", "Order", "Picked", "PlainClaim", "PlainLine", "Provision", "Selection", "add_attachment",
    "advance", "among", "amounts", "check_other_facility", "columns_of", "complete_sample", "counted_claims",
    "create_administrator", "create_claim", "create_sample", "delete_administrator", "delete_claim",
    "deliver_feedback", "go_through", "grouped", "in_chunks", "insert_rows", "is_adult_on", "listed", "lock_claims",
    "order", "personal", "plain_lines", "provided", "provisions", "read", "read_prepared", "reject_claim",
    "remove_attachment", "restore_claim", "results", "return_claim", "review_claim", "select_claims",
    "select_for_feedback", "select_for_review", "submit_claims", "submit_ordered", "unnested", "update_administrator",
    "update_by", "update_claim", "update_rows",
]  # fmt: skip
