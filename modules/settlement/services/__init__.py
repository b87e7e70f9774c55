"""What can be done with batch runs, statements and payments."""

from modules.settlement.services.adjustments import record_adjustment
from modules.settlement.services.computing import ComputedIndex, Settlement, Statement
from modules.settlement.services.payments import record_facility_payment
from modules.settlement.services.runs import RUN, confirm_batch_run, preview, run_batch, run_ordered, undo_batch_run

__all__ = [
    "RUN",
    "ComputedIndex",
    "Settlement",
    "Statement",
    "confirm_batch_run",
    "preview",
    "record_adjustment",
    "record_facility_payment",
    "run_batch",
    "run_ordered",
    "undo_batch_run",
]
