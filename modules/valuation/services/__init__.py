"""What can be done with the values of claims, and what other modules may ask of them."""

from modules.valuation.services.cover_left import cover_used, usage
from modules.valuation.services.examining import examiner
from modules.valuation.services.processing import forget, process_claims, revalue
from modules.valuation.services.remuneration import remunerate, take_back

__all__ = ["cover_used", "examiner", "forget", "process_claims", "remunerate", "revalue", "take_back", "usage"]
