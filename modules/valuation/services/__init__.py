"""What can be done with the values of claims, and what other modules may ask of them."""

from modules.valuation.services.catching_up import CATCH_UP, catch_up, note_anew
from modules.valuation.services.cover_left import cover_used, taken
from modules.valuation.services.examining import examiner
from modules.valuation.services.personal import held
from modules.valuation.services.processing import PROCESS, forget, process_claims, process_ordered, revalue, value
from modules.valuation.services.remuneration import remunerate, take_back

__all__ = [
    "CATCH_UP", "PROCESS", "catch_up", "cover_used", "examiner", "forget", "held", "note_anew", "process_claims",
    "process_ordered", "remunerate", "revalue", "take_back", "taken", "value",
]  # fmt: skip
