"""What accounts may do with batch runs, statements and payments."""

from core import Right

BATCH_RUN_READ = Right("settlement.batch_run.read", "See batch runs", roles=("ACCOUNTANT",))
BATCH_RUN_RUN = Right("settlement.batch_run.run", "Run the batch of a month", roles=("ACCOUNTANT",))
BATCH_RUN_CONFIRM = Right("settlement.batch_run.confirm", "Confirm a colleague's batch run", roles=("ACCOUNTANT",))
BATCH_RUN_UNDO = Right("settlement.batch_run.undo", "Undo a batch run that was not paid", roles=("ACCOUNTANT",))
STATEMENT_READ = Right(
    "settlement.statement.read",
    "See what facilities are paid",
    roles=("ACCOUNTANT", "CLAIM_ADMINISTRATOR", "MANAGER"),
)
PAYMENT_RECORD = Right("settlement.payment.record", "Record payments to facilities", roles=("ACCOUNTANT",))
ADJUSTMENT_RECORD = Right("settlement.adjustment.record", "Correct claims that were paid", roles=("ACCOUNTANT",))

ALL = (
    BATCH_RUN_READ, BATCH_RUN_RUN, BATCH_RUN_CONFIRM, BATCH_RUN_UNDO, STATEMENT_READ, PAYMENT_RECORD, ADJUSTMENT_RECORD,
)  # fmt: skip
